"""The types and operators of expressions, as typed Polars expressions; `casts` and `calls` add what they are named for.

A `Term` carries the type that SQL gives it, so that what Polars would do differently (floor division, wrapping
integers, NaN) can be put right where it arises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
import polars as pl

from synthwb.engine.draws import Floats
from synthwb.errors import SynthwbError
from synthwb.scenario.model import DType

__all__ = [
    "Constant",
    "ExpressionError",
    "Term",
    "Typed",
    "arithmetic",
    "as_float",
    "both",
    "choose",
    "column",
    "common",
    "compare",
    "constant",
    "either",
    "finite",
    "fit",
    "is_null",
    "joined",
    "like",
    "logical",
    "negated",
    "null_if_odd",
    "numeric",
    "pairwise",
    "quotient",
    "result",
    "text",
    "truth",
    "written",
]

Constant = str | int | float | bool | None

_INTEGER, _FLOAT, _TEXT, _TRUTH, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
_TIME = pl.Datetime("us", "UTC")


class ExpressionError(SynthwbError):
    """An expression whose names or types do not fit the columns that are there."""


class Typed(Protocol):
    """What a back end knows of a value before there is one: its type, and itself if it was written as a constant."""

    @property
    def dtype(self) -> pl.DataType:
        """The type of the value."""

    @property
    def constant(self) -> Constant:
        """The value if it was written as one."""


@dataclass(frozen=True, slots=True)
class Term:
    """A Polars expression and the type of its value. ``constant``: its value if it was written as one."""

    value: pl.Expr
    dtype: pl.DataType
    constant: Constant = None


def logical(dtype: pl.DataType) -> DType:
    """The logical type of a term's type."""
    if dtype.is_integer():
        return DType.INTEGER
    if dtype.is_decimal():
        return DType.DECIMAL
    found = {_FLOAT: DType.FLOAT, _TEXT: DType.STRING, _TRUTH: DType.BOOLEAN, _TIME: DType.TIMESTAMP}
    return found.get(dtype, DType.NULL if dtype == _NULL else DType.UNKNOWN)


def column(name: str, dtype: pl.DataType) -> Term:
    """A column, brought to the types that expressions know."""
    if dtype.is_integer() and dtype != _INTEGER:
        return Term(pl.col(name).cast(_INTEGER, strict=False), _INTEGER)
    if dtype.is_float() and dtype != _FLOAT:
        return Term(pl.col(name).cast(_FLOAT), _FLOAT)
    return Term(pl.col(name), dtype)


def constant(value: Constant) -> Term:
    """A constant of the document."""
    if value is None:
        return Term(pl.lit(None), _NULL)
    dtype = {str: _TEXT, bool: _TRUTH, int: _INTEGER, float: _FLOAT}[type(value)]
    return Term(pl.lit(value, dtype=dtype), dtype, value)


def finite(term: Term) -> Term:
    """NaN and infinity become NULL."""
    if term.dtype != _FLOAT or term.constant is not None:
        return term
    return Term(pl.when(term.value.is_finite()).then(term.value), _FLOAT)


def result(term: Term) -> Term:
    """What leaves an expression: `finite`, and zero without a sign.

    Polars adds 0.0 to -0.0 in different ways when it sees that one of them is the same for all rows of a block, so the
    sign would depend on the other rows.
    """
    if term.dtype != _FLOAT:
        return term
    return Term(term.value.map_batches(_result, return_dtype=_FLOAT, is_elementwise=True), _FLOAT)


def _result(series: pl.Series) -> pl.Series:
    """Quickest for what is usual, no NULL and nothing odd: it evaluates once what a condition would evaluate twice."""
    if not series.null_count():
        values = np.add(series.to_numpy(), 0.0)
        if np.isfinite(values).all():
            return pl.Series(values)
    zero = pl.lit(0.0)
    return pl.select(pl.when(series == 0.0).then(zero).when(series.is_finite()).then(series)).to_series()


def as_float(term: Term) -> Term:
    """A number as a float. Raises ExpressionError for anything that is no number."""
    if term.dtype == _FLOAT:
        return term
    numeric(term, "a numeric parameter")
    return Term(term.value.cast(_FLOAT), _FLOAT)


