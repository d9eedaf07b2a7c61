"""Templates: literals and columns joined to text, each value written as JSON writes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, Pool, text_of
from synthwb.engine.nested import list_of, struct_of
from synthwb.engine.text.timetext import iso_matrix

__all__ = ["joined", "written"]


def joined(literals: Sequence[str], names: Sequence[str]) -> Draw:
    """``literals[0] + names[0] + literals[1] + ...`` as text; null where any value is null or absent.

    Text that reads one pool is a pool itself; other text stays in parts, which an encoder writes side by side.
    """
    if not names:
        whole = Pool(pl.Series([literals[0]], dtype=pl.String))
        return lambda block: Column.coded(whole, block.address * 0, ascii_safe=_safe(literals))
    clean = _safe(literals)

    def draw(block: Block) -> Column:
        columns = [block.column(name) for name in names]
        safe = clean and all(_plain(column) for column in columns)
        only = columns[0]
        if len(columns) == 1 and only.pool is not None and only.codes is not None and only.absent is None:
            return Column.coded(only.pool.mapped(("around", *literals), around), only.codes, ascii_safe=safe)
        texts = [_text(column) for column in columns]
        whole = [part for part in texts if part is not None]
        if len(whole) == len(texts):
            pairs = zip(literals, whole, strict=False)
            return Column.together([*(each for pair in pairs for each in pair), literals[-1]], ascii_safe=safe)
        values = [
            each for pair in zip(literals, map(_values, columns), strict=False) for each in (pl.lit(pair[0]), pair[1])
        ]
        return Column.of(pl.select(pl.concat_str([*values, pl.lit(literals[-1])])).to_series(), ascii_safe=safe)

    def around(values: pl.Series) -> pl.Series:
        return pl.select(pl.concat_str([pl.lit(literals[0]), written(values), pl.lit(literals[1])])).to_series()

    return draw


def written(series: pl.Series) -> pl.Series:
    """Values as text: text as it is, everything else as in JSON; null stays null."""
    dtype = series.dtype
    if dtype == pl.String:
        return series
    if dtype == pl.Boolean:
        return pl.select(pl.when(series).then(pl.lit("true")).when(~series).then(pl.lit("false"))).to_series()
    if isinstance(dtype, pl.Datetime):
        times = series.cast(pl.Datetime("us", "UTC")).to_physical()
        text = text_of(iso_matrix(times.fill_null(0).to_numpy()))
        return text.set(times.is_null(), None) if times.null_count() else text
    if isinstance(dtype, pl.Struct | pl.List) and _holds_times(dtype):
        return written(_timeless(series))
    if isinstance(dtype, pl.Struct):
        return series.struct.json_encode()
    if isinstance(dtype, pl.List):
        wrapped = series.alias("x").to_frame().to_struct().struct.json_encode()
        return wrapped.str.slice(5).str.head(-1).set(series.is_null(), None)
    return series.cast(pl.String)


def _holds_times(dtype: pl.DataType) -> bool:
    """Whether there is a time anywhere inside."""
    if isinstance(dtype, pl.Struct):
        return any(_holds_times(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]
    return _holds_times(dtype.inner) if isinstance(dtype, pl.List) else isinstance(dtype, pl.Datetime)  # type: ignore[arg-type]


def _timeless(series: pl.Series) -> pl.Series:
    """The same values with the times inside as text in ISO 8601."""
    if isinstance(series.dtype, pl.Datetime):
        return written(series)
    if isinstance(series.dtype, pl.Struct):
        made = struct_of({f.name: _timeless(series.struct.field(f.name)) for f in series.dtype.fields}, len(series))
    elif isinstance(series.dtype, pl.List):
        counts = series.list.len().fill_null(0).cast(pl.Int64).to_numpy()
        made = list_of(_timeless(series.gather(np.flatnonzero(counts)).explode()), counts)
    else:
        return series
    return pl.select(pl.when(series.is_not_null()).then(made)).to_series() if series.null_count() else made


def _text(column: Column) -> Column | None:
    """The column as text, in a form that can stand beside others; None if a value is null or absent."""
    if column.absent is not None:
        return None
    if column.matrix is not None or column.parts:
        return column
    if column.pool is not None and column.codes is not None:
        text = column.pool.mapped("written", written) if column.dtype != pl.String else column.pool
        return None if text.series.null_count() else Column.coded(text, column.codes, ascii_safe=column.ascii_safe)
    values = written(column.series())
    return None if values.null_count() else Column.of(values, ascii_safe=column.ascii_safe)


def _values(column: Column) -> pl.Series:
    """The column as text, null where a value is null or absent."""
    if column.pool is None or column.codes is None:
        return written(column.series())
    values = column.pool.rendered("written", written)[pl.Series(column.codes)]
    return values if column.absent is None else values.set(pl.Series(column.absent), None)


def _plain(column: Column) -> bool:
    return column.ascii_safe or column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype.is_temporal()


def _safe(literals: Sequence[str]) -> bool:
    text = "".join(literals)
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
