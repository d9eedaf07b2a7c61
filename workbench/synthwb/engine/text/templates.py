"""Templates: literals and columns joined to text, each value written as JSON writes it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, Pool, text_of
from synthwb.engine.text.timetext import iso_matrix

__all__ = ["joined", "written"]


def joined(literals: Sequence[str], names: Sequence[str]) -> Draw:
    """``literals[0] + names[0] + literals[1] + ...`` as text; null where any value is null or absent.

    Each literal is put before the value that follows it, so that a value from a pool carries it for nothing. Text that
    reads one pool is a pool itself.
    """
    if not names:
        whole = Pool(pl.Series([literals[0]], dtype=pl.String))
        return lambda block: Column.coded(whole, block.address * 0, ascii_safe=_safe(literals))
    clean = _safe(literals)
    last = literals[-1]
    pools: list[tuple[Pool, Pool]] = []

    def draw(block: Block) -> Column:
        columns = [block.column(name) for name in names]
        safe = clean and all(_plain(column) for column in columns)
        only = columns[0]
        if len(columns) == 1 and only.pool is not None and only.codes is not None and only.absent is None:
            return Column.coded(_pool(only.pool), only.codes, ascii_safe=safe)
        parts = [_part(literal, column) for literal, column in zip(literals, columns, strict=False)]
        tail = [pl.lit(last)] if last else []
        return Column.of(pl.select(pl.concat_str([*parts, *tail])).to_series(), ascii_safe=safe)

    def _pool(pool: Pool) -> Pool:
        known = next((new for old, new in pools if old is pool), None)
        if known is None:
            parts = [pl.lit(literals[0]), written(pool.series), pl.lit(last)]
            known = Pool(pl.select(pl.concat_str(parts)).to_series())
            pools[:] = [*pools[-3:], (pool, known)]
        return known

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
    if isinstance(dtype, pl.Struct):
        return series.struct.json_encode()
    if isinstance(dtype, pl.List):
        wrapped = series.alias("x").to_frame().to_struct().struct.json_encode()
        return wrapped.str.slice(5).str.head(-1).set(series.is_null(), None)
    return series.cast(pl.String)


def _part(literal: str, column: Column) -> pl.Series:
    """A column as text with a literal before it; for a pool, made once and gathered."""
    if column.pool is None or column.codes is None:
        values = written(column.series())
        return pl.select(pl.concat_str([pl.lit(literal), values])).to_series() if literal else values
    text = column.pool.rendered(
        ("template", literal), lambda series: pl.select(pl.concat_str([pl.lit(literal), written(series)])).to_series()
    )
    values = text[pl.Series(column.codes)]
    return values if column.absent is None else values.set(pl.Series(column.absent), None)


def _plain(column: Column) -> bool:
    return column.ascii_safe or column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype.is_temporal()


def _safe(literals: Sequence[str]) -> bool:
    text = "".join(literals)
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
