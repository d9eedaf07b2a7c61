"""The stretch of the stream that screens look at: the newest events, and tables and columns cut from them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import polars as pl

from synthwb.engine import Batch, Part

__all__ = ["NEWEST", "Window", "WindowKeeper"]

NEWEST = 5_000  # events kept for charts


@dataclass(frozen=True)
class Window:
    """Consecutive batches, oldest first, without overlap."""

    batches: tuple[Batch, ...] = ()

    def __len__(self) -> int:
        return sum(len(batch) for batch in self.batches)

    def newest(self, count: int) -> tuple[Batch, ...]:
        """The last so many events."""
        found: list[Batch] = []
        for batch in reversed(self.batches):
            if count <= 0:
                break
            found.append(batch.tail(count))
            count -= len(batch)
        return tuple(reversed(found))

    def parts(self, event: str) -> tuple[Part, ...]:
        """The pieces of one event type, oldest first."""
        return tuple(part for batch in self.batches for part in batch.parts if part.schema.event == event)

    def series(self, event: str, field: str) -> pl.Series:
        """All values of a field, oldest first; a nested field is named ``parent.child``. Empty if there are none."""
        name, *inside = field.split(".")
        pieces = [part.columns[name].series(field) for part in self.parts(event) if name in part.columns]
        if not pieces:
            return pl.Series(field, [], dtype=pl.Null)
        values = pl.concat(pieces)
        for child in inside:
            values = values.struct.field(child)
        return values


class WindowKeeper:
    """Collects overlapping looks at a run (each its last few hundred events) into one window.

    Not thread-safe: its owner holds a lock.
    """

    def __init__(self, newest: int = NEWEST) -> None:
        self._newest = newest
        self._batches: deque[Batch] = deque()
        self._end = 0

    def clear(self) -> None:
        """Forget everything: another run begins."""
        self._batches.clear()
        self._end = 0

    def add(self, batch: Batch) -> None:
        """Take in what is new in ``batch``; if events in between were missed, only the newest stretch is kept."""
        end = batch.first + len(batch)
        fresh = end - self._end
        if fresh <= 0:
            return
        self._end = end
        self._batches.append(batch if fresh >= len(batch) else batch.tail(fresh))
        while sum(map(len, self._batches)) - len(self._batches[0]) >= self._newest:
            self._batches.popleft()

    def window(self) -> Window:
        """The window as it stands."""
        return Window(tuple(self._batches))
