"""The spine of a stream: who happens when, in global order, before any field is drawn.

The spine advances through windows of event time, merges the event types, numbers the events, and cuts the result into
slabs. A slab is all that is needed to make its events, so slabs can be realised in any order and by any worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.arrivals import Mark, Process
from synthwb.engine.draws import Bits, Ints

__all__ = ["Position", "Slab", "Spine"]

Number = TypeVar("Number", bound=np.generic)

_LARGEST = 1 << 16  # expected events in a window
_SMALLEST = 64
_SECOND = 1_000_000
_GROWTH = 4  # how often in a row a window is made longer
_LONGER, _SHORTER = 64.0, 0.125  # at most, at once
_FOREVER = 253_402_300_800_000_000  # microseconds: the year 10000, which a date in text has no place for


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream: the event time from which to go on, and how many events of each type came before.

    ``skip``: how many of the events at exactly that time came before as well. ``marks``: by event type, the state of
    the processes that have one; without it they find their way there by themselves, which takes longer.
    """

    time: int
    counts: Mapping[str, int]
    skip: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events came before."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Slab:
    """A stretch of the spine in time order.

    ``first``: number of its first event over all types. ``time``, ``kind`` (row of the event type in the plan) and
    ``address`` have one entry per event. ``before``: events of each type that came earlier.
    """

    first: int
    time: Ints
    kind: NDArray[np.uint16]
    address: Bits
    before: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.time)


class Spine:
    """Walks the merged arrivals of all event types from a position on.

    Windows are cut so that they hold about as many events as are wanted; they never change the result.
    ``take(n)`` gives the next slab of up to ``n`` events; an empty slab means the stream has ended.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        names: Sequence[str],
        *,
        position: Position,
        end: int | None,
        limit: int | None,
    ) -> None:
        self._processes = tuple(processes)
        ends = [_FOREVER if process.end is None else process.end for process in processes]
        self._end = min(max(ends, default=0), _FOREVER if end is None else end)
        self._limit = limit
        self._length = _SECOND  # of the last window
        self._next = position.time  # start of the window not yet made
        self._skip = position.skip
        self._before = np.array([position.counts.get(name, 0) for name in names], np.int64)
        self._time = np.empty(0, np.int64)
        self._kind = np.empty(0, np.uint16)
        self._address = np.empty(0, np.uint64)

    def take(self, wanted: int, *, until: int | None = None) -> Slab:
        """The next up to ``wanted`` events; with ``until``, only those before that event time (at least one)."""
        first = int(self._before.sum())
        if self._limit is not None:
            wanted = min(wanted, self._limit - first)
        while len(self._time) < wanted and self._next < self._end:
            if until is not None and self._next >= until and len(self._time):
                break
            self._advance(wanted - len(self._time))
        count = max(0, min(wanted, len(self._time)))
        if until is not None and count:
            count = max(1, min(count, int(np.searchsorted(self._time, until, side="left"))))
        before = tuple(int(n) for n in self._before)
        slab = Slab(first, self._time[:count], self._kind[:count], self._address[:count], before)
        self._before = self._before + np.bincount(slab.kind, minlength=len(self._before))
        self._time, self._kind, self._address = self._time[count:], self._kind[count:], self._address[count:]
        return slab

    def slabs(self, size: int) -> Iterator[Slab]:
        """All slabs of ``size`` events; the last one may be shorter."""
        while len(slab := self.take(size)):
            yield slab

    def peek(self) -> int | None:
        """Event time of the next event, or None if the stream has ended."""
        if self._limit is not None and int(self._before.sum()) >= self._limit:
            return None
        while not len(self._time) and self._next < self._end:
            self._advance(_SMALLEST)
        return int(self._time[0]) if len(self._time) else None

    def _advance(self, wanted: int) -> None:
        """Make one more window, long enough for about ``wanted`` events."""
        start = self._next
        self._next = end = self._window(min(_LARGEST, max(_SMALLEST, wanted)))
        found = [process.between(start, end) for process in self._processes]
        sizes = [len(times) for times, _ in found]
        if not sum(sizes):
            return
        time = _behind([times for times, _ in found])
        address = _behind([addresses for _, addresses in found])
        kind = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)
        if (time[1:] < time[:-1]).any():
            order = _order(time - start)
            time, kind, address = time[order], kind[order], address[order]
        if self._skip:
            skipped = min(self._skip, len(time))
            time, kind, address = time[skipped:], kind[skipped:], address[skipped:]
            self._skip -= skipped
        self._time = _behind([self._time, time])
        self._kind = _behind([self._kind, kind])
        self._address = _behind([self._address, address])

    def _window(self, events: int) -> int:
        """Where to end a window that should hold about so many events, begun from the length of the last one.

        Where the intensity varies a window may hold twice as many at most, so that a burst cannot fill the memory;
        a quiet stretch is crossed in windows that grow by and by.
        """
        start, length = self._next, self._length
        for grow in range(_GROWTH + 1):
            length = min(length, self._end - start)
            expected = sum(process.expected(start, start + length) for process in self._processes)
            if expected >= events / 2 or length == self._end - start or grow == _GROWTH:
                break
            length = int(length * min(_LONGER, events / max(expected, 1e-9))) + 1
        while expected > 2 * events and length > 1:
            length = max(1, int(length * max(_SHORTER, events / expected)))
            expected = sum(process.expected(start, start + length) for process in self._processes)
        self._length = length
        return start + length


def _behind(arrays: Sequence[NDArray[Number]]) -> NDArray[Number]:
    """One array behind the other; without a copy where only one of them holds anything."""
    full = [array for array in arrays if len(array)]
    return full[0] if len(full) == 1 else np.concatenate(arrays)


def _order(relative: Ints) -> NDArray[np.int64]:
    """Stable order of non-negative times. Packed with the row number they sort several times quicker than argsort."""
    bits = max(1, int(len(relative) - 1).bit_length())
    if int(relative.max()).bit_length() + bits > 62:
        return np.argsort(relative, kind="stable")
    packed = (relative << np.int64(bits)) | np.arange(len(relative), dtype=np.int64)
    packed.sort()
    return packed & np.int64((1 << bits) - 1)
