"""Files of events, read for a replay: when each row happened, and what it is.

The address of an event is the number of its row in the file, counted on from one time round to the next. So what a
field finds at an address is its row, and a file that is replayed again gives events of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.arrivals import Process
from synthwb.engine.draws import Bits, Ints
from synthwb.engine.rows import SILENT, Facts, Rows
from synthwb.engine.sources import Arrivals, Carried, Source
from synthwb.engine.tables import Table, load
from synthwb.engine.text.timetext import EPOCH_UNITS
from synthwb.engine.years import YEAR_1, YEAR_10000
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity, Span
from synthwb.scenario.replaying import Heard, Replay
from synthwb.scenario.tables import Word

__all__ = ["Recording", "ReplayArrivals", "Replayed", "alone", "hear", "recording"]

_ENVELOPE = ("event", "id", "time")  # what the envelope says
_YEARS = (YEAR_1, YEAR_10000)
_ALONE = 1_000_000  # microseconds: the gap behind a single row
_KEPT = 4  # files of events whose order is remembered
_LAPS = 4  # rounds in a window up to which each is cut out by itself


@dataclass(frozen=True, slots=True)
class Recording:
    """The rows of a file in order of time: ``time`` in microseconds, ``row`` their numbers in the file.

    ``kinds``: by event, the places of its rows in that order. ``sorted``: the file had this order.
    """

    time: Ints
    row: Ints
    kinds: Mapping[str, NDArray[np.int64]]
    sorted: bool


def recording(replay: Replay) -> Recording:
    """Read the times and kinds of a file. Raises ScenarioError, pointing at what names the column."""
    return _recording(replay, load(replay.file, "replay.file").digest)


@lru_cache(_KEPT)
def _recording(replay: Replay, digest: str) -> Recording:
    table = load(replay.file, "replay.file")
    time = _times(table.column(replay.time, "replay.time"), replay)
    order = np.argsort(time, kind="stable")
    kinds = {replay.event: np.arange(len(time))} if replay.event is not None else _kinds(table, replay.by, order)
    return Recording(time[order], order, kinds, bool((order[1:] > order[:-1]).all()))


def hear(replay: Replay) -> Heard:
    """What a file holds: see `Heard`. Raises ScenarioError."""
    found, frame = recording(replay), load(replay.file, "replay.file").frame
    left_out = {replay.time.text, *_ENVELOPE, *(() if replay.by is None else (replay.by.text,))}
    taken = [name for name in frame.columns if name not in left_out]
    columns = {}
    for event, places in found.kinds.items():
        rows = frame if replay.event is not None else frame[found.row[places]]
        columns[event] = tuple(name for name in taken if rows[name].null_count() < rows.height)
        if not columns[event]:
            message = f"the rows of {event!r} have no value beside their time and their kind"
            raise _problem("file", message, replay.file.span, "replay.file")
    return Heard(int(found.time[0]), columns, found.sorted)


class ReplayArrivals:
    """The rows of one event, or of all, in event time. Implements `synthwb.engine.arrivals.Process`."""

    def __init__(self, replay: Replay, event: str | None) -> None:
        self.replay = replay
        found = recording(replay)
        scaled = np.floor((found.time - found.time[0]) * replay.scale).astype(np.int64)
        last, count = int(scaled[-1]), len(scaled)
        places = np.arange(count) if event is None else found.kinds[event]
        self._start = int(found.time[0]) if replay.begin is None else replay.begin
        self._period = last + max(1, last // (count - 1) if count > 1 else int(_ALONE * replay.scale))
        self._time = scaled[places]
        self._address = found.row[places].view(np.uint64)
        self._rows = count
        self._loops = replay.loops

    @property
    def end(self) -> int | None:
        """See `Process.end`: behind the last round."""
        return None if self._loops is None else self._start + self._loops * self._period

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: it is known."""
        return float(max(0, self._before(end) - self._before(start)))

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        first = max(0, (start - self._start) // self._period)
        last = (end - 1 - self._start) // self._period
        last = last if self._loops is None else min(last, self._loops - 1)
        if last < first:
            return np.empty(0, np.int64), np.empty(0, np.uint64)
        lap = np.arange(first, last + 1)
        if len(lap) <= _LAPS:
            pieces = [self._lap(int(each), start, end) for each in lap]
            return np.concatenate([time for time, _ in pieces]), np.concatenate([address for _, address in pieces])
        time = (self._start + lap[:, None] * self._period + self._time).ravel()
        address = ((lap * self._rows).astype(np.uint64)[:, None] + self._address).ravel()
        inside = slice(*np.searchsorted(time, [start, end]))
        return time[inside], address[inside]

    def rows(self, address: Bits) -> Ints:
        """The rows of the file that events at these addresses are."""
        return (address % np.uint64(self._rows)).astype(np.int64)

    def _lap(self, lap: int, start: int, end: int) -> tuple[Ints, Bits]:
        """What one round has in a window."""
        begin = self._start + lap * self._period
        inside = slice(*np.searchsorted(self._time, [start - begin, end - begin]))
        return begin + self._time[inside], np.uint64(lap * self._rows) + self._address[inside]

    def _before(self, time: int) -> int:
        """How many rows come before a time."""
        lap, rest = divmod(max(0, time - self._start), self._period)
        if self._loops is not None and lap >= self._loops:
            return self._loops * len(self._time)
        return lap * len(self._time) + int(np.searchsorted(self._time, rest))


class Replayed:
    """The rows of several events as one source, so that those of one time come as they stand in the file.

    ``kinds``: the events by name, with their rows in the plan. ``facts``: those of a row that belongs to no flow.
    Implements `synthwb.engine.sources.Source`.
    """

    def __init__(self, replay: Replay, kinds: Mapping[str, int], facts: Facts) -> None:
        found = recording(replay)
        self._all = ReplayArrivals(replay, None)
        self._kind = np.full(len(found.row), SILENT, np.uint16)
        for event, kind in kinds.items():
            self._kind[found.row[found.kinds[event]]] = kind
        self._facts = facts

    @property
    def end(self) -> int | None:
        """See `Source.end`."""
        return self._all.end

    def expected(self, start: int, end: int) -> float:
        """See `Source.expected`."""
        return self._all.expected(start, end)

    def advance(self, start: int, end: int) -> Rows:
        """See `Source.advance`."""
        time, address = self._all.between(start, end)
        kind = self._kind[self._all.rows(address)]
        rows = Rows.of(time, kind, address, {name: value.repeat(len(time)) for name, value in self._facts.items()})
        return rows.take(kind != SILENT)

    def carried(self, time: int) -> Carried:
        """See `Source.carried`: nothing."""
        return None

    def restore(self, carried: Carried) -> None:
        """See `Source.restore`: nothing is carried."""


def alone(processes: Mapping[str, Process], kinds: Mapping[str, int], facts: Facts) -> list[Source]:
    """The sources of the events that come by themselves, those of a file together."""
    found: list[Source] = []
    replayed: dict[str, int] = {}
    replay: Replay | None = None
    for name, process in processes.items():
        if isinstance(process, ReplayArrivals):
            replayed[name], replay = kinds[name], process.replay
        else:
            found.append(Arrivals(kinds[name], process, facts))
    return found if replay is None else [Replayed(replay, replayed, facts), *found]


def _kinds(table: Table, by: Word | None, order: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """By event in the order in which they come, the places of its rows. Raises ScenarioError."""
    assert by is not None
    names = table.column(by, "replay.by").cast(pl.String).gather(order)
    if names.null_count():
        message = (
            f"row {int(order[int(names.is_null().arg_max() or 0)]) + 1} has no value in {by.text!r}, so it is no event"
        )
        raise _problem("file", message, by.span, "replay.by")
    words = names.to_numpy()
    return {name: np.flatnonzero(words == name) for name in names.unique(maintain_order=True)}


def _times(values: pl.Series, replay: Replay) -> Ints:
    """Microseconds since the epoch. Raises ScenarioError at the first row without a time."""
    found = _instants(values, replay)
    wrong = found.is_null() | ~found.is_between(*_YEARS)
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        shown = "nothing" if values[row] is None else repr(values[row])[:60]
        message = f"row {row + 1} has {shown} in {values.name!r}, which is no time written as {replay.format}"
        hint = "say how times are written by format: epoch_s, epoch_ms, epoch_us or a pattern such as %d/%m/%Y %H:%M"
        raise _problem("time", message, replay.time.span, "replay.time", hint)
    times: Ints = found.to_numpy().copy()
    return times


def _instants(values: pl.Series, replay: Replay) -> pl.Series:
    """As numbers of microseconds; null where there is no time."""
    if isinstance(values.dtype, pl.Datetime):
        return values.cast(pl.Int64)
    if replay.format in EPOCH_UNITS:
        unit = EPOCH_UNITS[replay.format]
        if values.dtype.is_integer():
            known = values.cast(pl.Int64)
            return known.set(~known.is_between(_YEARS[0] // unit, _YEARS[1] // unit), None) * unit
        numbers = values.cast(pl.Float64, strict=False) * unit
        return (
            numbers.set(~numbers.is_between(float(_YEARS[0]), float(_YEARS[1])), None)
            .round()
            .cast(pl.Int64, strict=False)
        )
    if values.dtype != pl.String:
        return pl.Series(values.name, [None] * len(values), pl.Int64)
    if replay.format != "iso":
        return values.str.to_datetime(replay.format, time_unit="us", time_zone="UTC", strict=False).cast(pl.Int64)
    text = values.str.strip_chars().str.replace(" ", "T", literal=True)
    text = text.str.replace(r"^(\d{4}-\d\d-\d\d)$", "${1}T00:00:00Z")
    text = text.str.replace(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-].*|)$", "${1}:00${2}")
    text = text.str.replace(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)$", "${1}Z")
    return text.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).cast(pl.Int64)


def _problem(code: str, message: str, span: Span, path: str, hint: str = "") -> ScenarioError:
    return ScenarioError([Diagnostic(Severity.ERROR, code, message, span, path, hint)])
