"""Growth as the values of a field: whole or not, begun anew, wrapped round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthwb.engine.block import Block, Number
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Floats, Ints
from synthwb.engine.laws.results import floats, integers
from synthwb.engine.series.trees import Trees, renewed
from synthwb.engine.series.walk import Walk

__all__ = ["Counting", "evenly"]

_INT64_END = 2.0**63


def evenly(per: int) -> Walk:
    """Growth by 1 over ``per`` microseconds, without noise."""

    def walk(times: Ints, trees: Ints, seeds: Bits) -> Floats:
        return np.maximum(times, 0) / per

    return walk


@dataclass(frozen=True, slots=True)
class Counting:
    """A field that grows.

    ``walk`` grows by 1 on average while the field grows by ``amount``; ``epochs`` gives the number of each moment's
    epoch and the moment at which that began, for a count that begins anew with each.
    """

    walk: Walk
    trees: Trees
    begin: int
    amount: float
    start: Number
    epochs: Callable[[Ints], tuple[Ints, Ints]] | None
    wrap: float | None
    whole: bool

    def __call__(self, block: Block) -> Column:
        """The values at the times of a block."""
        times = np.maximum(block.time, self.begin)
        tree, seeds = self.trees(block)
        since = np.full(1, self.begin, np.int64)
        if self.epochs is not None:
            number, began = self.epochs(times)
            tree, seeds = renewed(tree, seeds, number)
            since = np.maximum(began, self.begin)
        with np.errstate(all="ignore"):
            values = self.amount * self.walk(times - since, tree, seeds)
            values += self.start(block)
            if self.whole:
                values = np.floor(values)
            if self.wrap is not None:
                values -= self.wrap * np.floor(values / self.wrap)
            if not self.whole:
                return floats(values)
            valid = np.abs(values) < _INT64_END
            return integers(np.where(valid, values, 0.0).astype(np.int64), valid)
