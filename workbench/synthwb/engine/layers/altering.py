"""Layers that change the values of records: missing, outlier, skew, corrupt. Pure functions of a realised part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.changes import Change, Damage
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Floats, Ints
from synthwb.engine.layers.chances import Chance, Copies
from synthwb.engine.layers.inside import child, present, put
from synthwb.engine.quantity import Quantity
from synthwb.engine.text.timetext import instants
from synthwb.engine.years import YEAR_1, YEAR_10000
from synthwb.scenario.layers.model import TIME_PATH

__all__ = ["Alteration", "Condition", "Missing", "Outlier", "Record", "Skew"]

_INT64 = 2.0**63


@dataclass(slots=True)
class Record:
    """The records of one part while layers alter them.

    ``block``: the clean records, from which conditions are computed. ``columns``: the values so far. ``time``: what the
    envelope says, and ``raw_time`` the text in its place. ``address``: of each record, before copies are told apart.
    """

    block: Block
    columns: dict[str, Column]
    time: Ints
    raw_time: pl.Series | None = None
    changes: list[Change] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)

    def note(
        self, layer: int, kind: str, path: str, rows: NDArray[np.int64], before: Column, after: Column | None
    ) -> None:
        """Keep what was altered."""
        if len(rows):
            self.changes.append(Change(layer, kind, path, rows, before, after))

    def times(self, rows: NDArray[np.int64]) -> Column:
        """The envelope's times of some records, as they are now."""
        raw = None if self.raw_time is None else self.raw_time.gather(rows)
        return replace(Column.of(instants(self.time[rows])), raw=raw)


Alteration = Callable[[Record], None]
"""A layer, compiled for one event type: alters records, and notes what it did."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which records a layer may hit: at a rate per record (None: the chance's own), where a condition holds."""

    copies: Copies
    rate: Callable[[Block], Floats] | None = None
    when: Callable[[Block], NDArray[np.bool_]] | None = None

    def address(self, record: Record) -> Bits:
        """The records' addresses at the place of this layer."""
        return self.copies.address(record.block.address, record.block.facts)

    def hits(self, record: Record, chance: Chance, address: Bits) -> NDArray[np.int64]:
        """The rows that are hit."""
        block = record.block
        hit = chance.hits(address, block.time, None if self.rate is None else self.rate(block))
        if self.when is not None and hit.any():
            hit &= self.when(block)
        return np.flatnonzero(hit)


@dataclass(frozen=True, slots=True)
class Missing:
    """Keys that are not there. ``chances``: by field."""

    place: int
    condition: Condition
    chances: Mapping[str, Chance]

    def __call__(self, record: Record) -> None:
        """See `Alteration`. A key that is not there already is left alone; a null may go."""
        address = self.condition.address(record)
        for path, chance in self.chances.items():
            rows = self.condition.hits(record, chance, address)
            column = child(record.columns, path)
            if column is None or not len(rows):
                continue
            if column.absent is not None:
                rows = rows[~column.absent[rows]]
            rows = rows[_held(record.columns, path, rows)]
            gone = np.zeros(len(column), np.bool_)
            gone[rows] = True
            record.note(self.place, "missing", path, rows, column.take(rows), None)
            put(record.columns, path, column.without(gone))


@dataclass(frozen=True, slots=True)
class Outlier:
    """Numbers far off: ``to`` takes their place, or they are multiplied by ``factor`` and moved by ``shift``."""

    place: int
    condition: Condition
    chances: Mapping[str, Chance]
    factor: Quantity | None = None
    shift: Quantity | None = None
    to: Quantity | None = None

    def __call__(self, record: Record) -> None:
        """See `Alteration`. What is null, not there or no number any more is left alone."""
        address = self.condition.address(record)
        for path, chance in self.chances.items():
            rows = self.condition.hits(record, chance, address)
            column = child(record.columns, path)
            if column is None or not len(rows):
                continue
            rows = rows[_held(record.columns, path, rows)]
            before = column.take(rows)
            there = present(before)
            rows, before = rows[there], before.take(np.flatnonzero(there))
            if not len(rows):
                continue
            after = self._moved(before.series(), address[rows], record.block.ordinal[rows])
            other = np.flatnonzero(
                (before.series() != after).fill_null(value=True).to_numpy()
            )  # not the same number, drawn or rounded
            rows, before, after = rows[other], before.take(other), after.gather(other)
            values = column.series().scatter(rows, after)
            record.note(self.place, "outlier", path, rows, before, Column.of(after))
            put(record.columns, path, Column(plain=values, absent=column.absent, raw=column.raw))

    def _moved(self, values: pl.Series, address: Bits, number: Ints) -> pl.Series:
        """The values moved, in their own type; whole numbers stay whole, and within 64 bits."""
        dtype = values.dtype
        found = values.cast(pl.Float64).to_numpy().copy()
        with np.errstate(over="ignore"):
            if self.to is not None:
                found = self.to(address, number)
            if self.factor is not None:
                found = found * self.factor(address, number)
            if self.shift is not None:
                found = found + self.shift(address, number)
        if dtype.is_integer():
            return pl.Series(np.clip(np.rint(found), -_INT64, _INT64 - 1024.0).astype(np.int64)).cast(
                dtype, strict=False
            )
        if dtype.is_decimal():
            return pl.Series(found).round(dtype.scale).cast(dtype, strict=False)  # type: ignore[attr-defined]
        return pl.Series(found).cast(dtype)


