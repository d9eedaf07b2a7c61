"""Values that are carried: arrays of fixed width in which a null has a place of its own.

Integers and timestamps are int64 with the least number for null, floats float64 with NaN, booleans int8 with -1, and
text is an array of objects with None.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.scenario.model import DType

__all__ = ["Kept", "column_of", "kept", "nothing", "nulls_of"]

Kept = NDArray[Any]
"""Carried values, one a row."""

_NULL = np.iinfo(np.int64).min
_TIME = pl.Datetime("us", "UTC")
_TYPES: dict[DType, tuple[pl.DataType, Any, Any]] = {
    DType.INTEGER: (pl.Int64(), np.int64, _NULL),
    DType.TIMESTAMP: (pl.Int64(), np.int64, _NULL),
    DType.FLOAT: (pl.Float64(), np.float64, np.nan),
    DType.BOOLEAN: (pl.Int8(), np.int8, -1),
    DType.STRING: (pl.String(), np.object_, None),
}


def nothing(dtype: DType, rows: int) -> Kept:
    """So many nulls."""
    _, kind, null = _TYPES[dtype]
    return np.full(rows, null, kind)


def kept(values: pl.Series, dtype: DType) -> Kept:
    """The values of a series as they are carried; what does not fit the type is null."""
    plain, kind, null = _TYPES[dtype]
    if dtype is DType.TIMESTAMP and values.dtype.base_type() is pl.Datetime:
        values = values.cast(_TIME)
    series = values.cast(plain, strict=False)
    if dtype is DType.STRING:
        return series.to_numpy().astype(np.object_)
    return series.fill_null(null).to_numpy().astype(kind)


def column_of(values: Kept, dtype: DType) -> Column:
    """Carried values as a column that fields can read."""
    if dtype is DType.STRING:
        return Column.of(_text(values))
    series = pl.Series(values)
    if dtype is DType.FLOAT:
        return Column.of(series.fill_nan(None))
    null = values == _TYPES[dtype][2]
    if null.any():
        series = pl.select(pl.when(~pl.Series(null)).then(series)).to_series()
    if dtype is DType.TIMESTAMP:
        series = series.cast(_TIME)
    return Column.of(series.cast(pl.Boolean) if dtype is DType.BOOLEAN else series)


def nulls_of(values: Kept, dtype: DType) -> NDArray[np.bool_] | None:
    """Where carried values are null; None: nowhere."""
    if dtype is DType.FLOAT:
        nulls = values != values
    elif dtype is DType.STRING:
        nulls = _text(values).is_null().to_numpy()
    else:
        nulls = values == _TYPES[dtype][2]
    return nulls if nulls.any() else None


def _text(values: Kept) -> pl.Series:
    """By way of a list: of an array that begins with a null, Polars would not see the type."""
    return pl.Series(values.tolist(), dtype=pl.String)
