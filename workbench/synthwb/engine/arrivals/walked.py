"""Arrivals that can only be walked to: what comes next depends on what came before.

How far such a process has come is a mark. Marks are kept where windows ended: the last that were reached, and others
close together near the latest one and ever further apart before it, so that whoever looks back finds one that is not
far, and memory stays as it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections import deque
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

from synthwb.engine.draws import Bits, Ints
from synthwb.engine.rows import in_time_order

__all__ = ["Walked", "settled"]

_KEPT = 32  # marks; of the older half every other one goes when there are more
_WALKERS = 4  # states reached last, for so many who walk at the same time at different places
_AT_ONCE = 1 << 17  # expected events that are made at a time on the way to a far place

State = TypeVar("State")


class Walked(ABC, Generic[State]):
    """A process that walks from ``start`` on, from state to state.

    ``end``: as in `synthwb.engine.arrivals.Process`. ``kept``: so many marks at most.
    """

    end: int | None = None
    kept = _KEPT

    def __init__(self, start: int, first: State) -> None:
        self._marks: list[tuple[int, State]] = [(start, first)]
        self._start = start
        self._first = first
        self._latest: deque[tuple[int, State]] = deque(maxlen=_WALKERS)
        self._lock = Lock()

    @abstractmethod
    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`."""

    @abstractmethod
    def _walk(self, state: State, start: int, end: int) -> tuple[tuple[Ints, Bits], State]:
        """The events in ``[start, end)`` in any order, and the state at ``end``. Never changes a state."""

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        time, state = self.mark(start)
        found = [(np.empty(0, np.int64), np.empty(0, np.uint64))]
        while time < end and start < end:
            until = min(end, max(time + 1, self._reach(time)))
            until = start if time < start < until else until
            made, state = self._walk(state, time, until)
            if until > start:
                found.append(made)
            time = until
            self._keep(time, state)
        return settled(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def mark(self, time: int) -> tuple[int, State]:
        """The latest state before the events at ``time`` that is known, with its time."""
        with self._lock:
            known = self._marks[max(0, bisect_right(self._marks, time, key=lambda mark: mark[0]) - 1)]
            return max((known, *(mark for mark in self._latest if mark[0] <= time)), key=lambda mark: mark[0])

    def resume(self, mark: tuple[int, State]) -> None:
        """Take over a mark that was saved before."""
        self._keep(*mark)

    def _keep(self, time: int, state: State) -> None:
        with self._lock:
            self._latest.append((time, state))
            at = bisect_left(self._marks, time, key=lambda mark: mark[0])
            if at == len(self._marks) or self._marks[at][0] != time:
                self._marks.insert(at, (time, state))
            if len(self._marks) > self.kept:
                half = self.kept // 2
                self._marks = self._marks[:half:2] + self._marks[half:]

    def _reach(self, time: int) -> int:
        """How far to walk at once."""
        second = self.expected(time, time + 1_000_000)
        return time + int(1e6 * _AT_ONCE / max(second, 1e-9))


def settled(time: Ints, address: Bits) -> tuple[Ints, Bits]:
    """Events in order of time; those of one time by address."""
    order = in_time_order(time)
    ordered = time[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.lexsort((address, time))
    return time[order], address[order]
