"""The preview: the newest events of one type as text, with the type and the null share of each column."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine import EventSchema, Part
from synthwb_widgets.window import Window

__all__ = ["Cell", "cell", "columns", "rows", "type_name"]

Cell = str | None | bool
"""A cell of the table: text, None for null, False where the key is absent."""

_ROWS = 40
_CELLS = 480  # a frame stays under 20 KB
_LONGEST = 120  # characters of a cell

_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.Datetime: "timestamp",
    pl.Date: "date",
    pl.Struct: "object",
    pl.List: "list",
    pl.Null: "null",
    pl.Decimal: "decimal",
}


def type_name(dtype: pl.DataType) -> str:
    """The language's word for a Polars type.

    >>> type_name(pl.Int64()), type_name(pl.List(pl.String()))
    ('integer', 'list')
    """
    if dtype.is_integer():
        return "integer"
    if dtype.is_float():
        return "float"
    return _TYPES.get(type(dtype), str(dtype))


def columns(schema: EventSchema, window: Window) -> list[dict[str, Any]]:
    """Name, type and null share (absent counts as empty) of the time and of every field of an event type."""
    parts = window.parts(schema.event)
    total = sum(map(len, parts))
    found = [] if "time" in schema.fields else [_column("time", pl.Datetime("us", "UTC"), 0.0)]
    for name, dtype in schema.fields.items():
        empty = sum(part.columns[name].series().null_count() for part in parts if name in part.columns)
        found.append(_column(name, dtype, empty / total if total else 0.0))
    return found


def rows(schema: EventSchema, window: Window, *, newest: bool = True) -> list[list[Cell]]:
    """The newest (or the first) events, oldest first: the time, then the fields in the order of `columns`."""
    wanted = max(8, min(_ROWS, _CELLS // (len(schema.fields) + 1)))
    if not newest:
        return [row for part in window.parts(schema.event)[:1] for row in _rows(_rows_of(part, 0, wanted), schema)]
    pieces: list[list[list[Cell]]] = []
    for part in reversed(window.parts(schema.event)):
        if wanted <= 0:
            break
        last = _rows_of(part, max(0, len(part) - wanted), len(part))
        pieces.append(_rows(last, schema))
        wanted -= len(last)
    return [row for piece in reversed(pieces) for row in piece]


def cell(value: Any) -> Cell:
    """A value as people read it: ISO times with milliseconds, JSON for what is nested."""
    if value is None or isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False, default=_plain)
    else:
        text = str(value)
    if text is not None and len(text) > _LONGEST:
        return text[: _LONGEST - 1] + "…"
    return text


def _column(name: str, dtype: pl.DataType, nulls: float) -> dict[str, Any]:
    return {"name": name, "type": type_name(dtype), "numeric": dtype.is_numeric(), "nulls": nulls}


def _rows_of(part: Part, start: int, end: int) -> Part:
    kept = np.arange(start, min(end, len(part)))
    return part.take(kept, part.rows[kept])


def _rows(part: Part, schema: EventSchema) -> list[list[Cell]]:
    texts: list[list[Cell]] = []
    if "time" not in schema.fields:
        texts.append([cell(value) for value in pl.from_epoch(pl.Series(part.time), time_unit="us")])
    for name in schema.fields:
        column = part.columns[name]
        values = [cell(value) for value in column.series()]
        if column.absent is not None:
            values = [False if gone else value for value, gone in zip(values, column.absent, strict=True)]
        texts.append(values)
    return [list(row) for row in zip(*texts, strict=True)]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
