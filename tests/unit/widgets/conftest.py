"""A page without a browser: comms that record what a widget sends, and say what a page would say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

SHOP = """\
seed: 7
entities:
  user:
    count: 50
    fields: {user_id: {sequence: {start: 1}}, name: {pattern: "????"}}
events:
  viewed:
    actor: user
    fields: {user_id: actor.user_id, seconds: {lognormal: {median: 12, sigma: 0.8}, round: 1}}
  bought:
    actor: user
    fields:
      total: {uniform: {min: 1, max: 9}, round: 2}
      tier: {choice: {free: 80, pro: 20}}
      coupon: {pattern: "C-##", missing: 50%}
      note: {const: "<b>", nullable: 30%}
      gift: {bernoulli: 0.25}
      to: {object: {floor: {integer: {min: 0, max: 3}}}}
arrivals: {viewed: 30/s, bought: 10/s}
pacing: 200/s
"""


class RecordingComm(BaseComm):
    """Keeps every message, in order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.on_send: Callable[[], None] = lambda: None
        super().__init__(*args, **options)

    def publish_msg(self, msg_type: str, data: Any = None, **_rest: Any) -> None:
        self.sent.append((msg_type, data))
        self.on_send()


class Page:
    """A page that shows one widget."""

    def __init__(self, widget: Any) -> None:
        self.widget = widget

    def says(self, kind: str, **fields: Any) -> None:
        """Send a custom message to the kernel, on this thread."""
        self.raw({"type": kind, "v": 1, **fields})

    def raw(self, content: object) -> None:
        """Send any content as a custom message."""
        self.deliver({"method": "custom", "content": content})

    def deliver(self, data: dict[str, Any]) -> None:
        """Send a message of the widget protocol itself."""
        self.widget.comm.handle_msg({"content": {"data": data}, "buffers": []})

    @property
    def frames(self) -> list[dict[str, Any]]:
        """All frames so far."""
        sent = [data["content"] for _, data in list(self.widget.comm.sent) if data and data.get("method") == "custom"]
        return [content for content in sent if content["type"] == "frame"]

    def ack(self) -> None:
        """Say that the newest frame was drawn."""
        self.says("ack", seq=self.frames[-1]["seq"])

    def waits(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 10.0) -> dict[str, Any]:
        """Acknowledge and wait until the newest frame is as wanted."""
        deadline = time.monotonic() + seconds
        while not (self.frames and wanted(self.frames[-1])):
            assert time.monotonic() < deadline, f"the newest frame is {self.frames[-1:]}"
            if self.frames:
                self.ack()
            time.sleep(0.01)
        return self.frames[-1]


def threads() -> list[str]:
    """The names of all threads of ours that live."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("synthwb-"))


@pytest.fixture(autouse=True)
def _recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record every comm."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)


@pytest.fixture
def shop() -> str:
    """A small document with every kind of column."""
    return SHOP


@pytest.fixture
def page() -> type[Page]:
    """The class that plays a page."""
    return Page


@pytest.fixture
def living() -> Callable[[], list[str]]:
    """The names of our threads."""
    return threads
