"""What fields remember of an actor's events before: how many there were, the last value, the state of a chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Ints
from synthwb.engine.flows.values import Kept, kept, nothing
from synthwb.engine.passes.seen import Seen
from synthwb.scenario.model import DType

__all__ = ["Chain", "Counting", "Latest"]

Codes = NDArray[np.int32]
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Counting:
    """How many events the owner had before."""

    reads: Sequence[str] = ()

    def begin(self, owners: int) -> Ints:
        """None yet."""
        return np.zeros(owners, np.int64)

    def see(self, seen: Seen, carried: Ints) -> tuple[Kept, Ints]:
        """See `Memory.see`."""
        lengths = seen.ends - seen.begins + 1
        before = carried[seen.owners]
        within = np.arange(len(seen)) - np.repeat(seen.begins, lengths)
        after = carried.copy()
        after[seen.owners] += lengths
        return seen.placed(np.repeat(before, lengths) + within), after


@dataclass(frozen=True, slots=True)
class Latest:
    """The value that a field had in the owner's last event; ``default``, of one entry, where there was none."""

    name: str
    dtype: DType
    default: Kept

    @property
    def reads(self) -> Sequence[str]:
        """See `Memory.reads`."""
        return (self.name,)

    def begin(self, owners: int) -> tuple[Kept, NDArray[np.bool_]]:
        """Nobody has had an event."""
        return nothing(self.dtype, owners), np.zeros(owners, np.bool_)

    def see(self, seen: Seen, carried: tuple[Kept, NDArray[np.bool_]]) -> tuple[Kept, tuple[Kept, NDArray[np.bool_]]]:
        """See `Memory.see`."""
        last, there = carried
        ordered = kept(seen.columns[self.name].series(), self.dtype)[seen.order]
        found = np.empty_like(ordered)
        found[1:] = ordered[:-1]
        found[seen.begins] = np.where(there[seen.owners], last[seen.owners], self.default)
        last, there = last.copy(), there.copy()
        last[seen.owners], there[seen.owners] = ordered[seen.ends], True
        return seen.placed(found), (last, there)


@dataclass(frozen=True, slots=True)
class Chain:
    """The states of a Markov chain of each owner, as numbers.

    ``start`` and ``rows`` give the state after none and after each, from random bits: one function of the event each.
    """

    key: int
    start: Callable[[Bits], NDArray[np.uint32]]
    rows: Sequence[Callable[[Bits], NDArray[np.uint32]]]
    reads: Sequence[str] = ()

    def begin(self, owners: int) -> Codes:
        """Every chain is yet to start."""
        return np.full(owners, _NOWHERE, np.int32)

    def see(self, seen: Seen, carried: Codes) -> tuple[Kept, Codes]:
        """See `Memory.see`.

        An event is a function from states to states; the first one of each owner has its state before put in, so that
        it no longer depends on anything, and all stretches are one row of functions to be applied one after the other.
        """
        bits = seen.block.bits(self.key)[seen.order]
        steps = np.stack([row(bits) for row in self.rows], axis=1).astype(np.int32)
        before = carried[seen.owners]
        known = np.flatnonzero(before != _NOWHERE)
        entered = self.start(bits[seen.begins]).astype(np.int32)
        entered[known] = steps[seen.begins[known], before[known]]
        steps[seen.begins] = entered[:, None]
        found = _applied(steps)
        after = carried.copy()
        after[seen.owners] = found[seen.ends]
        return seen.placed(found), after


def _applied(steps: Codes) -> Codes:
    """The state after each of these functions, a row each; the first gives the same for every state.

    The rows are cut into about as many blocks as a block has rows: each block is composed to one function, all blocks
    side by side; the state before each block is found from these; then all blocks are walked side by side.
    """
    rows, states = steps.shape
    width = max(1, int(np.sqrt(rows)))
    blocks = -(-rows // width)
    padded = np.empty((blocks * width, states), np.int32)
    padded[:rows], padded[rows:] = steps, np.arange(states, dtype=np.int32)
    cut = padded.reshape(blocks, width, states)
    composed = cut[:, 0]
    for place in range(1, width):
        composed = np.take_along_axis(cut[:, place], composed, axis=1)
    before = np.zeros(blocks, np.int32)
    for block in range(1, blocks):
        before[block] = composed[block - 1, before[block - 1]]
    found = np.empty((blocks, width), np.int32)
    every = np.arange(blocks)
    for place in range(width):
        before = found[:, place] = cut[every, place, before]
    return found.reshape(-1)[:rows]
