"""Scheduled arrivals: times of the calendar, as cron writes them.

The ``cronsim`` library reads the expressions and knows which dates they mean; the times of those dates are worked out
for whole stretches at once. Where the clocks change it is done as Debian's cron does: what has its hour and minute
written out happens once on every such day (a time that is skipped comes at the jump, of one that is doubled the first
counts); what has a star for hours or minutes, or a field for seconds, follows the time that passes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from synthwb.engine.arrivals.zones import DAY, Zone
from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, mix, unit

if TYPE_CHECKING:
    from cronsim import CronSim

__all__ = ["ScheduleArrivals"]

_SECOND = 1_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_SAMPLE = 1500 * DAY  # over which times are counted to say how many to expect longer: a leap day is among them
_DENSE = 1 << 12  # times a day beyond which a few days of those are looked at
_LOOKS = 28
_TRIED = 1024  # batches from which their mean size is estimated
_NEXT = 0x9E3779B97F4A7C15  # tells apart the events of one time


class ScheduleArrivals:
    """Events at the times of ``crons`` from ``start`` on, each up to ``jitter`` microseconds later.

    ``count`` of them at each time: a number, or a draw for hashed addresses and numbers. Times that two expressions
    have in common are one time. An event's identity is its time and its number at that time.
    """

    end: int | None = None

    def __init__(
        self,
        seed: int,
        name: str,
        crons: tuple[str, ...],
        zone: Zone,
        start: int,
        *,
        count: int | Callable[[Bits, Ints], Floats] = 1,
        jitter: int = 0,
    ) -> None:
        self._crons = crons
        self._zone = zone
        self._start = start
        self._count = count
        self._jitter = jitter
        self._count_key = key_of(seed, "arrivals", name, "count")
        self._identity_key = key_of(seed, "arrivals", name, "identity")
        self._jitter_key = key_of(seed, "arrivals", name, "jitter")
        self._dense = sum(len(_times_of_day(cron)) for cron in crons) > _DENSE
        tried = self._counts(start + np.arange(_TRIED, dtype=np.int64))
        self._mean = float(tried.cumsum()[-1]) / _TRIED

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: as in the first fifteen hundred days if there are more."""
        start = max(start, self._start)
        if end <= start:
            return 0.0
        stop = min(end, start + _SAMPLE)
        return self._mean * self._number(start, stop) * ((end - start) / (stop - start))

    def _number(self, start: int, stop: int) -> float:
        """How many times there are; about, where they are so many that some days have to stand for all."""
        days = (stop - start) // DAY
        if not self._dense or days <= _LOOKS:
            return len(self.times(start, stop))
        step = days // _LOOKS
        step -= step > 1 and step % 7 == 0  # on all days of the week
        looks = range(start, stop - DAY + 1, step * DAY)
        return sum(len(self.times(at, at + DAY)) for at in looks) / len(looks) * ((stop - start) / DAY)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        fired = self.times(max(start - self._jitter, self._start), end)
        counts = self._counts(fired)
        index = np.arange(int(counts.sum())) - np.repeat(counts.cumsum() - counts, counts)
        time = np.repeat(fired, counts)
        address = mix(mix(time.astype(np.uint64), self._identity_key) + mix(index.astype(np.uint64), _NEXT))
        if self._jitter:
            time = time + (unit(draw(address, self._jitter_key)) * self._jitter).astype(np.int64)
        inside = (time >= start) & (time < end)
        return time[inside], address[inside]

    def times(self, start: int, end: int) -> Ints:
        """The times in ``[start, end)`` at which the schedule comes, each once."""
        if end <= start:
            return np.empty(0, np.int64)
        return np.unique(np.concatenate([self._fired(cron, start, end) for cron in self._crons]))

    def _counts(self, fired: Ints) -> Ints:
        """How many events come at each of these times."""
        if isinstance(self._count, int):
            return np.full(len(fired), self._count, np.int64)
        drawn = self._count(mix(fired.astype(np.uint64), self._count_key), np.zeros(len(fired), np.int64))
        return np.minimum(np.rint(drawn), 1e6).astype(np.int64)

    def _fired(self, cron: str, start: int, end: int) -> Ints:
        """The times of one expression; not in order where clocks are put back."""
        if _keeps_wall_time(cron):
            reach = 2 * DAY
            local = _local_times(cron, start + self._zone.offset(start) - reach, end + self._zone.offset(end) + reach)
            found = self._zone.instants(local)
            return found[(found >= start) & (found < end)]
        pieces = [np.empty(0, np.int64)]
        for first, last, offset in self._zone.pieces(start, end):
            pieces.append(_local_times(cron, first + offset, last + offset) - offset)
        return np.concatenate(pieces)


@lru_cache(maxsize=256)
def _parsed(cron: str) -> CronSim:
    from cronsim import CronSim

    return CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))


def _keeps_wall_time(cron: str) -> bool:
    """Whether it happens once a day at a written time, whatever the clocks do; Debian's cron decides by the stars."""
    fields = cron.split()
    return len(fields) == 5 and not fields[0].startswith("*") and not fields[1].startswith("*")


@lru_cache(maxsize=256)
def _times_of_day(cron: str) -> Ints:
    """Microseconds from midnight, in order."""
    parsed = _parsed(cron)
    hours, minutes, seconds = (np.array(sorted(part)) for part in (parsed.hours, parsed.minutes, parsed.seconds))
    found: Ints = ((hours[:, None, None] * 60 + minutes[:, None]) * 60 + seconds).ravel().astype(np.int64) * _SECOND
    return found


@lru_cache(maxsize=8192)
def _days_of_month(cron: str, year: int, month: int) -> tuple[int, ...]:
    """Days on which the expression comes, as numbers since 1970-01-01."""
    parsed = _parsed(cron)
    if month not in parsed.months:
        return ()
    first = date(year, month, 1).toordinal()
    after = date(year + month // 12, month % 12 + 1, 1).toordinal() if (year, month) != (9999, 12) else _LAST + _EPOCH
    return tuple(n - _EPOCH for n in range(first, after) if parsed.match_day(date.fromordinal(n)))


def _local_times(cron: str, start: int, end: int) -> Ints:
    """The local times of an expression in ``[start, end)`` of local time, in order."""
    first, last = max(start // DAY, _FIRST), min((end - 1) // DAY, _LAST)
    if first > last:
        return np.empty(0, np.int64)
    begin, stop = date.fromordinal(first + _EPOCH), date.fromordinal(last + _EPOCH)
    months = range(begin.year * 12 + begin.month - 1, stop.year * 12 + stop.month)
    days = np.array([day for n in months for day in _days_of_month(cron, n // 12, n % 12 + 1)], np.int64)
    days = days[(days >= first) & (days <= last)]
    found: Ints = (days[:, None] * DAY + _times_of_day(cron)).ravel()
    return found[(found >= start) & (found < end)]
