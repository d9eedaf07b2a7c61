"""CSV, TSV, Parquet and Arrow: envelope and fields side by side as columns, written by Polars."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from synthwb.encode.damage import struck
from synthwb.encode.envelopes import Enveloped, Layout, Slot, Source, layout
from synthwb.encode.payload import Payload, chosen
from synthwb.encode.values import json_text
from synthwb.engine.columns import text_of
from synthwb.engine.text.timetext import EPOCH_UNITS, iso_matrix, moments

if TYPE_CHECKING:
    from synthwb.engine.batch import Batch, EventSchema, Part
    from synthwb.scenario.model import Envelope

__all__ = ["Csv", "Frames", "Tsv", "columns_of", "table_schema"]

_TIME = pl.Datetime("us", "UTC")


def columns_of(part: Part, envelope: Envelope, *, source: str = "/synthwb") -> dict[str, pl.Series]:
    """The columns of a table of these events: the envelope's (time as a Datetime), then the fields; absent is null."""
    return _columns(part, layout(envelope, part.schema, source))


def table_schema(schema: EventSchema, envelope: Envelope, *, source: str = "/synthwb") -> dict[str, pl.DataType]:
    """Names and types of the columns that `columns_of` gives, known before any event."""
    form = layout(envelope, schema, source)
    types: dict[str, pl.DataType] = {slot.name: _slot_type(slot, form) for slot in form.slots}
    types.update({form.column_of(name): dtype for name, dtype in schema.fields.items()})
    return types


class Frames(Enveloped):
    """Gives frames of typed columns, one per event type: for Parquet and Arrow."""

    def header(self, event: str) -> bytes:
        """Nothing: the format has its own."""
        return b""

    def encode(self, batch: Batch) -> list[Payload]:
        """One frame per event type. Without ``by_event`` there must be one type only."""
        payloads = []
        for part in chosen(batch, self._events):
            event = part.schema.event
            frame = pl.DataFrame([series.alias(name) for name, series in self._typed(part).items()])
            payloads.append(Payload(event if self._by_event else "", frame, len(part)))
        return payloads

    def _typed(self, part: Part) -> dict[str, pl.Series]:
        """The columns with the types that were promised before the run."""
        form = self._layouts[part.schema.event]
        columns = _columns(part, form)
        for name, dtype in part.schema.fields.items():
            column = form.column_of(name)
            if columns[column].dtype != dtype:
                columns[column] = columns[column].cast(dtype)
        return columns


class Csv(Enveloped):
    """Encodes batches as CSV (RFC 4180, newline-terminated), one table per event type.

    Times are ISO 8601, nested values JSON text or (``style.nested`` is ``columns``) a column for each child of an
    object, called ``parent.child``; null, absent, NaN and infinity are empty, or ``style.null``; the empty string is
    ``""``.
    """

    separator = ","

    def header(self, event: str) -> bytes:
        """The line of column names."""
        name = event or next(name for name in self._schemas if self._events is None or name in self._events)
        form = self._layouts[name]
        names = [slot.name for slot in form.slots]
        for field, dtype in self._schemas[name].fields.items():
            names += _flat_names(form.column_of(field), dtype) if self._flat else [form.column_of(field)]
        return _written(pl.DataFrame({"names": names}).transpose(), separator=self.separator)

    def encode(self, batch: Batch) -> list[Payload]:
        """One block of lines per event type. Without ``by_event`` there must be one type only."""
        payloads = []
        for part in chosen(batch, self._events):
            event = part.schema.event
            columns = _columns(part, self._layouts[event])
            if self._flat:
                columns = {n: v for name, values in columns.items() for n, v in _flattened(name, values)}
            texts = {name: _csv_values(series) for name, series in columns.items()}
            for name, raw in _raw_columns(part, self._layouts[event]).items():
                if name in texts:  # an object that is spread over columns has none of its own
                    texts[name] = _overlaid(texts[name], raw)
            frame = pl.DataFrame([series.alias(name) for name, series in texts.items()])
            text = _written(frame, self._style.null, self.separator)
            content, broken = struck(text, [part], 0, len(part), separator=self.separator)
            payloads.append(Payload(event if self._by_event else "", content, len(part), broken))
        return payloads

    @property
    def _flat(self) -> bool:
        return self._style.nested == "columns"


