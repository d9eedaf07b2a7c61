"""CSV and Parquet frames."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl

from synthwb.encode import columns_of, encoder, table_schema
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column
from synthwb.scenario.model import Envelope


def _read(part: Part, envelope: Envelope) -> list[dict[str, str]]:
    encode = encoder("csv", envelope, {part.schema.event: part.schema}, by_event=True)
    (payload,) = encode.encode(Batch(0, len(part), (part,)))
    assert isinstance(payload.data, bytes)
    text = (encode.header(part.schema.event) + payload.data).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_csv_reader_reads_what_was_written(orders: Part) -> None:
    first, second, third = _read(orders, Envelope())
    assert first["event"] == "order_placed"
    assert first["time"] == "2026-01-01T00:00:00.000Z"
    assert first["tier"] == 'p"ro'
    assert first["note"] == 'Zoë, said "hi"\n'
    assert first["coupon"] == ""
    assert second["coupon"] == "C-2"
    assert first["paid_at"] == "2026-01-02T03:04:05.678Z"
    assert second["paid_at"] == ""
    assert first["address"] == '{"city":"Paris","geo":[2.5,null]}'
    assert second["address"] == ""
    assert third["total"] == ""
    assert (first["gift"], second["gift"], first["price"]) == ("true", "", "12.50")


def test_empty_text_and_null_can_be_told_apart(views: Part) -> None:
    rows = np.zeros(2, np.int64)
    both = Part(views.schema, np.arange(2), rows, rows, views.id.take(rows), {"page": Column.of(pl.Series(["", None]))})
    encode = encoder("csv", Envelope("flat", {"id": None, "time": None}), {"page_viewed": views.schema})
    (payload,) = encode.encode(Batch(0, 2, (both,)))
    assert payload.data == b'page_viewed,""\npage_viewed,\n'


def test_names_that_the_envelope_has_already(views: Part) -> None:
    columns = {"id": Column.of(pl.Series([7])), "page": Column.of(pl.Series(["/"]))}
    schema = EventSchema("e", 1, None, {n: c.dtype for n, c in columns.items()}, frozenset(), frozenset())
    part = Part(schema, views.rows, views.time, views.ordinal, views.id, columns)
    for envelope, name in ((Envelope("nested"), "properties.id"), (Envelope("cloudevents"), "data.id")):
        (record,) = _read(part, envelope)
        assert record[name] == "7"
        assert record["page"] == "/"


def test_a_column_name_with_a_comma(views: Part) -> None:
    columns = {'a,"b"': Column.of(pl.Series([1]))}
    schema = EventSchema("e", 1, None, {n: c.dtype for n, c in columns.items()}, frozenset(), frozenset())
    part = Part(schema, views.rows, views.time, views.ordinal, views.id, columns)
    (record,) = _read(part, Envelope())
    assert record['a,"b"'] == "1"


def test_frames_have_the_types_that_were_promised(batch: Batch, orders: Part) -> None:
    schemas = {part.schema.event: part.schema for part in batch.parts}
    payloads = encoder("parquet", Envelope(), schemas, by_event=True).encode(batch)
    for payload in payloads:
        assert isinstance(payload.data, pl.DataFrame)
        assert dict(payload.data.schema) == table_schema(schemas[payload.event], Envelope())
    frame = next(p.data for p in payloads if p.event == "order_placed")
    assert isinstance(frame, pl.DataFrame)
    assert frame.schema["time"] == pl.Datetime("us", "UTC")
    assert frame["id"].dtype == frame["event"].dtype == pl.String
    assert frame["schema_version"].to_list() == [2, 2, 2]
    assert frame["coupon"].to_list() == [None, "C-2", None]
    assert list(columns_of(orders, Envelope())) == frame.columns


def test_a_column_of_nulls_takes_the_promised_type(views: Part) -> None:
    part = Part(views.schema, views.rows, views.time, views.ordinal, views.id, {"page": Column.of(pl.Series([None]))})
    (payload,) = encoder("parquet", Envelope(), {"page_viewed": views.schema}).encode(Batch(0, 1, (part,)))
    assert isinstance(payload.data, pl.DataFrame)
    assert payload.data["page"].dtype == pl.String
