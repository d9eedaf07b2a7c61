"""Which way on: one branch for each row, by weights that are fixed or computed, among those whose guard holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block, Site
from synthwb.engine.draws import Floats, key_of, unit
from synthwb.engine.laws.discrete import table_of
from synthwb.scenario.flows.model import Branch
from synthwb.scenario.model import Expression

__all__ = ["COMING", "ENDED", "Choice", "choice"]

ENDED = -1
"""The number of the state in which a session is over."""

COMING = -2
"""The number of the state of a session that is still to begin; of the walks beside it -3, -4 and so on."""

Choice: TypeAlias = Callable[[Block], NDArray[np.int32]]
"""The number of the state that each row goes on to, or `ENDED`."""


def choice(branches: Sequence[Branch], numbers: Sequence[int], site: Site) -> Choice:
    """Compile the branches of a state; ``numbers`` are those of the states they lead to."""
    targets = np.array([*numbers, ENDED], np.int32)
    if not branches:
        return lambda block: np.full(len(block), ENDED, np.int32)
    key = key_of(site.seed, site.path)
    if any(isinstance(branch.weight, Expression) or branch.when is not None for branch in branches):
        return _computed(branches, targets, site, key)
    weights = tuple(Fraction(str(branch.weight)) for branch in branches if not isinstance(branch.weight, Expression))
    if len(weights) == 1:
        return lambda block: np.full(len(block), targets[0], np.int32)
    table = table_of(weights)
    return lambda block: targets[table(block.bits(key))]


def _computed(branches: Sequence[Branch], targets: NDArray[np.int32], site: Site, key: int) -> Choice:
    weights = [site.number(branch.weight) for branch in branches]
    guards = [None if branch.when is None else site.expression(branch.when) for branch in branches]

    def choose(block: Block) -> NDArray[np.int32]:
        heights = np.empty((len(branches), len(block)))
        for row, (weight, guard) in enumerate(zip(weights, guards, strict=True)):
            heights[row] = weight(block)
            if guard is not None:
                held = guard(block).series().cast(pl.Boolean).fill_null(value=False).to_numpy()
                heights[row] *= held
        reached: Floats = np.cumsum(np.maximum(np.nan_to_num(heights, nan=0.0), 0.0), axis=0)
        total = reached[-1]
        number = (unit(block.bits(key)) * total >= reached).sum(axis=0)
        return targets[np.where(total > 0, number, len(branches))]

    return choose
