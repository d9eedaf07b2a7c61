"""Avro: schemas derived from those of events, and records by columns (Apache Avro 1.12, binary encoding)."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.encode.binary import Bytes, chosen_where, fixed, runs, sized, together, varints, zigzag
from synthwb.encode.records import Record, RecordField, Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.batch import Part
    from synthwb.engine.columns import Column

__all__ = ["Avro", "avro_schema", "container_header"]

_NAMESPACE = "synthwb"
_TIMES = {"iso": "timestamp-micros", "epoch_us": "timestamp-micros", "epoch_ms": "timestamp-millis"}
_POOL_ROWS = 4  # a pool this many times larger than the block is not encoded whole


class Avro(Records):
    """Encodes batches as Avro records."""

    def header(self, event: str) -> bytes:
        """What stands at the top of a container file of this event type."""
        return container_header(avro_schema(self.records[event or next(iter(self.records))]))

    def values(self, part: Part) -> pl.Series:
        """One record for each event."""
        return together([_column(field, column) for field, column in (*self.head(part), *self.own(part))], len(part))


def container_header(schema: dict[str, Any]) -> bytes:
    """The head of a container file: magic, the schema, and the marker behind every block, its last 16 bytes.

    The marker is a digest of the schema, so that the same stream is the same file.
    """
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":")).encode()
    meta = [(b"avro.codec", b"null"), (b"avro.schema", text)]
    parts = [_number(len(meta)), *(_text(part) for pair in meta for part in pair), _number(0)]
    return b"Obj\x01" + b"".join(parts) + blake2b(text, digest_size=16).digest()


def _number(value: int) -> bytes:
    return bytes(varints(zigzag(np.array([value], np.int64))).item())


def _text(value: bytes) -> bytes:
    return _number(len(value)) + value


# Schemas


def avro_schema(record: Record) -> dict[str, Any]:
    """The schema of an event's records. A record inside has the namespace of what it stands in."""
    space = f"{_NAMESPACE}.{record.event}"
    head = [_member(field, space) for field in record.head]
    if record.body is None:
        fields = [*head, *(_member(field, space) for field in record.fields)]
    else:
        inside = f"{space}.{record.body}"
        members = [_member(field, inside) for field in record.fields]
        body = {"type": "record", "name": record.body, "namespace": space, "fields": members}
        fields = [*head, {"name": record.body, "type": body}]
    return {"type": "record", "name": record.event, "namespace": _NAMESPACE, "fields": fields}


def _member(field: RecordField, space: str) -> dict[str, Any]:
    kind = _type(field.dtype, field.name, space)
    if field.unit in _TIMES and field.slot is not None and kind == "long" and field.slot.value == "":
        kind = {"type": "long", "logicalType": _TIMES[field.unit]}
    return _optional_type(field.name, kind) if field.nullable else {"name": field.name, "type": kind}


def _optional_type(name: str, kind: Any) -> dict[str, Any]:
    return {"name": name, "type": _union(kind), "default": None}


def _union(kind: Any) -> Any:
    """With null, of which there can be one only."""
    return kind if kind == "null" else ["null", kind]


def _type(dtype: Any, name: str, space: str) -> Any:
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "int" if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16) else "long"
    if dtype.is_float():
        return "float" if dtype == pl.Float32 else "double"
    if dtype.is_decimal():
        return {"type": "bytes", "logicalType": "decimal", "precision": dtype.precision or 38, "scale": dtype.scale}
    if isinstance(dtype, pl.Datetime):
        return {"type": "long", "logicalType": "timestamp-micros"}
    if isinstance(dtype, pl.Struct):
        inside = f"{space}.{name}"
        fields = [_optional_type(child.name, _type(child.dtype, child.name, inside)) for child in dtype.fields]
        return {"type": "record", "name": name, "namespace": space, "fields": fields}
    if isinstance(dtype, pl.List | pl.Array):
        return {"type": "array", "items": _union(_type(dtype.inner, name, space))}
    return "null" if dtype == pl.Null else "string"


