"""CloudEvents, registered schemas and tombstones as a real web server and a real broker get them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
import pytest
from http_driver import HttpServer
from kafka_driver import messages
from kafka_sinks import topic
from registry_server import Registry, registry

import synthwb
from synthwb.engine import compile_plan
from synthwb.engine.plan import Plan
from synthwb.runtime import Run, State, outputs, target

SHOP = """\
name: shop
entities: {customer: {count: 20, fields: {id: {pattern: "c-###", unique: true}}}}
events:
  opened: {actor: customer, key: _id, fields: {_id: actor.id, note: {choice: ["a b", "50%", 'say "é"']}}}
  closed: {actor: customer, key: _id, fields: {_id: actor.id}}
"""


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # dead letters stand where the run was started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HttpServer]:
    with HttpServer(tmp_path) as running:
        yield running


@pytest.fixture
def schemas() -> Iterator[Registry]:
    with registry() as running:
        yield running


def run(envelope: str, to: str, count: int = 200) -> tuple[Plan, list[dict[str, Any]]]:
    """Send events somewhere; what they are in the flat envelope."""
    scenario = synthwb.loads(f"{SHOP}envelope: {envelope}\n")
    plan = compile_plan(scenario)
    with Run(plan, outputs([target(to, scenario)], plan, bounded=True), limit=count) as going:
        going.start()
        assert going.wait(100)
        stats = going.stats()
    assert stats.state is State.FINISHED, stats.error
    assert stats.sinks[0].report is not None
    assert not stats.sinks[0].report.dead
    flat = compile_plan(synthwb.loads(SHOP))
    from synthwb.encode import encoder

    lines = [
        line
        for batch in synthwb.Stream(flat, limit=count)
        for payload in encoder("jsonl", flat.scenario.envelope, flat.schemas).encode(batch)
        for line in bytes(payload.data).splitlines()  # type: ignore[arg-type]  # text
    ]
    return plan, [json.loads(line) for line in lines]


def test_binary_cloudevents_over_http(server: HttpServer) -> None:
    _, events = run("cloudevents_binary", f"{server.url}/{{event}}?batch=1&concurrency=1")
    found = server.requests()
    assert len(found) == len(events)
    for request, event in zip(found, events, strict=True):
        headers = {name.lower(): value for name, value in request.headers.items()}
        assert {name: value for name, value in headers.items() if name.startswith("ce-")} == {
            "ce-specversion": "1.0",
            "ce-id": event["id"],
            "ce-source": "/synthwb/shop",
            "ce-type": event["event"],
            "ce-time": event["time"],
            "ce-subject": event["_id"],
        }
        assert headers["content-type"] == "application/json"
        assert request.path == f"/events/{event['event']}"
        assert request.count == 1
        assert request.ids == (event["_id"],), "the data"


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("batch=50", "application/cloudevents-batch+json"),
        ("batch=1", "application/cloudevents+json"),
        ("batch=50&body=lines", "application/x-ndjson"),
    ],
)
def test_structured_cloudevents_say_what_they_are(server: HttpServer, query: str, content: str) -> None:
    run("cloudevents", f"{server.url}?{query}")
    assert {request.headers["Content-Type"] for request in server.requests()} == {content}


def test_headers_have_what_is_not_printed_in_percents() -> None:
    from urllib.parse import quote

    from synthwb.sinks.posting import _PRINTED

    # the examples of the HTTP binding of CloudEvents 1.0.2, section 3.1.3.2
    assert quote("Euro \u20ac \U0001f600", safe=_PRINTED) == "Euro%20%E2%82%AC%20%F0%9F%98%80"
    assert quote('"%', safe=_PRINTED) == "%22%25"
    assert quote("/synthwb/shop", safe=_PRINTED) == "/synthwb/shop"


def test_binary_cloudevents_in_kafka(address: str) -> None:
    name = topic()
    _, events = run("cloudevents_binary", f"kafka://{address}/{name}?create=true&partitions=1")
    found = messages(address, name)
    assert len(found) == len(events)
    for message, event in zip(found, events, strict=True):
        headers = {key: value.decode() for key, value in message.headers()}
        assert (headers["ce_type"], headers["ce_time"]) == (event["event"], event["time"])
        assert headers["ce_specversion"] == "1.0"
        assert headers["ce_subject"] == message.key().decode() == json.loads(message.value())["_id"]
        assert headers["content-type"] == "application/json"


def test_avro_in_kafka_is_read_with_the_schema_of_its_number(address: str, schemas: Registry) -> None:
    name = topic()
    to = f"kafka://{address}/{name}?create=true&format=avro&registry={schemas.address}&subject=topic_event&partitions=1"
    _, events = run("nested", to)
    found = messages(address, name)
    assert len(found) == len(events)
    for message, event in zip(found, events, strict=True):
        value = message.value()
        assert value[0] == 0
        kind, text = schemas.schemas[int.from_bytes(value[1:5], "big")]
        assert kind == "AVRO"
        record: Any = fastavro.schemaless_reader(io.BytesIO(value[5:]), fastavro.parse_schema(json.loads(text)), None)
        assert record["event"] == event["event"]
        assert record["properties"]["_id"] == message.key().decode()
    assert set(schemas.subjects) == {f"{name}-synthwb.{event}" for event in ("opened", "closed")}


def test_a_tombstone_follows_each_delete_in_kafka(address: str) -> None:
    name = topic()
    _, events = run(
        "{changes: {delete: [closed], tombstones: true}}", f"kafka://{address}/{name}?create=true&partitions=1"
    )
    found = messages(address, name)
    assert len(found) == len(events) + sum(event["event"] == "closed" for event in events)
    after = ""
    for message in found:
        if message.value() is None:
            assert after == message.key().decode()
            after = ""
            continue
        assert not after
        record = json.loads(message.value())
        after = message.key().decode() if record["op"] == "d" else ""
    assert not after
