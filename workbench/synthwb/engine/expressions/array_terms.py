"""Terms of expressions on NumPy arrays: values to come, put together from functions of arrays.

A value is a pair: an array, and a mask of the rows that are NULL (None: none is). What stands under a NULL is a value
of the array's type without a meaning; text is text there too. A term is a function from columns to a pair. What
depends on no column is evaluated when the term is made, and is an array without a dimension; everything else has one
value for each row, though its mask may be one for all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.draws import Floats
from synthwb.engine.expressions.scalars import Constant, ExpressionError

__all__ = [
    "Columns",
    "Nulls",
    "Pair",
    "Term",
    "UncoveredError",
    "Values",
    "changed",
    "checked",
    "column",
    "constant",
    "finite",
    "fit",
    "lifted",
    "result",
    "some",
    "typed",
    "union",
]

Values = NDArray[Any]
Nulls = NDArray[np.bool_] | None
Pair = tuple[Values, Nulls]
Columns = Mapping[str, Pair]

_INTEGER, _FLOAT, _TEXT, _TRUTH, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
_STORED: dict[pl.DataType, type[Any]] = {
    _INTEGER: np.int64,
    _FLOAT: np.float64,
    _TEXT: object,
    _TRUTH: np.bool_,
    _NULL: np.float64,
}
_BLANK: dict[pl.DataType, Any] = {_INTEGER: 0, _FLOAT: 0.0, _TEXT: "", _TRUTH: False, _NULL: 0.0}

_UNSIGNED = np.array(0.0)
_NO_TEXT = np.array("", dtype=object)


class UncoveredError(ExpressionError):
    """Something that only the Polars back end can do."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value to come. ``constant``: itself if it was written as one; ``fixed``: whether it depends on no column."""

    run: Callable[[Columns], Pair]
    dtype: pl.DataType
    constant: Constant = None
    fixed: bool = False


def typed(run: Callable[[Columns], Pair], dtype: pl.DataType, parts: Sequence[Term]) -> Term:
    """A term made of ``parts``: evaluated at once, and for good, if all of them are fixed."""
    if not all(part.fixed for part in parts):
        return Term(run, dtype)
    with np.errstate(all="ignore"):
        values, nulls = run({})
    return _always(values, nulls is not None and bool(np.all(nulls)), dtype)


def _always(value: Any, null: bool, dtype: pl.DataType, written: Constant = None) -> Term:
    kept = np.empty((), _STORED[dtype])
    if null:
        value = _BLANK[dtype]
    kept[()] = value.reshape(()) if isinstance(value, np.ndarray) else value
    pair: Pair = kept, np.array(null) if null else None
    return Term(lambda columns: pair, dtype, written, fixed=True)


def column(name: str, dtype: pl.DataType) -> Term:
    """A column. Raises UncoveredError for a type whose arrays are none of ours."""
    if dtype not in (_INTEGER, _FLOAT, _TEXT, _TRUTH):
        raise UncoveredError(f"{name} is a {dtype}")
    read = itemgetter(name)
    if dtype != _TEXT:
        return Term(read, dtype)

    def run(columns: Columns) -> Pair:
        values, nulls = read(columns)
        return (values, None) if nulls is None else (np.where(nulls, _NO_TEXT, values), nulls)

    return Term(run, dtype)


def constant(value: Constant) -> Term:
    """A constant of the document."""
    if value is None:
        return _always(None, True, _NULL)
    dtype = {str: _TEXT, bool: _TRUTH, int: _INTEGER, float: _FLOAT}[type(value)]
    return _always(value, False, dtype, value)


def union(a: Nulls, b: Nulls) -> Nulls:
    """The rows that are NULL in one or the other."""
    return b if a is None else a if b is None else a | b


def some(mask: NDArray[np.bool_]) -> Nulls:
    """The mask, or None if it marks no row."""
    return mask if np.count_nonzero(mask) else None


def lifted(function: Callable[[Any, Any], Any], left: Term, right: Term, dtype: pl.DataType) -> Term:
    """A function of two arrays; NULL where either is."""
    a, b = left.run, right.run

    def run(columns: Columns) -> Pair:
        x, x_nulls = a(columns)
        y, y_nulls = b(columns)
        return function(x, y), y_nulls if x_nulls is None else union(x_nulls, y_nulls)

    return typed(run, dtype, (left, right))


def checked(function: Callable[[Values, Values], Pair], left: Term, right: Term, dtype: pl.DataType) -> Term:
    """As `lifted`, of a function that itself says in which rows it has no result."""
    a, b = left.run, right.run

    def run(columns: Columns) -> Pair:
        x, x_nulls = a(columns)
        y, y_nulls = b(columns)
        values, odd = function(x, y)
        return values, odd if x_nulls is None and y_nulls is None else union(union(x_nulls, y_nulls), odd)

    return typed(run, dtype, (left, right))


def changed(function: Callable[[Values], Pair], term: Term, dtype: pl.DataType) -> Term:
    """A function of one array that says in which rows it has no result."""
    inner = term.run

    def run(columns: Columns) -> Pair:
        x, nulls = inner(columns)
        values, odd = function(x)
        return values, odd if nulls is None else union(nulls, odd)

    return typed(run, dtype, (term,))


def finite(term: Term) -> Term:
    """NaN and infinity become NULL."""
    if term.dtype != _FLOAT or term.constant is not None:
        return term
    return changed(_finite, term, _FLOAT)


def _finite(values: Floats) -> Pair:
    sound = np.isfinite(values)
    return values, None if np.count_nonzero(sound) == sound.size else ~sound


def result(term: Term) -> Term:
    """What leaves an expression: `finite`, and zero without a sign."""
    if term.dtype != _FLOAT:
        return term
    return changed(lambda x: _finite(np.add(x, _UNSIGNED)), term, _FLOAT)


def fit(term: Term, dtype: pl.DataType) -> Term:
    """The term as this type, which `common` gave or which the language lets it be."""
    if term.dtype == dtype:
        return term
    if term.dtype == _NULL:
        return _always(None, True, dtype)
    stored = _STORED[dtype]
    return changed(lambda x: (x.astype(stored), None), term, dtype)
