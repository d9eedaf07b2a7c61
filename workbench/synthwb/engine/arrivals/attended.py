"""Arrivals that need somebody: where nobody lives, nothing happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.arrivals.owners import Owned
from synthwb.engine.arrivals.process import Marked, Process
from synthwb.engine.draws import Bits, Ints
from synthwb.engine.lives import Lives

__all__ = ["attended"]


class _Attended:
    """A process without what comes at times at which nobody lives. Has a mark if the process has.

    ``end``: at the latest where nobody is left.
    """

    def __init__(self, process: Process, needed: Sequence[Lives]) -> None:
        self._process = process
        self._needed = needed
        ends = [process.end, *(lives.end for lives in needed)]
        self.end = min((end for end in ends if end is not None), default=None)

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: as if somebody were there."""
        return self._process.expected(start, end)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        time, address = self._process.between(start, end if self.end is None else min(end, self.end))
        there = np.ones(len(time), np.bool_)
        for lives in self._needed:
            there &= lives.count(time) > 0
        return time[there], address[there]

    def mark(self, time: int) -> Any:
        """See `Marked.mark`; None where the process has none."""
        return self._process.mark(time) if isinstance(self._process, Marked) else None

    def resume(self, mark: Any) -> None:
        """See `Marked.resume`."""
        if isinstance(self._process, Marked):
            self._process.resume(mark)


class _OwnedAttended(_Attended):
    def owners(self, address: Bits) -> NDArray[np.uint32]:
        """See `Owned.owners`."""
        assert isinstance(self._process, Owned)
        return self._process.owners(address)


def attended(process: Process, needed: Sequence[Lives], end: int | None) -> Process:
    """The process, without what comes where nobody of one of these populations lives before ``end``."""
    scarce = [lives for lives in needed if lives.empty(end) is not None]
    if not scarce:
        return process
    return _OwnedAttended(process, scarce) if isinstance(process, Owned) else _Attended(process, scarce)
