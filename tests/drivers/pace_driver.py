"""Delivery without threads and without a clock: blocks, line and outputs as a run uses them, in made-up time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from synthwb.engine import Plan, Position
from synthwb.runtime import Pace
from synthwb.runtime.generation import Ahead, Prepared
from synthwb.runtime.line import Line
from synthwb.runtime.slicing import Slice

__all__ = ["Handed", "Simulated"]


@dataclass(frozen=True)
class Handed:
    """A slice that went: when, how many events, and why it was not sent (empty: it was)."""

    at: float
    count: int
    too_late: str
    piece: Slice


class Simulated:
    """Delivers ``plan`` at ``pace``. ``costs``: seconds that each slice takes; ``late``: those a wake-up comes late."""

    def __init__(
        self,
        plan: Plan,
        outputs: Sequence[Any],
        pace: Pace,
        *,
        limit: int | None = None,
        costs: Callable[[Handed], float] = lambda handed: 0.0,
        late: Callable[[float], float] = lambda now: 0.0,
    ) -> None:
        self.now = 0.0
        self.handed: list[Handed] = []
        self._costs, self._late = costs, late
        self._ahead = Ahead(
            plan, outputs, limit=limit, workers=1, batch=plan.batch, clock=lambda: self.now, watch=False
        )
        self.line = Line(pace, Position(plan.scenario.clock.start, {}), lambda: self.now)
        self._changes: list[tuple[float, int, Pace]] = []
        self._blocks = self._from(self.line.frontier, pace)

    def change(self, at: float, pace: Pace) -> None:
        """Another pace from then on."""
        heapq.heappush(self._changes, (at, len(self._changes), pace))

    def run(self, until: float) -> list[Handed]:
        """Everything that goes until then, or to the end of the stream."""
        while self.now < until and not self.line.ended:
            while not self.line.full:
                self.line.put(next(self._blocks, None), self.now)
            delay = self.line.delay(self.now)
            assert delay is not None
            change = self._changes[0] if self._changes else None
            if change is not None and change[0] <= self.now + max(0.0, delay):
                heapq.heappop(self._changes)
                self.now = max(self.now, change[0])
                self.line.change(change[2])
                self._blocks = self._from(self.line.frontier, change[2])
                continue
            if delay > 0:
                self.now += delay + self._late(self.now)
                continue
            taken = self.line.take(self.now)
            if taken is not None:
                handed = Handed(self.now, taken[0].count, self.line.too_late, taken[0])
                self.handed.append(handed)
                self.now += self._costs(handed)
        return self.handed

    def _from(self, position: Position, pace: Pace) -> Iterator[Prepared | None]:
        yield from self._ahead.blocks(position, pace, lambda: False)
        while True:
            yield None
