"""A run that somebody else made, under the same eyes as a live scenario."""

from __future__ import annotations

from synthwb.runtime import Run, State, Stats
from synthwb_widgets.live import LiveScenario
from synthwb_widgets.reading import Reading

__all__ = ["WatchedRun"]


class WatchedRun(LiveScenario):
    """Shows a run, and lets a hand start, pause, stop and pace it; it outlives whoever looks at it.

    It has no text: its document cannot be edited.
    """

    lent = True

    def __init__(self, run: Run) -> None:
        super().__init__("", reading=Reading.of(run.plan))
        self._watched = run
        self._run = run

    def start(self, *, limit: int | None = None, by_hand: bool = False) -> None:
        """Begin, or go on. Without effect on a run that is over."""
        self._watched.start()

    def stop(self, *, wait: bool = False) -> None:
        """End it; if it is stopping already, without waiting for any destination."""
        self._watched.stop(wait=wait, hard=self._watched.stats().state is State.STOPPING)

    def _ended(self, stats: Stats) -> str:
        return "The run is over." if stats.state is State.FINISHED else ""
