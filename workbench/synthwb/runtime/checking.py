"""The checks of a run: evaluated on every delivered batch, looked at from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthwb.engine import Batch, Plan
from synthwb.measure import Monitor
from synthwb.runtime.line import Line

__all__ = ["Checking"]


class Checking:
    """Evaluates a plan's checks from event time ``start`` on; ``results`` is replaced as a whole.

    ``limit``: the run ends after so many events.
    """

    def __init__(self, plan: Plan, start: int, limit: int | None) -> None:
        scenario = plan.scenario
        self._monitor = Monitor(plan.schemas, scenario.checks, origin=scenario.clock.start, start=start)
        self._end = plan.end
        self._bounds = [bound for bound in (limit, scenario.limit.events) if bound is not None]
        self.results = self._monitor.results()

    def see(self, batch: Batch) -> None:
        """Look at a batch that was delivered."""
        self._monitor.observe(batch)
        self.results = self._monitor.results()

    def state(self) -> tuple[Mapping[str, Any], ...]:
        """What is known of all checks, as plain values and arrays."""
        return self._monitor.state()

    def restore(self, state: tuple[Mapping[str, Any], ...]) -> None:
        """Go on from what `state` gave."""
        self._monitor.restore(state)
        self.results = self._monitor.results()

    def over(self, line: Line, clean: int) -> None:
        """Nothing more is delivered, after so many ``clean`` events.

        Where the stream has come to its end in event time, its last windows are whole.
        """
        cut = bool(self._bounds) and clean >= min(self._bounds)
        if line.ended and self._end is not None and not cut:
            self._monitor.close(self._end)
            self.results = self._monitor.results()
