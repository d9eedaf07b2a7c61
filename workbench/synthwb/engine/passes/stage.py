"""One event type as a stage of the spine: what its fields remember becomes facts of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints
from synthwb.engine.passes.finding import Finder, FinderPlan
from synthwb.engine.passes.seen import Memory, Seen
from synthwb.engine.rows import Rows
from synthwb.engine.sources import Carried

__all__ = ["EventPass", "PassPlan"]


@dataclass(frozen=True, slots=True)
class PassPlan:
    """What a pass over the events of one type needs.

    ``refs``: its references to earlier events, those first without which it does not happen.
    ``owner``: whose each event is, a row of ``owners``. ``memories``: by fact, in the order in which the fields are
    made. ``looks`` make what they look at, by name.
    """

    kind: int
    refs: Sequence[FinderPlan]
    owner: Callable[[Block], Ints]
    owners: int
    memories: Sequence[tuple[str, Memory]]
    looks: Mapping[str, Callable[[Rows], Mapping[str, Column]]]


class EventPass:
    """The pass of one walk through the stream. Implements `synthwb.engine.spine.Stage`."""

    def __init__(self, plan: PassPlan) -> None:
        self._plan = plan
        self._finders = [Finder(each) for each in plan.refs]
        self._carried: tuple[Carried, ...] = tuple(memory.begin(plan.owners) for _, memory in plan.memories)

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """See `Stage.advance`."""
        for finder in self._finders:
            rows = finder.advance(rows, end)
        at = np.flatnonzero(rows.kind == self._plan.kind)
        return self._remembered(rows, at) if len(at) and self._plan.memories else rows

    def carried(self) -> Carried:
        """See `Stage.carried`."""
        return (tuple(finder.carried() for finder in self._finders), self._carried)

    def restore(self, carried: Carried) -> None:
        """See `Stage.restore`."""
        found, self._carried = carried
        for finder, each in zip(self._finders, found, strict=True):
            finder.restore(each)

    def _remembered(self, rows: Rows, at: Ints) -> Rows:
        """The rows with the facts of those at these places, field by field: one may read another."""
        own = rows.take(at)
        owner = self._plan.owner(Block.of(own))
        after: list[Carried] = []
        for (fact, memory), carried in zip(self._plan.memories, self._carried, strict=True):
            seen = Seen.of(Block.of(own), owner, {name: self._plan.looks[name](own)[name] for name in memory.reads})
            values, remembered = memory.see(seen, carried)
            after.append(remembered)
            own = own.knowing({**own.facts, fact: values})
        self._carried = tuple(after)
        whole = dict(rows.facts)
        for fact, _ in self._plan.memories:
            whole[fact] = whole[fact].copy()
            whole[fact][at] = own.facts[fact]
        return rows.knowing(whole)