class Tsv(Csv):
    """The same with tabs between columns."""

    separator = "\t"


def _flat_names(name: str, dtype: pl.DataType) -> list[str]:
    """The columns of a value, one for each child of an object, to any depth."""
    if not isinstance(dtype, pl.Struct) or not dtype.fields:
        return [name]
    return [inner for field in dtype.fields for inner in _flat_names(f"{name}.{field.name}", field.dtype)]  # type: ignore[arg-type]


def _flattened(name: str, values: pl.Series) -> list[tuple[str, pl.Series]]:
    """The same columns with their values; those of an object that is null are null."""
    if not isinstance(values.dtype, pl.Struct) or not values.dtype.fields:
        return [(name, values)]
    children = [(field.name, values.struct.field(field.name)) for field in values.dtype.fields]
    return [found for child, inner in children for found in _flattened(f"{name}.{child}", inner)]


def _columns(part: Part, form: Layout) -> dict[str, pl.Series]:
    columns = {slot.name: _slot_values(slot, part, form) for slot in form.slots}
    columns.update({form.column_of(name): column.series() for name, column in part.columns.items()})
    return columns


def _slot_type(slot: Slot, form: Layout) -> pl.DataType:
    if slot.source is Source.TIME:
        return _TIME if form.time == "iso" else pl.Int64() if form.time in EPOCH_UNITS else pl.String()
    return pl.Int64() if isinstance(slot.value, int) else pl.String()


def _slot_values(slot: Slot, part: Part, form: Layout) -> pl.Series:
    if slot.source is Source.ID:
        return part.id.series()
    if slot.source is Source.TIME:
        times = moments(part.time, form.time, form.zone).series()
        return times if part.raw_time is None else times.set(part.raw_time.is_not_null(), None)
    if slot.source is Source.SUBJECT and part.key is not None:
        return part.key.series().cast(pl.String)
    return pl.Series([slot.value]).new_from_index(0, len(part))


def _raw_columns(part: Part, form: Layout) -> dict[str, pl.Series]:
    """JSON text in the place of values, by column: where records are broken."""
    found = {form.column_of(name): column.raw for name, column in part.columns.items() if column.raw is not None}
    if part.raw_time is not None:
        found |= {slot.name: part.raw_time for slot in form.slots if slot.source is Source.TIME}
    return found


def _overlaid(values: pl.Series, raw: pl.Series) -> pl.Series:
    """The values as text, with what the JSON text says in its place."""
    if values.dtype != pl.String:
        lines = pl.Series([_written(pl.DataFrame({"x": values})).decode()]).str.split("\n").explode()
        values = lines.head(len(values)).set(values.is_null(), None)
    quoted = raw.str.starts_with('"')
    text = raw.set(~quoted.fill_null(value=False), None).str.json_decode(pl.String)
    return pl.select(pl.coalesce(text, raw, values)).to_series()


def _csv_values(values: pl.Series) -> pl.Series:
    """The values in a form that Polars writes as this format wants them."""
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        known = values.dt.cast_time_unit("us").cast(pl.Int64)
        texts = text_of(iso_matrix(known.fill_null(0).to_numpy()))
        return texts.set(values.is_null(), None) if values.null_count() else texts
    if isinstance(dtype, pl.Struct | pl.List | pl.Array):
        texts = json_text(values)
        return texts.set(values.is_null(), None) if values.null_count() else texts
    if dtype.is_float() and not values.is_finite().all():
        return values.set(~values.is_finite(), None)
    return values


def _written(frame: pl.DataFrame, null: str = "", separator: str = ",") -> bytes:
    out = io.BytesIO()
    frame.write_csv(out, include_header=False, null_value=null or None, separator=separator)
    return out.getvalue()
