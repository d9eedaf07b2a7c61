"""Frozen tables for the grid, made from batches outside the UI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from synthwb.tui.preview.cells import ABSENT, show

if TYPE_CHECKING:
    from synthwb.engine.batch import Batch, Part

__all__ = ["EMPTY", "Heading", "Row", "Table", "clock_text", "join", "table_of"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: the field's name, its type in the words of the language, and whether its values stand right."""

    name: str
    type: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One event: its time (microseconds), its type, and its cells by column name."""

    time: int
    event: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in time order under common headings. ``event`` is the only event type shown, or empty for all of them.

    ``widest`` is the width in terminal cells of the widest value by column: measured where the table is made, so that
    the UI thread need not look at every value.
    """

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    event: str = ""
    widest: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


EMPTY = Table((), ())

_TYPES = {
    "String": "string",
    "Boolean": "boolean",
    "Struct": "object",
    "List": "list",
    "Datetime": "timestamp",
    "Decimal": "decimal",
    "Null": "null",
    "Date": "date",
    "Duration": "duration",
}


def type_word(dtype: Any) -> str:
    """The language's word for a Polars dtype.

    >>> type_word("Int64"), type_word("Datetime(time_unit='us', time_zone='UTC')")
    ('integer', 'timestamp')
    """
    name = str(dtype).split("(")[0]
    if name.startswith(("Int", "UInt")):
        return "integer"
    if name.startswith("Float"):
        return "float"
    return _TYPES.get(name, name.lower())


def clock_text(time: int) -> tuple[str, str]:
    """Day and time of day of a moment in microseconds since the epoch, in UTC.

    >>> clock_text(1_767_225_600_250_000)
    ('2026-01-01', '00:00:00.250')
    """
    moment = datetime.fromtimestamp(time // 1_000_000, UTC)
    return moment.strftime("%Y-%m-%d"), f"{moment:%H:%M:%S}.{time % 1_000_000 // 1000:03d}"


def table_of(batch: Batch | None, schemas: Mapping[str, Any], *, event: str = "", last: int = 200) -> Table:
    """The last rows of a batch as a table.

    ``schemas`` are the plan's event schemas; ``event`` limits the table to one type. Without it every field of every
    type has a column, and a field that an event does not have is left blank.
    """
    shown = [event] if event in schemas else list(schemas)
    headings = _headings([schemas[name] for name in shown], single=len(shown) == 1)
    if batch is None:
        return Table(headings, (), event if event in schemas else "")
    placed: list[tuple[int, Row]] = []
    for part in batch.parts:
        if part.schema.event in shown:
            placed.extend(_rows(part, last))
    placed.sort(key=lambda pair: pair[0])
    rows = tuple(row for _, row in placed[-last:])
    return Table(headings, rows, event if event in schemas else "", _widest(headings, rows))


def join(history: Table, recent: Table, *, last: int = 300) -> Table:
    """The rows of ``history`` that came before those of ``recent``, and then those of ``recent``."""
    if not recent.rows:
        return history
    if not history.rows:
        return recent
    first = recent.rows[0].time
    rows = tuple(row for row in history.rows if row.time < first) + recent.rows
    widest = {name: max(width, history.widest.get(name, 0)) for name, width in recent.widest.items()}
    return Table(recent.headings, rows[-last:], recent.event, widest)


def _headings(schemas: Sequence[Any], *, single: bool) -> tuple[Heading, ...]:
    found: dict[str, Heading] = {}
    for schema in schemas:
        for name, dtype in schema.fields.items():
            word = type_word(dtype)
            right = word in ("integer", "float", "decimal")
            known = found.get(name)
            if known is not None and known.type != word:
                found[name] = Heading(name, "mixed", known.right and right)
            elif known is None:
                found[name] = Heading(name, word, right)
    envelope = [Heading("time", "UTC")] if single else [Heading("time", "UTC"), Heading("event", "string")]
    return (*(each for each in envelope if each.name not in found), *found.values())


def _widest(headings: Sequence[Heading], rows: Sequence[Row]) -> dict[str, int]:
    return {each.name: max((cell_len(row.cells.get(each.name, "")) for row in rows), default=0) for each in headings}


def _rows(part: Part, last: int) -> list[tuple[int, Row]]:
    start = max(0, len(part) - last)
    times = part.time[start:].tolist()
    places = part.rows[start:].tolist()
    columns = {name: _cells(column, start) for name, column in part.columns.items()}
    event = part.schema.event
    return [
        (
            place,
            Row(time, event, {"time": clock_text(time)[1], "event": event, **{n: c[i] for n, c in columns.items()}}),
        )
        for i, (place, time) in enumerate(zip(places, times, strict=True))
    ]


def _cells(column: Any, start: int) -> list[str]:
    values = [show(value) for value in _values(column.series()[start:])]
    if column.absent is not None:
        for index, absent in enumerate(column.absent[start:].tolist()):
            if absent:
                values[index] = ABSENT
    return values


def _values(series: Any) -> list[Any]:
    """Python values; timestamps as ISO text, because that is what an encoder writes."""
    if str(series.dtype).startswith("Datetime"):
        return [None if v is None else v.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" for v in series.to_list()]
    listed: list[Any] = series.to_list()
    return listed
