"""From the numbers of a law to a column: what is not a number, or has an impossible parameter, becomes null."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.engine.columns import Column, Pool
from synthwb.engine.laws.discrete import Table, below

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.block import Block, Draw, Number
    from synthwb.engine.draws import Bits, Floats, Ints

__all__ = ["floats", "integers", "offsets", "spread", "table_of_integers", "whole_numbers"]

_INT64_END = 2.0**63


def floats(values: Floats) -> Column:
    """A float column; NaN and infinities become null."""
    finite = np.isfinite(values)
    if finite.all():
        return Column.of(values)
    return Column.of(pl.Series(np.where(finite, values, np.nan), nan_to_null=True))


def integers(values: Ints, valid: NDArray[np.bool_]) -> Column:
    """An integer column; rows that are not ``valid`` become null."""
    series = pl.Series(values)
    return Column.of(series if valid.all() else series.set(pl.Series(~valid), None))


def spread(value: float | Floats) -> float | Floats:
    """A standard deviation or a scale: NaN where it is negative."""
    if isinstance(value, np.ndarray):
        return np.where(value >= 0.0, value, np.nan)
    return value if value >= 0.0 else float("nan")


def table_of_integers(table: Table, first: int, key: int) -> Draw:
    """Outcomes of a table as integers counted from ``first``, as codes into a pool so that each is rendered once."""
    pool = Pool(pl.Series(np.arange(first, first + table.count, dtype=np.int64)))
    return lambda block: Column.coded(pool, table(block.bits(key)))


def whole_numbers(low: int | Number, high: int | Number, key: int, more: int) -> Draw:
    """Integers between two bounds, both included, at least one of which is given per row.

    Bounds are rounded inwards. A row is null whose bounds are NaN, hold no integer between them, or lie outside 64
    bits.
    """

    def draw(block: Block) -> Column:
        with np.errstate(all="ignore"):
            first, first_valid = _bound(low, block, np.ceil)
            last, last_valid = _bound(high, block, np.floor)
        valid = first_valid & last_valid & (first <= last)
        size = np.where(valid, last - first, 0).view(np.uint64) + np.uint64(1)
        offset = below(block.bits(key), size, lambda: block.bits(more))
        return integers(first + offset.view(np.int64), valid)

    return draw


def _bound(bound: int | Number, block: Block, inwards: Callable[[Floats], Floats]) -> tuple[Ints, NDArray[np.bool_]]:
    if isinstance(bound, int):
        return np.full(len(block), bound, np.int64), np.ones(len(block), np.bool_)
    values = inwards(np.broadcast_to(np.asarray(bound(block), np.float64), len(block)))
    valid = (values >= -_INT64_END) & (values < _INT64_END)
    return np.where(valid, values, 0.0).astype(np.int64), valid


def offsets(low: int) -> Callable[[Bits], Column]:
    """Numbers from 0 as integers counted from ``low``."""
    start = np.uint64(low & 0xFFFFFFFFFFFFFFFF)
    return lambda numbers: Column.of((numbers + start).view(np.int64))
