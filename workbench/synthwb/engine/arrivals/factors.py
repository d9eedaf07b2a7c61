"""The factors that shape an intensity, each a staircase over any stretch of event time.

Curves are held for short steps: a minute for peaks of an hour or more, at least sixty steps over the width of the
narrowest peak, and a thousandth of growth for a trend. What a step holds is the value in its middle.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np

from synthwb.engine.arrivals.staircase import Staircase, joined
from synthwb.engine.arrivals.zones import DAY, Zone
from synthwb.engine.draws import Floats, Ints
from synthwb.engine.laws import special
from synthwb.scenario.arrivals.shape import Burst, Curve, Holidays, Shape, Trend

__all__ = ["BurstFactor", "CalendarFactor", "Factor", "TrendFactor", "factors_of"]

_SECOND = 1_000_000
_STEPS = (60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1)  # seconds, all divisors of an hour
_WIDTH = 60  # steps over the width of the narrowest peak
_EDGES = 1 << 17  # edges that one staircase may have
_FINEST = 0.001  # growth within one step of a trend
_DUST, _PEAK = 2.0**-40, 2.0**40  # a trend that falls below the first is over; one that reaches the second stays there
_RAMP = 32  # steps of a ramp


class Factor(Protocol):
    """One factor of an intensity. ``longest``: how long a stretch may be asked for at once, in microseconds.

    ``end``: the event time from which the factor is zero for ever, or None.
    """

    longest: int
    end: int | None

    def stairs(self, start: int, end: int) -> Staircase:
        """The factor over ``[start, end)``."""
        ...


class CalendarFactor:
    """What depends on local time: the time of day, the day of the week, the date."""

    end: int | None = None

    def __init__(self, shape: Shape, zone: Zone) -> None:
        self._zone = zone
        self._edges, self._levels = _day(shape.daily)
        self._weekly = None if shape.weekly is None else np.array(shape.weekly, np.float64)
        self._holidays = shape.holidays
        self.longest = DAY * max(1, min(64, _EDGES // len(self._edges)))

    def stairs(self, start: int, end: int) -> Staircase:
        """See `Factor.stairs`."""
        pieces = [self._local(a + offset, b + offset, offset) for a, b, offset in self._zone.pieces(start, end)]
        return joined(pieces)

    def _local(self, start: int, end: int, offset: int) -> Staircase:
        """The factor over a stretch of local time in which the clocks do not change."""
        days = np.arange(start // DAY, (end - 1) // DAY + 1, dtype=np.int64)
        edges = (days[:, None] * DAY + self._edges).ravel()
        values = (self._day_factors(days)[:, None] * self._levels).ravel()
        first = int(np.searchsorted(edges, start, side="right")) - 1
        last = int(np.searchsorted(edges, end, side="left"))
        edges = np.maximum(edges[first:last], start) - offset
        return Staircase(edges, values[first:last], end - offset)

    def _day_factors(self, days: Ints) -> Floats:
        """One factor for each of these days (numbers since 1970-01-01, a Thursday)."""
        factors = np.ones(len(days))
        if self._weekly is not None:
            factors = self._weekly[(days + 3) % 7]
        for holidays in self._holidays:
            off = np.isin(days, _holiday_numbers(holidays, int(days[0]), int(days[-1])))
            factors = np.where(off, factors * holidays.factor, factors)
        return factors


def _day(daily: Curve | tuple[tuple[int, float], ...] | None) -> tuple[Ints, Floats]:
    """Edges of a local day, from midnight on, and the levels that hold from them."""
    if daily is None:
        return np.zeros(1, np.int64), np.ones(1)
    if isinstance(daily, Curve):
        edges, levels = _curve(daily)
    else:
        edges = np.array([at for at, _ in daily], np.int64)
        levels = np.array([level for _, level in daily], np.float64)
    new = np.append(True, levels[1:] != levels[:-1])
    return edges[new], levels[new]


def _curve(curve: Curve) -> tuple[Ints, Floats]:
    """A floor with peaks, as steps.

    A bump is the cubic that is 1 and level at its top, 0 and level a whole width away: so it is half as high at half
    the width, and its area is height times width.
    """
    narrowest = min((peak.width for peak in curve.peaks), default=DAY)
    step = _SECOND * next((s for s in _STEPS if s * _WIDTH * _SECOND <= narrowest), 1)
    edges = np.arange(0, DAY, step, dtype=np.int64)
    levels = np.full(len(edges), curve.floor)
    for peak in curve.peaks:
        distance = np.abs(edges + step // 2 - peak.at)
        distance = np.minimum(distance, DAY - distance)
        left = 1.0 - np.minimum(distance / peak.width, 1.0)
        levels = np.maximum(levels, curve.floor + (peak.height - curve.floor) * (left * left * (3.0 - 2.0 * left)))
    return edges, levels


def _holiday_numbers(holidays: Holidays, first: int, last: int) -> Ints:
    """Day numbers of the holidays in the years from day ``first`` to day ``last``."""
    found = list(holidays.dates)
    if holidays.country:
        years = (np.array([first, last], "M8[D]").astype("M8[Y]").astype(np.int64) + 1970).tolist()
        for year in range(years[0], years[1] + 1):
            found += _public_holidays(holidays.country, holidays.subdivision, year)
    return np.array(found, np.int64)


@lru_cache(maxsize=1024)
def _public_holidays(country: str, subdivision: str, year: int) -> tuple[int, ...]:
    """Day numbers of the public holidays of a country in a year; none for years that the calendar does not know."""
    import holidays

    if not 1 <= year <= 9999:
        return ()
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=year, expand=False)
    return tuple(sorted(day.toordinal() - 719_163 for day in days))


class TrendFactor:
    """Growth in steps; see `Trend`."""

    def __init__(self, trend: Trend) -> None:
        self._trend = trend
        slope = abs(trend.growth) if trend.linear else abs(float(special.log1p(trend.growth)[0]))
        self._step = int(min(max(_FINEST / slope * trend.per, 1_000), DAY)) if slope else DAY
        self._steps, self.end = self._reach(slope)
        self.longest = self._step * (_EDGES >> 1)

    def _reach(self, slope: float) -> tuple[int, int | None]:
        """After how many steps nothing changes any more, and when the factor has become zero."""
        trend, most = self._trend, 1 << 62
        if slope:
            periods = 1.0 / slope if trend.linear and trend.growth < 0 else _PEAK / slope
            if not trend.linear:
                periods = 28.0 / slope  # exp(28) is 2**40 and a little
            most = int(min(periods * trend.per / self._step, 2.0**62)) + 1
        if trend.until is not None and (trend.until - trend.start) // self._step < most:
            return -(-(trend.until - trend.start) // self._step), None
        ends = trend.growth < 0 and most < 1 << 40
        return most, trend.start + most * self._step if ends else None

    def stairs(self, start: int, end: int) -> Staircase:
        """See `Factor.stairs`."""
        first = min(max((start - self._trend.start) // self._step, -1), self._steps)
        last = min(max((end - 1 - self._trend.start) // self._step, -1), self._steps)
        number = np.arange(first, last + 1, dtype=np.int64)
        edges = np.maximum(self._trend.start + number * self._step, start)
        edges[0] = start
        return Staircase(edges, self._values(number), end)

    def _values(self, number: Ints) -> Floats:
        """The factor in the middle of these steps; -1 is the time before the trend begins."""
        trend = self._trend
        passed = (number + 0.5) * (self._step / trend.per)
        if trend.until is not None:
            passed = np.minimum(passed, (trend.until - trend.start) / trend.per)
        if trend.linear:
            values = np.maximum(1.0 + trend.growth * passed, 0.0)
        else:
            values = special.power(np.full(len(passed), 1.0 + trend.growth), passed)
        values = np.where(values < _DUST, 0.0, np.minimum(values, _PEAK))
        if self.end is not None:
            values[number == self._steps] = 0.0
        values[number < 0] = 1.0
        return values


class BurstFactor:
    """One burst, or a series of bursts; see `Burst`."""

    end: int | None = None

    def __init__(self, burst: Burst, zone: Zone) -> None:
        self._burst = burst
        self._zone = zone
        steps = min(_RAMP, burst.ramp)
        part = np.arange(steps, dtype=np.int64)
        rise = burst.ramp * part // max(steps, 1)
        height = 1.0 + (burst.factor - 1.0) * ((part + 0.5) / max(steps, 1))
        fall = burst.length - burst.ramp + rise
        self._edges = np.concatenate((rise, [burst.ramp], fall, [burst.length])).astype(np.int64)
        self._values = np.concatenate((height, [burst.factor], height[::-1], [1.0]))
        self.longest = 1 << 62
        if burst.every is not None:
            self.longest = max(1, burst.every * (_EDGES // (2 * len(self._edges))))

    def stairs(self, start: int, end: int) -> Staircase:
        """See `Factor.stairs`."""
        begins = self._begins(start - self._burst.length, end)
        edges = (begins[:, None] + self._edges).ravel()
        values = np.broadcast_to(self._values, (len(begins), len(self._values))).ravel()
        # one that begins before the one before it has ended (the clocks were put forward) ends that one
        edges = np.append(start, np.maximum(np.minimum.accumulate(edges[::-1])[::-1], start))
        values = np.append(1.0, values)
        last = int(np.searchsorted(edges, end, side="left"))
        return Staircase(edges[:last], values[:last], end)

    def _begins(self, start: int, end: int) -> Ints:
        """When bursts begin, in ``(start, end)``."""
        burst = self._burst
        if burst.until is not None:
            end = min(end, burst.until)
        if burst.every is None:
            found = np.array([burst.at], np.int64)
        elif burst.every % DAY:
            first = max(0, (start - burst.at) // burst.every)
            number = np.arange(first, max(first, (end - burst.at) // burst.every + 1), dtype=np.int64)
            found = burst.at + number * burst.every
        else:
            local = burst.at + self._zone.offset(burst.at)
            first = max(0, (start - burst.at) // burst.every - 1)
            number = np.arange(first, max(first, (end - burst.at) // burst.every + 2), dtype=np.int64)
            found = self._zone.instants(local + number * burst.every)
        return found[(found > start) & (found < end)]


def factors_of(shape: Shape | None, zone: Zone) -> tuple[Factor, ...]:
    """The factors of a shape; none for one that changes nothing."""
    if shape is None:
        return ()
    found: list[Factor] = []
    if shape.daily is not None or shape.weekly is not None or shape.holidays:
        found.append(CalendarFactor(shape, zone))
    if shape.trend is not None:
        found.append(TrendFactor(shape.trend))
    return (*found, *(BurstFactor(burst, zone) for burst in shape.bursts))
