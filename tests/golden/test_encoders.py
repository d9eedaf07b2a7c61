"""The exact bytes of every text format and envelope. Changing them breaks whoever reads our files.

To accept a change that is meant: ``SYNTHWB_GOLDEN=write pytest tests/golden`` and look at the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthwb.encode import Records, encoder, message_encoder, record_json
from synthwb.encode.avro import avro_schema
from synthwb.encode.protobuf import proto_text
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool
from synthwb.scenario.model import Envelope
from synthwb.sinks.messages import Messages

GOLDEN = Path(__file__).parent / "encode"
ENVELOPES = {
    "flat": Envelope(),
    "flat-renamed": Envelope("flat", {"event": "kind", "time": "ts", "id": None}),
    "nested": Envelope("nested"),
    "cloudevents": Envelope("cloudevents"),
}


def _same(name: str, text: bytes) -> None:
    path = GOLDEN / name
    if os.environ.get("SYNTHWB_GOLDEN") == "write":
        path.write_bytes(text)
    assert text == path.read_bytes(), f"{path} no longer holds"


@pytest.fixture
def batch() -> Batch:
    """Five events of two types with nulls, absent keys, nesting and text that needs escapes."""
    rows = np.array([0, 2, 3])
    orders = {
        "order_id": Column.fixed(np.frombuffer(b"A-1A-2A-3", np.uint8).reshape(3, 3)),
        "tier": Column.coded(Pool(pl.Series(["free", 'p"ro', None])), np.array([1, 0, 2])),
        "qty": Column.of(pl.Series([2, 0, -7])),
        "total": Column.of(pl.Series([23.0, 0.1, 1234567.891])),
        "gift": Column.of(pl.Series([True, None, False])),
        "note": Column.of(pl.Series(['Zoë, said "hi"\n', "", "\\"])),
        "coupon": Column.of(pl.Series(["C-1", "C-2", "C-3"])).without(np.array([True, False, True])),
        "address": Column.of(pl.Series([{"city": "Paris", "geo": [2.5, None]}, None, {"city": None, "geo": []}])),
    }
    views = {"page": Column.of(pl.Series(["/a?b=1", None]))}
    return Batch(
        0,
        5,
        (_part("order_placed", 2, "order_id", orders, rows), _part("page_viewed", 1, None, views, np.array([1, 4]))),
    )


def _part(event: str, version: int, key: str | None, columns: dict[str, Column], rows: np.ndarray) -> Part:
    schema = EventSchema(event, version, key, {n: c.dtype for n, c in columns.items()}, frozenset(), frozenset())
    ids = "".join(f"00000000-0000-4000-8000-{row:012d}" for row in rows).encode()
    matrix = np.frombuffer(ids, np.uint8).reshape(len(rows), 36)
    times = 1_767_225_600_000_000 + rows * 1_234_567
    return Part(schema, rows, times, np.arange(len(rows)), Column.fixed(matrix), columns)


@pytest.mark.parametrize("name", ENVELOPES)
def test_json_lines(batch: Batch, name: str) -> None:
    schemas = {part.schema.event: part.schema for part in batch.parts}
    (payload,) = encoder("jsonl", ENVELOPES[name], schemas, source="/synthwb/golden").encode(batch)
    assert isinstance(payload.data, bytes)
    _same(f"{name}.jsonl", payload.data)


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_tables_of_text(batch: Batch, name: str, form: str) -> None:
    schemas = {part.schema.event: part.schema for part in batch.parts}
    table = encoder(form, ENVELOPES[name], schemas, by_event=True, source="/synthwb/golden")
    for payload in table.encode(batch):
        assert isinstance(payload.data, bytes)
        _same(f"{name}.{payload.event}.{form}", table.header(payload.event) + payload.data)


@pytest.mark.parametrize("name", ENVELOPES)
def test_schemas_and_records_of_avro_and_protobuf(batch: Batch, name: str) -> None:
    schemas = {part.schema.event: part.schema for part in batch.parts}
    for form in ("avro", "protobuf"):
        made = message_encoder(form, ENVELOPES[name], schemas, source="/synthwb/golden", altered=True)
        assert isinstance(made, Records)
        (payload,) = made.encode(batch)
        assert isinstance(payload.content, Messages)
        _same(f"{name}.{form}.hex", b"".join(bytes(v or b"").hex().encode() + b"\n" for v in payload.content.values))
        for event, record in made.records.items():
            if form == "avro":
                text = json.dumps(avro_schema(record), indent=2) + "\n"
                _same(f"{name}.{event}.avsc", text.encode())
            else:
                _same(f"{name}.{event}.proto", proto_text(record).encode())


def test_one_record_for_people(batch: Batch) -> None:
    _same("record.json", record_json(batch, 2, Envelope("nested")).encode() + b"\n")
