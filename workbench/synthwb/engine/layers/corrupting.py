"""Records that are broken: values of a wrong type, times that no calendar has, and text to be broken by the encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.changes import Damage
from synthwb.engine.columns import text_of
from synthwb.engine.draws import Bits, draw
from synthwb.engine.layers.altering import Condition, Record
from synthwb.engine.layers.chances import Chance
from synthwb.engine.layers.inside import present
from synthwb.engine.text.timetext import iso_matrix
from synthwb.scenario.layers.model import BYTE_LEVEL, TIME_PATH

__all__ = ["Corrupt"]

_NUMBERS = 10_000  # a text becomes one of so many numbers
_BAD_TIMES = ("month", "day", "hour", "cut")


@dataclass(frozen=True, slots=True)
class Corrupt:
    """Each record that is hit is broken in one of the ``ways`` (by name, with the key of each).

    ``typed`` and ``timed``: the fields, with the key of each, of which one gets a wrong type or a bad timestamp.
    ``where``: the key of the bits that say how.
    """

    place: int
    condition: Condition
    chance: Chance
    ways: Mapping[str, int]
    typed: Mapping[str, int]
    timed: Mapping[str, int]
    where: int

    def __call__(self, record: Record) -> None:
        """See `Alteration`. A record whose text is broken by an earlier layer is left alone."""
        address = self.condition.address(record)
        rows = self.condition.hits(record, self.chance, address)
        for damage in record.damages:
            rows = rows[~np.isin(rows, damage.rows)]
        if not len(rows):
            return
        bits = draw(address[rows], self.where)
        way = _strongest(address[rows], tuple(self.ways.values()))
        names = list(self.ways)
        for number, name in enumerate(names):
            mine = np.flatnonzero(way == number)
            if not len(mine):
                continue
            if name == "wrong_type":
                self._fields(record, name, self.typed, rows[mine], address[rows[mine]], bits[mine])
            elif name == "bad_timestamp":
                self._fields(record, name, self.timed, rows[mine], address[rows[mine]], bits[mine])
        broken = np.flatnonzero(np.isin(way, [names.index(name) for name in names if name in BYTE_LEVEL]))
        if len(broken):
            how = np.array([BYTE_LEVEL.index(name) if name in BYTE_LEVEL else 0 for name in names], np.uint8)
            layer = np.full(len(broken), self.place, np.uint16)
            record.damages.append(Damage(rows[broken], how[way[broken]], bits[broken], layer))

    def _fields(
        self, record: Record, how: str, keys: Mapping[str, int], rows: NDArray[np.int64], address: Bits, bits: Bits
    ) -> None:
        """Alter one field of each record: the one with the highest draw among those that have a value."""
        there = np.stack([_there(record, path, rows) for path in keys])
        chosen = _strongest(address, tuple(keys.values()), there)
        for number, path in enumerate(keys):
            mine = np.flatnonzero((chosen == number) & there[number])
            if not len(mine):
                continue
            hit = rows[mine]
            if how == "bad_timestamp":
                raw = _bad_times(record.block.time[hit], bits[mine])
            else:
                raw = _wrong(record.columns[path].take(hit).series(), bits[mine])
            _overwrite(record, self.place, how, path, hit, raw)


def _there(record: Record, path: str, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    if path == TIME_PATH:
        raw = record.raw_time
        return np.ones(len(rows), np.bool_) if raw is None else raw.gather(rows).is_null().to_numpy()
    return present(record.columns[path].take(rows))


def _strongest(address: Bits, keys: Sequence[int], allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Which of several has the highest draw: one more of them changes only what it wins itself."""
    draws = np.stack([draw(address, key) for key in keys])
    if allowed is not None:
        draws = np.where(allowed, draws | np.uint64(1), np.uint64(0))
    found: NDArray[np.int64] = np.argmax(draws, axis=0)
    return found


def _overwrite(record: Record, place: int, how: str, path: str, rows: NDArray[np.int64], raw: pl.Series) -> None:
    """Put JSON text in the place of values."""
    if path == TIME_PATH:
        before = record.times(rows)
        record.raw_time = _laid(record.raw_time, len(record.time), rows, raw)
        record.note(place, how, path, rows, before, record.times(rows))
        return
    column = record.columns[path]
    before = column.take(rows)
    record.columns[path] = replace(column, raw=_laid(column.raw, len(column), rows, raw))
    record.note(place, how, path, rows, before, record.columns[path].take(rows))


def _laid(under: pl.Series | None, length: int, rows: NDArray[np.int64], raw: pl.Series) -> pl.Series:
    base = pl.Series([None], dtype=pl.String).new_from_index(0, length) if under is None else under.clone()
    return base.scatter(rows, raw)


def _wrong(values: pl.Series, bits: Bits) -> pl.Series:
    """JSON text of another type: a number or true and false as text, a text or a time as a number, an object as text.

    An object becomes ``"[object Object]"``, as where a program joins it to a text.
    """
    dtype = values.dtype
    if isinstance(dtype, pl.Struct):
        return pl.Series(['"[object Object]"'] * len(values))
    if isinstance(dtype, pl.List | pl.Array):
        return pl.Series(['"[object Array]"'] * len(values))
    if isinstance(dtype, pl.Datetime):
        return (values.dt.cast_time_unit("us").cast(pl.Int64) // 1000).cast(pl.String)
    if dtype.is_numeric() or dtype == pl.Boolean:
        return '"' + values.cast(pl.String) + '"'
    return pl.Series((bits % np.uint64(_NUMBERS)).astype(np.int64)).cast(pl.String)


def _bad_times(times: NDArray[np.int64], bits: Bits) -> pl.Series:
    """JSON text like a time: in month 13, on day 32, at hour 25, or without its end."""
    text = iso_matrix(times).copy()
    way = (bits % np.uint64(len(_BAD_TIMES))).astype(np.int64)
    for name, start, digits in (("month", 5, b"13"), ("day", 8, b"32"), ("hour", 11, b"25")):
        text[way == _BAD_TIMES.index(name), start : start + 2] = np.frombuffer(digits, np.uint8)
    whole = text_of(text)
    cut = pl.Series(way == _BAD_TIMES.index("cut"))
    return pl.select(pl.lit('"') + pl.when(cut).then(whole.str.slice(0, 11)).otherwise(whole) + pl.lit('"')).to_series()
