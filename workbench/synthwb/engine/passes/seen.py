"""The events of one type in a window, as a field that remembers sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints
from synthwb.engine.flows.values import Kept
from synthwb.engine.sources import Carried

__all__ = ["Memory", "Seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """Events of one type in their order.

    ``owner``: the row of the actor of each, 0 for all where the type has no actor. ``order`` sorts them by owner, those
    of one owner as they came; ``begins``: where each owner's stretch of that order begins. ``columns``: what the memory
    reads, by name.
    """

    block: Block
    owner: Ints
    order: NDArray[np.int64]
    begins: NDArray[np.int64]
    columns: Mapping[str, Column]

    @staticmethod
    def of(block: Block, owner: Ints, columns: Mapping[str, Column]) -> Seen:
        """Events with their owners; at least one."""
        order = np.argsort(owner, kind="stable")
        ordered = owner[order]
        begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        return Seen(block, owner, order, begins, columns)

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def owners(self) -> Ints:
        """Everybody who has an event here, ascending: one entry for each stretch."""
        return self.owner[self.order[self.begins]]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each owner's stretch ends: the place of the last one."""
        return np.append(self.begins[1:], len(self)) - 1

    def placed(self, ordered: Kept) -> Kept:
        """Values in the order of owners as values in the order of events."""
        found = np.empty_like(ordered)
        found[self.order] = ordered
        return found


class Memory(Protocol):
    """What a field remembers from event to event. What is carried is a value: it is replaced, never changed."""

    @property
    def reads(self) -> Sequence[str]:
        """The fields that it looks at, and what else it may read of an event."""
        ...

    def begin(self, owners: int) -> Carried:
        """What is remembered of so many owners before the first event."""
        ...

    def see(self, seen: Seen, carried: Carried) -> tuple[Kept, Carried]:
        """What each of these events takes from the memory, and what is remembered after them."""
        ...
