"""Laws given by numbers rather than by a formula: histograms, and samples to draw from again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from synthwb.engine.draws import Bits, Floats, unit, unit_open
from synthwb.engine.laws.continuous import standard_normal
from synthwb.engine.laws.discrete import Table, thresholds
from synthwb.engine.laws.special import power

__all__ = ["Histogram", "Sample"]

_RANGE_OF_NORMAL = 1.349  # the interquartile range of a standard normal


class Histogram:
    """Bins of ``low`` to ``high``, chosen exactly by their weights, evenly filled."""

    def __init__(self, low: Sequence[float], high: Sequence[float], weights: Sequence[Fraction]) -> None:
        self._table = Table(thresholds(weights))
        self._low = np.array(low, np.float64)
        self._width = np.array(high, np.float64) - self._low

    def __call__(self, bits: Bits, within: Bits) -> Floats:
        """A number for each row: ``bits`` choose the bin, ``within`` the place in it."""
        bins = self._table(bits)
        values = unit(within)
        values *= self._width[bins]
        values += self._low[bins]
        return values


class Sample:
    """Numbers to draw from again, with what lies between them filled in. ``values``: finite, in any order, not empty.

    `linear` inverts the line through the sorted sample (definition 7 of Hyndman and Fan 1996, "Sample quantiles in
    statistical packages"). `kernel` adds normal noise of deviation ``bandwidth`` to one of the values; without one it
    is Silverman's rule of thumb (1986, "Density estimation", equation 3.31).
    """

    def __init__(self, values: Floats, bandwidth: float | None = None) -> None:
        self._sorted = np.sort(values)
        self.bandwidth = self._silverman() if bandwidth is None else bandwidth

    def _silverman(self) -> float:
        """0.9 * min(deviation, interquartile range / 1.349) * n ** (-1/5); 0 for a sample of one value."""
        count = len(self._sorted)
        if count < 2:
            return 0.0
        apart = self._sorted - np.cumsum(self._sorted)[-1] / count
        deviation = float(np.sqrt(np.cumsum(apart * apart)[-1] / (count - 1)))
        low, high = self._between(np.array([0.25, 0.75]))
        inner = float(high - low) / _RANGE_OF_NORMAL
        return 0.9 * (min(deviation, inner) or deviation) * float(power(float(count), -0.2)[0])

    def _between(self, share: Floats) -> Floats:
        """Quantiles of the sample."""
        place = share * (len(self._sorted) - 1)
        lower = np.minimum(place.astype(np.int64), max(len(self._sorted) - 2, 0))
        upper = np.minimum(lower + 1, len(self._sorted) - 1)
        start = self._sorted[lower]
        quantiles: Floats = start + (place - lower) * (self._sorted[upper] - start)
        return quantiles

    def linear(self, bits: Bits) -> Floats:
        """Numbers between the smallest and the largest value."""
        return self._between(unit_open(bits))

    def kernel(self, bits: Bits, noise: Bits) -> Floats:
        """Numbers around the values."""
        values = standard_normal(noise)
        values *= self.bandwidth
        values += self._sorted[(unit(bits) * len(self._sorted)).astype(np.int64)]
        return values
