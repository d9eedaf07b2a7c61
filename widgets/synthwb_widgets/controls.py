"""Run control: start, pause, resume, stop, and the rate."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from typing import Any

from synthwb.measure import summary
from synthwb.runtime import State, Stats
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Controls"]

_ACTIONS = {
    State.IDLE: ("start",),
    State.RUNNING: ("pause", "stop"),
    State.PAUSED: ("start", "stop"),
    State.STOPPING: ("stop",),
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
        shown = (stats.state, stats.events, round(stats.rate, 1), stats.target, stats.checks, _pace(stats))
        return *shown, stats.saved_words, snapshot.note, snapshot.good is None, stats.held_by, _sinks(stats)

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """State, what can be done in it, counts and rates."""
        stats = snapshot.stats
        return {
            "actions": _ACTIONS[stats.state] if snapshot.good is not None else (),
            "total": stats.events,
            "rate": stats.rate,
            "target": stats.target,
            "elapsed": stats.elapsed,
            **_lines(snapshot),
        }

    def picture(self) -> Picture:
        """The state in words, and the checks that fail."""
        stats = self.feed.live.snapshot().stats
        failed = tuple(f"✗ {check.words}" for check in stats.failed_checks)
        return Picture(f"Run: {stats.state}, {stats.events:,} events", problems=failed)


def _lines(snapshot: Snapshot) -> dict[str, str]:
    """What stands under the buttons: remarks, or what is wrong with the run or its checks, and then the remarks."""
    stats = snapshot.stats
    note = snapshot.note or _pace(stats) or (f"Slowed by {stats.held_by}." if stats.held_by else "")
    checks = f"{'✗' if stats.failed_checks else '✓'} {summary(stats.checks)}" if stats.checks else ""
    saved = f"{stats.saved_words.capitalize()}." if stats.saved_words else ""
    if stats.error or stats.failed_checks:
        wrong = [stats.error, checks if stats.failed_checks else "", note if stats.failed_checks else ""]
        return {"note": note, "error": "  ".join(part for part in wrong if part)}
    altered = f"Altered: {stats.altered_words}." if stats.altered_words else ""
    parts = (note, _sinks(stats), checks, altered, saved)
    return {"note": "  ".join(part for part in parts if part), "error": ""}


def _sinks(stats: Stats) -> str:
    """What became of events that the sinks did not take, or have not taken yet."""
    told = [f"{sink.name}: {sink.words}" for sink in stats.sinks if sink.words]
    return "; ".join([stats.skipped_words] * bool(stats.skipped) + told)


def _pace(stats: Stats) -> str:
    """What a run on the wall clock does; empty for any other, and where something holds it up."""
    if not stats.live or stats.state is not State.RUNNING:
        return ""
    if stats.catching_up:
        return f"Catching up to now: {timedelta(seconds=round(stats.lag))} behind."
    return "" if stats.held_by else "Live: event time is the wall clock's."
