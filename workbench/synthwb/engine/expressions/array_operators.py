"""The operators and casts of expressions on NumPy arrays, as `scalars` has them on Polars expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine.draws import Floats
from synthwb.engine.expressions.array_terms import (
    Columns,
    Nulls,
    Pair,
    Term,
    UncoveredError,
    Values,
    changed,
    checked,
    constant,
    finite,
    fit,
    lifted,
    some,
    typed,
    union,
)
from synthwb.engine.expressions.scalars import ExpressionError, common, numeric
from synthwb.scenario.model import DType

__all__ = [
    "arithmetic",
    "away",
    "both",
    "cast",
    "choose",
    "compare",
    "either",
    "is_null",
    "joined",
    "like",
    "negated",
    "quotient",
    "written",
]

_INTEGER, _FLOAT, _TEXT, _TRUTH, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()

_ZERO, _MINUS_ONE, _LEAST = np.array(0), np.array(-1), np.array(-(2**63))
_NONE = np.array(False)
_HALF, _ONE = np.array(0.5), np.array(1.0)
_FIRST_WHOLE, _PAST_WHOLE = np.array(-(2.0**63)), np.array(2.0**63)
_SURE = np.array(9.2e18)  # a product that is below it as a float fits 64 bits
_LOST = np.array(9.3e18)  # above it, it does not


def arithmetic(sign: str, left: Term, right: Term) -> Term:
    """``+ - * / % div`` of two numbers."""
    numeric(left, repr(sign))
    numeric(right, repr(sign))
    if sign == "/":
        return finite(lifted(np.divide, fit(left, _FLOAT), fit(right, _FLOAT), _FLOAT))
    dtype = common((left, right), repr(sign))
    if sign == "%":
        if dtype == _FLOAT:
            return finite(lifted(np.fmod, fit(left, _FLOAT), fit(right, _FLOAT), _FLOAT))
        return checked(_remainder, fit(left, _INTEGER), fit(right, _INTEGER), _INTEGER)
    if sign == "div":
        return quotient(left, right)
    if dtype == _INTEGER:
        left, right = fit(left, _INTEGER), fit(right, _INTEGER)
        function = _moved(sign, right) if right.fixed and sign != "*" else _WHOLE[sign]
        return checked(function, left, right, _INTEGER)
    return lifted(_FLOATING[sign], fit(left, dtype), fit(right, dtype), dtype)


def _sum(x: Values, y: Values) -> Pair:
    """A sum that does not wrap is below x exactly if y is negative."""
    total = x + y
    return total, some(np.not_equal(np.less(total, x), np.less(y, _ZERO)))


def _difference(x: Values, y: Values) -> Pair:
    """A difference that does not wrap is above x exactly if y is negative."""
    less = x - y
    return less, some(np.not_equal(np.greater(less, x), np.less(y, _ZERO)))


def _moved(sign: str, right: Term) -> Callable[[Values, Values], Pair]:
    """`_sum` or `_difference` by a constant, whose sign need not be asked for each time."""
    up = (right.run({})[0] >= 0) == (sign == "+")
    move: Callable[[Any, Any], Any] = np.add if sign == "+" else np.subtract
    wraps: Callable[[Any, Any], Any] = np.less if up else np.greater

    def moved(x: Values, y: Values) -> Pair:
        found = move(x, y)
        return found, some(wraps(found, x))

    return moved


def _product(x: Values, y: Values) -> Pair:
    """Near 2**63 the product as a float, though rounded, has the right sign, and one that wraps has the other."""
    product = x * y
    near = x.astype(np.float64) * y.astype(np.float64)
    size = np.abs(near)
    if np.count_nonzero(np.less(size, _SURE)) == size.size:
        return product, None
    return product, some(np.greater(size, _LOST) | (np.less(product, _ZERO) != np.less(near, _ZERO)))


def _remainder(x: Values, y: Values) -> Pair:
    return np.fmod(x, y), some(np.equal(y, _ZERO))


def _quotient(x: Values, y: Values) -> Pair:
    beyond = np.equal(y, _MINUS_ONE) & np.equal(x, _LEAST)
    return (x - np.fmod(x, y)) // y, some(np.equal(y, _ZERO) | beyond)


_WHOLE: dict[str, Callable[[Values, Values], Pair]] = {"+": _sum, "-": _difference, "*": _product}
_FLOATING: dict[str, Callable[[Any, Any], Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply}
_COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def quotient(left: Term, right: Term) -> Term:
    """Integer division, cut towards zero; floats are cut after dividing."""
    if common((left, right), "'div'") == _FLOAT:
        return changed(_cut, arithmetic("/", left, right), _INTEGER)
    return checked(_quotient, fit(left, _INTEGER), fit(right, _INTEGER), _INTEGER)


def _cut(values: Floats) -> Pair:
    """Floats to integers, towards zero; no result beyond 64 bits."""
    fits = np.greater_equal(values, _FIRST_WHOLE) & np.less(values, _PAST_WHOLE)
    if np.count_nonzero(fits) == fits.size:
        return values.astype(np.int64), None
    return np.where(fits, values, 0.0).astype(np.int64), ~fits


def away(values: Floats) -> Floats:
    """Rounded to whole numbers, halves away from zero; the difference from the cut value is exact."""
    cut = np.trunc(values)
    rounded: Floats = np.where(np.abs(values - cut) >= _HALF, cut + np.copysign(_ONE, values), cut)
    return rounded


def compare(sign: str, left: Term, right: Term) -> Term:
    """A comparison."""
    dtype = common((left, right), repr(sign))
    if dtype == _NULL:
        return fit(constant(None), _TRUTH)
    return lifted(_COMPARING[sign], fit(left, dtype), fit(right, dtype), _TRUTH)


def _truth(term: Term, where: str) -> Term:
    if term.dtype not in (_TRUTH, _NULL):
        raise ExpressionError(f"{where} needs a condition")
    return fit(term, _TRUTH)


def both(left: Term, right: Term) -> Term:
    """Three-valued AND."""
    return _kleene(_truth(left, "AND"), _truth(right, "AND"), lasting=False)


def either(left: Term, right: Term) -> Term:
    """Three-valued OR."""
    return _kleene(_truth(left, "OR"), _truth(right, "OR"), lasting=True)


def _kleene(left: Term, right: Term, *, lasting: bool) -> Term:
    """AND or OR: ``lasting`` is the value that decides whatever the other is; two others give the other, else NULL."""
    a, b = left.run, right.run
    join: Callable[[Any, Any], Any] = np.bitwise_or if lasting else np.bitwise_and

    def run(columns: Columns) -> Pair:
        x, x_nulls = a(columns)
        y, y_nulls = b(columns)
        found = join(x, y)
        nulls = union(x_nulls, y_nulls)
        if nulls is None:
            return found, None
        decided = _is(x, x_nulls, lasting) | _is(y, y_nulls, lasting)
        return np.where(decided, lasting, found), nulls & ~decided

    return typed(run, _TRUTH, (left, right))


def _is(values: Values, nulls: Nulls, wanted: bool) -> Any:
    found = values if wanted else ~values
    return found if nulls is None else found & ~nulls


def negated(term: Term) -> Term:
    """Three-valued NOT."""
    return changed(lambda x: (~x, None), _truth(term, "NOT"), _TRUTH)


def is_null(term: Term) -> Term:
    """``IS NULL``."""
    inner = term.run

    def run(columns: Columns) -> Pair:
        values, nulls = inner(columns)
        if nulls is None:
            return np.zeros(values.shape, np.bool_), None
        return nulls if nulls.shape == values.shape else np.broadcast_to(nulls, values.shape), None

    return typed(run, _TRUTH, (term,))


def choose(conditions: Sequence[Term], values: Sequence[Term], default: Term) -> Term:
    """The value of the first condition that holds."""
    dtype = common([*values, default], "CASE")
    found = fit(default, dtype)
    for condition, value in zip(reversed(conditions), reversed(values), strict=True):
        found = _chosen(_truth(condition, "WHEN"), fit(value, dtype), found)
    return found


def _chosen(condition: Term, value: Term, other: Term) -> Term:
    when, then, otherwise = condition.run, value.run, other.run

    def run(columns: Columns) -> Pair:
        holds = _is(*when(columns), wanted=True)
        x, x_nulls = then(columns)
        y, y_nulls = otherwise(columns)
        if x_nulls is None and y_nulls is None:
            return np.where(holds, x, y), None
        absent = np.where(holds, _NONE if x_nulls is None else x_nulls, _NONE if y_nulls is None else y_nulls)
        return np.where(holds, x, y), absent

    return typed(run, value.dtype, (condition, value, other))


def written(term: Term) -> Term:
    """A whole number, a truth value or text as text, as JSON would write it. Raises UncoveredError for floats."""
    if term.dtype in (_TEXT, _NULL):
        return fit(term, _TEXT)
    if term.dtype == _TRUTH:
        return changed(lambda x: (np.where(x, "true", "false").astype(object), None), term, _TEXT)
    if term.dtype == _INTEGER:
        return changed(lambda x: (np.asarray(x).astype(np.str_).astype(object), None), term, _TEXT)
    raise UncoveredError("a float as text")


def joined(left: Term, right: Term) -> Term:
    """``||``: NULL if either is."""
    return lifted(np.add, written(left), written(right), _TEXT)


def like(term: Term, pattern: Term, any_case: bool) -> Term:
    """Patterns are left to Polars."""
    raise UncoveredError(f"LIKE of a {term.dtype} and {pattern.constant!r}, {any_case=}")


def cast(term: Term, wanted: DType) -> Term:
    """What cannot be cast is NULL. Raises UncoveredError for times, and for text as anything else."""
    if wanted is DType.STRING:
        return written(term)
    if wanted not in _CASTS or not (term.dtype in (_TRUTH, _NULL) or term.dtype.is_numeric()):
        raise UncoveredError(f"a {term.dtype} as {wanted}")
    dtype = _CASTS[wanted]
    if term.dtype == _FLOAT and wanted is DType.INTEGER:
        return changed(lambda x: _cut(away(x)), term, _INTEGER)
    if term.dtype not in (_TRUTH, _NULL) and wanted is DType.BOOLEAN:
        return changed(lambda x: (np.not_equal(x, _ZERO), None), term, _TRUTH)
    return fit(term, dtype)


_CASTS: dict[DType, pl.DataType] = {DType.INTEGER: _INTEGER, DType.FLOAT: _FLOAT, DType.BOOLEAN: _TRUTH}
