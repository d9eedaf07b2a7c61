"""A batch: a contiguous stretch of the stream, in order of arrival, columns by event type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.changes import Change, Damage
from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints
from synthwb.engine.joining import raws, stacked

__all__ = ["Batch", "EventSchema", "Part", "concat"]


@dataclass(frozen=True, slots=True)
class EventSchema:
    """What is known of an event type before the run: its emitted fields and their Polars types, in document order."""

    event: str
    version: int
    key: str | None
    fields: Mapping[str, pl.DataType]
    optional: frozenset[str]  # fields whose key may be absent
    nullable: frozenset[str]  # fields whose value may be null


@dataclass(frozen=True)
class Part:
    """The events of one type in a batch, in order of arrival.

    ``rows``: their positions in the batch, ascending. ``time``: event time in microseconds. ``ordinal``: number within
    the event type, from 0. ``identity``: UUID text, or what makes it when it is first asked for (see ``id``).
    ``columns``: emitted fields in document order. ``due``: when they arrive, in microseconds of event time (None: when
    they happen). ``raw_time``: JSON text in the place of the envelope's time, where that is broken. ``clean_key``: the
    key as it was, where a layer altered it. ``damage``: records whose text is to be broken, and ``changes``: values
    that were altered (`take` keeps neither).
    """

    schema: EventSchema
    rows: NDArray[np.int64]
    time: Ints
    ordinal: Ints
    identity: Column | Callable[[], Column]
    columns: Mapping[str, Column]
    due: Ints | None = None
    raw_time: pl.Series | None = None
    clean_key: Column | None = None
    damage: Damage | None = None
    changes: tuple[Change, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def id(self) -> Column:
        """UUID text of every event. Made only if somebody looks: an envelope may leave it out."""
        return self.identity if isinstance(self.identity, Column) else self.identity()

    @property
    def key(self) -> Column | None:
        """The field that identifies the record for whoever partitions, as it was before layers; None without one."""
        if self.schema.key is None or self.clean_key is not None:
            return self.clean_key
        return self.columns.get(self.schema.key)

    @property
    def arrival(self) -> Ints:
        """When every event arrives, in microseconds of event time."""
        return self.time if self.due is None else self.due

    def take(self, kept: NDArray[np.int64], rows: NDArray[np.int64]) -> Part:
        """The events with these numbers, which then stand at ``rows`` of a batch."""
        columns = {name: column.take(kept) for name, column in self.columns.items()}
        due = None if self.due is None else self.due[kept]
        raw = None if self.raw_time is None else self.raw_time.gather(kept)
        key = None if self.clean_key is None else self.clean_key.take(kept)
        return Part(self.schema, rows, self.time[kept], self.ordinal[kept], self.id.take(kept), columns, due, raw, key)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The events as a frame: ``time`` (Datetime, microseconds, UTC), ``id``, then the fields; absent is null.

        A field that is itself called ``time`` or ``id`` takes the place of the envelope's.
        """
        data = {
            "time": pl.Series("time", self.time).cast(pl.Datetime("us", "UTC")),
            "id": self.id.series("id"),
        }
        data.update({name: column.series(name) for name, column in self.columns.items()})
        return pl.DataFrame([series.alias(name) for name, series in data.items()])


@dataclass(frozen=True)
class Batch:
    """``count`` events from number ``first`` (from 0, over all types), one `Part` per event type that occurs."""

    first: int
    count: int
    parts: tuple[Part, ...]

    def __len__(self) -> int:
        return self.count

    def tail(self, count: int) -> Batch:
        """The last ``count`` events."""
        skip = max(0, self.count - count)
        if not skip:
            return self
        parts = []
        for part in self.parts:
            kept = np.flatnonzero(part.rows >= skip)
            if len(kept):
                parts.append(part.take(kept, part.rows[kept] - skip))
        return Batch(self.first + skip, self.count - skip, tuple(parts))

    @property
    def last_time(self) -> int:
        """The latest event time, in microseconds. Raises ValueError on an empty batch."""
        return max(int(part.time.max()) for part in self.parts)

    @property
    def first_time(self) -> int:
        """The earliest event time, in microseconds. Raises ValueError on an empty batch."""
        return min(int(part.time.min()) for part in self.parts)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """One frame per event type that occurs, in the document's order."""
        return {part.schema.event: part.frame for part in self.parts}


def concat(batches: Sequence[Batch]) -> Batch:
    """Consecutive batches as one. Raises ValueError for none."""
    if not batches:
        raise ValueError("no batches to join")
    if len(batches) == 1:
        return batches[0]
    parts: dict[str, list[tuple[int, Part]]] = {}
    offset = 0
    for batch in batches:
        for part in batch.parts:
            parts.setdefault(part.schema.event, []).append((offset, part))
        offset += len(batch)
    return Batch(batches[0].first, offset, tuple(_joined(pieces) for pieces in parts.values()))


def _joined(pieces: list[tuple[int, Part]]) -> Part:
    first = pieces[0][1]
    return Part(
        first.schema,
        np.concatenate([part.rows + offset for offset, part in pieces]),
        np.concatenate([part.time for _, part in pieces]),
        np.concatenate([part.ordinal for _, part in pieces]),
        stacked([part.id for _, part in pieces]),
        {name: stacked([part.columns[name] for _, part in pieces]) for name in first.columns},
        np.concatenate([part.arrival for _, part in pieces]),
        raws([(part.raw_time, len(part)) for _, part in pieces]),
        _keys([part for _, part in pieces]),
    )


def _keys(parts: Sequence[Part]) -> Column | None:
    """The clean keys of all; None where no layer altered any."""
    keys = [part.key for part in parts]
    altered = any(part.clean_key is not None for part in parts)
    return stacked([key for key in keys if key is not None]) if altered else None
