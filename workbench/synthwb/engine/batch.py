"""A batch: a contiguous stretch of the stream, in time order, columns by event type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints

__all__ = ["Batch", "EventSchema", "Part"]


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
    """The events of one type in a batch, in time order.

    ``rows``: their positions in the batch, ascending. ``time``: event time in microseconds. ``ordinal``: number within
    the event type, from 0. ``id``: UUID text. ``columns``: emitted fields in document order.
    """

    schema: EventSchema
    rows: NDArray[np.int64]
    time: Ints
    ordinal: Ints
    id: Column
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.rows)

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
        return pl.DataFrame(list(series.alias(name) for name, series in data.items()))


@dataclass(frozen=True)
class Batch:
    """``count`` events from number ``first`` (from 0, over all types), one `Part` per event type that occurs."""

    first: int
    count: int
    parts: tuple[Part, ...]

    def __len__(self) -> int:
        return self.count

    @property
    def last_time(self) -> int:
        """Event time of the last event, in microseconds. Raises ValueError on an empty batch."""
        return max(int(part.time[-1]) for part in self.parts)

    @property
    def first_time(self) -> int:
        """Event time of the first event, in microseconds. Raises ValueError on an empty batch."""
        return min(int(part.time[0]) for part in self.parts)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """One frame per event type that occurs, in the document's order."""
        return {part.schema.event: part.frame for part in self.parts}
