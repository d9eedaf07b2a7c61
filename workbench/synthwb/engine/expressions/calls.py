"""The functions of expressions: what `synthwb.scenario.functions` declares, mapped to Polars.

Transcendental functions run the engine's own kernels, so that their last bits do not depend on the CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from synthwb.engine.draws import Floats
from synthwb.engine.expressions.scalars import (
    ExpressionError,
    Term,
    Typed,
    arithmetic,
    choose,
    common,
    compare,
    constant,
    finite,
    fit,
    null_if_odd,
    numeric,
    pairwise,
    quotient,
    text,
    written,
)
from synthwb.engine.laws import special

__all__ = ["call", "digits"]

_INTEGER, _FLOAT, _TEXT, _TRUTH, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
_MOST_DIGITS = 15  # a double holds no more


def call(name: str, terms: Sequence[Term]) -> Term:
    """A call of a function of the table. Raises ExpressionError if the types do not fit."""
    return _CALLS[name](terms)


def _kernel(name: str, function: Callable[[Floats], Floats]) -> Callable[[Sequence[Term]], Term]:
    """A function of one float from a NumPy kernel; NaN, infinity and NULL give NULL."""

    def batch(series: pl.Series) -> pl.Series:
        return null_if_odd(function(series.to_numpy()))

    def build(terms: Sequence[Term]) -> Term:
        numeric(terms[0], name)
        value = terms[0].value.cast(_FLOAT)
        return Term(value.map_batches(batch, return_dtype=_FLOAT, is_elementwise=True), _FLOAT)

    return build


def _power(terms: Sequence[Term]) -> Term:
    for term in terms:
        numeric(term, "power")
    return pairwise(special.power, terms[0], terms[1])


def _square_root(terms: Sequence[Term]) -> Term:
    numeric(terms[0], "sqrt")
    return finite(Term(terms[0].value.cast(_FLOAT).sqrt(), _FLOAT))


def _absolute(terms: Sequence[Term]) -> Term:
    (term,) = terms
    numeric(term, "abs")
    if term.dtype == _NULL:
        return term
    if term.dtype == _INTEGER:
        return Term(term.value.cast(pl.Int128).abs().cast(_INTEGER, strict=False), _INTEGER)
    return Term(term.value.abs(), term.dtype)


def _sign(terms: Sequence[Term]) -> Term:
    (term,) = terms
    numeric(term, "sign")
    if term.dtype == _NULL:
        return term
    one, zero = pl.lit(1).cast(term.dtype), pl.lit(0).cast(term.dtype)
    sign = pl.when(term.value > 0).then(one).when(term.value < 0).then(-one).when(term.value == 0).then(zero)
    return Term(sign, term.dtype)


def digits(terms: Sequence[Typed]) -> int:
    """The decimals that a call of round asks for. Raises ExpressionError if they are not written as a number."""
    if len(terms) == 1:
        return 0
    wanted = terms[1].constant
    if not isinstance(wanted, int) or isinstance(wanted, bool) or not -_MOST_DIGITS <= wanted <= _MOST_DIGITS:
        raise ExpressionError(f"the digits of round must be a whole number from -{_MOST_DIGITS} to {_MOST_DIGITS}")
    return wanted


def _round(terms: Sequence[Term]) -> Term:
    """Halves away from zero. An integer stays one; with negative digits it is rounded in integers."""
    term, places = terms[0], digits(terms)
    numeric(term, "round")
    if term.dtype == _NULL or (term.dtype == _INTEGER and places >= 0):
        return term
    if term.dtype == _INTEGER:
        unit = 10**-places
        half = choose([compare("<", term, constant(0))], [constant(-unit // 2)], constant(unit // 2))
        whole = quotient(arithmetic("+", term, half), constant(unit))
        return arithmetic("*", whole, constant(unit))
    if places >= 0:
        return Term(term.value.round(places, mode="half_away_from_zero"), term.dtype)
    scaled = arithmetic("/", term, constant(10.0**-places)).value.round(0, mode="half_away_from_zero")
    return finite(Term((scaled * 10.0**-places).cast(term.dtype), term.dtype))


def _whole(name: str, change: Callable[[pl.Expr], pl.Expr]) -> Callable[[Sequence[Term]], Term]:
    def build(terms: Sequence[Term]) -> Term:
        (term,) = terms
        numeric(term, name)
        return term if term.dtype in (_INTEGER, _NULL) else Term(change(term.value), term.dtype)

    return build


def _extreme(name: str, pick: Callable[[Sequence[pl.Expr]], pl.Expr]) -> Callable[[Sequence[Term]], Term]:
    def build(terms: Sequence[Term]) -> Term:
        dtype = common(terms, name)
        return Term(pick([fit(term, dtype) for term in terms]), dtype)

    return build


def _clip(terms: Sequence[Term]) -> Term:
    dtype = common(terms, "clip")
    value, low, high = (fit(term, dtype) for term in terms)
    numeric(terms[0], "clip")
    held = pl.when(value < low).then(low).when(value > high).then(high).otherwise(value)
    return Term(pl.when(low.is_not_null() & high.is_not_null()).then(held), dtype)


def _coalesce(terms: Sequence[Term]) -> Term:
    dtype = common(terms, "coalesce")
    return Term(pl.coalesce([fit(term, dtype) for term in terms]), dtype)


def _remainder(terms: Sequence[Term]) -> Term:
    """As ``%``, but a decimal for decimals."""
    found, dtype = arithmetic("%", terms[0], terms[1]), common(terms, "mod")
    return Term(fit(found, dtype), dtype) if dtype.is_decimal() else found


def _null_if(terms: Sequence[Term]) -> Term:
    same = compare("=", terms[0], terms[1]).value
    return Term(pl.when(same.fill_null(value=False)).then(None).otherwise(terms[0].value), terms[0].dtype)


def _if(terms: Sequence[Term]) -> Term:
    return choose([terms[0]], [terms[1]], terms[2] if len(terms) > 2 else constant(None))


def _of_text(
    name: str, change: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType = _TEXT
) -> Callable[[Sequence[Term]], Term]:
    return lambda terms: Term(change(text(terms[0], name)), dtype)


def _of_texts(
    name: str, change: Callable[..., pl.Expr], dtype: pl.DataType = _TRUTH
) -> Callable[[Sequence[Term]], Term]:
    return lambda terms: Term(change(*(text(term, name) for term in terms)), dtype)


def _replace(value: pl.Expr, old: pl.Expr, new: pl.Expr) -> pl.Expr:
    """Polars takes no column as the text to look for, but splitting and joining does."""
    found = value.str.split(old).list.join(new)
    return pl.when(old == "").then(value).otherwise(found)


def _substring(terms: Sequence[Term]) -> Term:
    """Positions count from 1; what lies before the first character takes part in the count but gives nothing."""
    value = text(terms[0], "substr")
    if any(term.dtype not in (_INTEGER, _NULL) for term in terms[1:]):
        raise ExpressionError("substr needs whole numbers for start and count")
    offset = terms[1].value.cast(_INTEGER) - 1
    before = pl.min_horizontal(offset, pl.lit(0, dtype=_INTEGER))
    start = pl.max_horizontal(offset, pl.lit(0, dtype=_INTEGER))
    if len(terms) == 2:
        return Term(pl.when(offset.is_not_null()).then(value.str.slice(start)), _TEXT)
    count = terms[2].value.cast(_INTEGER)
    kept = pl.max_horizontal(count + before, pl.lit(0, dtype=_INTEGER))
    known = offset.is_not_null() & count.is_not_null()
    return Term(pl.when(known).then(value.str.slice(start, kept.cast(pl.UInt64))), _TEXT)


def _of_time(
    name: str, change: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType = _INTEGER
) -> Callable[[Sequence[Term]], Term]:
    def build(terms: Sequence[Term]) -> Term:
        if terms[0].dtype not in (pl.Datetime("us", "UTC"), _NULL):
            raise ExpressionError(f"{name} needs a time; write cast(x as timestamp)")
        return Term(change(terms[0].value.cast(pl.Datetime("us", "UTC"))).cast(dtype), dtype)

    return build


_microseconds = _of_time("epoch", lambda time: time.dt.timestamp("us"))

_CALLS: dict[str, Callable[[Sequence[Term]], Term]] = {
    "abs": _absolute,
    "sign": _sign,
    "round": _round,
    "floor": _whole("floor", lambda value: value.floor()),
    "ceil": _whole("ceil", lambda value: value.ceil()),
    "sqrt": _square_root,
    "exp": _kernel("exp", special.exp),
    "ln": _kernel("ln", special.log),
    "log10": _kernel("log10", special.log10),
    "power": _power,
    "mod": _remainder,
    "div": lambda terms: arithmetic("div", terms[0], terms[1]),
    "least": _extreme("least", pl.min_horizontal),
    "greatest": _extreme("greatest", pl.max_horizontal),
    "clip": _clip,
    "sigmoid": _kernel("sigmoid", special.sigmoid),
    "logit": _kernel("logit", special.logit),
    "coalesce": _coalesce,
    "nullif": _null_if,
    "if": _if,
    "upper": _of_text("upper", lambda value: value.str.to_uppercase()),
    "lower": _of_text("lower", lambda value: value.str.to_lowercase()),
    "length": _of_text("length", lambda value: value.str.len_chars().cast(_INTEGER), _INTEGER),
    "concat": lambda terms: Term(pl.concat_str([written(term) for term in terms], ignore_nulls=True), _TEXT),
    "substr": _substring,
    "trim": _of_text("trim", lambda value: value.str.strip_chars()),
    "replace": _of_texts("replace", _replace, _TEXT),
    "starts_with": _of_texts("starts_with", lambda value, part: value.str.starts_with(part)),
    "ends_with": _of_texts("ends_with", lambda value, part: value.str.ends_with(part)),
    "contains": _of_texts("contains", lambda value, part: value.str.contains(part, literal=True)),
    "year": _of_time("year", lambda time: time.dt.year()),
    "month": _of_time("month", lambda time: time.dt.month()),
    "day": _of_time("day", lambda time: time.dt.day()),
    "hour": _of_time("hour", lambda time: time.dt.hour()),
    "minute": _of_time("minute", lambda time: time.dt.minute()),
    "second": _of_time("second", lambda time: time.dt.second()),
    "dayofweek": _of_time("dayofweek", lambda time: time.dt.weekday()),
    "epoch": lambda terms: arithmetic("/", _microseconds(terms), constant(1e6)),
}
