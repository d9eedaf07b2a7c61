"""Pools: a fixed number of values of a method that is code, each made when it is first needed.

Value number i is what the method gives with a random state seeded for i alone, so it does not matter which values are
asked for first, by whom, or whether a preview needs a hundred of them and an export all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import Bits
from synthwb.engine.laws.discrete import below
from synthwb.engine.text.wording import Wording, plain_ascii

__all__ = ["Pooled"]

_ENOUGH = 0.5  # once so much of a pool is made, the rest is made too


class Pooled(Wording):
    """``size`` values, all alike likely. ``make`` gives the values with these numbers, as a series of a fixed dtype."""

    draws = 1

    def __init__(self, make: Callable[[Sequence[int]], pl.Series], size: int) -> None:
        self._make = make
        self._size = size
        self._lock = Lock()
        self._made = make([])
        self._place: NDArray[np.int64] = np.full(size, -1, np.int64)  # of each value in what was made; -1: not yet
        self._whole: tuple[Pool, bool] | None = None

    def column(self, bits: Sequence[Bits]) -> Column:
        """One value per row."""
        codes = below(bits[0], self._size, bits[0].copy)
        if self._whole is None:
            made, place = self._need(codes.astype(np.int64))
            if self._whole is None:
                return Column.of(made[pl.Series(place[codes])])
        pool, safe = self._whole
        return Column.coded(pool, codes, ascii_safe=safe)

    def _need(self, codes: NDArray[np.int64]) -> tuple[pl.Series, NDArray[np.int64]]:
        """Make what is wanted and not there yet; all of it when most is."""
        with self._lock:
            wanted = np.unique(codes)
            wanted = wanted[self._place[wanted] < 0]
            if len(self._made) + len(wanted) > _ENOUGH * self._size:
                wanted = np.flatnonzero(self._place < 0)
            if len(wanted):
                start = len(self._made)
                new = self._make(wanted.tolist())
                place = self._place.copy()
                place[wanted] = np.arange(start, start + len(new))
                self._made, self._place = pl.concat([self._made, new]), place
            if len(self._made) == self._size and self._whole is None:
                whole = self._made[pl.Series(self._place)]
                self._whole = Pool(whole), plain_ascii(whole)
            return self._made, self._place
