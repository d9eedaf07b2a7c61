"""From batches to bytes: formats (JSON lines, CSV, Parquet) and envelopes (flat, nested, CloudEvents).

Encoders are pure: they know events and envelopes, and nothing of files or clocks. `encoder` makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.encode.ndjson import JsonLines, record_json
from synthwb.encode.payload import Encoder, Payload
from synthwb.encode.tables import Csv, Frames, columns_of, table_schema
from synthwb.encode.values import json_text
from synthwb.scenario.model import CsvStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthwb.engine.batch import EventSchema
    from synthwb.scenario.model import Envelope

__all__ = ["FORMATS", "Encoder", "Payload", "columns_of", "encoder", "json_text", "record_json", "table_schema"]

FORMATS: Mapping[str, type[JsonLines | Csv | Frames]] = {"jsonl": JsonLines, "csv": Csv, "parquet": Frames}
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
) -> Encoder:
    """An encoder for a format (jsonl, csv, parquet).

    ``by_event`` asks for one payload per event type instead of one for all. ``events`` limits it to some types (None:
    all). ``source`` names the producer in CloudEvents. ``style``: how CSV writes null and nested values.

    Raises KeyError for an unknown format.
    """
    kept = style or CsvStyle()
    return FORMATS[format](envelope, schemas, by_event=by_event, events=events, source=source, style=kept)
