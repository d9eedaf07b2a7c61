"""Keys that are absent, beside a table that has only nulls: what lets saved rows come back as they were.

The marks stand in the metadata of a Parquet file under `KEY`, as JSON: by place (``bonus``, ``home.zip``, ``tags[]``
for the elements of lists) the base64 of the deflated bits, one for each row or element.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool

__all__ = ["KEY", "Marks", "marked", "restored", "written"]

KEY = "synthwb.absent"

Marks = Mapping[str, NDArray[np.bool_]]
"""By place: which rows or elements are absent there."""


def written(columns: Mapping[str, Column]) -> dict[str, str]:
    """The metadata of a file with these columns; nothing where nothing is absent."""
    found = {place: _packed(absent) for name, column in columns.items() for place, absent in _marks(column, name)}
    return {KEY: json.dumps(found, sort_keys=True)} if found else {}


def marked(metadata: Mapping[str, str]) -> Marks:
    """The marks in the metadata of a file. Raises ValueError if they are damaged."""
    try:
        return {place: _unpacked(text) for place, text in json.loads(metadata.get(KEY, "{}")).items()}
    except (AttributeError, TypeError, zlib.error) as error:
        raise ValueError(f"its {KEY} is damaged") from error


def restored(values: pl.Series, place: str, marks: Marks) -> Column:
    """Values of a table as a column of which each row points at its own, and the marked ones are absent."""
    column = _column(values, place, marks)
    absent = marks.get(place)
    return column if absent is None else column.without(_fitting(absent, len(values), place))


def _marks(column: Column, place: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    if column.absent is not None and column.absent.any():
        yield place, column.absent
    for name, child in (column.children or {}).items():
        yield from _marks(child, f"{place}.{name}")
    if column.elements is not None:
        yield from _marks(_listed(column), f"{place}[]")


def _listed(column: Column) -> Column:
    """The elements of the lists that are there: those of others are not in a table."""
    assert column.elements is not None
    assert column.counts is not None
    gone = np.zeros(len(column), np.bool_)
    for empty in (column.absent, column.nulls):
        gone = gone if empty is None else gone | empty
    return column.elements.take(np.flatnonzero(np.repeat(~gone, column.counts)))


def _column(values: pl.Series, place: str, marks: Marks) -> Column:
    if not values.dtype.is_nested():
        return Column.coded(Pool(values), np.arange(len(values)))
    inside = any(name.startswith((f"{place}.", f"{place}[]")) for name in marks)
    if not inside:
        return Column.of(values)
    nulls = values.is_null().to_numpy()
    if isinstance(values.dtype, pl.Struct):
        names = [field.name for field in values.dtype.fields]
        children = {name: restored(values.struct.field(name), f"{place}.{name}", marks) for name in names}
        return Column.object(children, len(values)).nulled(nulls)
    counts = values.list.len().fill_null(0).cast(pl.Int64)
    elements = values.filter(counts > 0).explode()
    return Column.lists(restored(elements, f"{place}[]", marks), counts.to_numpy()).nulled(nulls)


def _fitting(absent: NDArray[np.bool_], rows: int, place: str) -> NDArray[np.bool_]:
    """As many marks as there are rows: the bits fill whole bytes. Raises ValueError for too few."""
    if len(absent) // 8 != -(-rows // 8):
        raise ValueError(f"its {KEY} does not fit {place!r}")
    return absent[:rows]


def _packed(absent: NDArray[np.bool_]) -> str:
    return base64.b64encode(zlib.compress(np.packbits(absent).tobytes())).decode("ascii")


def _unpacked(text: str) -> NDArray[np.bool_]:
    return np.unpackbits(np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)).astype(np.bool_)
