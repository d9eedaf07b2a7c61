"""Fields by their path, those inside of objects too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.engine.joining import opened

__all__ = ["child", "present", "put"]


def child(columns: Mapping[str, Column], path: str) -> Column | None:
    """The column at a path; None where there is none (such as in an object that is a table's)."""
    head, _, rest = path.partition(".")
    column = columns.get(head)
    if column is None or not rest:
        return column
    inner = _children(column)
    return None if inner is None else child(inner, rest)


def put(columns: dict[str, Column], path: str, made: Column) -> None:
    """Another column in the place of the one at a path."""
    head, _, rest = path.partition(".")
    if not rest:
        columns[head] = made
        return
    inner = dict(_children(columns[head]) or {})
    put(inner, rest, made)
    columns[head] = replace(_open(columns[head]), children=inner)


def present(column: Column) -> NDArray[np.bool_]:
    """Where there is a value: the key is there, not null, and no other text stands in its place."""
    found: NDArray[np.bool_] = column.series().is_not_null().to_numpy()
    return found


def _children(column: Column) -> Mapping[str, Column] | None:
    return _open(column).children


def _open(column: Column) -> Column:
    if column.children is None and isinstance(column.dtype, pl.Struct):
        return opened(column)
    return column
