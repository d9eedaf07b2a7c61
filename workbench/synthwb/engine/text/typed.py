"""Python values as typed columns: what Faker gives becomes what a record can hold.

A shape says which type the values have: ``string``, ``integer``, ``float``, ``boolean``, ``decimal(places)``,
``timestamp``, a list of one shape, or a mapping of names to shapes. Dates and times of day are ISO text, spans of time
are seconds, tuples and lists are lists, mappings are objects. A time without an offset is local time of the scenario's
zone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl

__all__ = ["Shape", "dtype_of", "series_of"]

Shape: TypeAlias = "str | Sequence[Shape] | Mapping[str, Shape]"

_SIMPLE: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "timestamp": pl.Datetime("us", "UTC"),
}
_DIGITS = 38


def dtype_of(shape: Shape) -> pl.DataType:
    """The Polars dtype of a shape."""
    if isinstance(shape, Mapping):
        return pl.Struct({name: dtype_of(inner) for name, inner in shape.items()})
    if not isinstance(shape, str):
        return pl.List(dtype_of(shape[0]))
    return _SIMPLE[shape] if shape in _SIMPLE else pl.Decimal(_DIGITS, _places(shape))


def series_of(values: Iterable[Any], shape: Shape, zone: str) -> pl.Series:
    """The values as a series of that shape. Raises ValueError or TypeError for one that does not have it."""
    return pl.Series([_plain(value, shape, zone) for value in values], dtype=dtype_of(shape))


def _plain(value: Any, shape: Shape, zone: str) -> Any:
    if value is None:
        return None
    if isinstance(shape, Mapping):
        return {name: _plain(value.get(name), inner, zone) for name, inner in shape.items()}
    if not isinstance(shape, str):
        return [_plain(part, shape[0], zone) for part in value]
    if shape == "string":
        return _text(value)
    if shape == "timestamp":
        return value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(zone))
    if shape.startswith("decimal"):
        return Decimal(value).quantize(Decimal(1).scaleb(-_places(shape)))
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return {"integer": int, "float": float, "boolean": bool}[shape](value)


def _text(value: Any) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _places(shape: str) -> int:
    return int(shape.removeprefix("decimal(").removesuffix(")"))
