"""Run control: start, pause, resume, stop, and the rate."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb.runtime import State
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Controls"]

_ACTIONS = {
    State.IDLE: ("start",),
    State.RUNNING: ("pause", "stop"),
    State.PAUSED: ("start", "stop"),
    State.STOPPING: (),
    State.STOPPED: ("start",),
    State.FINISHED: ("start",),
    State.FAILED: ("start",),
}
"""The one place that says which button works in which state."""


class Controls(Part):
    """Buttons and a slider for a run: ``Controls(workbench)`` or ``Controls("web-shop")``."""

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, name: str | None = None) -> None:
        super().__init__(source, kind="controls", name=name)

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """Whatever the strip shows."""
        stats = snapshot.stats
        return stats.state, stats.events, round(stats.rate, 1), stats.target, snapshot.note, snapshot.good is None

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """State, what can be done in it, counts and rates."""
        stats = snapshot.stats
        return {
            "actions": _ACTIONS[stats.state] if snapshot.good is not None else (),
            "total": stats.events,
            "rate": stats.rate,
            "target": stats.target,
            "elapsed": stats.elapsed,
            "note": snapshot.note or (f"Slowed by {stats.held_by}." if stats.held_by else ""),
            "error": stats.error,
        }

    def picture(self) -> Picture:
        """The state in words."""
        stats = self.feed.live.snapshot().stats
        return Picture(f"Run: {stats.state}, {stats.events:,} events")
