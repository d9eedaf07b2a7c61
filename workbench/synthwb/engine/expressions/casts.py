"""Casts of expressions, as typed Polars expressions."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from synthwb.engine.expressions.scalars import ExpressionError, Term, finite, text, written
from synthwb.scenario.model import DType

__all__ = ["cast"]

_INTEGER, _FLOAT, _TEXT, _TRUTH, _NULL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean(), pl.Null()
_TIME = pl.Datetime("us", "UTC")


def cast(term: Term, wanted: DType) -> Term:
    """What cannot be cast is NULL."""
    return _CASTS[wanted](term)


def _to_integer(term: Term) -> Term:
    value = term.value
    if term.dtype == _TEXT:
        stripped = value.str.strip_chars()
        whole = stripped.cast(_INTEGER, strict=False)
        rounded = stripped.cast(_FLOAT, strict=False).round(0, mode="half_away_from_zero").cast(_INTEGER, strict=False)
        return Term(pl.coalesce(whole, rounded), _INTEGER)
    if term.dtype == _TIME:
        raise ExpressionError("a time cannot be cast to integer; use epoch(time)")
    if term.dtype == _FLOAT or term.dtype.is_decimal():
        value = value.cast(_FLOAT).round(0, mode="half_away_from_zero")
    return Term(value.cast(_INTEGER, strict=False), _INTEGER)


def _to_float(term: Term) -> Term:
    if term.dtype == _TIME:
        raise ExpressionError("a time cannot be cast to float; use epoch(time)")
    value = term.value.str.strip_chars() if term.dtype == _TEXT else term.value
    return finite(Term(value.cast(_FLOAT, strict=False), _FLOAT))


def _to_truth(term: Term) -> Term:
    if term.dtype == _TEXT:
        word = term.value.str.strip_chars().str.to_lowercase()
        yes, no = word.is_in(["true", "yes", "t", "1"]), word.is_in(["false", "no", "f", "0"])
        return Term(pl.when(yes).then(statement=True).when(no).then(statement=False), _TRUTH)
    if term.dtype == _TIME:
        raise ExpressionError("a time cannot be cast to boolean")
    return Term(term.value.cast(_FLOAT) != 0.0 if term.dtype != _TRUTH else term.value, _TRUTH)


def _to_time(term: Term) -> Term:
    if term.dtype in (_TIME, _NULL):
        return Term(term.value.cast(_TIME), _TIME)
    words = text(term, "cast to timestamp").str.strip_chars().str.replace("T", " ", literal=True)
    aware = words.str.replace("Z$", "+00:00").str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False
    )
    naive = [
        words.str.to_datetime(pattern, time_unit="us", strict=False).dt.replace_time_zone("UTC")
        for pattern in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
    ]
    days = words.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return Term(pl.coalesce(aware, *naive, days), _TIME)


_CASTS: dict[DType, Callable[[Term], Term]] = {
    DType.INTEGER: _to_integer,
    DType.FLOAT: _to_float,
    DType.STRING: lambda term: Term(written(term), _TEXT),
    DType.BOOLEAN: _to_truth,
    DType.TIMESTAMP: _to_time,
}
