"""Arrivals of rows that begin: each comes once, when it is born, or at the start of the clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.arrivals.owners import addressed, owner
from synthwb.engine.arrivals.walked import settled
from synthwb.engine.draws import Bits, Ints, draw, key_of, unit
from synthwb.engine.lives import Lives

__all__ = ["Beginnings"]


class Beginnings:
    """The rows of ``first`` and after come at these times, each up to ``jitter`` microseconds later if it lives then.

    ``lives`` None: all of them live for ever.
    """

    def __init__(
        self, seed: int, name: str, time: Ints, first: int, *, jitter: int = 0, lives: Lives | None = None
    ) -> None:
        self._rows = first + len(time)
        self._key = key_of(seed, "arrivals", name, "identity")
        row = np.arange(first, self._rows, dtype=np.int64)
        address = addressed(row, np.zeros_like(row), self._key)
        if jitter:
            key = key_of(seed, "arrivals", name, "jitter")
            time = time + (unit(draw(address, key)) * jitter).astype(np.int64)
        if lives is not None:
            there = lives.living(row, time)
            time, address = time[there], address[there]
        self._time, self._address = settled(time, address)
        self.end: int | None = int(self._time[-1]) + 1 if len(time) else 0

    def owners(self, address: Bits) -> NDArray[np.uint32]:
        """See `Owned.owners`."""
        return owner(address, self._key, self._rows)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        inside = slice(*np.searchsorted(self._time, [start, max(start, end)]))
        return self._time[inside], self._address[inside]

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: as many as there are."""
        first, last = np.searchsorted(self._time, [start, max(start, end)])
        return float(last - first)
