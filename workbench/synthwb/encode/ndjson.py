"""JSON lines: one object per line, UTF-8, by fragments."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.encode.damage import struck
from synthwb.encode.envelopes import Enveloped, Layout, Source, layout
from synthwb.encode.fragments import Matrix, Piece, interleaved, joined
from synthwb.encode.payload import Payload, chosen
from synthwb.encode.values import Member, json_text, object_pieces, overlaid, value_pieces
from synthwb.encode.wrapping import change_pieces, shell_pieces
from synthwb.engine.text.timetext import iso_matrix, moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from synthwb.engine.batch import Batch, Part
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Envelope

__all__ = ["JsonLines", "RecordLines", "record_json", "record_lines"]

_FEW = 2048  # texts up to which Python joins them sooner than Polars gets going


class RecordLines(Enveloped, ABC):
    """Encodes batches as text, a line a record: one payload per event type or all types in one, in time order."""

    @abstractmethod
    def pieces(self, part: Part) -> list[Piece]:
        """One line per event, newline included."""

    def header(self, event: str) -> bytes:
        """Nothing: every line says what it is."""
        return b""

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch's events as lines that each end in a newline."""
        parts = chosen(batch, self._events)
        records = [(self.pieces(part), len(part)) for part in parts]
        if self._by_event:
            made = zip(parts, records, strict=True)
            return [each for part, one in made for each in _payloads(part.schema.event, interleaved([one]), [part])]
        if not records:
            return []
        order = None
        if len(records) > 1:
            order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
        return list(_payloads("", interleaved(records, order), parts))


class JsonLines(RecordLines):
    """Encodes batches as JSON lines."""

    def pieces(self, part: Part) -> list[Piece]:
        """One JSON object per event, and a newline."""
        return _pieces(part, self._layouts[part.schema.event])


def record_lines(part: Part, form: Layout) -> pl.Series:
    """The events as JSON, one text each, without the newline."""
    return joined(_pieces(part, form), len(part)).str.strip_suffix("\n")


def _payloads(event: str, stretches: Iterable[tuple[pl.Series, int]], parts: Sequence[Part]) -> Iterator[Payload]:
    """The lines of some parts, stretch by stretch, with what is to be broken broken."""
    first = 0
    for fragments, count in stretches:
        content, broken = struck(_bytes_of(fragments), parts, first, count)
        yield Payload(event, content, count, broken)
        first += count


def record_json(batch: Batch, i: int, envelope: Envelope, *, source: str = "/synthwb") -> str:
    """Event number ``i`` of the batch (from 0) as indented JSON, for people to read. Raises IndexError."""
    for part in batch.parts:
        at = int(np.searchsorted(part.rows, i))
        if at < len(part) and part.rows[at] == i:
            one = part.take(np.array([at]), np.array([0]))
            line = joined(_pieces(one, layout(envelope, part.schema, source)), 1).item()
            return _indented(json.loads(line, parse_float=_Number, parse_int=_Number), "")
    raise IndexError(f"the batch has no event {i}: it has {len(batch)}")


def _pieces(part: Part, form: Layout) -> list[Piece]:
    """One line of JSON per event, newline included."""
    rows = len(part)
    if form.changes is not None:
        return [*change_pieces(part, form), "\n"]
    if form.shell is not None:
        return [*shell_pieces(part, form, form.shell), "\n"]
    members = []
    for slot in form.slots:
        if slot.source is Source.CONSTANT:
            members.append(Member(slot.name, [json.dumps(slot.value, ensure_ascii=False)]))
        elif slot.source is Source.ID:
            members.append(Member(slot.name, value_pieces(part.id)))
        elif slot.source is Source.TIME:
            members.append(Member(slot.name, _time(part, form)))
        elif part.key is not None:
            members.append(_subject(slot.name, part.key))
    fields = [_member(name, column) for name, column in part.columns.items()]
    if form.body is not None:
        members.append(Member(form.body, object_pieces(fields, rows)))
    else:
        members += fields
    return [*object_pieces(members, rows), "\n"]


def _time(part: Part, form: Layout) -> list[Piece]:
    """The time of every event as the envelope writes it."""
    if form.time == "iso":
        pieces: list[Piece] = ['"', Matrix((iso_matrix(part.time),)), '"']
    else:
        pieces = value_pieces(moments(part.time, form.time, form.zone))
    return pieces if part.raw_time is None else [overlaid(pieces, part.raw_time)]


def _member(name: str, column: Column) -> Member:
    absent = column.absent if column.absent is not None and column.absent.any() else None
    return Member(name, value_pieces(column), absent)


def _subject(name: str, key: Column) -> Member:
    """The key's value as text; not there where the key is null or absent."""
    values = key.series()
    if values.dtype != pl.String:
        texts: Sequence[Piece] = ['"', json_text(values).str.strip_chars('"'), '"']
        texts = [joined(texts, len(values))]
    else:
        texts = value_pieces(key)
    return Member(name, texts, values.is_null().to_numpy() if values.null_count() else None)


def _bytes_of(fragments: pl.Series) -> bytes | memoryview:
    """The texts, one behind the other: as lists of bytes, which Polars lays out in one piece."""
    if len(fragments) <= _FEW:
        return "".join(fragments.to_list()).encode()
    laid_out = fragments.cast(pl.Binary).cast(pl.List(pl.UInt8)).explode(empty_as_null=False).to_numpy()
    return memoryview(laid_out)  # type: ignore[arg-type]  # a NumPy array is a buffer; its stubs say so from 3.12 on


class _Number(str):
    """A number exactly as it was written."""

    __slots__ = ()


def _indented(value: Any, margin: str) -> str:
    """JSON with two spaces per level, numbers as they were written."""
    inner = margin + "  "
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(k, ensure_ascii=False)}: {_indented(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _indented(v, inner) for v in value) + f"\n{margin}]"
    return json.dumps(value, ensure_ascii=False)
