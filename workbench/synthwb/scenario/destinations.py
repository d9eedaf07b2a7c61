"""Where events go and how they are written, as the document says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from synthwb.scenario.diagnostics import Span

__all__ = ["ChangeRecords", "CsvStyle", "Envelope", "LineHole", "LineTemplate", "Shell", "SinkSpec"]


@dataclass(frozen=True, slots=True)
class ChangeRecords:
    """Events as changes of the rows of a table: which of them update and delete (all others insert).

    ``before``: fields that an update had other values in before, and the fields that say which. ``table``: its name
    ("": that of the event). ``tombstones``: a message without a value follows each delete.
    """

    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    tombstones: bool = False


@dataclass(frozen=True, slots=True)
class LineHole:
    """A value in a line: the path of a field, or ``event.time`` and the like. ``style``: how a time is written."""

    path: str
    style: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class LineTemplate:
    """A line of text: ``literals`` around ``holes``, of which there is one less."""

    text: str
    literals: tuple[str, ...]
    holes: tuple[LineHole, ...]


Shell: TypeAlias = "Mapping[str, Shell] | tuple[Shell, ...] | LineTemplate | str"
"""An envelope of one's own: objects, arrays, texts with holes, and constants as JSON text."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a record is wrapped: ``kind`` is one of `keys.ENVELOPES`.

    ``names`` maps a standard key (``event``, ``id``, ``time`` ...) to its new name, or to None if it is dropped.
    ``time``: how the time is written (iso, epoch_s, epoch_ms, epoch_us or a strftime pattern, in ``zone``).
    ``changes``: of the kind changes. ``shell``: of the kind template.
    """

    kind: str = "flat"
    names: Mapping[str, str | None] = field(default_factory=dict)
    time: str = "iso"
    zone: str = "UTC"
    changes: ChangeRecords | None = None
    shell: Shell | None = None


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How text writes what it has no form for: ``null`` is the text of null and absent values.

    ``nested`` is ``json`` (an object or a list is JSON text) or ``columns`` (each child of an object is a column).
    """

    null: str = ""
    nested: str = "json"


@dataclass(frozen=True, slots=True)
class SinkSpec:
    """A destination of the document: ``kind`` is stdout, file, or the name of a declared sink.

    ``path`` may hold ``{event}``; ``format`` is one of `formats.FORMATS` (None: by the file's suffix, or the sink's own
    default); ``events`` limits it to some event types (empty: all); ``envelope`` None: the scenario's. ``options`` are
    those of a declared sink that were written; ``dead_letters``: the file for events it does not take.
    ``templates``: the lines of text by event ("": of all others).
    """

    name: str
    kind: str
    path: str = ""
    format: str | None = None
    events: tuple[str, ...] = ()
    envelope: Envelope | None = None
    span: Span | None = None
    csv: CsvStyle = field(default_factory=CsvStyle)
    options: Mapping[str, Any] = field(default_factory=dict)
    dead_letters: str | None = None
    templates: Mapping[str, LineTemplate] | None = None
