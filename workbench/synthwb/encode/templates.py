r"""Lines of text by a template: access logs, syslog, key=value.

Values stand as a template of a field writes them. What would end a line (CR and LF) is written ``\r`` and ``\n``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthwb.encode.fragments import Gathered, Matrix, Piece
from synthwb.encode.ndjson import RecordLines
from synthwb.encode.values import overlaid
from synthwb.engine.columns import Column
from synthwb.engine.text.templates import written
from synthwb.engine.text.timetext import iso_matrix, moments
from synthwb.errors import UsageError
from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.linetemplates import OWN_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthwb.engine.batch import EventSchema, Part
    from synthwb.scenario.model import LineHole, LineTemplate

__all__ = ["TemplateLines", "check_holes"]

_POOL_ROWS = 32  # a pool this many times larger than the block is not rendered whole
_BREAKS, _ESCAPED = ["\r", "\n"], ["\\r", "\\n"]


class TemplateLines(RecordLines):
    """Encodes batches as lines by the template of each event."""

    def pieces(self, part: Part) -> list[Piece]:
        """The template of each event filled in, and a newline."""
        template = self._templates.get(part.schema.event) or self._templates[""]
        pieces: list[Piece] = [template.literals[0]]
        for hole, literal in zip(template.holes, template.literals[1:], strict=True):
            pieces += [*self._value(part, hole), literal]
        return [*pieces, "\n"]

    def _value(self, part: Part, hole: LineHole) -> list[Piece]:
        if hole.path == "event.name":
            return [part.schema.event]
        if hole.path == "event.time":
            return self._time(part, hole)
        if hole.path == "event.id":
            column = part.id
        elif hole.path == "event.ordinal":
            column = Column.of(part.ordinal)
        else:
            column = _inside(part.columns, hole.path)
        if hole.style is not None:
            return [self._text(_timed(column.series(), hole.style, self._layouts[part.schema.event].zone))]
        return [self._piece(column)]

    def _time(self, part: Part, hole: LineHole) -> list[Piece]:
        """The time of every event, as the hole or the envelope writes it."""
        form = self._layouts[part.schema.event]
        style = hole.style or form.time
        if style == "iso":
            piece: Piece = Matrix((iso_matrix(part.time),))
        else:
            piece = self._text(moments(part.time, style, form.zone).series())
        return [piece] if part.raw_time is None else [overlaid([piece], _bare(part.raw_time))]

    def _piece(self, column: Column) -> Piece:
        if column.raw is not None or column.absent is not None:
            values = self._text(column.series())
            return values if column.raw is None else overlaid([values], _bare(column.raw))
        if column.matrix is not None:
            return Matrix((column.matrix,))
        if column.pool is not None and column.codes is not None and len(column.pool) <= _POOL_ROWS * len(column.codes):
            return Gathered(column.pool, column.codes, self._text)
        return self._text(column.series())

    def _text(self, values: pl.Series) -> pl.Series:
        """Values as text in one line, nulls as the style says."""
        texts = written(values)
        if texts.str.contains_any(_BREAKS).any():
            texts = texts.str.replace_many(_BREAKS, _ESCAPED)
        return texts.set(values.is_null(), self._style.null) if values.null_count() else texts


def _inside(columns: Mapping[str, Column], path: str) -> Column:
    """The column of a path such as ``address.city``."""
    name, _, rest = path.partition(".")
    column = columns[name]
    if not rest:
        return column
    values = column.series()
    for step in rest.split("."):
        values = values.struct.field(step)
    return Column.of(values)


def _timed(values: pl.Series, style: str, zone: str) -> pl.Series:
    """Times in a style; null stays null."""
    times = values.cast(pl.Datetime("us", "UTC")).to_physical()
    made = moments(times.fill_null(0).to_numpy(), style, zone).series()
    return made.set(times.is_null(), None) if times.null_count() else made


def _bare(raw: pl.Series) -> pl.Series:
    """JSON text as it stands in a line: text without its quotes."""
    quoted = raw.str.starts_with('"')
    text = raw.set(~quoted.fill_null(value=False), None).str.json_decode(pl.String)
    found = pl.select(pl.coalesce(text, raw)).to_series()
    return found.str.replace_many(_BREAKS, _ESCAPED)


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
