"""Expressions on NumPy arrays: for few rows many times, where the overhead of a Polars query would be all there is.

The meaning is that of `compiling`, to the last bit: ``tests/property/test_expression_arrays.py`` compares them. What is
left to Polars: decimals, times, lists, a float as text, text as anything else, LIKE and the functions of text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthwb.engine.expressions import array_operators, array_terms
from synthwb.engine.expressions.array_calls import call
from synthwb.engine.expressions.array_terms import Columns, Pair, Term
from synthwb.engine.expressions.reading import BackEnd, Reader
from synthwb.engine.expressions.scalars import ExpressionError
from synthwb.scenario.expressions import column_path, parse_expression
from synthwb.scenario.model import Expression

__all__ = ["ArrayProgram", "compile_arrays"]

_ARRAYS: BackEnd[Term] = BackEnd(
    array_terms.column,
    array_terms.constant,
    array_terms.finite,
    array_operators.arithmetic,
    array_operators.compare,
    array_operators.both,
    array_operators.either,
    array_operators.negated,
    array_operators.is_null,
    array_operators.choose,
    array_operators.joined,
    array_operators.like,
    array_operators.cast,
    call,
)


@dataclass(frozen=True, slots=True)
class ArrayProgram:
    """An expression that is evaluated on arrays.

    ``names``: the columns that it reads. ``dtype``: the type of its values, one of Int64, Float64, Boolean and String.
    """

    names: tuple[str, ...]
    dtype: pl.DataType
    _run: Callable[[Columns], Pair]

    def __call__(self, columns: Columns) -> Pair:
        """Values and nulls of all rows, from values and nulls of each column by name.

        Values are int64, float64, bool or object arrays (rows,), floats without NaN and infinity; nulls are a bool
        array (rows,) or None for "no nulls". What stands under a NULL has no meaning. Do not change what is returned:
        it may be a column itself, or one value seen as many. Without ``names`` there is one row.
        """
        with np.errstate(all="ignore"):
            values, nulls = self._run(columns)
        shape = columns[self.names[0]][0].shape if self.names else (1,)
        if values.shape != shape:
            values = np.broadcast_to(values, shape)
        if nulls is not None and nulls.shape != shape:
            nulls = np.broadcast_to(nulls, shape)
        return values, nulls


def compile_arrays(expression: Expression, types: Mapping[str, pl.DataType]) -> ArrayProgram | None:
    """The expression over columns of these types; None if it needs Polars, or if `compile_expression` refuses it."""
    reader = Reader(_ARRAYS, types, expression.text)
    try:
        tree = parse_expression(expression.text)
        term = reader.open(tree)
    except ExpressionError:
        return None
    if column_path(tree) is None:  # a path alone is the column itself
        term = array_terms.result(term)
    if term.dtype == pl.Null():
        return None
    return ArrayProgram(tuple(reader.names), term.dtype, term.run)
