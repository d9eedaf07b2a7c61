"""Arrivals of each actor by itself: so many in a period, or one gap after the other.

A period's arrivals are addressed by the row, the period and their number in it, so any window can be made alone.
Periods are made many at a time, as many as have about 65,536 pairs of a row and a period, or arrivals.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.arrivals.intensity import Intensity
from synthwb.engine.arrivals.owners import MOST_NUMBERS, addressed, owner
from synthwb.engine.arrivals.staircase import Staircase, joined
from synthwb.engine.arrivals.walked import Walked, settled
from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, unit
from synthwb.engine.lives import NEVER, Lives

__all__ = ["MOST_IN_A_PERIOD", "Counted", "Renewed", "Rows"]

_INDEX_BITS = 11
MOST_IN_A_PERIOD = (1 << _INDEX_BITS) - 1
_PERIODS = (MOST_NUMBERS >> _INDEX_BITS) - 1  # the number of a period is kept modulo this plus one
_PAIRS = 1 << 16  # of row and period, or arrivals, that are made together
_KEPT = 3  # stretches of periods that are kept
_LOOKS = 16  # at how many live, from which their mean number is taken
_STATES = 4  # marks of a renewal: each is as long as the population
_SHORTEST = 1.0  # microseconds between two arrivals of one row

Rows: TypeAlias = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Profile:
    """A staircase over a stretch of event time with its integral up to each edge."""

    stairs: Staircase
    reached: Floats

    @staticmethod
    def of(intensity: Intensity, start: int, end: int) -> _Profile:
        stairs = joined([intensity.stairs(a, b) for a, b in intensity.pieces(start, end)])
        return _Profile(stairs, np.concatenate(([0.0], np.cumsum(stairs.widths * stairs.values))))

    def mass(self, time: Ints) -> Floats:
        """The integral up to these times."""
        at = np.maximum(np.searchsorted(self.stairs.edges, time, side="right") - 1, 0)
        return self.reached[at] + self.stairs.values[at] * (time - self.stairs.edges[at])

    def times(self, mass: Floats) -> Ints:
        """Where the integral reaches these amounts."""
        at = np.clip(np.searchsorted(self.reached, mass, side="right") - 1, 0, len(self.stairs.values) - 1)
        height = self.stairs.values[at]
        beyond = np.where(height > 0.0, (mass - self.reached[at]) / np.where(height > 0.0, height, 1.0), 0.0)
        return self.stairs.edges[at] + beyond.astype(np.int64)


class Counted:
    """Each row has so many arrivals in each period of ``every`` microseconds from ``start`` on.

    ``counts`` gives how many, for rows, beginnings of periods, addresses, and the area of ``profile`` over the period
    in microseconds at the level 1. They are spread as the profile goes; of each the share ``kept`` at its time is
    there (both with a rate of 1 a second). ``mean``: how many to expect of one row in one period at the level 1.
    """

    def __init__(
        self,
        seed: int,
        name: str,
        start: int,
        every: int,
        rows: int,
        counts: Callable[[Rows, Ints, Bits, Floats], Ints],
        *,
        mean: float,
        profile: Intensity,
        kept: Intensity | None = None,
        lives: Lives | None = None,
    ) -> None:
        self._start, self._every, self._rows = start, every, rows
        self._counts, self._mean, self._lives = counts, mean, lives
        self._profile, self._kept = profile, kept
        ends = [None if each is None else each.end for each in (lives, profile, kept)]
        self.end: int | None = min((end for end in ends if end is not None), default=None)
        self._key = key_of(seed, "arrivals", name, "identity")
        self._time_key = key_of(seed, "arrivals", name, "time")
        self._kept_key = key_of(seed, "arrivals", name, "kept")
        self._periods = max(1, int(_PAIRS / (rows * max(1.0, mean))))
        self._made: OrderedDict[int, tuple[Ints, Bits]] = OrderedDict()
        self._lock = Lock()

    def owners(self, address: Bits) -> Rows:
        """See `Owned.owners`."""
        return owner(address, self._key, self._rows)

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: by the rows that live then."""
        start = max(start, self._start)
        if end <= start:
            return 0.0
        there = float(self._rows)
        if self._lives is not None:
            looks = start + (end - start) // _LOOKS * np.arange(_LOOKS, dtype=np.int64)
            there = float(self._lives.count(looks).sum()) / _LOOKS
        level = self._profile.expected(start, end) / self._every * 1e6
        if self._kept is not None:
            level *= self._kept.expected(start, end) / (end - start) * 1e6
        return there * self._mean * level

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        found = [(np.empty(0, np.int64), np.empty(0, np.uint64))]
        start, length = max(start, self._start), self._every * self._periods
        end = end if self.end is None else min(end, self.end)
        for number in range((start - self._start) // length, (end - 1 - self._start) // length + 1):
            time, address = self._stretch(number)
            inside = slice(*np.searchsorted(time, [start, end]))
            found.append((time[inside], address[inside]))
        return np.concatenate([time for time, _ in found]), np.concatenate([address for _, address in found])

    def _stretch(self, number: int) -> tuple[Ints, Bits]:
        """The arrivals of a stretch of periods, in order."""
        with self._lock:
            found = self._made.get(number)
            if found is not None:
                self._made.move_to_end(number)
                return found
        found = self._make(number)
        with self._lock:
            self._made[number] = found
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return found

    def _make(self, number: int) -> tuple[Ints, Bits]:
        first = number * self._periods
        begin = self._start + first * self._every
        end = begin + self._periods * self._every
        profile = _Profile.of(self._profile, begin, end)
        there = np.arange(self._rows, dtype=np.uint32)
        if self._lives is not None:
            there = there[(self._lives.born < end) & (self._lives.died > begin)]
        row = np.tile(there, self._periods)
        period = np.repeat(first + np.arange(self._periods, dtype=np.int64), len(there))
        opens = self._start + period * self._every
        reached = profile.mass(opens)
        area = profile.mass(opens + self._every) - reached
        name = (period & _PERIODS) << _INDEX_BITS
        counts = self._counts(row, opens, addressed(row, name, self._key), area)
        counts = np.where(area > 0.0, np.clip(counts, 0, MOST_IN_A_PERIOD), 0)
        pair = np.repeat(np.arange(len(row)), counts)
        index = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
        address = addressed(row[pair], name[pair] + index, self._key)
        share = unit(draw(address, self._time_key))
        time = profile.times(reached[pair] + share * area[pair])
        time = np.clip(time, opens[pair], opens[pair] + self._every - 1)
        return settled(*self._there(row[pair], time, address, begin, end))

    def _there(self, row: Rows, time: Ints, address: Bits, begin: int, end: int) -> tuple[Ints, Bits]:
        """Without those who do not live then, and without those that the level of the day leaves out."""
        keep = np.ones(len(time), np.bool_)
        if self._kept is not None and len(time):
            level = joined([self._kept.stairs(a, b) for a, b in self._kept.pieces(begin, end)])
            keep &= unit(draw(address, self._kept_key)) < level.at(time)
        if self._lives is not None:
            keep &= self._lives.living(row, time)
        return time[keep], address[keep]


_State: TypeAlias = tuple[Ints, Ints]


class Renewed(Walked[_State]):
    """Each row comes after gaps of its own, from ``begin`` on. ``gaps`` draws them in microseconds for rows and times.

    ``died``: when the rows are gone. Raises ValueError for gaps with which time would not go on.
    """

    kept = _STATES

    def __init__(
        self,
        seed: int,
        name: str,
        start: int,
        begin: Ints,
        died: Ints,
        gaps: Callable[[Rows, Ints, Bits], Floats],
    ) -> None:
        self._gaps, self._died = gaps, died
        self._rows = len(begin)
        self._key = key_of(seed, "arrivals", name, "identity")
        self._gap_key = key_of(seed, "arrivals", name, "gap")
        row = np.arange(self._rows, dtype=np.uint32)
        first = self._gap(row, begin, np.zeros(self._rows, np.int64))
        self.mean_gap = float(first.cumsum()[-1]) / self._rows
        if self.mean_gap < 1e3:
            raise ValueError(f"the first gaps of all actors are {self.mean_gap:.2g} microseconds long on average")
        super().__init__(start, (begin + first, np.zeros(self._rows, np.int64)))
        last = int(died.max())
        self.end = None if last == NEVER else last

    def owners(self, address: Bits) -> Rows:
        """See `Owned.owners`."""
        return owner(address, self._key, self._rows)

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: by the mean of the first gaps."""
        there = int(((self._died > start) & (self._first[0] <= end)).sum())
        return max(0, end - max(start, self._start)) / self.mean_gap * there

    def _walk(self, state: _State, start: int, end: int) -> tuple[tuple[Ints, Bits], _State]:
        """See `Walked`: one arrival of every row that is due, again and again."""
        time, number = state[0].copy(), state[1].copy()
        last = np.minimum(self._died, end)
        row = np.flatnonzero(time < last).astype(np.uint32)
        found = [(np.empty(0, np.int64), np.empty(0, np.uint64))]
        while len(row):
            found.append((time[row], addressed(row, number[row], self._key)))
            number[row] += 1
            time[row] += self._gap(row, time[row], number[row])
            row = row[time[row] < last[row]]
        times, addresses = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return (times, addresses), (time, number)

    def _gap(self, row: Rows, time: Ints, number: Ints) -> Ints:
        """The gap after the arrival of this number, in whole microseconds."""
        address = draw(addressed(row, number, self._key), self._gap_key)
        gap: Ints = np.clip(self._gaps(row, time, address), _SHORTEST, float(1 << 55)).astype(np.int64)
        return gap
