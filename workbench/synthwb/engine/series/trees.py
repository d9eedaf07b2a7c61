"""One walk for all rows, or one for each value of a column: which tree of event time a row follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import polars as pl

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Ints, mix
from synthwb.engine.text.digests import xxh64
from synthwb.engine.text.templates import written

__all__ = ["Trees", "renewed", "trees_by"]

Trees: TypeAlias = Callable[[Block], tuple[Ints, Bits]]
"""The number of each row's tree, and the seed of each tree."""


def trees_by(path: str | None) -> Trees:
    """One tree for each value at a path (null counts as a value), or one for all rows."""
    if path is None:
        single = np.zeros(1, np.uint64)
        return lambda block: (np.zeros(len(block), np.int64), single)
    return lambda block: _by_value(block.column(path))


def _by_value(column: Column) -> tuple[Ints, Bits]:
    """Values that repeat through a pool are looked at once."""
    if column.pool is not None and column.codes is not None:
        codes, rows = np.unique(column.codes, return_inverse=True)
        values = column.pool.series[pl.Series(codes)]
    else:
        values, rows = column.series(), np.arange(len(column))
    seeds, trees = np.unique(mix(xxh64(written(values)), 1), return_inverse=True)
    return trees[rows], seeds


def renewed(trees: Ints, seeds: Bits, epochs: Ints) -> tuple[Ints, Bits]:
    """A tree of its own for each epoch of each tree."""
    found, rows = np.unique(mix(mix(epochs.view(np.uint64), 1) ^ seeds[trees]), return_inverse=True)
    return rows, found
