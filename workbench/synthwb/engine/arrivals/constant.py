"""Constant arrivals: a beat in event time, whose pace may vary.

Event n comes when the integral of the intensity from the start of the clock reaches n; without a shape that is
``start + floor(n / rate)``. Its identity is its time, so that the events which two rates have in common are the same
events.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

from synthwb.engine.arrivals.intensity import Intensity
from synthwb.engine.arrivals.staircase import Staircase
from synthwb.engine.draws import Bits, Floats, Ints, key_of, mix

__all__ = ["ConstantArrivals"]

_CHUNK = 1 << 40  # microseconds: about twelve days, whose integral is kept


class ConstantArrivals:
    """A beat of this intensity (or of a constant rate per second) from ``start`` on."""

    def __init__(self, seed: int, name: str, intensity: Intensity | Fraction, start: int) -> None:
        self._intensity = intensity if isinstance(intensity, Intensity) else Intensity(intensity)
        rate = self._intensity.rate
        # 2**-40 microseconds finer than any rate that is written down, and its multiples stay within int64
        self._gap = (Fraction(1_000_000) / rate).limit_denominator(1 << 40) if rate else None
        self._start = start
        self._chunk = min(_CHUNK, self._intensity.longest)
        self._per_micro = float(rate) / 1e6
        self._begun = {0: 0.0}  # by chunk: the integral at its beginning, less whole events
        self._latest: tuple[int, Staircase, Floats] | None = None
        self._identity_key = key_of(seed, "arrivals", name, "identity")

    @property
    def end(self) -> int | None:
        """See `Process.end`."""
        return self._intensity.end

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`."""
        return self._intensity.expected(max(start, self._start), end)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        start = max(start, self._start)
        if self._gap is None or end <= start:
            return np.empty(0, np.int64), np.empty(0, np.uint64)
        time = self._shaped(start, end) if self._intensity.shaped else self._even(self._gap, start, end)
        identity = time.astype(np.uint64) << np.uint64(12)
        if (time[1:] == time[:-1]).any():
            twin = np.arange(len(time)) - np.searchsorted(time, time, side="left")
            identity |= twin.astype(np.uint64)
        return time, mix(identity, self._identity_key)

    def _even(self, gap: Fraction, start: int, end: int) -> Ints:
        """The beat of a constant rate."""
        step, parts = gap.numerator, gap.denominator
        first = -(-(start - self._start) * parts // step)
        last = -(-(end - self._start) * parts // step)
        # time = floor(n * step / parts) without leaving int64: whole and fractional steps apart
        base, rest = divmod(first * step, parts)
        whole, fraction = divmod(step, parts)
        number = np.arange(last - first, dtype=np.int64)
        even = number * whole + (self._start + base)
        return even + (rest + number * fraction) // parts if fraction else even

    def _shaped(self, start: int, end: int) -> Ints:
        """The beat of an intensity that varies."""
        first, last = (start - self._start) // self._chunk, (end - 1 - self._start) // self._chunk
        return np.concatenate([self._in_chunk(number, start, end) for number in range(first, last + 1)])

    def _in_chunk(self, number: int, start: int, end: int) -> Ints:
        """The events of one chunk that lie in ``[start, end)``."""
        stairs, reached = self._integral(number)
        inside = np.array([max(start, int(stairs.edges[0])), min(end, stairs.end)])
        step = np.searchsorted(stairs.edges, inside, side="right") - 1
        around = reached[step] + (inside - stairs.edges[step]) * (stairs.values[step] * self._per_micro)
        # one more on either side than the rounded integral says: the times decide
        first = max(ceil(reached[0]), int(around[0]) - 1)
        count = np.arange(first, max(first, min(int(around[1]) + 2, ceil(reached[-1]))), dtype=np.int64)
        step = np.searchsorted(reached, count, side="right") - 1
        wait = (count - reached[step]) / (stairs.values[step] * self._per_micro)
        last = np.append(stairs.edges[1:], stairs.end)[step] - 1
        time: Ints = np.minimum(stairs.edges[step] + wait.astype(np.int64), last)
        return time[(time >= start) & (time < end)]

    def _integral(self, number: int) -> tuple[Staircase, Floats]:
        """A chunk: its staircase, and the integral at each edge and at its end, less the whole events before it."""
        latest = self._latest
        if latest is not None and latest[0] == number:
            return latest[1], latest[2]
        for chunk in range(max(each for each in list(self._begun) if each <= number), number + 1):
            begin = self._start + chunk * self._chunk
            stairs = self._intensity.stairs(begin, begin + self._chunk)
            steps = stairs.widths * (stairs.values * self._per_micro)
            reached = np.cumsum(np.append(self._begun[chunk], steps))
            self._begun[chunk + 1] = float(reached[-1]) % 1.0
        self._latest = (number, stairs, reached)
        return stairs, reached
