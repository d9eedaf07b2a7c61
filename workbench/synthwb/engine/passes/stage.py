"""One event type as a stage of the spine: what its fields remember becomes facts of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints
from synthwb.engine.passes.seen import Memory, Seen
from synthwb.engine.rows import Rows
from synthwb.engine.sources import Carried

__all__ = ["EventPass", "PassPlan"]


@dataclass(frozen=True, slots=True)
class PassPlan:
    """What a pass over the events of one type needs.

    ``owner``: whose each event is, a row of ``owners``. ``memories``: by fact, in the order in which the fields are
    made. ``looks`` make what they look at, by name.
    """

    kind: int
    owner: Callable[[Block], Ints]
    owners: int
    memories: Sequence[tuple[str, Memory]]
    looks: Mapping[str, Callable[[Rows], Mapping[str, Column]]]


class EventPass:
    """The pass of one walk through the stream. Implements `synthwb.engine.spine.Stage`."""

    def __init__(self, plan: PassPlan) -> None:
        self._plan = plan
        self._carried: tuple[Carried, ...] = tuple(memory.begin(plan.owners) for _, memory in plan.memories)

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """See `Stage.advance`."""
        at = np.flatnonzero(rows.kind == self._plan.kind)
        return self._remembered(rows, at) if len(at) else rows

    def carried(self) -> Carried:
        """See `Stage.carried`."""
        return self._carried

    def restore(self, carried: Carried) -> None:
        """See `Stage.restore`."""
        self._carried = carried

    def _remembered(self, rows: Rows, at: Ints) -> Rows:
        """The rows with the facts of those at these places, field by field: one may read another."""
        own = rows.take(at)
        owner = self._plan.owner(Block.of(own))
        after: list[Carried] = []
        for (fact, memory), carried in zip(self._plan.memories, self._carried, strict=True):
            seen = Seen.of(Block.of(own), owner, {name: self._plan.looks[name](own)[name] for name in memory.reads})
            values, remembered = memory.see(seen, carried)
            after.append(remembered)
            own = replace(own, facts={**own.facts, fact: values})
        self._carried = tuple(after)
        whole = dict(rows.facts)
        for fact, _ in self._plan.memories:
            whole[fact] = whole[fact].copy()
            whole[fact][at] = own.facts[fact]
        return replace(rows, facts=whole)
