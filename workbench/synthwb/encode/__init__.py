"""From batches to bytes: formats (see `synthwb.scenario.formats`) and envelopes (flat, nested, CloudEvents).

Encoders are pure: they know events and envelopes, and nothing of files or clocks. `encoder` makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.encode.avro import Avro
from synthwb.encode.messages import FramedMessages, LineMessages
from synthwb.encode.ndjson import JsonLines, record_json
from synthwb.encode.payload import Encoder, Payload
from synthwb.encode.protobuf import DelimitedProtobuf, Protobuf
from synthwb.encode.records import Records, check_names
from synthwb.encode.tables import Csv, Frames, Tsv, columns_of, table_schema
from synthwb.encode.templates import TemplateLines, check_holes
from synthwb.encode.values import json_text
from synthwb.scenario.model import CsvStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthwb.encode.registering import Framing
    from synthwb.engine.batch import EventSchema
    from synthwb.scenario.model import Envelope, LineTemplate

__all__ = [
    "ENCODERS",
    "Encoder",
    "Payload",
    "Records",
    "check_holes",
    "check_names",
    "columns_of",
    "encoder",
    "json_text",
    "message_encoder",
    "record_json",
    "table_schema",
]

ENCODERS: Mapping[str, type[JsonLines | Csv | Frames | TemplateLines | Avro | DelimitedProtobuf]] = {
    "jsonl": JsonLines,
    "csv": Csv,
    "tsv": Tsv,
    "template": TemplateLines,
    "parquet": Frames,
    "arrow": Frames,
    "avro": Avro,
    "protobuf": DelimitedProtobuf,
}
"""Encoders by the name of their format."""


def encoder(
    format: str,  # noqa: A002
    envelope: Envelope,
    schemas: Mapping[str, EventSchema],
    *,
    by_event: bool = False,
    events: frozenset[str] | None = None,
    source: str = "/synthwb",
    style: CsvStyle | None = None,
    templates: Mapping[str, LineTemplate] | None = None,
    altered: bool = False,
) -> Encoder:
    """An encoder for a format.

    ``by_event`` asks for one payload per event type instead of one for all. ``events`` limits it to some types (None:
    all). ``source`` names the producer in CloudEvents. ``style``: how text writes null and nested values.
    ``templates``: lines by event ("": of all others), for the format that has some. ``altered``: layers may take any
    value away, which typed records say in their schemas.

    Raises KeyError for an unknown format.
    """
    return ENCODERS[format](
        format,
        envelope,
        schemas,
        by_event=by_event,
        events=events,
        source=source,
        style=style or CsvStyle(),
        templates=templates,
        altered=altered,
    )


def message_encoder(
    format: str,  # noqa: A002
    envelope: Envelope,
    schemas: Mapping[str, EventSchema],
    *,
    events: frozenset[str] | None = None,
    source: str = "/synthwb",
    style: CsvStyle | None = None,
    templates: Mapping[str, LineTemplate] | None = None,
    altered: bool = False,
    key: str = "",
    framing: Framing | None = None,
) -> Encoder:
    """The same for messages, each by itself.

    ``key``: the field that is their key ("": that of the event). ``framing``: what a Schema Registry wants before them.

    Raises KeyError for a format that has no messages.
    """
    if format in ("avro", "protobuf"):
        records = Avro if format == "avro" else Protobuf
        return records(
            format,
            envelope,
            schemas,
            events=events,
            source=source,
            style=style or CsvStyle(),
            altered=altered,
            key=key,
            framing=framing,
        )
    lines = encoder(format, envelope, schemas, events=events, source=source, style=style, templates=templates)
    found = LineMessages(lines, schemas, events=events, key=key)
    return found if framing is None else FramedMessages(found, framing)