def _word(dtype: pl.DataType) -> str:
    return logical(dtype).value


def numeric(term: Typed, where: str) -> None:
    """Raises ExpressionError, which names ``where``, for anything that is no number."""
    if not (term.dtype.is_numeric() or term.dtype == _NULL):
        raise ExpressionError(f"{where} needs a number, not {_word(term.dtype)}")


def common(terms: Sequence[Typed], where: str) -> pl.DataType:
    """The type that all terms fit into."""
    found: pl.DataType = _NULL
    for dtype in (term.dtype for term in terms):
        if found == _NULL or dtype == found:
            found = dtype
        elif dtype != _NULL:
            if not (found.is_numeric() and dtype.is_numeric()):
                raise ExpressionError(f"{where} mixes {_word(found)} and {_word(dtype)}; cast one of them")
            if _FLOAT in (found, dtype):
                found = _FLOAT
            elif found.is_decimal() and dtype.is_decimal():
                found = max(found, dtype, key=lambda d: d.scale or 0)  # type: ignore[attr-defined]
            else:
                found = found if found.is_decimal() else dtype
    return found


def fit(term: Term, dtype: pl.DataType) -> pl.Expr:
    """The term as this type."""
    return term.value if term.dtype == dtype else term.value.cast(dtype)


def arithmetic(sign: str, left: Term, right: Term) -> Term:
    """``+ - * / % div`` of two numbers."""
    numeric(left, repr(sign))
    numeric(right, repr(sign))
    if sign == "/":
        return _over(as_float(left), as_float(right))
    if sign == "%":
        return _remainder(left, right)
    if sign == "div":
        return quotient(left, right)
    dtype = common((left, right), repr(sign))
    if dtype == _INTEGER:
        wide = _OPERATIONS[sign](left.value.cast(pl.Int128), right.value.cast(pl.Int128))
        return Term(wide.cast(_INTEGER, strict=False), _INTEGER)
    return Term(_OPERATIONS[sign](fit(left, dtype), fit(right, dtype)), dtype)


_OPERATIONS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _over(left: Term, right: Term) -> Term:
    """Float division, by NumPy: Polars multiplies by the reciprocal of a constant, and 3 / 10 is not 0.3 any more."""
    if isinstance(right.constant, float) and right.constant:
        divisor = right.constant

        def batch(series: pl.Series) -> pl.Series:
            with np.errstate(all="ignore"):
                return null_if_odd(np.divide(series.to_numpy(), divisor))

        return Term(left.value.map_batches(batch, return_dtype=_FLOAT, is_elementwise=True), _FLOAT)
    return pairwise(np.divide, left, right)


def pairwise(function: Callable[[Floats, Floats], Floats], left: Term, right: Term) -> Term:
    """A function of two floats from NumPy; NaN, infinity and NULL give NULL."""

    def batch(columns: Sequence[pl.Series]) -> pl.Series:
        x, y = columns
        with np.errstate(all="ignore"):
            found = null_if_odd(function(x.to_numpy(), y.to_numpy()))
        missing = x.is_null() | y.is_null()
        return found.set(missing, None) if missing.any() and len(found) == len(missing) else found

    inputs = [fit(left, _FLOAT), fit(right, _FLOAT)]
    return Term(pl.map_batches(inputs, batch, return_dtype=_FLOAT, is_elementwise=True), _FLOAT)


def null_if_odd(values: Floats) -> pl.Series:
    """Floats as a series, with NULL for NaN and infinity."""
    return pl.Series(np.where(np.isfinite(values), values, np.nan), nan_to_null=True)


def _remainder(left: Term, right: Term) -> Term:
    """Truncated remainder: Polars' has the sign of the divisor, SQL's that of the dividend."""
    dtype = common((left, right), "'%'")
    if dtype not in (_INTEGER, _NULL):
        return pairwise(np.fmod, left, right)
    a, b = fit(left, _INTEGER), fit(right, _INTEGER)
    floored = a % b
    cut = pl.when((floored != 0) & ((a < 0) != (b < 0))).then(floored - b).otherwise(floored)
    return Term(pl.when(b != 0).then(cut), _INTEGER)


