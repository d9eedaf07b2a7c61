"""The encoder that serves a destination, with what it needs to know of the scenario and of its sink."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthwb.encode import Records, check_names, encoder, message_encoder
from synthwb.encode.headers import CONTENT_TYPES, CloudEventHeaders, ContentTypes, Tombstones
from synthwb.encode.templates import check_shell
from synthwb.encode.timed import TimedRecords
from synthwb.errors import UsageError
from synthwb.runtime.schemas import framing
from synthwb.scenario.layers.model import ROW_LEVEL
from synthwb.scenario.rolling import is_cut
from synthwb.sinks.registry import sink_class

if TYPE_CHECKING:
    from synthwb.encode import Encoder
    from synthwb.engine.batch import EventSchema
    from synthwb.engine.plan import Plan
    from synthwb.scenario.formats import Format
    from synthwb.scenario.model import Envelope, SinkSpec

__all__ = ["Encoding", "check_envelope", "encoding"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoder, how it wraps records, and in whose name. ``prepare``: to be called before it encodes anything."""

    encoder: Encoder
    envelope: Envelope
    source: str
    prepare: Callable[[], None]


def encoding(
    spec: SinkSpec, plan: Plan, form: Format, events: tuple[str, ...], *, alone: bool, by_event: bool
) -> Encoding:
    """What writes these events for a destination. ``alone``: each is a message. Raises UsageError."""
    scenario = plan.scenario
    source = f"/synthwb/{scenario.name}" if scenario.name else "/synthwb"
    envelope = spec.envelope or scenario.envelope
    altered = any(layer.kind not in ROW_LEVEL for layer in scenario.layers)
    about: dict[str, Any] = {
        "events": frozenset(events),
        "source": source,
        "style": spec.csv,
        "templates": spec.templates,
        "altered": altered,
    }
    prepare = _nothing
    if alone:
        frame = None
        if spec.options.get("registry"):
            kinds = {event: plan.schemas[event] for event in events}
            frame = framing(spec.options, form.name, envelope, kinds, source=source, altered=altered, name=spec.name)
            prepare = frame.open
        key = spec.options.get("key", "")
        made = message_encoder(form.name, envelope, plan.schemas, key=key, framing=frame, **about)
        prefix = _attributes(spec)
        if envelope.kind == "cloudevents_binary":
            made = CloudEventHeaders(made, plan.schemas, prefix=prefix, source=source, events=frozenset(events))
        elif envelope.kind == "cloudevents" and prefix and form.name == "jsonl":
            made = ContentTypes(made, "application/cloudevents+json")
        elif envelope.changes is not None and envelope.changes.tombstones:
            made = Tombstones(made, envelope.changes.delete)
    else:
        made = encoder(form.name, envelope, plan.schemas, by_event=by_event, **about)
    if isinstance(made, Records):
        for record in made.records.values():
            check_names(spec.name, form.title, record)
    elif not alone and spec.kind == "file" and is_cut(spec.path, spec.options):
        made = TimedRecords(made, events=frozenset(events))
    return Encoding(made, envelope, source, prepare)


def _attributes(spec: SinkSpec) -> str:
    """What stands before the attributes of CloudEvents in the headers of a sink; nothing where it has none."""
    declared = sink_class(spec.kind)
    return "" if declared is None else declared.attributes


def check_envelope(
    spec: SinkSpec, envelope: Envelope, form: Format, schemas: Mapping[str, EventSchema], *, alone: bool
) -> None:
    """Raises UsageError for an envelope that a destination or a format cannot have."""
    name = f"sink {spec.name!r}"
    if envelope.kind == "cloudevents_binary":
        if not _attributes(spec):
            raise UsageError(f"{name}: binary CloudEvents stand in headers, which it has none of; write cloudevents")
        if form.name not in CONTENT_TYPES:
            raise UsageError(f"{name}: the data of CloudEvents is {', '.join(CONTENT_TYPES)}, not {form.name}")
        if spec.options.get("batch", 1) != 1:
            raise UsageError(f"{name}: of binary CloudEvents one stands in a request; write batch: 1, or cloudevents")
    if envelope.kind in ("changes", "template") and form.name not in ("jsonl", "template"):
        mend = "write jsonl, or the envelope flat or nested"
        raise UsageError(f"{name}: the envelope {envelope.kind} is of JSON, and this is {form.title}; {mend}")
    if spec.options.get("registry") and (form.name == "template" or envelope.kind in ("changes", "template")):
        what = "lines of text have" if form.name == "template" else f"the envelope {envelope.kind} has"
        raise UsageError(f"{name}: a Schema Registry keeps schemas, and {what} none; take registry away")
    if envelope.changes is not None and envelope.changes.tombstones:
        if not alone:
            raise UsageError(f"{name}: a tombstone is a message without a value, as Kafka has it; take tombstones away")
        key = spec.options.get("key", "")
        keyless = [event for event, schema in schemas.items() if not (key or schema.key)]
        for event in envelope.changes.delete:
            if event in keyless:
                raise UsageError(f"{name}: a tombstone is for a key, and {event} has none; write key: with a field")
    if envelope.shell is not None:
        check_shell(name, envelope.shell, schemas)


def _nothing() -> None:
    """Most encoders need nothing."""
