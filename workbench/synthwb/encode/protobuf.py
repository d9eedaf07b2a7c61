"""Protocol Buffers: messages derived from the schemas of events, and records by columns (proto3).

Fields have the numbers of their places: the envelope's first, then those of the event, from 1. What is null or absent
is not there, which `optional` tells from zero. A null inside of a list is left out: the format has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.encode.binary import chosen_where, fixed, flat, runs, sized, together, varints
from synthwb.encode.payload import Payload
from synthwb.encode.records import Record, Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthwb.engine.batch import Batch, Part
    from synthwb.engine.columns import Column

__all__ = ["DelimitedProtobuf", "Protobuf", "proto_text"]

_PACKAGE = "synthwb"
_VARINT, _EIGHT, _SIZED, _FOUR = 0, 1, 2, 5  # wire types
_TIMESTAMP = "google.protobuf.Timestamp"
_POOL_ROWS = 4  # a pool this many times larger than the block is not encoded whole


class Protobuf(Records):
    """Encodes batches as messages, each by itself."""

    def values(self, part: Part) -> pl.Series:
        """One message for each event."""
        head = [_column(number, column) for number, (_, column) in enumerate(self.head(part), 1)]
        after = len(head) + 1
        if self.records[part.schema.event].body is None:
            own = [_column(number, column) for number, (_, column) in enumerate(self.own(part), after)]
            return together([*head, *own], len(part))
        inside = [_column(number, column) for number, (_, column) in enumerate(self.own(part), 1)]
        body = sized(together(inside or [b""], len(part)), signed=False)
        return together([*head, _tag(after, _SIZED), body], len(part))


class DelimitedProtobuf(Protobuf):
    """Encodes batches for a file: each message behind its length, as the libraries' own delimited streams are."""

    def encode(self, batch: Batch) -> list[Payload]:
        """Bytes, by event type or all in the order of the batch."""
        found = []
        for payload in super().encode(batch):
            values = pl.Series(payload.content.values, dtype=pl.Binary)  # type: ignore[union-attr]  # messages
            text = flat(sized(values, signed=False)).to_numpy()
            content = memoryview(text)  # type: ignore[arg-type]  # a NumPy array is a buffer
            found.append(Payload(payload.event, content, payload.count))
        return found


# Schemas


def proto_text(record: Record) -> str:
    """The schema of an event's messages as the text of a ``.proto`` file."""
    used = {"Timestamp": False}
    members = [(field.name, field.dtype) for field in record.head]
    inside = [(field.name, field.dtype) for field in record.fields]
    if record.body is None:
        lines = list(_message(camel(record.event), [*members, *inside], used))
    else:
        body = list(_message(camel(record.body), inside, used))
        lines = list(_message(camel(record.event), members, used, (record.body, body)))
    head = ['syntax = "proto3";', "", f"package {_PACKAGE};", ""]
    if used["Timestamp"]:
        head += ['import "google/protobuf/timestamp.proto";', ""]
    return "\n".join([*head, *lines]) + "\n"


def camel(name: str) -> str:
    """The name of a message.

    >>> camel("order_placed")
    'OrderPlaced'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or "Message"


def _message(
    name: str, members: list[tuple[str, Any]], used: dict[str, bool], body: tuple[str, list[str]] | None = None
) -> Iterator[str]:
    """A message and those inside of it."""
    nested: list[str] = []
    taken = {name}
    fields = []
    for number, (member, dtype) in enumerate(members, 1):
        label, kind = _type(dtype, member, nested, taken, used)
        fields.append(f"  {label} {kind} {member} = {number};")
    if body is not None:
        nested += body[1]
        fields.append(f"  optional {camel(body[0])} {body[0]} = {len(members) + 1};")
    yield f"message {name} {{"
    yield from (f"  {line}" if line else "" for line in nested)
    yield from fields
    yield "}"


def _type(dtype: Any, member: str, nested: list[str], taken: set[str], used: dict[str, bool]) -> tuple[str, str]:
    """Label and type of a field; messages that it needs are added."""
    if isinstance(dtype, pl.List | pl.Array):
        inner: Any = dtype.inner
        if isinstance(inner, pl.List | pl.Array):
            name = _own(camel(member) + "Items", taken)
            nested += _message(name, [("items", inner)], used)
            return "repeated", name
        return "repeated", _type(inner, member, nested, taken, used)[1]
    if isinstance(dtype, pl.Struct):
        name = _own(camel(member), taken)
        nested += _message(name, [(child.name, child.dtype) for child in dtype.fields], used)
        return "optional", name
    if isinstance(dtype, pl.Datetime):
        used["Timestamp"] = True
        return "optional", _TIMESTAMP
    if dtype == pl.Boolean:
        return "optional", "bool"
    if dtype.is_integer():
        return "optional", "int64"
    if dtype.is_float():
        return "optional", "float" if dtype == pl.Float32 else "double"
    return "optional", "string"


def _own(name: str, taken: set[str]) -> str:
    """A name that no other message has here."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}{number}", number + 1
    taken.add(found)
    return found


