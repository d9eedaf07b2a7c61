"""Columns put together: one below the other, as another type, with leaves that point into pools.

What is absent inside an object or a list stays absent, which a Polars series could not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool

__all__ = ["common_dtype", "opened", "pooled", "raws", "retyped", "stacked"]


def stacked(pieces: Sequence[Column]) -> Column:
    """The rows of several columns one below the other, in their common form if they have one.

    Raises polars.exceptions.PolarsError for values that no one type can hold.
    """
    if len(pieces) == 1:
        return pieces[0]
    made = _nested(pieces) if any(piece.counts is not None for piece in pieces) else _flat(pieces)
    safe = all(piece.ascii_safe for piece in pieces)
    raw = raws([(piece.raw, len(piece)) for piece in pieces])
    return replace(made, absent=_marks([piece.absent for piece in pieces], pieces), ascii_safe=safe, raw=raw)


def common_dtype(dtypes: Iterable[pl.DataType]) -> pl.DataType | None:
    """The type that holds values of all of these, objects with the children of all; None where there is none."""
    known = list(dict.fromkeys(dtype for dtype in dtypes if dtype != pl.Null))
    if len(known) < 2:
        return known[0] if known else pl.Null()
    if all(isinstance(dtype, pl.Struct) for dtype in known):
        children: dict[str, list[pl.DataType]] = {}
        for dtype in known:
            for name, inner in _fields(dtype):
                children.setdefault(name, []).append(inner)
        fields = {name: common_dtype(inner) for name, inner in children.items()}
        return None if None in fields.values() else pl.Struct(fields)  # type: ignore[arg-type]
    if all(isinstance(dtype, pl.List) for dtype in known):
        elements = common_dtype(dtype.inner for dtype in known)  # type: ignore[attr-defined]
        return None if elements is None else pl.List(elements)
    if any(dtype.is_nested() for dtype in known) or not _alike(known):
        return None
    return pl.concat([pl.DataFrame(schema={"x": dtype}) for dtype in known], how="vertical_relaxed").schema["x"]


def _fields(dtype: pl.DataType) -> list[tuple[str, pl.DataType]]:
    """Names and types of an object's children."""
    assert isinstance(dtype, pl.Struct)
    return [(field.name, field.dtype) for field in dtype.fields]  # type: ignore[misc]  # never a class, once made


def _alike(dtypes: Sequence[pl.DataType]) -> bool:
    """Whether they are all numbers, or all times: Polars would also make text of numbers."""
    return all(dtype.is_numeric() for dtype in dtypes) or all(isinstance(dtype, pl.Datetime) for dtype in dtypes)


def retyped(column: Column, dtype: pl.DataType) -> Column:
    """The same values as this wider type; children that an object does not have are absent."""
    if column.dtype == dtype:
        return column
    if isinstance(dtype, pl.Struct | pl.List) and column.dtype != pl.Null:
        column = opened(column)
    if isinstance(dtype, pl.Struct) and column.children is not None:
        rows = len(column)
        children = {
            name: retyped(column.children[name], inner) if name in column.children else _nothing(inner, rows)
            for name, inner in _fields(dtype)
        }
        return replace(column, children=children)
    if isinstance(dtype, pl.List) and column.elements is not None:
        return replace(column, elements=retyped(column.elements, dtype.inner))  # type: ignore[arg-type]
    changed = Column.of(column.series().cast(dtype))
    return changed if column.absent is None else changed.without(column.absent)


def pooled(column: Column) -> Column:
    """Objects and lists whose values are codes into pools, so that rows taken from them are rendered once."""
    if column.children is not None:
        return replace(column, children={name: pooled(child) for name, child in column.children.items()})
    if column.elements is not None:
        return replace(column, elements=pooled(column.elements))
    if column.pool is not None:
        return column
    made = Column.coded(Pool(replace(column, absent=None).series()), np.arange(len(column)))
    return replace(made, absent=column.absent, ascii_safe=column.ascii_safe)


def _flat(pieces: Sequence[Column]) -> Column:
    """Columns without anything inside."""
    first = pieces[0]
    if first.pool is not None and all(piece.pool is first.pool for piece in pieces):
        return Column.coded(first.pool, np.concatenate([p.codes for p in pieces if p.codes is not None]))
    widths = {None if piece.matrix is None else piece.matrix.shape[1] for piece in pieces}
    if len(widths) == 1 and None not in widths:
        return Column.fixed(np.concatenate([piece.matrix for piece in pieces if piece.matrix is not None]))
    return Column.of(pl.concat([piece.series("x").to_frame() for piece in pieces], how="vertical_relaxed")["x"])


def _nested(pieces: Sequence[Column]) -> Column:
    """Objects, or lists, one below the other."""
    dtype = common_dtype(piece.dtype for piece in pieces)
    if dtype is None:
        return _flat(pieces)
    open_ = [opened(retyped(piece, dtype)) for piece in pieces]
    counts = np.concatenate([piece.counts for piece in open_ if piece.counts is not None])
    nulls = _marks([piece.nulls for piece in open_], pieces)
    if isinstance(dtype, pl.Struct):
        children = [piece.children for piece in open_ if piece.children is not None]
        joined = {name: stacked([each[name] for each in children]) for name in children[0]}
        return replace(Column.object(joined, len(counts)), nulls=nulls)
    elements = stacked([piece.elements for piece in open_ if piece.elements is not None])
    return replace(Column.lists(elements, counts), nulls=nulls)


def opened(column: Column) -> Column:
    """Objects or lists that are a plain series, as columns of what is inside."""
    if column.counts is not None:
        return column
    values = column.series()
    nulls = values.is_null().to_numpy() if values.null_count() else None
    if isinstance(values.dtype, pl.Struct):
        children = {field.name: Column.of(values.struct.field(field.name)) for field in values.dtype.fields}
        made = Column.object(children, len(values))
    else:
        counts = values.list.len().fill_null(0).cast(pl.Int64).to_numpy()
        made = Column.lists(Column.of(values.gather(np.flatnonzero(counts)).explode()), counts)
    return replace(made, nulls=nulls, absent=column.absent)


def _nothing(dtype: pl.DataType, rows: int) -> Column:
    """A key that is in no row."""
    made = Column.of(pl.Series([None], dtype=dtype).new_from_index(0, rows))
    return made.without(np.ones(rows, np.bool_))


def raws(pieces: Sequence[tuple[pl.Series | None, int]]) -> pl.Series | None:
    """Texts in the place of values, or nothing for so many rows, one below the other; None where there are none."""
    if all(raw is None for raw, _ in pieces):
        return None
    none = pl.Series([None], dtype=pl.String)
    return pl.concat([none.new_from_index(0, rows) if raw is None else raw for raw, rows in pieces])


def _marks(marks: Sequence[NDArray[np.bool_] | None], pieces: Sequence[Column]) -> NDArray[np.bool_] | None:
    """Marks of rows, one below the other; nothing where there are none."""
    if all(each is None for each in marks):
        return None
    both = zip(marks, pieces, strict=True)
    return np.concatenate([np.zeros(len(piece), np.bool_) if each is None else each for each, piece in both])
