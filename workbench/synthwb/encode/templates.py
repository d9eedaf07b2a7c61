r"""Lines of text by a template: access logs, syslog, key=value.

Values stand as a template of a field writes them. What would end a line (CR and LF) is written ``\r`` and ``\n``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from synthwb.encode.holes import text_pieces
from synthwb.encode.ndjson import RecordLines
from synthwb.errors import UsageError
from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.linetemplates import OWN_NAMES
from synthwb.scenario.model import LineTemplate

if TYPE_CHECKING:
    from synthwb.encode.fragments import Piece
    from synthwb.engine.batch import EventSchema, Part
    from synthwb.scenario.model import Shell

__all__ = ["TemplateLines", "check_holes", "check_shell"]


class TemplateLines(RecordLines):
    """Encodes batches as lines by the template of each event."""

    def pieces(self, part: Part) -> list[Piece]:
        """The template of each event filled in, and a newline."""
        template = self._templates.get(part.schema.event) or self._templates[""]
        form = self._layouts[part.schema.event]
        pieces: list[Piece] = [template.literals[0]]
        for hole, literal in zip(template.holes, template.literals[1:], strict=True):
            pieces += [*text_pieces(part, hole, form, self._style.null), literal]
        return [*pieces, "\n"]


def check_holes(name: str, templates: Mapping[str, LineTemplate], schemas: Mapping[str, EventSchema]) -> None:
    """Raise UsageError for an event without a template, and for a hole that means nothing or has a style but no time.

    ``name``: of the sink. ``schemas``: of the events that are written.
    """
    for event, schema in schemas.items():
        template = templates.get(event) or templates.get("")
        if template is None:
            raise UsageError(f"sink {name!r}: {event} has no template; add {event} under templates:")
        for hole in template.holes:
            dtype = _dtype(schema, hole.path)
            if dtype is None:
                near = nearest(hole.path, [*schema.fields, *OWN_NAMES])
                wish = f"did you mean {near!r}?" if near else f"there are {', '.join((*schema.fields, *OWN_NAMES))}"
                raise UsageError(f"sink {name!r}: {event} has no field {hole.path!r} for its template; {wish}")
            if hole.style is not None and not isinstance(dtype, pl.Datetime):
                raise UsageError(
                    f"sink {name!r}: {{{hole.path}:{hole.style}}} writes a time, and {hole.path} of {event} is none; "
                    f"write {{{hole.path}}}"
                )


def _dtype(schema: EventSchema, path: str) -> pl.DataType | None:
    """What a hole reads; None for nothing."""
    if path in OWN_NAMES:
        return pl.Datetime("us", "UTC") if path == "event.time" else pl.String()
    found: pl.DataType | None = None
    fields: Mapping[str, pl.DataType] = schema.fields
    for step in path.split("."):
        if step not in fields:
            return None
        found = fields[step]
        fields = {each.name: each.dtype for each in found.fields} if isinstance(found, pl.Struct) else {}  # type: ignore[misc]
    return found


def check_shell(name: str, shell: Shell, schemas: Mapping[str, EventSchema]) -> None:
    """Raise UsageError for a hole of an envelope that means nothing in any of the events. ``name``: whose it is."""
    if isinstance(shell, str):
        return
    if isinstance(shell, LineTemplate):
        for hole in shell.holes:
            if hole.path in ("fields", "event.version"):
                continue
            types = [dtype for schema in schemas.values() if (dtype := _dtype(schema, hole.path)) is not None]
            if not types:
                known = [*dict.fromkeys(field for schema in schemas.values() for field in schema.fields), *OWN_NAMES]
                near = nearest(hole.path, [*known, "fields", "event.version"])
                wish = f"did you mean {near!r}?" if near else "{fields} are all fields"
                raise UsageError(f"{name}: no event has a field {hole.path!r} for the envelope; {wish}")
            if hole.style is not None and not all(isinstance(dtype, pl.Datetime) for dtype in types):
                raise UsageError(f"{name}: {{{hole.path}:{hole.style}}} writes a time, and {hole.path} is none")
        return
    for inner in shell.values() if isinstance(shell, Mapping) else shell:
        check_shell(name, inner, schemas)
