"""Renewal arrivals: independent gaps of any law, one after the other.

Number n's gap is drawn from the address n, and event n comes when the first n + 1 gaps have passed since the start of
the clock. So the process is carried: where an event lies depends on all gaps before it. They are added up in chunks of
fixed length, and where each chunk begins is kept. A walk to a far place costs the gaps up to there, once, and nothing
at all if a mark near that place was saved.

Times are added up exactly, in 2**-20 of a microsecond, so that it does not matter where an addition begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np

from synthwb.engine.carrying import keepable
from synthwb.engine.draws import Bits, Floats, Ints, key_of, mix

__all__ = ["Mark", "RenewalArrivals"]

_CHUNK = 4096  # gaps added up at a time
_FINE = 20  # binary digits of a microsecond
_PARTS = (1 << _FINE) - 1
_LONGEST = 1 << 49  # microseconds: eighteen years, so that the sum of a chunk stays within int64
_TRIED = 4096  # gaps from which their mean is estimated


@keepable("renewal")
@dataclass(frozen=True, slots=True)
class Mark:
    """Where a chunk of gaps begins: the time that those before it reach, with a ``part`` in 2**-20 microseconds."""

    time: int
    part: int
    chunk: int


class RenewalArrivals:
    """Events from ``start`` on, after gaps that ``gaps`` draws in seconds for addresses and numbers.

    Raises ValueError for gaps with which time would not go on.
    """

    end: int | None = None

    def __init__(self, seed: int, name: str, gaps: Callable[[Bits, Ints], Floats], start: int) -> None:
        self._gaps = gaps
        self._start = start
        self._gap_key = key_of(seed, "arrivals", name, "gap")
        self._identity_key = key_of(seed, "arrivals", name, "identity")
        self._marks = [Mark(start, 0, 0)]
        self._latest: tuple[Mark, Ints, Mark] | None = None
        self._lock = Lock()
        whole, part = self._drawn(np.arange(_TRIED, dtype=np.int64))
        self.mean_gap = (int(whole.cumsum()[-1]) + int(part.cumsum()[-1]) / (_PARTS + 1)) / _TRIED  # microseconds
        if self.mean_gap < 1e-3:
            raise ValueError(f"the first {_TRIED:,} gaps are {self.mean_gap:.2g} microseconds long on average")

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: by the mean of the first gaps."""
        return max(0, end - max(start, self._start)) / self.mean_gap

    def mark(self, time: int) -> Mark:
        """The state from which the events at ``time`` and later can be made, as far as it has been reached."""
        with self._lock:
            return self._marks[max(0, bisect_left(self._marks, time, key=lambda mark: mark.time) - 1)]

    def resume(self, mark: Mark) -> None:
        """Take over a mark that was saved before, so that nothing before it needs to be added up."""
        with self._lock:
            at = bisect_left(self._marks, mark.chunk, key=lambda known: known.chunk)
            if at == len(self._marks) or self._marks[at].chunk != mark.chunk:
                self._marks.insert(at, mark)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        mark, found = self.mark(start), [(np.empty(0, np.int64), np.empty(0, np.int64))]
        while end > start and mark.time < end:
            times, mark_after = self._chunk(mark)
            inside = slice(*np.searchsorted(times, [start, end]))
            found.append((times[inside], (mark.chunk * _CHUNK + np.arange(len(times), dtype=np.int64))[inside]))
            mark = mark_after
        number = np.concatenate([each for _, each in found]).astype(np.uint64)
        return np.concatenate([times for times, _ in found]), mix(mix(number), self._identity_key)

    def _chunk(self, mark: Mark) -> tuple[Ints, Mark]:
        """The times of the events of a chunk, and where the next one begins."""
        latest = self._latest
        if latest is not None and latest[0] == mark:
            return latest[1], latest[2]
        whole, part = self._drawn(mark.chunk * _CHUNK + np.arange(_CHUNK, dtype=np.int64))
        parts = mark.part + part.cumsum()
        times = mark.time + whole.cumsum() + (parts >> _FINE)
        after = Mark(int(times[-1]), int(parts[-1]) & _PARTS, mark.chunk + 1)
        self.resume(after)
        self._latest = (mark, times, after)
        return times, after

    def _drawn(self, number: Ints) -> tuple[Ints, Ints]:
        """The gaps with these numbers: whole microseconds, and 2**-20 parts of them."""
        micros = np.minimum(self._gaps(mix(number.astype(np.uint64), self._gap_key), number) * 1e6, _LONGEST)
        whole = micros.astype(np.int64)
        return whole, ((micros - whole) * (_PARTS + 1)).astype(np.int64)
