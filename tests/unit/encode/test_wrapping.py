"""Change records, envelopes of one's own, CloudEvents in headers, tombstones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

import synthwb
from synthwb.encode import encoder
from synthwb.encode.messages import LineMessages
from synthwb.engine import compile_plan, sample
from synthwb.engine.plan import Plan
from synthwb.errors import UsageError
from synthwb.runtime.outputs import outputs
from synthwb.scenario import loads
from synthwb.scenario.model import SinkSpec
from synthwb.sinks.messages import Messages

DOCUMENT = """
name: shop
entities: {customer: {count: 9, fields: {id: {pattern: "c-##", unique: true}, name: first_name}}}
events:
  opened: {actor: customer, key: customer_id, fields: {customer_id: actor.id, name: actor.name, plan: {const: free}}}
  changed:
    actor: customer
    key: customer_id
    version: 3
    fields:
      customer_id: actor.id
      plan: {choice: [a, b]}
      old_plan: {choice: [free, a, b]}
      note: {choice: ['say "hi"', "é"], missing: 40%}
      due: {datetime: {min: 2020-01-01, max: 2021-01-01}}
  closed: {actor: customer, key: customer_id, fields: {customer_id: actor.id, name: {first_name: , nullable: 50%}}}
"""
CHANGES = """
envelope:
  changes: {update: [changed], delete: [closed], before: {plan: old_plan}, table: customers}
"""


def plan_of(text: str) -> Plan:
    return compile_plan(loads(DOCUMENT + text))


def records(plan: Plan, count: int = 60) -> list[dict[str, Any]]:
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas, source="/synthwb/shop").encode(
        sample(plan, count)
    )
    return [json.loads(line) for line in payload.data.splitlines()]  # type: ignore[union-attr]


def flat(plan: Plan, count: int = 60) -> list[dict[str, Any]]:
    """The same events in the flat envelope."""
    from synthwb.scenario.model import Envelope

    (payload,) = encoder("jsonl", Envelope(), plan.schemas).encode(sample(plan, count))
    return [json.loads(line) for line in payload.data.splitlines()]  # type: ignore[union-attr]


def test_change_records_say_the_row_before_and_after() -> None:
    plan = plan_of(CHANGES)
    seen = set()
    for found, event in zip(records(plan), flat(plan), strict=True):
        assert list(found) == ["before", "after", "source", "op", "ts_ms"]
        fields = {k: v for k, v in event.items() if k not in ("event", "id", "time", "schema_version")}
        at = int(datetime.fromisoformat(event["time"]).timestamp() * 1000)
        assert found["ts_ms"] == found["source"]["ts_ms"] == at
        assert found["source"]["id"] == event["id"]
        assert (found["source"]["table"], found["source"]["event"]) == ("customers", event["event"])
        assert (found["source"]["connector"], found["source"]["name"]) == ("synthwb", "/synthwb/shop")
        old = fields.pop("old_plan", None)
        expected = {
            "opened": ("c", None, fields),
            "changed": ("u", {**fields, "plan": old}, fields),
            "closed": ("d", fields, None),
        }[event["event"]]
        assert (found["op"], found["before"], found["after"]) == expected
        seen.add(found["op"])
    assert seen == {"c", "u", "d"}


def test_without_words_every_event_inserts() -> None:
    assert {(each["op"], each["before"]) for each in records(plan_of("envelope: changes\n"))} == {("c", None)}


OWN = """
clock: {zone: Europe/Paris}
envelope:
  template:
    kind: "{event.name}"
    meta: {at: "{event.time:epoch_ms}", day: "{event.time:%d.%m.%Y}", version: "{event.version}", v: 1, ok: true}
    list: [null, "{plan}", x]
    text: 'plan {plan} of "{customer_id}" {note}'
    due: "{due:epoch_s}"
    whole: "{due}"
    payload: "{fields}"
    id: "{event.id}"
