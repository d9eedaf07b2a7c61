"""An intensity: the rate of an arrival times everything that shapes it, over any stretch of event time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from synthwb.engine.arrivals.factors import factors_of
from synthwb.engine.arrivals.staircase import Staircase, product
from synthwb.engine.arrivals.zones import Zone
from synthwb.scenario.arrivals.shape import Shape

__all__ = ["Intensity"]

_LONGEST = 1 << 42  # microseconds: about fifty days
_FASTEST = 32_000_000.0  # events per second: where a shape goes beyond, the intensity is cut off


class Intensity:
    """``rate`` events per second of event time, shaped in the time zone ``zone``.

    ``shaped``: whether it varies at all. ``end``: the event time from which it is zero for ever, or None.
    """

    def __init__(self, rate: Fraction, shape: Shape | None = None, zone: str = "UTC") -> None:
        self.rate = rate
        self._factors = factors_of(shape, Zone(zone))
        self.shaped = bool(self._factors)
        self._latest: tuple[tuple[int, int], Staircase] | None = None
        self._most = max(1.0, _FASTEST / float(rate)) if rate else 1.0
        self.longest = min((factor.longest for factor in self._factors), default=_LONGEST)
        self.longest = min(self.longest, _LONGEST)
        ends = [factor.end for factor in self._factors if factor.end is not None]
        self.end: int | None = min(ends, default=None) if rate else 0

    def stairs(self, start: int, end: int) -> Staircase:
        """The product of all factors over ``[start, end)``, which is no longer than ``longest`` if it is shaped.

        It is cut off where no events can be addressed any more.
        """
        if not self._factors:
            return Staircase(np.array([start], np.int64), np.ones(1), end)
        latest = self._latest
        if latest is not None and latest[0] == (start, end):
            return latest[1]
        found = product([factor.stairs(start, end) for factor in self._factors])
        found = Staircase(found.edges, np.minimum(found.values, self._most), found.end)
        self._latest = ((start, end), found)  # a window is first sized by its integral, then filled
        return found

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A stretch of any length cut into pieces that `stairs` takes."""
        if not self.shaped:
            yield start, end
            return
        while start < end:
            stop = min(end, start + self.longest)
            yield start, stop
            start = stop

    def expected(self, start: int, end: int) -> float:
        """The integral over ``[start, end)``: how many events to expect there."""
        if end <= start:
            return 0.0
        if not self.shaped:
            return (end - start) / 1e6 * float(self.rate)
        return float(self.rate) * (sum(self.stairs(a, b).integral for a, b in self.pieces(start, end)) / 1e6)