# Values


def _column(field: RecordField, column: Column) -> Bytes:
    """The values of a column; those of a pool are encoded once each."""
    pool, codes = column.pool, column.codes
    plain = column.absent is None and column.raw is None
    if plain and pool is not None and codes is not None and len(pool) <= _POOL_ROWS * len(codes):
        texts = pool.rendered(("avro", field.nullable), lambda values: _optional(values, nullable=field.nullable))
        return texts[pl.Series(codes)]
    return _optional(column.series(), nullable=field.nullable)


def _optional(values: pl.Series, *, nullable: bool) -> pl.Series:
    """Values of a union with null, or of the type alone."""
    if values.dtype == pl.Null:
        return together([b""], len(values))
    if not nullable:
        if values.null_count():
            raise ValueError(f"a null in a column of {values.dtype} that promised none")
        return _values(values)
    present = together([b"\x02", _values(_filled(values))], len(values))
    return chosen_where(values.is_null().to_numpy(), b"\x00", present) if values.null_count() else present


def _filled(values: pl.Series) -> pl.Series:
    """Anything in the place of nulls, where a value has to be."""
    dtype = values.dtype
    if not values.null_count() or isinstance(dtype, pl.Struct | pl.List | pl.Array):
        return values
    if dtype == pl.String:
        return values.fill_null("")
    return values.fill_null(False) if dtype == pl.Boolean else values.fill_null(strategy="zero")


def _values(values: pl.Series) -> pl.Series:
    """Values without nulls, except that objects and lists may be null where nobody looks."""
    dtype = values.dtype
    if dtype == pl.Boolean:
        return fixed(values.cast(pl.UInt8).to_numpy())
    if dtype.is_integer():
        return varints(zigzag(values.cast(pl.Int64).to_numpy()))
    if dtype.is_float():
        return fixed(values.to_numpy().astype("<f4" if dtype == pl.Float32 else "<f8"))
    if dtype.is_decimal():
        return sized(_decimals(values), signed=True)
    if isinstance(dtype, pl.Datetime):
        return varints(zigzag(values.dt.cast_time_unit("us").cast(pl.Int64).to_numpy()))
    if isinstance(dtype, pl.Struct):
        children = [_optional(values.struct.field(child.name), nullable=True) for child in dtype.fields]
        return together(children, len(values))
    if isinstance(dtype, pl.List | pl.Array):
        return _arrays(values.cast(pl.List(dtype.inner)))
    return sized(values.cast(pl.String).cast(pl.Binary), signed=True)


def _arrays(values: pl.Series) -> pl.Series:
    """Arrays: one block of all elements and an empty one, or only that."""
    counts = values.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    elements = values.gather(np.flatnonzero(counts)).explode()
    blocks = together([varints(zigzag(counts)), runs(_optional(elements, nullable=True), counts)], len(values))
    return chosen_where(counts == 0, b"\x00", together([blocks, b"\x00"], len(values)))


def _decimals(values: pl.Series) -> pl.Series:
    """Numbers in units of their last place, in two's complement, highest byte first, as short as can be."""
    units = values.to_physical()
    wide = ~units.is_between(-(2**63), 2**63 - 1)
    small = units.set(wide, 0).cast(pl.Int64).to_numpy()
    found = fixed(small.astype(">i8")).bin.tail(pl.Series(_widths(small)))  # type: ignore[arg-type]
    if not wide.any():
        return found
    where = np.flatnonzero(wide.to_numpy())
    long = [int(value).to_bytes(16, "big", signed=True) for value in units.gather(where).to_list()]
    return found.scatter(where, pl.Series(long, dtype=pl.Binary))


def _widths(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many bytes each number needs in two's complement."""
    widths = np.ones(len(values), np.int64)
    for size in range(1, 8):
        limit = 1 << (8 * size - 1)
        widths += (values >= limit) | (values < -limit)
    return widths
