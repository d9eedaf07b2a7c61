"""From when to when the rows of an entity live, and who is picked of those that do.

The picks of a moment are made among candidates: event time is cut into slots in which a quarter of those who live at
the beginning is born or dies, and the candidates of a slot are those, and as many rows that come next. A candidate who
does not live at the time is passed over and another one is drawn, so that everybody who does is picked by their weight.
Where a slot begins follows from what happened before: a stream that goes on for longer has the same picks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.draws import Bits, Floats, Ints, mix, unit
from synthwb.engine.laws.discrete import below
from synthwb.engine.pick import Pick
from synthwb.engine.shares import shares
from synthwb.scenario.model import Call

__all__ = ["NEVER", "Lives"]

NEVER = np.iinfo(np.int64).max
"""The end of a row that does not end."""

_FEWEST = 4  # births and deaths in a slot, at least
_ATTEMPTS = 64  # draws before those who are left are looked at one by one
_AGAIN = 0x9E3779B97F4A7C15  # between the attempts of one pick
_RANK = 0x632BE59BD9B4E019  # for the rank of a row that is born


@dataclass(frozen=True, slots=True)
class _Slots:
    """``start`` of every slot, and where its ``candidates`` begin; the last of ``begin`` is where all end."""

    start: Ints
    begin: Ints
    candidates: NDArray[np.uint32]


@dataclass(frozen=True)
class Lives:
    """Rows ``i`` live from ``born[i]`` on until just before ``died[i]``, in microseconds.

    ``initial``: how many there are at ``start``; the others are born later, in their order.
    """

    born: Ints
    died: Ints
    initial: int
    start: int

    @property
    def memory(self) -> int:
        """Bytes."""
        slots = self._slots
        return sum(each.nbytes for each in (self.born, self.died, slots.start, slots.begin, slots.candidates))

    def living(self, rows: NDArray[np.integer], time: Ints) -> NDArray[np.bool_]:
        """Which of these rows live at these times."""
        known = rows < len(self.born)
        held = np.where(known, rows, 0)
        return known & (self.born[held] <= time) & (time < self.died[held])

    def count(self, time: Ints) -> Ints:
        """How many rows live at these times."""
        births, deaths = self._sorted
        return np.searchsorted(births, time, side="right") - np.searchsorted(deaths, time, side="right")

    @cached_property
    def end(self) -> int | None:
        """From when on nobody lives any more and nobody is born; None: somebody lives for ever."""
        last = int(self._sorted[1].max(initial=self.start))
        return None if last == NEVER else last

    def empty(self, end: int | None) -> int | None:
        """The first time, before ``end``, at which nobody lives; None: there is none."""
        time = np.concatenate(([self.start], self._sorted[1]))
        time = time[time < (NEVER if end is None else end)]
        alone = np.flatnonzero(self.count(time) == 0)
        return int(time[alone[0]]) if len(alone) else None

    def pick(self, law: Call | None, key: int) -> Pick:
        """Picks among those who live at the time of each row of a block, by a law of ranks.

        The ranks of those who are there at the start are their row numbers; who is born gets one of these ranks by
        chance. Where nobody lives, the row means nothing.
        """
        slots = self._slots
        weights = shares(law, self.initial)
        heights = None if law is None else np.concatenate(([0.0], np.cumsum(weights[self.ranks(slots.candidates)])))

        def draw(block: Block) -> NDArray[np.uint32]:
            slot = np.maximum(np.searchsorted(slots.start, block.time, side="right") - 1, 0)
            first, last = slots.begin[slot], slots.begin[slot + 1]
            out = np.zeros(len(block), np.uint32)
            left = np.arange(len(block))
            for attempt in range(_ATTEMPTS):
                bits = mix(block.address[left] + np.uint64(_AGAIN * attempt & (1 << 64) - 1), key)
                at = _places(bits, first[left], last[left], heights)
                out[left] = slots.candidates[at]
                left = left[~self.living(out[left], block.time[left])]
                if not len(left):
                    return out
            for row in left.tolist():
                out[row] = self._one(int(block.time[row]), block.address[row : row + 1], key, weights)
            return out

        return draw

    def _one(self, time: int, address: Bits, key: int, weights: Floats) -> int:
        """The pick of one moment, by a look at everybody."""
        rows = np.flatnonzero((self.born <= time) & (time < self.died))
        if not len(rows):
            return 0
        reached = np.cumsum(weights[self.ranks(rows)])
        share = unit(mix(address, key + _AGAIN))[0] * reached[-1]
        return int(rows[min(int(np.searchsorted(reached, share, side="right")), len(rows) - 1)])

    def ranks(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """The rank of each row, from 0: of a row that is born, one of those that there were at the start."""
        born = mix(rows.astype(np.uint64), _RANK)
        later = below(born, self.initial, born.copy).astype(np.int64)
        return np.where(rows < self.initial, rows, later)

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        """All births and all deaths in order; those of rows that never live are left out."""
        lived = self.died > np.maximum(self.born, self.start)
        return np.sort(self.born[lived]), np.sort(self.died[lived])

    @cached_property
    def _slots(self) -> _Slots:
        births, deaths = self._sorted
        change = np.concatenate([births[births > self.start], deaths[deaths < NEVER]])
        sign = np.ones(len(change), np.int64)
        sign[int((births > self.start).sum()) :] = -1
        order = np.argsort(change, kind="stable")
        change, alive = change[order], int((births <= self.start).sum()) + np.cumsum(sign[order])
        start, quota, at = [self.start], [max(_FEWEST, int((births <= self.start).sum()) // 4)], 0
        while at + quota[-1] <= len(change):
            at += quota[-1]
            start.append(int(change[at - 1]))
            quota.append(max(_FEWEST, int(alive[at - 1]) // 4))
        return self._filled(np.array(start, np.int64), np.array(quota, np.int64))

    def _filled(self, start: Ints, quota: Ints) -> _Slots:
        """The slots with their candidates: who lives at the beginning, and those who are born next."""
        first, last = np.searchsorted(start, self.born), np.searchsorted(start, self.died)
        length = np.maximum(last - first, 0)
        row = np.repeat(np.arange(len(self.born)), length)
        slot = np.arange(len(row)) - np.repeat(np.cumsum(length) - length - first, length)
        born = np.searchsorted(self.born[self.initial :], start, side="right") + self.initial
        next_row = np.arange(int(quota.sum())) - np.repeat(np.cumsum(quota) - quota - born, quota)
        both = np.concatenate([slot << 32 | row, np.repeat(np.arange(len(start)), quota) << 32 | next_row])
        both.sort()
        begin = np.searchsorted(both >> 32, np.arange(len(start) + 1))
        return _Slots(start, begin, (both & 0xFFFFFFFF).astype(np.uint32))


def _places(bits: Bits, first: Ints, last: Ints, heights: Floats | None) -> Ints:
    """One of the candidates between ``first`` and ``last`` of each row: evenly, or by their heights."""
    if heights is None:
        size = (last - first).astype(np.uint64)
        return first + (((bits >> np.uint64(32)) * size) >> np.uint64(32)).astype(np.int64)
    low, high = heights[first], heights[last]
    found = np.searchsorted(heights, low + unit(bits) * (high - low), side="right") - 1
    return np.clip(found, first, last - 1)
