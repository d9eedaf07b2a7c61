"""What a chart shows, measured from a sample: pure functions of plain Python values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bar", "Categories", "Histogram", "Profile", "Rates", "categories", "histogram", "number_text", "rates"]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of numbers in equal bins between ``low`` and ``high``; ``below`` and ``above`` lie outside of them.

    The range leaves out half a percent on either side when the tails are long, so that one outlier does not flatten
    the picture.
    """

    low: float
    high: float
    counts: tuple[int, ...]
    median: float
    mean: float
    below: int = 0
    above: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One category and how often it was seen."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Categories:
    """The most frequent categories first; ``others`` counts the values of the ``rest`` categories left out."""

    bars: tuple[Bar, ...]
    others: int
    rest: int
    total: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Events per second of event time in equal slices from ``start`` on, ``width`` microseconds each."""

    start: int
    width: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A field as the chart shows it: ``size`` rows were seen, of which ``missing`` had no key and ``null`` no value."""

    path: str
    generator: str
    size: int
    missing: int
    null: int
    shape: Histogram | Categories | Rates | None

    @property
    def missing_share(self) -> float:
        """Share of rows without a value, in [0, 1]."""
        return (self.missing + self.null) / self.size if self.size else 0.0


def histogram(values: Sequence[float], bins: int, *, whole: bool = False) -> Histogram | None:
    """Bin numbers; ``whole`` numbers with few different values get one bin each. None without any value."""
    data = sorted(float(v) for v in values if math.isfinite(v))
    if not data or bins < 1:
        return None
    median = data[len(data) // 2]
    mean = math.fsum(data) / len(data)
    low, high = _range(data)
    if whole and high - low < bins:
        low, high, bins = low - 0.5, high + 0.5, int(high - low) + 1
    elif low == high:
        low, high = low - 0.5, high + 0.5
        bins = 1
    step = (high - low) / bins
    counts = [0] * bins
    below = above = 0
    for value in data:
        if value < low:
            below += 1
        elif value > high:
            above += 1
        else:
            counts[min(int((value - low) / step), bins - 1)] += 1
    return Histogram(low, high, tuple(counts), median, mean, below, above)


def _range(data: Sequence[float]) -> tuple[float, float]:
    low, high = data[0], data[-1]
    if len(data) < 200:
        return low, high
    cut = len(data) // 200
    inner_low, inner_high = data[cut], data[-1 - cut]
    span = inner_high - inner_low
    if span <= 0:
        return low, high
    return (
        inner_low if inner_low - low > span / 4 else low,
        inner_high if high - inner_high > span / 4 else high,
    )


def categories(values: Sequence[str], most: int) -> Categories | None:
    """Count texts; beyond the ``most`` frequent they are summed up as others. None without any value."""
    if not values:
        return None
    counted = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
    kept = counted[:most]
    others = sum(count for _, count in counted[most:])
    return Categories(tuple(Bar(*pair) for pair in kept), others, max(0, len(counted) - most), len(values))


def rates(times: Sequence[int], slices: int) -> Rates | None:
    """Events per second in equal slices of event time (microseconds). None with fewer than two moments."""
    if len(times) < 2 or slices < 1:
        return None
    start, end = min(times), max(times)
    width = max(1, -(-(end - start) // slices))
    slices = min(slices, (end - start) // width + 1)
    counts = [0] * slices
    for time in times:
        counts[min((time - start) // width, slices - 1)] += 1
    return Rates(start, width, tuple(count * 1_000_000 / width for count in counts))


def number_text(value: float) -> str:
    """A number for an axis: four significant digits at most, large ones with a unit.

    >>> [number_text(v) for v in (0.0, 0.25, 12.0, 1234.5, 2_500_000.0)]
    ['0', '0.25', '12', '1235', '2.5M']
    """
    size = abs(value)
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.3g}{unit}"
    if size >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"