def quotient(left: Term, right: Term) -> Term:
    """Integer division, cut towards zero; floats are cut after dividing."""
    dtype = common((left, right), "'div'")
    if dtype in (_INTEGER, _NULL):
        a, b = left.value.cast(pl.Int128), right.value.cast(pl.Int128)
        floored = a // b
        cut = pl.when((floored * b != a) & ((a < 0) != (b < 0))).then(floored + 1).otherwise(floored)
        return Term(pl.when(b != 0).then(cut).cast(_INTEGER, strict=False), _INTEGER)
    return Term(_over(as_float(left), as_float(right)).value.cast(_INTEGER, strict=False), _INTEGER)


def compare(sign: str, left: Term, right: Term) -> Term:
    """A comparison; text written beside a time is read as a time."""
    left, right = _moment(left, right), _moment(right, left)
    dtype = common((left, right), repr(sign))
    if dtype == _NULL:
        return Term(pl.lit(None, dtype=_TRUTH), _TRUTH)
    return Term(_OPERATIONS[sign](fit(left, dtype), fit(right, dtype)), _TRUTH)


def _moment(term: Term, other: Term) -> Term:
    if other.dtype != _TIME or not isinstance(term.constant, str):
        return term
    try:
        moment = datetime.fromisoformat(term.constant)
    except ValueError:
        raise ExpressionError(f"{term.constant!r} is not a time; write one like '2026-01-31T18:00'") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Term(pl.lit(moment.astimezone(UTC)).cast(_TIME), _TIME)


def truth(term: Term, where: str) -> pl.Expr:
    """A condition. Raises ExpressionError, which names ``where``, for anything else."""
    if term.dtype == _NULL:
        return pl.lit(None, dtype=_TRUTH)
    if term.dtype != _TRUTH:
        raise ExpressionError(f"{where} needs a condition, not {_word(term.dtype)}")
    return term.value


def both(left: Term, right: Term) -> Term:
    """Three-valued AND."""
    return Term(truth(left, "AND") & truth(right, "AND"), _TRUTH)


def either(left: Term, right: Term) -> Term:
    """Three-valued OR."""
    return Term(truth(left, "OR") | truth(right, "OR"), _TRUTH)


def negated(term: Term) -> Term:
    """Three-valued NOT."""
    return Term(~truth(term, "NOT"), _TRUTH)


def is_null(term: Term) -> Term:
    """``IS NULL``."""
    return Term(term.value.is_null(), _TRUTH)


def choose(conditions: Sequence[Term], values: Sequence[Term], default: Term) -> Term:
    """The value of the first condition that holds."""
    dtype = common([*values, default], "CASE")
    found = fit(default, dtype)
    for condition, value in zip(reversed(conditions), reversed(values), strict=True):
        found = pl.when(truth(condition, "WHEN")).then(fit(value, dtype)).otherwise(found)
    return Term(found, dtype)


def text(term: Term, where: str) -> pl.Expr:
    """Text. Raises ExpressionError, which names ``where``, for anything else."""
    if term.dtype == _NULL:
        return pl.lit(None, dtype=_TEXT)
    if term.dtype != _TEXT:
        raise ExpressionError(f"{where} needs text, not {_word(term.dtype)}; write cast(x as text)")
    return term.value


def like(term: Term, pattern: Term, any_case: bool) -> Term:
    """``%`` stands for any text, ``_`` for one character."""
    assert isinstance(pattern.constant, str)  # the checker refuses any other
    parts = {"%": ".*", "_": "."}
    regex = "".join(parts.get(letter) or re.escape(letter) for letter in pattern.constant)
    return Term(text(term, "LIKE").str.contains(f"^(?s{'i' if any_case else ''}:{regex})$"), _TRUTH)


def written(term: Term) -> pl.Expr:
    """Any value as text, as JSON would write it (text itself without quotes)."""
    if term.dtype == _TRUTH:
        return pl.when(term.value).then(pl.lit("true")).when(~term.value).then(pl.lit("false"))
    if term.dtype == _TIME:
        return term.value.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
    return result(term).value.cast(_TEXT)


def joined(left: Term, right: Term) -> Term:
    """``||``: NULL if either is."""
    return Term(pl.concat_str(written(left), written(right)), _TEXT)
