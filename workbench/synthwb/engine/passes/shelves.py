"""Events that are kept to be referred to, found by whose they are and when they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Ints
from synthwb.engine.flows.values import Kept
from synthwb.engine.passes.facts import TIME

__all__ = ["OWNER", "Shelf", "Span", "joined"]

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Span:
    """Places on a shelf, one entry for each who asks: from ``first`` to before ``last``.

    All are of one owner, in the order in which they happened; the owner's stretch goes from ``begin`` to ``end``.
    """

    begin: Ints
    first: Ints
    last: Ints
    end: Ints


class Shelf:
    """Kept events in their order. ``columns``: ``owner``, ``time`` and whatever is read of them, one entry each."""

    def __init__(self, columns: Mapping[str, Kept]) -> None:
        self.columns = columns
        owner: Ints = columns[OWNER]
        self.order = np.argsort(owner, kind="stable")
        ordered = owner[self.order]
        begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(owner) else self.order
        self.owners = ordered[begins]
        self._bounds = np.append(begins, len(owner))
        stretch = np.repeat(np.arange(len(begins)), np.diff(self._bounds))
        self._keys = stretch * (len(owner) + 1) + self.order

    def __len__(self) -> int:
        return len(self.order)

    @property
    def lengths(self) -> Ints:
        """How many there are of each owner."""
        lengths: Ints = np.diff(self._bounds)
        return lengths

    @property
    def numbers(self) -> Ints:
        """The number of each among those of its owner, in ``order``."""
        begins: Ints = np.repeat(self._bounds[:-1], self.lengths)
        return np.arange(len(self)) - begins

    def number_of(self, owner: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The stretch of each of these owners, and whether there is one."""
        number = np.minimum(np.searchsorted(self.owners, owner), max(len(self.owners) - 1, 0))
        there = self.owners[number] == owner if len(self.owners) else np.zeros(len(owner), np.bool_)
        return number, there

    def span(self, owner: Ints, since: Ints, before: Ints) -> Span:
        """Where those of each owner stand that happened at ``since`` or later, among the first ``before`` of all."""
        number, there = self.number_of(owner)
        size = len(self) + 1
        from_time = np.searchsorted(self.columns[TIME], since)
        first = np.searchsorted(self._keys, number * size + np.minimum(from_time, before))
        last = np.searchsorted(self._keys, number * size + before)
        bounds = self._bounds
        ends = np.minimum(number + 1, len(bounds) - 1)
        return Span(*(np.where(there, each, 0) for each in (bounds[number], first, last, bounds[ends])))

    def only(self, rows: NDArray[np.bool_]) -> Mapping[str, Kept]:
        """The columns of some of these events, marked as they stand in ``columns``."""
        return {name: values[rows] for name, values in self.columns.items()}


def joined(pieces: Sequence[Mapping[str, Kept]]) -> dict[str, Kept]:
    """Kept events, one stretch after the other."""
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
