"""Prepared blocks cut into slices of a few milliseconds: generation works on many events, delivery hands over few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.sinks.messages import Messages
from synthwb.sinks.timed import Timed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.encode import Payload
    from synthwb.engine import Batch
    from synthwb.runtime.pace import Pace

__all__ = ["SLICE", "Slice", "arrivals", "cut", "ends", "offsets_of"]

SLICE = 0.01
"""Seconds of delivery in a slice. Two of them are 2 % of a second: what a wake-up may come late without a burst."""

_NEWLINE, _QUOTE = 10, 34


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a block that is handed over at once.

    ``first``: how many events of the stream come before it. ``time``: when its first is due, in microseconds of event
    time. ``payloads``: of each output, that of the truth last.
    """

    first: int
    time: int
    count: int
    payloads: tuple[list[Payload], ...]


def ends(batch: Batch, pace: Pace, begun: int) -> list[int]:
    """Before which rows of a batch its slices end. ``begun``: events before the first on which the pace began."""
    count = len(batch)
    if pace.flat or count < 2:
        return [count]
    if pace.rate is not None:
        found, rhythm = [0], pace.rhythm
        while found[-1] < count:
            found.append(found[-1] + rhythm.within(SLICE, batch.first + found[-1] - begun))
        return [*found[1:-1], count]
    due = arrivals(batch)
    turns = (due - due[0]) // max(1, round(SLICE * 1e6 * (pace.speed or 1.0)))
    return [*(np.flatnonzero(np.diff(turns)) + 1).tolist(), count]


def arrivals(batch: Batch) -> NDArray[np.int64]:
    """When every event of a batch is due, in microseconds of event time."""
    due = np.empty(len(batch), np.int64)
    for part in batch.parts:
        due[part.rows] = part.arrival
    return due


def cut(payloads: Sequence[Payload], batch: Batch, stops: Sequence[int], events: Sequence[str]) -> list[list[Payload]]:
    """The payloads of one output for each stretch of a batch that ends before one of the rows ``stops``.

    ``events``: the types that the output is given (none: all). What cannot be cut stands whole in the first stretch.
    """
    pieces: list[list[Payload]] = [[] for _ in stops]
    for name in dict.fromkeys(payload.event for payload in payloads):
        mine = [payload for payload in payloads if payload.event == name]
        wanted = (name,) if name else events
        rows = [part.rows for part in batch.parts if not wanted or part.schema.event in wanted]
        bounds = sum((np.searchsorted(each, stops) for each in rows), np.zeros(len(stops), np.int64)).tolist()
        if sum(payload.count for payload in mine) != bounds[-1]:
            pieces[0].extend(mine)  # not one record for one event
            continue
        first = 0
        for payload in mine:
            for number, piece in _pieces(payload, [bound - first for bound in bounds]):
                pieces[number].append(piece)
            first += payload.count
    return pieces


def _pieces(payload: Payload, stops: Sequence[int]) -> Iterator[tuple[int, Payload]]:
    """The pieces of a payload that end before its records ``stops``, which may lie outside of it; and which each is."""
    content = payload.content
    data = content.data if isinstance(content, Timed) else content
    offsets = offsets_of(data, payload.count) if isinstance(data, bytes | memoryview) else None
    first = 0
    for number, stop in enumerate(stops):
        last = min(stop, payload.count)
        if last <= first:
            continue
        some: bytes | memoryview | pl.DataFrame | Messages | Timed
        if isinstance(data, Messages):
            some = data.between(first, last)
        elif isinstance(data, pl.DataFrame):
            some = data.slice(first, last - first)
        elif offsets is not None:
            some = memoryview(data)[offsets[first] : offsets[last]]
        else:
            yield number, payload
            return
        if isinstance(content, Timed) and not isinstance(some, Messages | Timed):
            some = Timed(some, content.times[first:last], content.arrivals[first:last])
        yield number, replace(payload, content=some, count=last - first, broken=None)
        first = last


def offsets_of(text: bytes | memoryview, count: int) -> NDArray[np.int64] | None:
    """Where each of the records begins, and where the last one ends; None where that cannot be told.

    In CSV a record may go on over a newline in quotes.
    """
    data = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(data == _NEWLINE)
    if len(newlines) != count:
        newlines = newlines[(np.cumsum(data == _QUOTE)[newlines] & 1) == 0]
    if len(newlines) != count:
        return None
    return np.concatenate((np.zeros(1, np.int64), newlines + 1))
