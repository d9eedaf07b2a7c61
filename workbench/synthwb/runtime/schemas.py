"""The schemas of a destination, made known to its Schema Registry before the first event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthwb.encode.avro import avro_schema
from synthwb.encode.envelopes import layout
from synthwb.encode.jsonschema import json_schema
from synthwb.encode.protobuf import camel, proto_text
from synthwb.encode.records import Record, check_names, record_of
from synthwb.encode.registering import Framing
from synthwb.errors import UsageError
from synthwb.scenario.layers.model import ROW_LEVEL
from synthwb.sinks.schemas import SchemaRegistry, subject_of

if TYPE_CHECKING:
    from synthwb.engine.batch import EventSchema
    from synthwb.engine.plan import Plan
    from synthwb.scenario.model import Envelope

__all__ = ["framing", "schema_text", "schema_texts"]

_KINDS = {"avro": "AVRO", "protobuf": "PROTOBUF", "jsonl": "JSON"}
_FIRST_MESSAGE = b"\x00"
"""Which message of a Protobuf schema a record is: the first, in its short form."""


def schema_text(form: str, record: Record, schema: EventSchema, *, altered: bool) -> str:
    """The schema of an event's records as the format writes it. ``altered``: layers may take any key away."""
    if form == "avro":
        return json.dumps(avro_schema(record))
    if form == "protobuf":
        return proto_text(record)
    return json.dumps(json_schema(record, schema.fields if altered else schema.optional))


def schema_texts(plan: Plan, form: str) -> dict[str, str]:
    """The schema of every event in the scenario's envelope. Raises UsageError for a format that has none."""
    if form not in _KINDS:
        raise UsageError(f"there are schemas of {', '.join(_KINDS)}, not of {form!r}")
    scenario = plan.scenario
    if scenario.envelope.kind in ("changes", "template"):
        raise UsageError(f"the envelope {scenario.envelope.kind} has no schema; use flat, nested or cloudevents")
    altered = any(layer.kind not in ROW_LEVEL for layer in scenario.layers)
    source = f"/synthwb/{scenario.name}" if scenario.name else "/synthwb"
    found = {}
    for event, schema in plan.schemas.items():
        record = record_of(layout(scenario.envelope, schema, source), schema, altered=altered)
        if form != "jsonl":
            check_names("schemas", form, record)
        found[event] = schema_text(form, record, schema, altered=altered)
    return found


def framing(
    options: Mapping[str, Any],
    form: str,
    envelope: Envelope,
    schemas: Mapping[str, EventSchema],
    *,
    source: str,
    altered: bool,
    name: str,
) -> Framing:
    """What stands before the records of these events. ``name``: of the sink, where it has no topic."""

    def ask() -> dict[str, int]:
        registry, numbers = SchemaRegistry(options), {}
        for event, schema in schemas.items():
            record = record_of(layout(envelope, schema, source), schema, altered=altered)
            topic = str(options.get("topic", name)).replace("{event}", event)
            full = {"avro": f"synthwb.{event}", "protobuf": f"synthwb.{camel(event)}"}.get(form, event)
            subject = subject_of(options.get("subject", "topic"), topic, full)
            text = schema_text(form, record, schema, altered=altered)
            numbers[event] = registry.register(subject, text, _KINDS[form])
        return numbers

    return Framing(ask, _FIRST_MESSAGE if form == "protobuf" else b"")
