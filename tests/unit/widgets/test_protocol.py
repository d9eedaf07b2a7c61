"""Nothing from the page is believed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthwb_widgets import protocol
from synthwb_widgets.protocol import Ack, Edit, Hello, Pause, Poll, ProtocolError, Select, SetRate, Start, Stop

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["hello", "poll", "ack", "start", "pause", "stop", "set", "edit", "select", "nonsense"])
NAMES = st.sampled_from(["seq", "rate", "client", "version", "text", "event", "field"])


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ({"type": "hello"}, Hello()),
        ({"type": "poll", "v": 1}, Poll()),
        ({"type": "ack", "seq": 3}, Ack(3)),
        ({"type": "start"}, Start()),
        ({"type": "pause"}, Pause()),
        ({"type": "stop"}, Stop()),
        ({"type": "set", "rate": 12}, SetRate(12.0)),
        ({"type": "set", "rate": None}, SetRate(None)),
        ({"type": "edit", "client": "c", "version": 4, "text": "a: 1"}, Edit("c", 4, "a: 1")),
        ({"type": "select", "event": "bought"}, Select(event="bought")),
        ({"type": "select", "field": "bought.total"}, Select(field="bought.total")),
        ({"type": "select", "choice": "visit"}, Select(choice="visit")),
    ],
)
def test_commands(content: dict[str, Any], command: protocol.Command) -> None:
    assert protocol.read(content) == command


def test_a_type_of_a_later_version_is_no_error() -> None:
    assert protocol.read({"type": "drift", "weight": 0.4}) is None


@pytest.mark.parametrize(
    "content",
    [
        None,
        "start",
        {},
        {"type": 3},
        {"type": "ack"},
        {"type": "ack", "seq": -1},
        {"type": "ack", "seq": True},
        {"type": "ack", "seq": 1.5},
        {"type": "ack", "seq": 2**60},
        {"type": "set"},
        {"type": "set", "rate": 0},
        {"type": "set", "rate": -3},
        {"type": "set", "rate": "5"},
        {"type": "set", "rate": True},
        {"type": "set", "rate": math.nan},
        {"type": "set", "rate": math.inf},
        {"type": "set", "rate": 1e10},
        {"type": "edit", "client": "c", "version": 1},
        {"type": "edit", "client": "c", "version": 1, "text": 3},
        {"type": "edit", "client": "c" * 999, "version": 1, "text": ""},
        {"type": "edit", "client": "c", "version": 1, "text": "x" * (protocol.LONGEST + 1)},
        {"type": "select"},
        {"type": "select", "event": ["bought"]},
        {"type": "select", "choice": 5},
    ],
)
def test_values_out_of_order_are_refused(content: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        protocol.read(content)
    assert len(str(caught.value)) < 300


@given(kind=KINDS, values=st.dictionaries(NAMES, JSON, max_size=7))
def test_whatever_comes_is_a_command_unknown_or_refused(kind: str, values: dict[str, Any]) -> None:
    try:
        command = protocol.read({"type": kind, **values})
    except ProtocolError:
        return
    if kind == "nonsense":
        assert command is None
    if isinstance(command, SetRate):
        assert command.rate is None or 0 < command.rate <= 1e9


def test_a_frame_says_its_version_and_number() -> None:
    assert protocol.frame(7, {"state": "idle"}) == {"type": "frame", "v": 1, "seq": 7, "state": "idle"}