# Values


def _tag(number: int, wire: int) -> bytes:
    return bytes(varints(np.array([number << 3 | wire], np.uint64)).item())


def _column(number: int, column: Column) -> pl.Series:
    """A field of every message; the values of a pool are encoded once each."""
    pool, codes = column.pool, column.codes
    plain = column.absent is None and column.raw is None
    if plain and pool is not None and codes is not None and len(pool) <= _POOL_ROWS * len(codes):
        return pool.rendered(("protobuf", number), lambda values: _field(number, values))[pl.Series(codes)]
    return _field(number, column.series())


def _field(number: int, values: pl.Series) -> pl.Series:
    """A field with its tag; nothing where the value is null."""
    dtype = values.dtype
    if isinstance(dtype, pl.List | pl.Array):
        return _repeated(number, values.cast(pl.List(dtype.inner)))
    if dtype == pl.Null:
        return together([b""], len(values))
    nulls = values.is_null().to_numpy() if values.null_count() else None
    made = together([_tag(number, _wire(dtype)), _values(_filled(values))], len(values))
    return made if nulls is None else chosen_where(nulls, b"", made)


def _wire(dtype: Any) -> int:
    if dtype == pl.Boolean or dtype.is_integer():
        return _VARINT
    if dtype.is_float():
        return _FOUR if dtype == pl.Float32 else _EIGHT
    return _SIZED


def _filled(values: pl.Series) -> pl.Series:
    """Anything in the place of nulls, where a value has to be."""
    dtype = values.dtype
    if not values.null_count() or isinstance(dtype, pl.Struct):
        return values
    if dtype == pl.String:
        return values.fill_null("")
    return values.fill_null(False) if dtype == pl.Boolean else values.fill_null(strategy="zero")


def _values(values: pl.Series) -> pl.Series:
    """Values without tags."""
    dtype = values.dtype
    if dtype == pl.Boolean:
        return fixed(values.cast(pl.UInt8).to_numpy())
    if dtype.is_integer():
        return varints(values.cast(pl.Int64).to_numpy().view(np.uint64))
    if dtype.is_float():
        return fixed(values.to_numpy().astype("<f4" if dtype == pl.Float32 else "<f8"))
    if isinstance(dtype, pl.Datetime):
        return sized(_timestamps(values), signed=False)
    if isinstance(dtype, pl.Struct):
        return sized(_objects(values, dtype), signed=False)
    return sized(values.cast(pl.String).cast(pl.Binary), signed=False)


def _objects(values: pl.Series, dtype: pl.Struct) -> pl.Series:
    children = [_field(number, values.struct.field(child.name)) for number, child in enumerate(dtype.fields, 1)]
    return together(children or [b""], len(values))


def _timestamps(values: pl.Series) -> pl.Series:
    """Messages of whole seconds and the nanoseconds above them; zero is not written."""
    instants = values.dt.cast_time_unit("us").cast(pl.Int64).to_numpy()
    seconds = instants // 1_000_000
    nanos = (instants - seconds * 1_000_000) * 1000
    parts = []
    for number, part in ((1, seconds), (2, nanos)):
        made = together([_tag(number, _VARINT), varints(part.view(np.uint64))], len(values))
        parts.append(chosen_where(part == 0, b"", made))
    return together(parts, len(values))


def _repeated(number: int, values: pl.Series) -> pl.Series:
    """Elements one behind the other, each with the tag; numbers are packed, behind one tag and their length."""
    inner: Any = values.dtype.inner  # type: ignore[attr-defined]
    if inner == pl.Null:
        return together([b""], len(values))
    known = values.list.drop_nulls()
    counts = known.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    elements = known.gather(np.flatnonzero(counts)).explode()
    if isinstance(inner, pl.List | pl.Array):
        elements = sized(_repeated(1, elements), signed=False)
    else:
        elements = _values(elements)
    if _wire(inner) == _SIZED or isinstance(inner, pl.List | pl.Array):
        return runs(together([_tag(number, _SIZED), elements], len(elements)), counts)
    packed = together([_tag(number, _SIZED), sized(runs(elements, counts), signed=False)], len(values))
    return chosen_where(counts == 0, b"", packed)
