"""What all panels have in common: commands in, frames out, credits, a feed of their own or a shared one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import anywidget
import ipywidgets
import traitlets
from ipywidgets.widgets import widget as open_widgets

from synthwb.runtime import Run
from synthwb.scenario.model import Scenario
from synthwb_widgets import protocol
from synthwb_widgets.fallback import mimebundle
from synthwb_widgets.feed import Feed
from synthwb_widgets.live import Bound, LiveScenario, Snapshot
from synthwb_widgets.source import text_of
from synthwb_widgets.still import Still
from synthwb_widgets.watched import WatchedRun

__all__ = ["CREDITS", "STATIC", "Part", "feed_of", "housed"]

STATIC = Path(__file__).parent / "static"
CREDITS = 16  # frames that may be on their way
_HEARTBEAT = 1.0  # seconds between frames without credit, and between frames that say nothing new


def feed_of(source: object, *, bound: Bound | None = None) -> tuple[Feed, bool]:
    """The feed behind ``source`` and whether it is new: of a widget, a feed itself, of a scenario, or of a run.

    Raises UsageError for an unknown preset or an unreadable file, TypeError for what is none of these.
    """
    if isinstance(source, Feed):
        return source, False
    feed = getattr(source, "feed", None)
    if isinstance(feed, Feed):
        return feed, False
    if isinstance(source, str | Path):
        return Feed(LiveScenario(text_of(source), bound=bound)), True
    if isinstance(source, Scenario | Run):
        return Feed(WatchedRun(Run(source) if isinstance(source, Scenario) else source)), True
    raise TypeError(
        f"a scenario is a preset's name, a path or YAML text, a run, or another widget; not {type(source).__name__}"
    )


def housed(widget: object) -> bool:
    """Whether the widget sits in a box that is open.

    A box that outlives its child makes JupyterLab lose every widget of the notebook at the next reload of the page,
    so such a child is silenced but not closed.
    """
    boxes = [found for found in list(open_widgets._instances.values()) if isinstance(found, ipywidgets.Box)]
    return any(child is widget for box in boxes for child in box.children)


class Part(Still, anywidget.AnyWidget):
    """A panel: shown alone it has a feed of its own, inside a workbench it shares one.

    A subclass gives ``kind``, ``stamp`` (what makes a frame worth sending) and ``body`` (the frame), both pure.
    Nothing that changes is a synced trait: traits are not thread-safe, messages are.
    """

    _css = STATIC / "synthwb.css"
    kind = traitlets.Unicode().tag(sync=True)
    pulse = True  # whether a running stream is worth a frame a second even if nothing changed
    _ended = True  # until it is made

    def __init__(self, source: object, *, kind: str, name: str | None = None) -> None:
        self.feed, own = feed_of(source)
        super().__init__(kind=kind)
        self._sending = Lock()
        self._seq = 0
        self._acked = 0
        self._watched = False
        self._sent_at = float("-inf")
        self._stamp: Hashable = None
        self._ended = False
        self.refused = 0
        self.on_msg(self._receive)
        self.feed.join(self)
        if own:
            self.feed.settle_in(name)

    # For subclasses ---------------------------------------------------------------------------------------------------

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """What a frame depends on: as long as it stays the same, nothing is sent."""
        raise NotImplementedError

    def body(self, snapshot: Snapshot) -> Mapping[str, Any]:
        """The content of a frame."""
        raise NotImplementedError

    def select(self, chosen: protocol.Select) -> None:
        """Look at another event or field; panels without a choice ignore it."""

    def complete(self, asked: protocol.Complete) -> None:
        """Answer what may be written; panels without a text have no answer."""

    # Frames -----------------------------------------------------------------------------------------------------------

    def offer(self, snapshot: Snapshot, now: float) -> None:
        """Send a frame if a page looks, something is new, and the page keeps up (else one a second)."""
        if not self._watched:
            return
        stamp = self.stamp(snapshot)
        with self._sending:
            quiet = now - self._sent_at >= _HEARTBEAT
            news = stamp != self._stamp or (self.pulse and snapshot.state == "running" and quiet)
            if not news or (self._seq - self._acked >= CREDITS and not quiet):
                return
        self._send_frame(snapshot, stamp, now)

    def _answer(self) -> None:
        """Send a frame now, from the thread that asks: where threads cannot send, this alone carries the view."""
        snapshot = self.feed.live.snapshot()
        self._send_frame(snapshot, self.stamp(snapshot), self._sent_at)

    def _send_frame(self, snapshot: Snapshot, stamp: Hashable, now: float) -> None:
        body = {"state": snapshot.state.value, "live": snapshot.state == "running", **self.body(snapshot)}
        with self._sending:
            if self._ended:
                return
            self._seq += 1
            self._stamp, self._sent_at = stamp, now
            self.send(protocol.frame(self._seq, body))

    # Commands ---------------------------------------------------------------------------------------------------------

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        """Take a message of the page: on any thread, so nothing here blocks."""
        try:
            command = protocol.read(content)
        except protocol.ProtocolError as error:
            self.refused += 1
            self.feed.live.remark(f"The page sent something that cannot be: {error}.")
            self.feed.wake()
            return
        if command is None:
            self.refused += 1
            return
        self.feed.heard()
        self._obey(command)

    def _obey(self, command: protocol.Command) -> None:
        live = self.feed.live
        match command:
            case protocol.Ack(seq):
                with self._sending:
                    self._acked = max(self._acked, min(seq, self._seq))
                return
            case protocol.Hello() | protocol.Poll():
                self._watched = True
                self._answer()
            case protocol.Start():
                live.start(by_hand=True)
            case protocol.Pause():
                live.pause()
            case protocol.Stop():
                live.stop()
            case protocol.SetRate(rate):
                live.set_rate(rate)
            case protocol.Edit(client, version, text):
                live.edit(text, client, version)
            case protocol.Complete():
                self.complete(command)
                return
            case protocol.Select():
                self.select(command)
                self._answer()
                return
        self.feed.wake()

    # Life -------------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Close the model; more than once does no harm."""
        with self._sending:
            if self._ended:
                return
            self._ended = True
        if not housed(self):
            super().close()

    def close(self) -> None:
        """Stop the run, end all threads of this widget's feed, and close every panel of it; stills stay behind."""
        if not self._ended:
            self.feed.rest()
            self.leave_still()
            self.feed.dispose()
            self.end()

    def bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view (until it is closed) and its stills by media type, and their metadata."""
        live = None if self._ended else super()._repr_mimebundle_()
        data, metadata = live or ({}, {})
        return {**data, **mimebundle(self.picture())}, metadata

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.bundle()
