"""How many events are due by when, at a rate: with a ramp at the beginning, and bursts that come again and again."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt

__all__ = ["Burst", "Rhythm"]

_ROUNDING = 1e-6  # of an event


@dataclass(frozen=True, slots=True)
class Burst:
    """Another rate for ``length`` seconds, at the end of every ``every`` seconds."""

    rate: float
    every: float
    length: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``rate``: events per second, which grows linearly from 0 for ``ramp`` seconds. ``burst``: from then on.

    All functions are exact and know no clock; events and seconds are counted from the beginning.
    """

    rate: float
    ramp: float = 0.0
    burst: Burst | None = None

    def after(self, events: float) -> float:
        """Seconds by which so many events are due."""
        in_ramp = self.rate * self.ramp / 2
        if events < in_ramp:
            return sqrt(2 * events * self.ramp / self.rate)
        events -= in_ramp
        if self.burst is None:
            return self.ramp + events / self.rate
        quiet, calm, whole = self._cycle(self.burst)
        cycles = floor(events / whole)
        rest = events - cycles * whole
        seconds = rest / self.rate if rest <= calm else quiet + (rest - calm) / self.burst.rate
        return self.ramp + cycles * self.burst.every + seconds

    def by(self, seconds: float) -> float:
        """Events that are due by then; the inverse of `after`."""
        if seconds < self.ramp:
            return self.rate * seconds * seconds / (2 * self.ramp)
        seconds -= self.ramp
        in_ramp = self.rate * self.ramp / 2
        if self.burst is None:
            return in_ramp + seconds * self.rate
        quiet, calm, whole = self._cycle(self.burst)
        cycles = floor(seconds / self.burst.every)
        rest = seconds - cycles * self.burst.every
        return (
            in_ramp + cycles * whole + (rest * self.rate if rest <= quiet else calm + (rest - quiet) * self.burst.rate)
        )

    def within(self, seconds: float, events: int) -> int:
        """How many events fall due within so many seconds after ``events`` of them were; one at least.

        >>> Rhythm(1000.0).within(0.01, 0), Rhythm(3.0).within(0.01, 7)
        (10, 1)
        """
        return max(1, int(self.by(self.after(events) + seconds) - events + _ROUNDING))

    def rate_at(self, events: int) -> float:
        """The rate that is wished after so many events, without the ramp."""
        after = self.after(events) - self.ramp
        if self.burst is None or after < 0:
            return self.rate
        return self.rate if after % self.burst.every < self.burst.every - self.burst.length else self.burst.rate

    def _cycle(self, burst: Burst) -> tuple[float, float, float]:
        """Seconds at the plain rate, the events in them, and the events of the whole cycle."""
        quiet = burst.every - burst.length
        return quiet, quiet * self.rate, quiet * self.rate + burst.length * burst.rate
