"""Where a stream is cut into files: by how full a file is, and by when its events happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from synthwb.sinks.timed import Timed

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from synthwb.sinks.protocol import Mark

__all__ = ["Filling", "Rolling", "Stretch", "by_partition", "partition_text", "record_ends"]

_NEWLINE, _QUOTE = 10, 34
_HOUR = 3_600_000_000
_EPOCH = datetime(1970, 1, 1)  # UTC, as event time is everywhere


@dataclass(frozen=True, slots=True)
class Rolling:
    """When a file has enough: at ``size`` bytes of text, after ``every`` microseconds of event time from a multiple of
    it, or with ``count`` records. None: never.
    """

    size: int | None = None
    every: int | None = None
    count: int | None = None

    def __bool__(self) -> bool:
        return any(limit is not None for limit in (self.size, self.every, self.count))


@dataclass(slots=True)
class Filling:
    """How full the present file is: ``size`` bytes, ``records``, open ``until`` an arrival (exclusive)."""

    rolling: Rolling
    size: int = 0
    records: int = 0
    until: int | None = None

    def reach(self, stretch: Stretch, first: int) -> int:
        """How far it takes the records of a stretch from number ``first`` on; ``first`` itself: it is full.

        An empty file takes at least one.
        """
        last = len(stretch.arrivals)
        rolling = self.rolling
        if rolling.count is not None:
            last = min(last, first + rolling.count - self.records)
        if rolling.every is not None:
            if self.until is None:
                self.until = (int(stretch.arrivals[first]) // rolling.every + 1) * rolling.every
            last = min(last, int(np.searchsorted(stretch.arrivals, self.until)))
        if rolling.size is not None and stretch.ends is not None:
            end = stretch.start(first) + rolling.size - self.size
            last = min(last, max(int(np.searchsorted(stretch.ends, end, "right")), first + (not self.records)))
        return max(first, last)

    def add(self, size: int, records: int) -> None:
        """Count what was written."""
        self.size += size
        self.records += records

    def mark(self) -> Mark:
        """As plain values; `gone_on` reads them."""
        return {"size": self.size, "records": self.records, "until": self.until}

    def gone_on(self, mark: Mark) -> Filling:
        """As it was at a mark."""
        return Filling(self.rolling, mark["size"], mark["records"], mark["until"])


@dataclass(frozen=True, slots=True)
class Stretch(Timed):
    """Records of one file or more. ``ends``: the byte behind each (None: a frame)."""

    ends: NDArray[np.int64] | None = field(default=None)

    def start(self, number: int) -> int:
        """The byte where a record of text begins."""
        assert self.ends is not None
        return int(self.ends[number - 1]) if number else 0

    def cut(self, first: int, last: int) -> bytes | memoryview | pl.DataFrame:
        """The records from number ``first`` to before ``last``."""
        if not isinstance(self.data, bytes | memoryview):
            return self.data[first:last]
        return memoryview(self.data)[self.start(first) : self.start(last)]


def record_ends(data: bytes | memoryview, *, quoted: bool) -> NDArray[np.int64]:
    """The byte behind each record of text, its newline; in quotes (``quoted``) a newline is none of those."""
    found = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(found == _NEWLINE)
    if quoted:
        ends = ends[(np.cumsum(found == _QUOTE)[ends] & 1) == 0]
    return ends + 1


def by_partition(stretch: Stretch, hours: int) -> Iterator[tuple[int, Stretch]]:
    """The records of each partition of so many ``hours`` since the epoch, in order; most often there is one."""
    numbers = stretch.times // (_HOUR * hours)
    if not len(numbers):
        return
    if (numbers == numbers[0]).all():
        yield int(numbers[0]), stretch
        return
    order = np.argsort(numbers, kind="stable")
    borders = np.flatnonzero(np.diff(numbers[order])) + 1
    for rows in np.split(order, borders):
        yield int(numbers[rows[0]]), _taken(stretch, rows)


def partition_text(number: int, hours: int) -> tuple[str, str]:
    """Date and hour of a partition.

    >>> partition_text(495_917, 1)
    ('2026-07-29', '05')
    """
    at = _EPOCH + timedelta(hours=number * hours)
    return at.strftime("%Y-%m-%d"), at.strftime("%H")


def _taken(stretch: Stretch, rows: NDArray[np.int64]) -> Stretch:
    """The records with these ascending numbers."""
    times, arrivals = stretch.times[rows], stretch.arrivals[rows]
    if not isinstance(stretch.data, bytes | memoryview):
        return Stretch(stretch.data[rows], times, arrivals)
    assert stretch.ends is not None
    if int(rows[-1] - rows[0]) == len(rows) - 1:
        first, last = int(rows[0]), int(rows[-1]) + 1
        return Stretch(stretch.cut(first, last), times, arrivals, stretch.ends[first:last] - stretch.start(first))
    starts = np.concatenate(([0], stretch.ends[:-1]))[rows]
    sizes = stretch.ends[rows] - starts
    ends = np.cumsum(sizes)
    within = np.arange(int(ends[-1])) - np.repeat(ends - sizes, sizes)
    text = np.frombuffer(stretch.data, np.uint8)[np.repeat(starts, sizes) + within]
    data = memoryview(text)  # type: ignore[arg-type]  # a NumPy array is a buffer; its stubs say so from 3.12 on
    return Stretch(data, times, arrivals, ends)
