"""Which of several keys a value is: how a table is looked up and a case is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool

__all__ = ["Match", "matching", "series_of"]

Match = Callable[[Column], "NDArray[np.uint32]"]
"""For each row the number of its key; the number of keys where there is none."""


def series_of(values: Sequence[Any]) -> pl.Series:
    """Scalars of a document as a series of the one type that holds them all; different kinds become text."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return pl.Series(values, dtype=pl.Boolean)
    if kinds == {int}:
        return pl.Series(values, dtype=pl.Int64)
    if kinds and kinds <= {int, float}:
        return pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
    return pl.Series([_text(value) for value in values], dtype=pl.String)


def _text(value: Any) -> str | None:
    """A scalar as YAML and JSON write it."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def matching(keys: pl.Series, dtype: pl.DataType) -> Match:
    """Find values of type ``dtype`` among ``keys``, of which the first one counts; a null key matches nulls.

    Keys take the type of the values, so that 200 finds the text "200"; a key that cannot is never found.
    """
    numbers = pl.Series(np.arange(len(keys), dtype=np.uint32))
    known = keys.is_not_null()
    null = int((~known).arg_true()[0]) if keys.null_count() else len(keys)
    table = pl.DataFrame({"key": _as_type(keys, dtype), "number": numbers}).filter(known).drop_nulls("key")
    table = table.unique("key", keep="first", maintain_order=True)
    pools: list[tuple[Pool, NDArray[np.uint32]]] = []

    def find(values: pl.Series) -> NDArray[np.uint32]:
        found = values.replace_strict(table["key"], table["number"], default=len(keys), return_dtype=pl.UInt32)
        return (found.set(values.is_null(), null) if values.null_count() else found).to_numpy()

    def match(column: Column) -> NDArray[np.uint32]:
        if column.pool is None or column.codes is None or column.absent is not None:
            return find(column.series())
        known = next((found for pool, found in pools if pool is column.pool), None)
        if known is None:
            known = find(column.pool.series)
            pools.append((column.pool, known))
        return known[column.codes]

    return match


def _as_type(keys: pl.Series, dtype: pl.DataType) -> pl.Series:
    if dtype == pl.String and keys.dtype == pl.Boolean:
        return keys.cast(pl.String).str.to_lowercase()
    if dtype == pl.Boolean and keys.dtype == pl.String:
        return keys.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return keys.cast(dtype, strict=False)
