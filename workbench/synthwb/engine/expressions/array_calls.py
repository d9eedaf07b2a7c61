"""The functions of expressions on NumPy arrays: those of `calls` that give the same bits without Polars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine.draws import Floats
from synthwb.engine.expressions.array_operators import arithmetic, away, choose, compare, quotient, written
from synthwb.engine.expressions.array_terms import (
    Columns,
    Pair,
    Term,
    UncoveredError,
    Values,
    changed,
    constant,
    finite,
    fit,
    lifted,
    some,
    typed,
    union,
)
from synthwb.engine.expressions.calls import digits
from synthwb.engine.expressions.scalars import common, numeric
from synthwb.engine.laws import special

__all__ = ["call"]

_INTEGER, _FLOAT, _TEXT, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Null()
_LEAST = np.array(-(2**63))
_NO_TEXT = np.array("", dtype=object)


def call(name: str, terms: Sequence[Term]) -> Term:
    """A call of a function of the table. Raises UncoveredError if it is left to Polars, ExpressionError as `calls`."""
    build = _CALLS.get(name)
    if build is None:
        raise UncoveredError(f"the function {name}")
    return build(terms)


def _each(function: Callable[[Any], Values], term: Term) -> Term:
    """A function of each value that gives its type."""
    return changed(lambda values: (function(values), None), term, term.dtype)


def _of_float(name: str, function: Callable[[Any], Any]) -> Callable[[Sequence[Term]], Term]:
    """A function of one float; NaN, infinity and NULL give NULL."""

    def build(terms: Sequence[Term]) -> Term:
        numeric(terms[0], name)
        return finite(_each(function, fit(terms[0], _FLOAT)))

    return build


def _power(terms: Sequence[Term]) -> Term:
    for term in terms:
        numeric(term, "power")
    return finite(lifted(special.power, fit(terms[0], _FLOAT), fit(terms[1], _FLOAT), _FLOAT))


def _absolute(terms: Sequence[Term]) -> Term:
    (term,) = terms
    numeric(term, "abs")
    if term.dtype != _INTEGER:
        return _each(np.abs, term)
    return changed(lambda x: (np.abs(x), some(np.equal(x, _LEAST))), term, _INTEGER)


def _sign(terms: Sequence[Term]) -> Term:
    numeric(terms[0], "sign")
    return _each(np.sign, terms[0])


def _round(terms: Sequence[Term]) -> Term:
    """Halves away from zero. An integer stays one; with negative digits it is rounded in integers."""
    term, places = terms[0], digits(terms)
    numeric(term, "round")
    if term.dtype == _NULL or (term.dtype == _INTEGER and places >= 0):
        return term
    if term.dtype == _INTEGER:
        unit = 10**-places
        half = choose([compare("<", term, constant(0))], [constant(-unit // 2)], constant(unit // 2))
        return arithmetic("*", quotient(arithmetic("+", term, half), constant(unit)), constant(unit))
    if places == 0:
        return _each(away, term)
    unit_float = 10.0 ** abs(places)
    if places > 0:
        return _each(lambda values: _rounded(values, unit_float), term)
    scaled = arithmetic("/", term, constant(unit_float))
    return finite(arithmetic("*", _each(away, scaled), constant(unit_float)))


def _rounded(values: Floats, unit: float) -> Floats:
    """To multiples of 1 / unit, as Polars does; what is too large for decimals stays as it is."""
    found = away(values * unit) / unit
    rounded: Floats = np.where(np.isfinite(found), found, values)
    return rounded


def _whole(name: str, function: Callable[[Any], Any]) -> Callable[[Sequence[Term]], Term]:
    def build(terms: Sequence[Term]) -> Term:
        (term,) = terms
        numeric(term, name)
        return term if term.dtype == _INTEGER else _each(function, term)

    return build


def _extreme(name: str, before: Callable[[Any, Any], Any]) -> Callable[[Sequence[Term]], Term]:
    """NULLs are left out; of two zeros with different signs it is the later one."""

    def pick(left: Term, right: Term) -> Term:
        a, b = left.run, right.run

        def run(columns: Columns) -> Pair:
            x, x_nulls = a(columns)
            y, y_nulls = b(columns)
            first = before(x, y)
            if x_nulls is not None:
                first = first & ~x_nulls
            if y_nulls is not None:
                first = first | y_nulls
            return np.where(first, x, y), None if x_nulls is None or y_nulls is None else x_nulls & y_nulls

        return typed(run, left.dtype, (left, right))

    def build(terms: Sequence[Term]) -> Term:
        dtype = common(terms, name)
        found = fit(terms[0], dtype)
        for term in terms[1:]:
            found = pick(found, fit(term, dtype))
        return found

    return build


def _clip(terms: Sequence[Term]) -> Term:
    numeric(terms[0], "clip")
    dtype = common(terms, "clip")
    parts = [fit(term, dtype) for term in terms]
    value, low, high = (part.run for part in parts)

    def run(columns: Columns) -> Pair:
        x, x_nulls = value(columns)
        y, y_nulls = low(columns)
        z, z_nulls = high(columns)
        held = np.where(np.less(x, y), y, np.where(np.greater(x, z), z, x))
        return held, union(union(x_nulls, y_nulls), z_nulls)

    return typed(run, dtype, parts)


def _coalesce(terms: Sequence[Term]) -> Term:
    dtype = common(terms, "coalesce")
    found = fit(terms[-1], dtype)
    for term in reversed(terms[:-1]):
        found = _first(fit(term, dtype), found)
    return found


def _first(left: Term, right: Term) -> Term:
    a, b = left.run, right.run
    if left.fixed:
        return right if a({})[1] is not None else left

    def run(columns: Columns) -> Pair:
        x, x_nulls = a(columns)
        if x_nulls is None:
            return x, None
        y, y_nulls = b(columns)
        found = np.where(x_nulls, y, x)
        return found, None if y_nulls is None else x_nulls & y_nulls

    return Term(run, left.dtype)


def _null_if(terms: Sequence[Term]) -> Term:
    return choose([compare("=", terms[0], terms[1])], [constant(None)], terms[0])


def _if(terms: Sequence[Term]) -> Term:
    return choose([terms[0]], [terms[1]], terms[2] if len(terms) > 2 else constant(None))


def _concat(terms: Sequence[Term]) -> Term:
    found = _filled(written(terms[0]))
    for term in terms[1:]:
        found = lifted(np.add, found, _filled(written(term)), _TEXT)
    return found


def _filled(term: Term) -> Term:
    """Text, empty where it is NULL."""
    return _first(term, constant(""))


_CALLS: dict[str, Callable[[Sequence[Term]], Term]] = {
    "abs": _absolute,
    "sign": _sign,
    "round": _round,
    "floor": _whole("floor", np.floor),
    "ceil": _whole("ceil", np.ceil),
    "sqrt": _of_float("sqrt", np.sqrt),
    "exp": _of_float("exp", special.exp),
    "ln": _of_float("ln", special.log),
    "log10": _of_float("log10", special.log10),
    "power": _power,
    "mod": lambda terms: arithmetic("%", terms[0], terms[1]),
    "div": lambda terms: arithmetic("div", terms[0], terms[1]),
    "least": _extreme("least", np.less),
    "greatest": _extreme("greatest", np.greater),
    "clip": _clip,
    "sigmoid": _of_float("sigmoid", special.sigmoid),
    "logit": _of_float("logit", special.logit),
    "coalesce": _coalesce,
    "nullif": _null_if,
    "if": _if,
    "concat": _concat,
}
