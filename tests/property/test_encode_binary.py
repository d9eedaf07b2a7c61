"""Avro and Protocol Buffers are read back by their own libraries as the values that were written."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fastavro
import numpy as np
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from protocols import message_class

from synthwb.encode.avro import Avro, avro_schema
from synthwb.encode.binary import runs, varints, zigzag
from synthwb.encode.protobuf import Protobuf, proto_text
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool
from synthwb.scenario.model import Envelope
from synthwb.sinks.messages import Messages

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
INT = st.one_of(st.integers(-5, 200), st.integers(-(2**63), 2**63 - 1))
FLOAT = st.floats(allow_nan=False)
MONEY = st.one_of(st.integers(-(10**6), 10**6), st.integers(-(10**30), 10**30)).map(lambda n: Decimal(n).scaleb(-2))
TIME = st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
LEAVES: list[tuple[pl.DataType, st.SearchStrategy[Any]]] = [
    (pl.String(), TEXT),
    (pl.Int64(), INT),
    (pl.Float64(), FLOAT),
    (pl.Boolean(), st.booleans()),
    (pl.Decimal(38, 2), MONEY),
    (pl.Datetime("us", "UTC"), TIME),
]


def _types() -> st.SearchStrategy[tuple[pl.DataType, st.SearchStrategy[Any]]]:
    """A dtype and a strategy for its values, nested up to a few levels."""

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        lists = st.tuples(inner, st.sampled_from([3, 20])).map(
            lambda t: (pl.List(t[0][0]), st.lists(st.none() | t[0][1], max_size=t[1]))
        )
        structs = st.tuples(inner, inner).map(
            lambda t: (
                pl.Struct({"a": t[0][0], "b": t[1][0]}),
                st.fixed_dictionaries({"a": st.none() | t[0][1], "b": st.none() | t[1][1]}),
            )
        )
        return lists | structs

    return st.recursive(st.sampled_from(LEAVES), deeper, max_leaves=4)


@st.composite
def _columns(draw: st.DrawFn) -> dict[str, pl.Series]:
    rows = draw(st.integers(1, 6))
    found = {}
    for i in range(draw(st.integers(1, 4))):
        dtype, values = draw(_types())
        found[f"f{i}"] = pl.Series(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), dtype=dtype)
    return found


def _part(columns: dict[str, Column]) -> Part:
    rows = len(next(iter(columns.values())))
    schema = EventSchema("ev", 1, None, {n: c.dtype for n, c in columns.items()}, frozenset(), frozenset(columns))
    ids = Column.fixed(np.frombuffer(b"%036d" * rows % tuple(range(rows)), np.uint8).reshape(rows, 36).copy())
    return Part(schema, np.arange(rows), np.arange(rows) * 1_500_000, np.arange(rows), ids, columns)


def _values(made: Avro | Protobuf, part: Part) -> list[bytes]:
    (payload,) = made.encode(Batch(0, len(part), (part,)))
    assert isinstance(payload.content, Messages)
    return list(payload.content.values)  # type: ignore[arg-type]


def _written(values: pl.Series) -> list[Any]:
    return values.to_list()


@settings(deadline=None)
@given(_columns(), st.sampled_from(["flat", "nested", "cloudevents"]))
def test_avro_is_read_back_by_fastavro(columns: dict[str, pl.Series], kind: str) -> None:
    part = _part({name: Column.of(values) for name, values in columns.items()})
    made = Avro("avro", Envelope(kind), {"ev": part.schema})
    schema = fastavro.parse_schema(avro_schema(made.records["ev"]))
    for row, value in enumerate(_values(made, part)):
        stream = io.BytesIO(value)
        found = fastavro.schemaless_reader(stream, schema, None)
        assert stream.read() == b""
        body = found if kind == "flat" else found["properties" if kind == "nested" else "data"]
        assert found["time"] == datetime.fromtimestamp(row * 1.5, UTC)
        for name, values in columns.items():
            assert body[name] == _written(values)[row]


@settings(deadline=None, max_examples=30)
@given(_columns(), st.booleans())
def test_a_pool_gives_the_bytes_of_plain_values(columns: dict[str, pl.Series], both: bool) -> None:
    plain = _part({name: Column.of(values) for name, values in columns.items()})
    rows = len(plain)
    coded = _part({n: Column.coded(Pool(v.reverse()), np.arange(rows)[::-1]) for n, v in columns.items()})
    encoder = Avro if both else Protobuf
    first, second = (_values(encoder("x", Envelope(), {"ev": part.schema}), part) for part in (plain, coded))
    assert first == second


@settings(deadline=None, max_examples=40)
@given(_columns(), st.sampled_from(["flat", "nested"]))
def test_protobuf_is_what_the_runtime_writes(columns: dict[str, pl.Series], kind: str) -> None:
    part = _part({name: Column.of(values) for name, values in columns.items()})
    made = Protobuf("protobuf", Envelope(kind), {"ev": part.schema})
    message = message_class(proto_text(made.records["ev"]), "synthwb.Ev")
    for row, value in enumerate(_values(made, part)):
        found = message.FromString(value)
        assert found.SerializeToString(deterministic=True) == value
        body = found if kind == "flat" else found.properties
        for name, values in columns.items():
            _alike(body, name, values.dtype, values.to_list()[row])


def _alike(message: Any, name: str, dtype: pl.DataType, value: Any) -> None:
    """Whether a field of a message says what a value is."""
    if isinstance(dtype, pl.List):
        known = [each for each in value or () if each is not None]
        found = getattr(message, name)
        assert len(found) == len(known)
        for one, other in zip(found, known, strict=True):
            if isinstance(dtype.inner, pl.List):
                _alike(one, "items", dtype.inner, other)
            else:
                _same(one, dtype.inner, other)
        return
    assert message.HasField(name) == (value is not None)
    if value is not None:
        _same(getattr(message, name), dtype, value)


def _same(found: Any, dtype: Any, value: Any) -> None:
    if isinstance(dtype, pl.Struct):
        for child in dtype.fields:
            _alike(found, child.name, child.dtype, value[child.name])  # type: ignore[arg-type]
    elif isinstance(dtype, pl.Datetime):
        assert found.ToDatetime(UTC) == value
    elif isinstance(dtype, pl.Decimal):
        assert Decimal(found) == value
    else:
        assert found == value
        assert not isinstance(value, float) or math.copysign(1, found) == math.copysign(1, value)


@given(st.lists(INT, min_size=1))
@example([127, 128, 16383, 16384, -64, -65, 2**63 - 1, -(2**63)])
def test_varints_are_seven_bits_a_byte(numbers: list[int]) -> None:
    for number, found in zip(numbers, varints(zigzag(np.array(numbers, np.int64))).to_list(), strict=True):
        value = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(found))
        assert (value >> 1) ^ -(value & 1) == number
        assert all(byte & 0x80 for byte in found[:-1])
        assert not found[-1] & 0x80
        assert len(found) == 1 or found[-1]


@given(st.lists(st.lists(st.binary(max_size=3), max_size=15), min_size=1, max_size=6))
def test_runs_join_the_elements_of_each_row(rows: list[list[bytes]]) -> None:
    elements = pl.Series([each for row in rows for each in row], dtype=pl.Binary)
    assert runs(elements, np.array([len(row) for row in rows])).to_list() == [b"".join(row) for row in rows]
