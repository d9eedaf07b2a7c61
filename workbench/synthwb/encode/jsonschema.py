"""JSON Schema (draft 7) of the records that an event is written as, for a Schema Registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from synthwb.encode.records import Record, RecordField

__all__ = ["json_schema"]


def json_schema(record: Record, optional: Iterable[str] = ()) -> dict[str, Any]:
    """The schema of an event's records. ``optional``: fields whose key may not be there."""
    absent = frozenset(optional)
    head, own = _members(record.head, frozenset()), _members(record.fields, absent)
    schema: dict[str, Any] = {"$schema": "http://json-schema.org/draft-07/schema#", "title": record.event}
    if record.body is None:
        return schema | _object([*head, *own])
    return schema | _object([*head, (record.body, _object(own), True)])


_Members = list[tuple[str, dict[str, Any], bool]]


def _members(fields: Iterable[RecordField], absent: frozenset[str]) -> _Members:
    return [
        (field.name, _or_null(_type(field.dtype)) if _loose(field) else _type(field.dtype), _there(field, absent))
        for field in fields
    ]


def _loose(field: RecordField) -> bool:
    """Whether the value may be null: NaN and infinity are, of which JSON has none."""
    return field.nullable or field.dtype.is_float()


def _there(field: RecordField, absent: frozenset[str]) -> bool:
    """Whether the key is there always: the subject of CloudEvents is not where the key is null."""
    return field.name not in absent and not (field.slot is not None and field.nullable)


def _object(members: _Members) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: schema for name, schema, _ in members},
        "required": [name for name, _, there in members if there],
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return schema if schema == {"type": "null"} else {"oneOf": [{"type": "null"}, schema]}


def _type(dtype: Any) -> dict[str, Any]:
    if dtype == pl.Boolean:
        return {"type": "boolean"}
    if dtype.is_integer():
        return {"type": "integer"}
    if dtype.is_float():
        return {"type": "number"}
    if dtype.is_decimal():
        return {"type": "number"}
    if isinstance(dtype, pl.Datetime):
        return {"type": "string", "format": "date-time"}
    if isinstance(dtype, pl.Struct):
        return _object([(child.name, _or_null(_type(child.dtype)), False) for child in dtype.fields])
    if isinstance(dtype, pl.List | pl.Array):
        return {"type": "array", "items": _or_null(_type(dtype.inner))}
    return {"type": "null"} if dtype == pl.Null else {"type": "string"}
