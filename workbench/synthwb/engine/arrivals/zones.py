"""Local time of a zone, for whole arrays of instants.

`zoneinfo` answers for one instant at a time. Between two changes of the clocks the offset is constant, so it is enough
to find those changes once for each stretch of time and to work piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from synthwb.engine.draws import Ints
from synthwb.scenario import literals

__all__ = ["DAY", "Zone"]

DAY = 86_400_000_000
_SECOND = 1_000_000
_CHUNK = 1 << 43  # microseconds: about a hundred days
_FIRST, _LAST = -62_135_424_000, 253_402_128_000  # seconds: two days inside what a datetime can hold
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Zone:
    """A time zone by its IANA name. Instants and local times are int64 microseconds since 1970-01-01T00:00.

    Before the year 1 and after the year 9999 the clocks stay as they are there.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The stretches of ``[start, end)`` in which the clocks do not change: from, to, offset from UTC."""
        at, offset = start, self.offset(start)
        for change, new in self._changes(start, end):
            yield at, change, offset
            at, offset = change, new
        if at < end:
            yield at, end, offset

    def offset(self, instant: int) -> int:
        """Microseconds by which local time is ahead of UTC."""
        return 0 if self.name == "UTC" else _offset(self.name, instant // _SECOND)

    def instants(self, local: Ints) -> Ints:
        """The instants of ascending local times.

        A time that the clocks skip becomes the moment at which they jump; of two that look the same, the first.
        """
        if not len(local) or self.name == "UTC":
            return local.copy()
        found = np.full(len(local), np.iinfo(np.int64).max)
        for start, end, offset in self.pieces(int(local[0]) - 2 * DAY, int(local[-1]) + 2 * DAY):
            # a time that this piece does not reach any more belongs to a later one, one before it was skipped
            here = np.minimum(found, np.maximum(local - offset, start))
            found = np.where(local - offset < end, here, found)
        return found

    def _changes(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The changes of the offset inside ``(start, end)``: instant, new offset."""
        if self.name == "UTC" or end <= start:
            return
        first = max(start // _CHUNK, _FIRST * _SECOND // _CHUNK)
        last = min((end - 1) // _CHUNK, _LAST * _SECOND // _CHUNK)
        for chunk in range(first, last + 1):
            for change, new in _changes(self.name, chunk):
                if start < change < end:
                    yield change, new


def _offset(name: str, second: int) -> int:
    zone = literals.zone(name)
    second = min(max(second, _FIRST), _LAST)
    delta = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset() or timedelta(0)
    return (delta.days * 86_400 + delta.seconds) * _SECOND + delta.microseconds


@lru_cache(maxsize=4096)
def _changes(name: str, chunk: int) -> tuple[tuple[int, int], ...]:
    """The changes of one chunk of time, its start included: instant and new offset, in microseconds."""
    found = []
    low = -(-chunk * _CHUNK // _SECOND) - 1
    end = -(-(chunk + 1) * _CHUNK // _SECOND) - 1
    before = _offset(name, low)
    while low < end:
        high = min(low + 86_400, end)
        after = _offset(name, high)
        if after != before:
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if _offset(name, middle) == before else (left, middle)
            found.append((right * _SECOND, after))
        low, before = high, after
    return tuple(found)