"""


def test_an_envelope_of_ones_own() -> None:
    plan = plan_of(OWN)
    for found, event in zip(records(plan), flat(plan), strict=True):
        fields = {k: v for k, v in event.items() if k not in ("event", "id", "time", "schema_version")}
        time = datetime.fromisoformat(event["time"])
        assert found["kind"] == event["event"]
        assert found["meta"]["at"] == int(time.timestamp() * 1000)
        assert (found["meta"]["v"], found["meta"]["ok"]) == (1, True)
        assert found["meta"]["version"] == event.get("schema_version", 1)
        assert found["meta"]["day"] == time.astimezone().strftime("%d.%m.%Y") or time.hour > 20
        assert found["list"] == [None, event.get("plan"), "x"]
        assert found["text"] == (f'plan {event.get("plan", "")} of "{event["customer_id"]}" {event.get("note", "")}')
        assert found["payload"] == fields
        assert found["id"] == event["id"]
        if event["event"] == "changed":
            assert found["due"] == int(datetime.fromisoformat(event["due"]).timestamp() // 1)
            assert found["whole"] == event["due"]
        else:
            assert (found["due"], found["whole"]) == (None, None)


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        ("{changes: {delete: [close]}}", "unknown event 'close'"),
        ("{changes: {delete: [closed], update: [closed]}}", "closed updates a row, or deletes it"),
        ("{changes: {tombstones: true}}", "a tombstone follows a delete, and there is none"),
        ("{changes: {drop: [closed]}}", "unknown key 'drop'"),
        ("{changes: [closed]}", "expected what the events do to a table"),
        ("{template: {a: '{event.time:%Q}'}}", "'%Q' is not a part of a time format"),
        ("{template: {}}", "expected the object that a record is"),
        ("template", "expected the object that a record is"),
        ("{cloudevents_binary: {id: x}}", "unknown key 'id'"),
    ],
)
def test_envelopes_that_mean_nothing(envelope: str, message: str) -> None:
    (found,) = synthwb.check(DOCUMENT + f"envelope: {envelope}\n")
    assert message in found.message
    assert found.span.line == len(DOCUMENT.splitlines()) + 1


@pytest.mark.parametrize(
    ("envelope", "sink", "message"),
    [
        ("cloudevents_binary", SinkSpec("x", "stdout"), "binary CloudEvents stand in headers, which it has none of"),
        (
            "cloudevents_binary",
            SinkSpec("x", "http", options={"url": "http://h/", "batch": 10}, format="jsonl"),
            "one stands in a request; write batch: 1",
        ),
        ("changes", SinkSpec("x", "file", "{event}.csv"), "the envelope changes is of JSON, and this is CSV"),
        ("{template: {a: '{b}'}}", SinkSpec("x", "stdout"), "no event has a field 'b' for the envelope"),
        ("{template: {a: '{plan:%Y}'}}", SinkSpec("x", "stdout"), "writes a time, and plan is none"),
        (
            "changes",
            SinkSpec("x", "kafka", format="jsonl", options={"bootstrap": "h:1", "topic": "t", "registry": "http://h"}),
            "a Schema Registry keeps schemas, and the envelope changes has none",
        ),
        (
            "{changes: {delete: [closed], tombstones: true}}",
            SinkSpec("x", "stdout"),
            "a tombstone is a message without a value",
        ),
    ],
)
def test_destinations_that_cannot_have_an_envelope(envelope: str, sink: SinkSpec, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        outputs([sink], plan_of(f"envelope: {envelope}\n"), bounded=True)


KAFKA = {"bootstrap": "127.0.0.1:9", "topic": "t"}


def messages(plan: Plan, **options: Any) -> Messages:
    """What Kafka would be given."""
    form = options.pop("format", "jsonl")
    (output,) = outputs([SinkSpec("k", "kafka", format=form, options={**KAFKA, **options})], plan, bounded=True)
    (payload,) = output.encode(sample(plan, 60))
    assert isinstance(payload.content, Messages)
    assert payload.count == len(payload.content.values)
    return payload.content


@pytest.mark.parametrize("form", ["jsonl", "avro"])
def test_binary_cloudevents_have_their_attributes_in_headers(form: str) -> None:
    plan = plan_of("envelope: cloudevents_binary\n")
    found = messages(plan, format=form)
    assert found.headers is not None
    rows = [dict(zip(found.headers, row, strict=True)) for row in zip(*found.headers.values(), strict=True)]
    for row, value, event in zip(rows, found.values, flat(plan), strict=True):
        assert row == {
            "ce_specversion": "1.0",
            "ce_id": event["id"],
            "ce_source": "/synthwb/shop",
            "ce_type": event["event"],
            "ce_time": event["time"],
            "ce_dataschema": "urn:synthwb:changed:3" if event["event"] == "changed" else None,
            "ce_subject": event["customer_id"],
            "content-type": "application/json" if form == "jsonl" else "application/avro",
        }
        if form == "jsonl":
            assert value is not None
            assert json.loads(value) == {
                k: v for k, v in event.items() if k not in ("event", "id", "time", "schema_version")
            }
    times = [int(datetime.fromisoformat(row["ce_time"]).timestamp() * 1_000) for row in rows]
    assert times == (found.times // 1000).tolist()
    assert datetime.fromisoformat(rows[0]["ce_time"]).tzinfo == UTC


def test_structured_cloudevents_say_so() -> None:
    found = messages(plan_of("envelope: cloudevents\n"))
    assert found.headers is not None
    assert set(found.headers["content-type"]) == {"application/cloudevents+json"}


def test_a_tombstone_follows_each_delete() -> None:
    plan = plan_of("envelope: {changes: {delete: [closed], tombstones: true}}\n")
    found = messages(plan)
    events = flat(plan)
    deleted = sum(event["event"] == "closed" for event in events)
    assert deleted
    assert len(found.values) == len(events) + deleted
    assert found.keys is not None
    place = 0
    for event in events:
        value = found.values[place]
        assert value is not None
        assert json.loads(value)["source"]["id"] == event["id"]
        assert found.keys[place] == event["customer_id"]
        place += 1
        if event["event"] == "closed":
            assert found.values[place] is None
            assert found.keys[place] == event["customer_id"]
            assert found.events[found.kinds[place]] == "closed"
            place += 1
    assert place == len(found.values)


def test_messages_of_text_are_lines() -> None:
    plan = plan_of("")
    made = LineMessages(encoder("jsonl", plan.scenario.envelope, plan.schemas), plan.schemas)
    (payload,) = made.encode(sample(plan, 5))
    assert isinstance(payload.content, Messages)
    assert all(value is not None and b"\n" not in value for value in payload.content.values)
