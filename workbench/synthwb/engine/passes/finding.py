"""References to earlier events, found for all events of a window at once.

What may be referred to stands on two shelves: a large one that is put in order now and then, and a small one with what
came since. Both are searched, so that short windows cost little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Ints, draw, mix
from synthwb.engine.flows.values import Kept, kept, nothing
from synthwb.engine.laws.discrete import below
from synthwb.engine.passes.clamps import taken
from synthwb.engine.passes.facts import ADDRESS, TIME, value_column
from synthwb.engine.passes.shelves import OWNER, Shelf, Span, joined
from synthwb.engine.rows import SILENT, Rows
from synthwb.engine.sources import Carried
from synthwb.scenario.model import DType

__all__ = ["Finder", "FinderPlan", "Whose"]

_FEW = 4096  # on the small shelf before it is put on the large one, and an eighth of that

Whose: TypeAlias = Callable[[Rows], "tuple[Ints, NDArray[np.bool_]]"]
"""Whom events belong to, and which of them to anybody."""


@dataclass(frozen=True, slots=True)
class FinderPlan:
    """A reference of the events of ``kind`` to those of ``target``.

    ``within``: microseconds. ``keys``: of the draw, and of what more it needs. ``mine`` and ``theirs`` say whose events
    are. ``values``: what else is kept, with types, and ``look`` makes it. ``facts``: where the time, the address and
    the values are left, by their column.
    """

    kind: int
    target: int
    within: int
    pick: str
    skip: bool
    keys: tuple[int, int]
    mine: Whose
    theirs: Whose
    values: Mapping[str, DType]
    facts: Mapping[str, str]
    look: Callable[[Rows], Mapping[str, Column]]

    def none(self) -> dict[str, Kept]:
        """No kept event."""
        whole = np.empty(0, np.int64)
        found: dict[str, Kept] = {OWNER: whole, TIME: whole, ADDRESS: whole.view(np.uint64)}
        return found | {value_column(name): nothing(dtype, 0) for name, dtype in self.values.items()}


@dataclass(frozen=True, slots=True)
class _Found:
    """For each who asks: the place on the large shelf, or on the small one; -1 on both: there is none."""

    large: Ints
    small: Ints


class Finder:
    """The kept events of one reference in one walk through the stream."""

    def __init__(self, plan: FinderPlan) -> None:
        self._plan = plan
        self._large = Shelf(plan.none())
        self._gone = np.empty(0, np.int64)  # by stretch of the large shelf, how many are taken or too old
        self._small: Mapping[str, Kept] = plan.none()

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """The rows with what those of the kind refer to; those that find nothing are silent, if they shall be."""
        plan = self._plan
        offered = self._offered(rows)
        at = np.flatnonzero(rows.kind == plan.kind)
        if not len(at) and not len(offered):
            return rows
        came = self._kept(rows, offered)
        small = Shelf(joined([self._small, came]))
        if len(at):
            before = len(self._small[TIME]) + np.searchsorted(offered, at)
            found = self._found(rows.take(at), small, before)
            rows = self._told(rows, at, small, found)
            small = self._without(small, found)
        self._settle(small, end if end is not None else int(rows.time[-1]))
        return rows

    def carried(self) -> Carried:
        """What is kept: a value."""
        return {"large": dict(self._large.columns), "gone": self._gone, "small": dict(self._small)}

    def restore(self, carried: Carried) -> None:
        """Go on from what `carried` gave."""
        self._large, self._gone, self._small = Shelf(carried["large"]), carried["gone"], carried["small"]

    def _offered(self, rows: Rows) -> NDArray[np.int64]:
        at = np.flatnonzero(rows.kind == self._plan.target)
        if not len(at):
            return at
        _, there = self._plan.theirs(rows.take(at))
        return at[there]

    def _kept(self, rows: Rows, at: NDArray[np.int64]) -> dict[str, Kept]:
        """What is kept of the events at these places."""
        if not len(at):
            return self._plan.none()
        events = rows.take(at)
        found: dict[str, Kept] = {OWNER: self._plan.theirs(events)[0], TIME: events.time, ADDRESS: events.address}
        columns = self._plan.look(events) if self._plan.values else {}
        return found | {
            value_column(name): kept(columns[name].series(), dtype) for name, dtype in self._plan.values.items()
        }

    def _found(self, events: Rows, small: Shelf, before: Ints) -> _Found:
        plan = self._plan
        owner, there = plan.mine(events)
        since = events.time - plan.within
        ones = self._large.span(owner, since, np.full(len(owner), len(self._large)))
        twos = small.span(owner, since, np.where(there, before, 0))
        if plan.pick == "once":
            return self._once(owner, there, ones, twos)
        first = np.where(there, ones.last - ones.first, 0)
        count = first + twos.last - twos.first
        if plan.pick == "latest":
            which = count - 1
        else:
            which = np.full(len(count), -1, np.int64)
            asking = np.flatnonzero(count)
            which[asking] = _evenly(events.address[asking], count[asking], plan.keys)
        old = (which >= 0) & (which < first)
        return _Found(
            np.where(old, ones.first + which, -1), np.where((which >= 0) & ~old, twos.first + which - first, -1)
        )

    def _once(self, owner: Ints, there: NDArray[np.bool_], ones: Span, twos: Span) -> _Found:
        """The oldest that is left, each once: both shelves of an owner are one queue."""
        order = np.argsort(owner, kind="stable")
        order = order[there[order]]
        if not len(order):
            return _Found(np.full(len(owner), -1), np.full(len(owner), -1))
        ordered = owner[order]
        begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        number, known = self._large.number_of(ordered)
        passed = np.where(known, self._gone[number], 0)[begins] if len(self._gone) else np.zeros(len(begins), np.int64)
        size = (ones.end - ones.begin)[order]
        low = (ones.first - ones.begin)[order] + (twos.first - twos.begin)[order]
        entry, after = taken(begins, passed, low, size + (twos.last - twos.begin)[order])
        if len(self._gone):
            ends = np.append(begins[1:], len(order)) - 1
            ends = ends[known[ends]]
            self._gone = self._gone.copy()
            self._gone[number[ends]] = np.minimum(after[ends], size[ends])
        found = np.full((2, len(owner)), -1, np.int64)
        found[0, order] = np.where((entry >= 0) & (entry < size), ones.begin[order] + entry, -1)
        found[1, order] = np.where(entry >= size, twos.begin[order] + entry - size, -1)
        return _Found(found[0], found[1])

    def _told(self, rows: Rows, at: NDArray[np.int64], small: Shelf, found: _Found) -> Rows:
        """The rows with the facts of what those at these places have found."""
        facts = dict(rows.facts)
        for column, fact in self._plan.facts.items():
            values = facts[fact].copy()
            for shelf, places in ((self._large, found.large), (small, found.small)):
                there = np.flatnonzero(places >= 0)
                values[at[there]] = shelf.columns[column][shelf.order[places[there]]]
            facts[fact] = values
        rows = rows.knowing(facts)
        if not self._plan.skip:
            return rows
        kind = rows.kind.copy()
        kind[at[(found.large < 0) & (found.small < 0)]] = SILENT
        return replace(rows, kind=kind)

    def _without(self, small: Shelf, found: _Found) -> Shelf:
        """The small shelf without what was taken from it."""
        if self._plan.pick != "once" or not (found.small >= 0).any():
            return small
        left = np.ones(len(small), np.bool_)
        left[small.order[found.small[found.small >= 0]]] = False
        return Shelf(small.only(left))

    def _settle(self, small: Shelf, end: int) -> None:
        """Keep what may still be referred to."""
        since = end - self._plan.within
        self._small = small.only(small.columns[TIME] >= since)
        if len(self._small[TIME]) < max(_FEW, len(self._large) // 8):
            return
        left = self._large.columns[TIME] >= since
        left[self._large.order] &= self._large.numbers >= np.repeat(self._gone, self._large.lengths)
        self._large = Shelf(joined([self._large.only(left), self._small]))
        self._gone = np.zeros(len(self._large.owners), np.int64)
        self._small = self._plan.none()


def _evenly(address: Bits, count: Ints, keys: tuple[int, int]) -> Ints:
    """One of so many, all alike."""
    chosen = below(draw(address, keys[0]), count.astype(np.uint64), lambda: mix(address, keys[1]))
    return chosen.astype(np.int64)
