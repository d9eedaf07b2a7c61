"""Records of typed fields, as binary formats have them: the envelope's, then those of the event."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.encode.envelopes import Enveloped, Layout, Slot, Source
from synthwb.encode.messages import about
from synthwb.encode.payload import Payload, chosen
from synthwb.engine.columns import Column
from synthwb.engine.text.timetext import EPOCH_UNITS, moments
from synthwb.errors import UsageError
from synthwb.sinks.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthwb.encode.registering import Framing
    from synthwb.engine.batch import Batch, EventSchema, Part

__all__ = ["Record", "RecordField", "Records", "check_names", "record_of"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field. ``slot``: it is the envelope's. ``unit``: of the envelope's time (iso, epoch_s, ...)."""

    name: str
    dtype: pl.DataType
    nullable: bool
    slot: Slot | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of an event's record. ``body``: what its own stand in (None: beside the envelope's)."""

    event: str
    head: tuple[RecordField, ...]
    fields: tuple[RecordField, ...]
    body: str | None


def record_of(form: Layout, schema: EventSchema, *, altered: bool) -> Record:
    """What is known of a record before the run. ``altered``: layers may take any value away."""
    loose = schema.optional | schema.nullable
    head = [
        RecordField(slot.name, _slot_type(slot, form), _nullable(slot, schema, altered=altered), slot, form.time)
        for slot in form.slots
    ]
    fields = [RecordField(name, dtype, altered or name in loose) for name, dtype in schema.fields.items()]
    return Record(schema.event, tuple(head), tuple(fields), form.body)


def _slot_type(slot: Slot, form: Layout) -> pl.DataType:
    if slot.source is Source.TIME:
        return (
            pl.Datetime("us", "UTC") if form.time == "iso" else pl.Int64() if form.time in EPOCH_UNITS else pl.String()
        )
    return pl.Int64() if isinstance(slot.value, int) else pl.String()


def _nullable(slot: Slot, schema: EventSchema, *, altered: bool) -> bool:
    if slot.source is Source.TIME:
        return altered
    return slot.source is Source.SUBJECT and (altered or schema.key in schema.optional | schema.nullable)


def check_names(name: str, title: str, record: Record) -> None:
    """Raise UsageError for fields that the format cannot call by their names. ``name``: of the sink."""
    written = [*(field.name for field in record.head), *([record.body] if record.body else [])]
    for path in (*written, *_paths(record.fields)):
        if not _NAME.fullmatch(path.rpartition(".")[2]):
            raise UsageError(
                f"sink {name!r}: {title} has names of letters, digits and _ alone, and {record.event} has {path!r}; "
                "rename it, or write another format"
            )


def _paths(fields: tuple[RecordField, ...]) -> Iterator[str]:
    for field in fields:
        yield field.name
        yield from _inside(field.dtype, field.name)


def _inside(dtype: Any, path: str) -> Iterator[str]:
    if isinstance(dtype, pl.List):
        yield from _inside(dtype.inner, path)
    elif isinstance(dtype, pl.Struct):
        for child in dtype.fields:
            yield f"{path}.{child.name}"
            yield from _inside(child.dtype, f"{path}.{child.name}")


class Records(Enveloped, ABC):
    """Encodes batches as binary records, each a message by itself.

    ``key``: see `LineMessages`. ``framing``: what a Schema Registry wants before each record.
    """

    def __init__(
        self,
        *arguments: Any,
        key: str = "",
        framing: Framing | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.records: Mapping[str, Record] = {
            name: record_of(self._layouts[name], schema, altered=self._altered)
            for name, schema in self._schemas.items()
            if self._events is None or name in self._events
        }
        self._key = key
        self.framing = framing
        self._kinds = {name: kind for kind, name in enumerate(self._schemas)}

    @abstractmethod
    def values(self, part: Part) -> pl.Series:
        """One Binary value for each event."""

    def header(self, event: str) -> bytes:
        """Nothing: most stand alone."""
        return b""

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch's events as messages, by event type or all in the order of the batch."""
        parts = chosen(batch, self._events)
        if self._by_event:
            return [Payload(part.schema.event, self._messages([part]), len(part)) for part in parts]
        return [Payload("", self._messages(parts), sum(map(len, parts)))] if parts else []

    def _messages(self, parts: Any) -> Messages:
        values = pl.concat([self._framed(part) for part in parts], rechunk=True)
        if len(parts) > 1:
            values = values[pl.Series(np.argsort(np.concatenate([part.rows for part in parts]), kind="stable"))]
        return about(parts, self._kinds, self._key, values.to_list())

    def _framed(self, part: Part) -> pl.Series:
        values = self.values(part)
        return values if self.framing is None else self.framing.framed(part.schema.event, values)

    def head(self, part: Part) -> Iterator[tuple[RecordField, Column]]:
        """The envelope's fields and their columns."""
        form = self._layouts[part.schema.event]
        for field in self.records[part.schema.event].head:
            assert field.slot is not None
            yield field, _slot_column(field.slot, part, form)

    def own(self, part: Part) -> Iterator[tuple[RecordField, Column]]:
        """The event's fields and their columns."""
        for field in self.records[part.schema.event].fields:
            yield field, part.columns[field.name]


def _slot_column(slot: Slot, part: Part, form: Layout) -> Column:
    if slot.source is Source.ID:
        return part.id
    if slot.source is Source.TIME:
        times = moments(part.time, form.time, form.zone)
        return times if part.raw_time is None else Column.of(times.series().set(part.raw_time.is_not_null(), None))
    if slot.source is Source.SUBJECT and part.key is not None:
        return Column.of(part.key.series().cast(pl.String))
    return Column.of(pl.Series([slot.value]).new_from_index(0, len(part)))
