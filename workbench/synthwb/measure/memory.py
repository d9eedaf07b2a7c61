"""A bounded memory of keys: when each was seen last, exact for the last records and blind beyond.

Keys are kept in runs sorted by key, each run over a stretch of the stream. New runs are merged with old ones of about
their size, so that a key costs a logarithm and no more; a run that has grown old is dropped whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from synthwb.engine.draws import Bits, Ints
from synthwb.measure.judging import Truth

__all__ = ["LIMIT", "NEVER", "Keys", "Memory", "keys_of"]

LIMIT = 2_000_000
"""Records that are remembered: a key that was last seen before them counts as new."""

_RUNS = 8  # of the largest size, in the whole memory
NEVER = int(np.iinfo(np.int64).min)
"""The time, and the number, of what was not seen."""


class Keys(NamedTuple):
    """Values as 128 bits: equal for equal values, and different for different ones (of text: but for 1 in 10^38)."""

    high: Bits
    low: Bits

    def take(self, rows: Any) -> Keys:
        """Those of these rows."""
        return Keys(self.high[rows], self.low[rows])


def keys_of(values: pl.Series) -> Keys:
    """The keys of a series without nulls."""
    if values.dtype == pl.Boolean or values.dtype.is_integer() or values.dtype.is_temporal():
        high = values.to_physical().cast(pl.Int64, wrap_numerical=True).to_numpy().view(np.uint64)
        return Keys(high, np.zeros(len(high), np.uint64))
    if values.dtype.is_float():
        high = (values.cast(pl.Float64).to_numpy() + 0.0).view(np.uint64)  # + 0.0: -0.0 is 0.0
        return Keys(high, np.zeros(len(high), np.uint64))
    if values.dtype.is_nested():
        frame = values.to_frame()
        return Keys(frame.hash_rows(seed=1).to_numpy(), frame.hash_rows(seed=2).to_numpy())
    text = values if values.dtype == pl.String else values.cast(pl.String)
    return Keys(text.hash(seed=1).to_numpy(), text.hash(seed=2).to_numpy())


class _Run(NamedTuple):
    """Keys in ascending order of ``high``, each once: the last record's ``number``, the latest ``time``."""

    high: Bits
    low: Bits
    number: Ints
    time: Ints

    def kept(self, rows: Any) -> _Run:
        """These rows alone."""
        return _Run(*(column[rows] for column in self))


class Memory:
    """When keys were seen last, with the latest time until then. ``limit``: how many records back."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._runs: list[_Run] = []

    def last(self, keys: Keys) -> tuple[Ints, Ints]:
        """For each key the number of the record that had it last, and the latest time; `NEVER` where there is none.

        Quickest for keys in ascending order.
        """
        number = np.full(len(keys.high), NEVER, np.int64)
        time = np.full(len(keys.high), NEVER, np.int64)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run.high, keys.high), len(run.high) - 1)
            same: Truth = (run.high[place] == keys.high) & (run.low[place] == keys.low)
            same &= run.number[place] > number
            number[same], time[same] = run.number[place[same]], run.time[place[same]]
        return number, time

    def remember(self, keys: Keys, number: Ints, time: Ints) -> None:
        """Note keys in ascending order of ``high``, each once, newer than all before."""
        if len(number):
            self._runs.append(_Run(keys.high, keys.low, number, time))
        while len(self._runs) > 1:
            older, newer = self._runs[-2:]
            if len(older.high) > 2 * len(newer.high) or len(older.high) + len(newer.high) > self._limit // _RUNS:
                break
            self._runs[-2:] = [_merged(older, newer)]

    def forget(self, number: int, time: int = NEVER) -> None:
        """Drop what was seen before this record, or before this event time."""
        self._runs = [run for run in self._runs if int(run.number.max()) >= number and int(run.time.max()) >= time]
        if self._runs:
            newest = self._runs[-1]
            fresh = (newest.number >= number) & (newest.time >= time)
            if 2 * int(fresh.sum()) < len(fresh):
                self._runs[-1] = newest.kept(fresh)

    def state(self) -> Mapping[str, Any]:
        """All that is remembered, as arrays."""
        columns = [np.concatenate(parts) for parts in zip(*self._runs, strict=True)] if self._runs else []
        return {"sizes": [len(run.high) for run in self._runs], "columns": columns}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on with what another memory remembered."""
        ends = np.cumsum([0, *state["sizes"]])
        self._runs = [_Run(*(column[first:last] for column in state["columns"])) for first, last in pairwise(ends)]


def _merged(older: _Run, newer: _Run) -> _Run:
    """Both as one run; of a key that is in both, the newer record counts."""
    columns = [np.concatenate(pair) for pair in zip(older, newer, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    high = columns[0][order]
    last = np.append(high[1:] != high[:-1], True)
    return _Run(*columns).kept(order[last])