@dataclass(frozen=True, slots=True)
class Skew:
    """Clocks that are wrong. ``source`` gives the hashed identity of each record's clock, and whether it has one.

    A wrong clock shows t + offset + drift * (t - start), within the years 1 to 9999. ``again``: the fields that hold
    the record's time, made anew.
    """

    place: int
    chance: Chance
    source: Callable[[Record], tuple[Bits, NDArray[np.bool_]]]
    start: int
    offset: Quantity | None
    drift: Quantity | None
    again: Mapping[str, Callable[[Block], Column]]

    def __call__(self, record: Record) -> None:
        """See `Alteration`. When a record arrives does not change."""
        clock, known = self.source(record)
        true = record.block.time
        rows = np.flatnonzero(self.chance.hits(clock, true) & known)
        if not len(rows):
            return
        number = np.zeros(len(rows), np.int64)
        moved = np.zeros(len(rows), np.int64)
        if self.offset is not None:
            moved += _micros(self.offset(clock[rows], number) * 1e6)
        if self.drift is not None:
            rate = self.drift(clock[rows], number) * 1e-6
            moved += _micros(rate * (true[rows] - self.start).astype(np.float64))
        rows, moved = rows[moved != 0], moved[moved != 0]
        time = record.time.copy()
        time[rows] = np.clip(time[rows] + moved, YEAR_1, YEAR_10000 - 1)
        self._timestamps(record, rows, time)
        if record.raw_time is not None:
            rows = rows[record.raw_time.gather(rows).is_null().to_numpy()]
        before = record.times(rows)
        record.time = time
        record.note(self.place, "skew", TIME_PATH, rows, before, record.times(rows))

    def _timestamps(self, record: Record, rows: NDArray[np.int64], time: Ints) -> None:
        """Make the fields that hold the time anew, by the wrong clock."""
        if not self.again or not len(rows):
            return
        block = record.block
        columns = {**block.columns, "event.time": Column.of(instants(time))}
        wrong = Block(block.address, time, block.ordinal, columns, facts=block.facts)
        for path, draw in self.again.items():
            column, made = record.columns[path], draw(wrong)
            hit = np.flatnonzero(present(column.take(rows)))
            hit = rows[hit]
            before, after = column.take(hit), made.take(hit)
            changed = (before.series() != after.series()).fill_null(value=False).to_numpy()
            hit = hit[changed]
            if not len(hit):
                continue
            record.note(self.place, "skew", path, hit, column.take(hit), made.take(hit))
            values = column.series().scatter(hit, made.take(hit).series())
            record.columns[path] = Column(plain=values, absent=column.absent, raw=column.raw)


def _micros(values: Floats) -> Ints:
    """Whole microseconds, no more than there are in all years."""
    return np.clip(np.rint(values), YEAR_1 - YEAR_10000, YEAR_10000 - YEAR_1).astype(np.int64)


def _held(columns: Mapping[str, Column], path: str, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the object in which a field stands is there."""
    kept = np.ones(len(rows), np.bool_)
    while "." in path:
        path = path.rpartition(".")[0]
        outer = child(columns, path)
        for gone in () if outer is None else (outer.absent, outer.nulls):
            if gone is not None:
                kept &= ~gone[rows]
        if outer is not None and outer.raw is not None:
            kept &= outer.raw.gather(rows).is_null().to_numpy()
    return kept
