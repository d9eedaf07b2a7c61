"""What stands around a record's fields: flat, nested, CloudEvents 1.0, change records, or an envelope of one's own.

An envelope is laid out once per event type as a list of slots; encoders fill the slots from a part of a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from synthwb.scenario.model import ChangeRecords, CsvStyle, LineTemplate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthwb.engine.batch import EventSchema
    from synthwb.scenario.model import Envelope, Shell

__all__ = ["Enveloped", "Layout", "Slot", "Source", "layout"]


class Source(Enum):
    """Where a slot's value comes from."""

    CONSTANT = "constant"
    ID = "id"
    TIME = "time"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of the envelope. ``value`` is that of a constant."""

    name: str
    source: Source
    value: str | int = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The envelope's own slots in order, and the key under which the fields stand (None: beside the slots).

    ``time`` and ``zone``: how the time is written, see `synthwb.scenario.model.Envelope`. ``changes`` and ``shell``: of
    the envelopes that are more than slots; ``source`` names the producer there.
    """

    slots: tuple[Slot, ...]
    body: str | None
    time: str = "iso"
    zone: str = "UTC"
    changes: ChangeRecords | None = None
    shell: Shell | None = None
    source: str = ""

    def column_of(self, field: str) -> str:
        """The name of a field in a table, where all stand side by side: with the body's name if it must be told apart.

        >>> Layout((Slot("id", Source.ID),), "data").column_of("id")
        'data.id'
        """
        taken = {slot.name for slot in self.slots}
        return f"{self.body}.{field}" if self.body is not None and field in taken else field


def layout(envelope: Envelope, schema: EventSchema, source: str) -> Layout:
    """The layout for one event type; ``source`` names the producer (CloudEvents only).

    A version above 1 is shown: as ``schema_version``, or as ``dataschema`` (a URI) in CloudEvents.
    """
    if envelope.kind in ("cloudevents_binary", "changes", "template"):
        changes = (envelope.changes or ChangeRecords()) if envelope.kind == "changes" else None
        return Layout((), None, envelope.time, envelope.zone, changes, envelope.shell, source)
    if envelope.kind == "cloudevents":
        slots = [
            Slot("specversion", Source.CONSTANT, "1.0"),
            Slot("id", Source.ID),
            Slot("source", Source.CONSTANT, source),
            Slot("type", Source.CONSTANT, schema.event),
            Slot("time", Source.TIME),
            Slot("datacontenttype", Source.CONSTANT, "application/json"),
        ]
        if schema.version > 1:
            slots.append(Slot("dataschema", Source.CONSTANT, f"urn:synthwb:{schema.event}:{schema.version}"))
        if schema.key is not None and schema.key in schema.fields:
            slots.append(Slot("subject", Source.SUBJECT))
        body: str | None = "data"
    else:
        slots = [
            Slot("event", Source.CONSTANT, schema.event),
            Slot("id", Source.ID),
            Slot("time", Source.TIME),
        ]
        if schema.version > 1:
            slots.append(Slot("schema_version", Source.CONSTANT, schema.version))
        body = "properties" if envelope.kind == "nested" else None
    if body is not None:
        body = envelope.names.get(body, body) or body
    renamed = ((envelope.names.get(slot.name, slot.name), slot) for slot in slots)
    named = tuple(Slot(name, slot.source, slot.value) for name, slot in renamed if name is not None)
    return Layout(named, body, envelope.time, envelope.zone)


class Enveloped:
    """What all encoders keep: the layout and the schema of every event type, and which of them they write.

    ``by_event``: one payload per event type instead of one for all. ``events``: only these types (None: all).
    ``source`` names the producer in CloudEvents. ``style``: how text writes what it has no form for. ``templates``:
    lines by event ("": of all others). ``format``: the name of what it gives. ``altered``: layers may
    take any value away.
    """

    def __init__(
        self,
        format: str,  # noqa: A002
        envelope: Envelope,
        schemas: Mapping[str, EventSchema],
        *,
        by_event: bool = False,
        events: frozenset[str] | None = None,
        source: str = "/synthwb",
        style: CsvStyle = CsvStyle(),  # noqa: B008 - a frozen value
        templates: Mapping[str, LineTemplate] | None = None,
        altered: bool = False,
    ) -> None:
        self.format = format
        self._layouts = {name: layout(envelope, schema, source) for name, schema in schemas.items()}
        self._schemas = schemas
        self._by_event = by_event
        self._events = events
        self._style = style
        self._templates = templates or {}
        self._altered = altered
