r"""Holes of templates: the values of fields as text, in one line.

What would end a line (CR and LF) is written ``\r`` and ``\n``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthwb.encode.fragments import Gathered, Matrix, Piece
from synthwb.encode.values import overlaid
from synthwb.engine.columns import Column
from synthwb.engine.text.templates import written
from synthwb.engine.text.timetext import iso_matrix, moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthwb.encode.envelopes import Layout
    from synthwb.engine.batch import Part
    from synthwb.scenario.model import LineHole

__all__ = ["bare", "column_of", "line_text", "text_pieces", "timed"]

_POOL_ROWS = 32  # a pool this many times larger than the block is not rendered whole
_BREAKS, _ESCAPED = ["\r", "\n"], ["\\r", "\\n"]


def text_pieces(part: Part, hole: LineHole, form: Layout, null: str = "") -> list[Piece]:
    """What a hole says of every event, as text; ``null``: of what is null or absent."""
    if hole.path == "event.name":
        return [part.schema.event]
    if hole.path == "event.time":
        return _time(part, hole.style or form.time, form)
    column = column_of(part, hole.path)
    if hole.style is not None:
        return [line_text(timed(column.series(), hole.style, form.zone), null)]
    return [_piece(column, null)]


def column_of(part: Part, path: str) -> Column:
    """The column that a path reads; nulls where the event has none such."""
    if path == "event.id":
        return part.id
    if path == "event.ordinal":
        return Column.of(part.ordinal)
    if path.split(".")[0] not in part.columns:
        return Column.of(pl.Series([None], dtype=pl.String).new_from_index(0, len(part)))
    return _inside(part.columns, path)


def _time(part: Part, style: str, form: Layout) -> list[Piece]:
    """The time of every event in a style."""
    if style == "iso":
        piece: Piece = Matrix((iso_matrix(part.time),))
    else:
        piece = line_text(moments(part.time, style, form.zone).series())
    return [piece] if part.raw_time is None else [overlaid([piece], bare(part.raw_time))]


def _piece(column: Column, null: str) -> Piece:
    if column.raw is not None or column.absent is not None:
        values = line_text(column.series(), null)
        return values if column.raw is None else overlaid([values], bare(column.raw))
    if column.matrix is not None:
        return Matrix((column.matrix,))
    if column.pool is not None and column.codes is not None and len(column.pool) <= _POOL_ROWS * len(column.codes):
        if column.pool.series.null_count():
            return line_text(column.series(), null)
        return Gathered(column.pool, column.codes, line_text)
    return line_text(column.series(), null)


def line_text(values: pl.Series, null: str = "") -> pl.Series:
    """Values as text in one line."""
    texts = written(values)
    if texts.str.contains_any(_BREAKS).any():
        texts = texts.str.replace_many(_BREAKS, _ESCAPED)
    return texts.set(values.is_null(), null) if values.null_count() else texts


def _inside(columns: Mapping[str, Column], path: str) -> Column:
    """The column of a path such as ``address.city``."""
    name, _, rest = path.partition(".")
    column = columns[name]
    if not rest:
        return column
    values = column.series()
    for step in rest.split("."):
        values = values.struct.field(step)
    return Column.of(values)


def timed(values: pl.Series, style: str, zone: str) -> pl.Series:
    """Times in a style; null stays null."""
    times = values.cast(pl.Datetime("us", "UTC")).to_physical()
    made = moments(times.fill_null(0).to_numpy(), style, zone).series()
    return made.set(times.is_null(), None) if times.null_count() else made


def bare(raw: pl.Series) -> pl.Series:
    """JSON text as it stands in a line: text without its quotes."""
    quoted = raw.str.starts_with('"')
    text = raw.set(~quoted.fill_null(value=False), None).str.json_decode(pl.String)
    found = pl.select(pl.coalesce(text, raw)).to_series()
    return found.str.replace_many(_BREAKS, _ESCAPED)
