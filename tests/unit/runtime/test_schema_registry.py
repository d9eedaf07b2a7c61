"""Records in the frame of a Schema Registry: read back with the schema that their number stands for."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import fastavro
import jsonschema
import pytest
from protocols import message_class
from registry_server import Registry, registry

from synthwb.engine import compile_plan, sample
from synthwb.engine.plan import Plan
from synthwb.errors import SinkError
from synthwb.runtime.outputs import outputs
from synthwb.scenario import loads
from synthwb.scenario.model import Envelope, SinkSpec
from synthwb.sinks import schemas as client
from synthwb.sinks.messages import Messages
from synthwb.sinks.protocol import Mark, SinkInfo
from synthwb.sinks.registry import _REGISTRY, DeclaredSink, Option, OptionKind, register_sink
from synthwb.sinks.report import SinkReport
from synthwb.sinks.schemas import REGISTRY_OPTIONS, SchemaRegistry, registry_problems

DOCUMENT = """
entities: {user: {count: 9, fields: {name: first_name}}}
events:
  view: {actor: user, key: who, fields: {who: actor.name, n: {integer: {min: 0, max: 9}, missing: 30%}, x: {normal: }}}
  buy: {actor: user, fields: {total: {uniform: {min: 1, max: 9}, as: {decimal: 2}}, o: {object: {a: {const: 1}}}}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(loads(DOCUMENT))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)
    with registry() as found:
        yield found


@pytest.fixture(autouse=True)
def inbox() -> Iterator[list[Messages]]:
    """A sink that keeps what it is given."""
    kept: list[Messages] = []

    @register_sink
    class Inbox(DeclaredSink):
        """Keeps messages."""

        name = "inbox"
        formats = ("jsonl", "avro", "protobuf")
        options = (Option("topic", OptionKind.TEXT, "The topic"), *REGISTRY_OPTIONS)

        def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
            pass

        def write(self, event: str, data: Messages, count: int) -> None:
            assert len(data.values) == count
            kept.append(data)

        def position(self) -> str:
            return "inbox"

        def mark(self) -> Mark:
            return {}

        def close(self, commit: bool = True) -> None:
            pass

        def report(self) -> SinkReport:
            return SinkReport()

    yield kept
    del _REGISTRY["inbox"]


def sent(plan: Plan, form: str, kept: list[Messages], kind: str = "flat", **options: Any) -> list[tuple[str, bytes]]:
    """Event and value of what arrives."""
    spec = SinkSpec("shop", "inbox", format=form, options={"topic": "shop.{event}", **options}, envelope=Envelope(kind))
    (output,) = outputs([spec], plan, bounded=True)
    output.open()
    output.write(output.encode(sample(plan, 60)))
    output.close(commit=True)
    (found,) = kept
    return [(found.events[k], v) for k, v in zip(found.kinds.tolist(), found.values, strict=True) if v is not None]


def framed(value: bytes) -> tuple[int, bytes]:
    assert value[0] == 0
    return int.from_bytes(value[1:5], "big"), value[5:]


@pytest.mark.parametrize("kind", ["flat", "nested", "cloudevents"])
def test_avro(plan: Plan, server: Registry, inbox: list[Messages], kind: str) -> None:
    for event, value in sent(plan, "avro", inbox, kind, registry=server.address):
        number, record = framed(value)
        assert server.subjects[f"shop.{event}-value"] == number
        stream = io.BytesIO(record)
        schema = fastavro.parse_schema(json.loads(server.schemas[number][1]))
        found: Any = fastavro.schemaless_reader(stream, schema, None)
        assert found["type" if kind == "cloudevents" else "event"] == event
        assert not stream.read()
    assert set(server.subjects) == {"shop.view-value", "shop.buy-value"}


def test_protobuf_says_which_message(plan: Plan, server: Registry, inbox: list[Messages]) -> None:
    for event, value in sent(plan, "protobuf", inbox, registry=server.address, subject="event"):
        number, record = framed(value)
        assert server.subjects[f"synthwb.{event.capitalize()}"] == number
        kind, text = server.schemas[number]
        assert kind == "PROTOBUF"
        assert record[0] == 0, "the first message of the schema"
        assert message_class(text, f"synthwb.{event.capitalize()}").FromString(record[1:]).event == event


@pytest.mark.parametrize("kind", ["flat", "nested", "cloudevents"])
def test_json(plan: Plan, server: Registry, inbox: list[Messages], kind: str) -> None:
    missing = 0
    for event, value in sent(plan, "jsonl", inbox, kind, registry=server.address, subject="topic_event"):
        number, record = framed(value)
        assert server.subjects[f"shop.{event}-{event}"] == number
        found = json.loads(record)
        schema = json.loads(server.schemas[number][1])
        jsonschema.validate(found, schema, cls=jsonschema.Draft7Validator)
        body = {"flat": found, "nested": found.get("properties"), "cloudevents": found.get("data")}[kind]
        missing += event == "view" and "n" not in body
        broken = {**found, "id": None}
        assert not jsonschema.Draft7Validator(schema).is_valid(broken)
    assert missing


def test_a_registry_that_is_busy_is_asked_again(plan: Plan, server: Registry, inbox: list[Messages]) -> None:
    server.failing = [503, 429, 500]
    assert len(sent(plan, "avro", inbox, registry=server.address)) == 60
    assert server.asked == 5


def test_credentials_come_from_the_environment(
    plan: Plan, server: Registry, inbox: list[Messages], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.user = "shop:s3cret"
    with pytest.raises(SinkError, match=r"answered 401 .* set registry_user and registry_password"):
        sent(plan, "avro", inbox, registry=server.address)
    monkeypatch.setenv("REGISTRY_PASSWORD", "s3cret")
    options = {"registry_user": "shop", "registry_password": "${REGISTRY_PASSWORD}"}
    assert sent(plan, "avro", inbox, registry=server.address, **options)


def test_events_of_one_topic_have_subjects_of_their_own(plan: Plan, server: Registry, inbox: list[Messages]) -> None:
    with pytest.raises(SinkError, match=r"answered 409 for all-value: .*incompatible.*write subject: topic_event"):
        sent(plan, "avro", inbox, registry=server.address, topic="all")
    assert sent(plan, "avro", inbox, registry=server.address, topic="every", subject="topic_event")
    assert {"every-synthwb.view", "every-synthwb.buy"} <= set(server.subjects)


def test_nobody_is_there(plan: Plan, inbox: list[Messages], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(SinkError, match=rf"127\.0\.0\.1:{port}: cannot be reached \(Connection refused\)"):
            sent(plan, "avro", inbox, registry=f"http://127.0.0.1:{port}")


def test_a_schema_that_is_refused(server: Registry) -> None:
    with pytest.raises(SinkError, match="answered 422 for a/b: Invalid schema"):
        SchemaRegistry({"registry": server.address}).register("a/b", '{"type": "nothing"}', "AVRO")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"subject": "topic"}, "subject"),
        ({"registry": "http://h:1", "registry_user": "a"}, "registry_user"),
        ({"registry": "127.0.0.1:8081"}, "registry"),
        ({"registry": "http://a:b@h:1"}, "registry"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, str], name: str) -> None:
    assert [each for each, _ in registry_problems(options)] == [name]
    assert registry_problems({"registry": "http://h:1", "subject": "event"}) == []
