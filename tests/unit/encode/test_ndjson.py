"""JSON lines: what the property tests do not say."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from synthwb.encode import encoder, fragments, record_json
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool
from synthwb.scenario.model import Envelope


def _schemas(batch: Batch) -> dict[str, EventSchema]:
    return {part.schema.event: part.schema for part in batch.parts}


def _records(batch: Batch, envelope: Envelope) -> list[dict[str, object]]:
    (payload,) = encoder("jsonl", envelope, _schemas(batch)).encode(batch)
    assert isinstance(payload.data, bytes)
    return [json.loads(line) for line in payload.data.splitlines()]


def test_values_of_every_kind(batch: Batch) -> None:
    first, _, second, third = _records(batch, Envelope())
    assert list(first)[:4] == ["event", "id", "time", "schema_version"]
    assert first["time"] == "2026-01-01T00:00:00.000Z"
    assert first["schema_version"] == 2
    assert first["paid_at"] == "2026-01-02T03:04:05.678Z"
    assert third["paid_at"] == "1969-12-31T23:59:59.000Z"
    assert first["address"] == {"city": "Paris", "geo": [2.5, None]}
    assert second["address"] is None
    assert third["address"] == {"city": None, "geo": []}
    assert third["total"] is None
    assert "coupon" not in first
    assert second["coupon"] == "C-2"


def test_numbers_keep_their_text(batch: Batch) -> None:
    (payload,) = encoder("jsonl", Envelope(), _schemas(batch)).encode(batch)
    assert isinstance(payload.data, bytes)
    assert b'"total":23.0,"price":12.50,' in payload.data
    assert b'"price":-0.05' in payload.data


def test_one_payload_per_event_type(batch: Batch) -> None:
    payloads = encoder("jsonl", Envelope(), _schemas(batch), by_event=True).encode(batch)
    assert {payload.event: payload.count for payload in payloads} == {"page_viewed": 1, "order_placed": 3}
    for payload in payloads:
        assert isinstance(payload.data, bytes)
        assert all(json.loads(line)["event"] == payload.event for line in payload.data.splitlines())


def test_many_events_come_in_several_payloads(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = encoder("jsonl", Envelope(), _schemas(batch)).encode(batch)
    monkeypatch.setattr(fragments, "_AT_ONCE", 1)
    cut = encoder("jsonl", Envelope(), _schemas(batch)).encode(batch)
    assert [payload.count for payload in cut] == [1, 1, 1, 1]
    assert b"".join(bytes(payload.content) for payload in cut) == whole.data


def test_only_some_event_types(batch: Batch) -> None:
    one = encoder("jsonl", Envelope(), _schemas(batch), events=frozenset({"page_viewed"}))
    (payload,) = one.encode(batch)
    assert payload.count == 1
    none = encoder("jsonl", Envelope(), _schemas(batch), events=frozenset())
    assert none.encode(batch) == []


def test_cloudevents_has_what_the_specification_requires(batch: Batch) -> None:
    first, view, *_ = _records(batch, Envelope("cloudevents"))
    assert {"specversion", "id", "source", "type"} <= set(first)
    assert first["specversion"] == "1.0"
    assert first["type"] == "order_placed"
    assert first["datacontenttype"] == "application/json"
    assert first["subject"] == "A-1"
    assert str(first["dataschema"]).startswith("urn:")
    assert "subject" not in view
    assert "dataschema" not in view
    assert view["data"] == {"page": "/a?b=1"}


@pytest.mark.parametrize(
    ("values", "subjects"),
    [
        (pl.Series([7, None]), ["7", None]),
        (pl.Series([True, False]), ["true", "false"]),
        (pl.Series(["a", None]), ["a", None]),
        (pl.Series([1.5, 2.0]), ["1.5", "2.0"]),
    ],
)
def test_the_subject_is_text_or_not_there(views: Part, values: pl.Series, subjects: list[str | None]) -> None:
    columns = {"k": Column.of(values)}
    schema = EventSchema("e", 1, "k", {"k": values.dtype}, frozenset(), frozenset({"k"}))
    both = Part(
        schema, np.arange(2), np.zeros(2, np.int64), np.arange(2), views.id.take(np.zeros(2, np.int64)), columns
    )
    assert [r.get("subject") for r in _records(Batch(0, 2, (both,)), Envelope("cloudevents"))] == subjects


def test_keys_of_the_envelope_can_be_renamed_and_dropped(batch: Batch) -> None:
    names = {"event": "kind", "id": None, "time": "ts", "properties": "body"}
    record = _records(batch, Envelope("nested", names))[1]
    assert record == {"kind": "page_viewed", "ts": "2026-01-01T00:00:01.500Z", "body": {"page": "/a?b=1"}}


def test_an_object_whose_every_key_may_be_absent(views: Part) -> None:
    gone = np.array([True])
    there = np.array([False])
    for first, second, body in [
        (gone, gone, {}),
        (gone, there, {"b": 2}),
        (there, gone, {"a": 1}),
        (there, there, None),
    ]:
        columns = {"a": Column.of(pl.Series([1])).without(first), "b": Column.of(pl.Series([2])).without(second)}
        schema = EventSchema("e", 1, None, {}, frozenset(columns), frozenset())
        part = Part(schema, views.rows, views.time, views.ordinal, views.id, columns)
        records = _records(Batch(0, 1, (part,)), Envelope("nested"))
        assert records[0]["properties"] == (body if body is not None else {"a": 1, "b": 2})


def test_everything_of_the_envelope_may_be_dropped(views: Part) -> None:
    names = {"event": None, "id": None, "time": None}
    gone = Part(
        views.schema,
        views.rows,
        views.time,
        views.ordinal,
        views.id,
        {"page": views.columns["page"].without(np.array([True]))},
    )
    assert _records(Batch(0, 1, (gone,)), Envelope("flat", names)) == [{}]
    no_fields = Part(views.schema, views.rows, views.time, views.ordinal, views.id, {})
    assert _records(Batch(0, 1, (no_fields,)), Envelope("flat", names)) == [{}]


def test_whole_numbers_at_the_edges_of_their_pool(views: Part) -> None:
    edges = [0, 1, 16383, 16384, -1, -8192, 8191, 8192, -8193, 2**63 - 1, -(2**63)]
    for count in range(1, len(edges) + 1):
        values = (edges[:count] * 20_000)[:20_000]
        rows = np.zeros(len(values), np.int64)
        columns = {"n": Column.of(pl.Series(values, dtype=pl.Int64))}
        part = Part(views.schema, np.arange(len(values)), rows, rows, views.id.take(rows), columns)
        assert [record["n"] for record in _records(Batch(0, len(values), (part,)), Envelope())] == values


def test_a_large_pool_beside_a_small_batch(views: Part) -> None:
    pool = Pool(pl.Series([f'"{i}"' for i in range(10_000)]))
    part = Part(
        views.schema, views.rows, views.time, views.ordinal, views.id, {"p": Column.coded(pool, np.array([9_999]))}
    )
    assert _records(Batch(0, 1, (part,)), Envelope())[0]["p"] == '"9999"'


def test_one_record_for_people(batch: Batch) -> None:
    text = record_json(batch, 2, Envelope("nested"))
    assert json.loads(text)["properties"]["order_id"] == "A-2"
    assert '    "total": 0.1,\n    "price": null,' in text
    assert '\n  "event": "page_viewed",\n' in record_json(batch, 1, Envelope())
    assert '"price": 12.50' in record_json(batch, 0, Envelope())
    with pytest.raises(IndexError, match="no event 4"):
        record_json(batch, 4, Envelope())
