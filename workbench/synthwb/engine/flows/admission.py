"""Who is let in: a cap on the sessions of a flow that go on at once, and one session at a time for each actor.

Paths are addressed, so how long a session will last is known before it begins: it is walked once without a trace. Then
a cap is a queue with as many servers (Kiefer and Wolfowitz 1955, "On the theory of queues with many servers"): in
order of arrival each session takes the slot that is free first, a microsecond after it was left. That is one small step
a session, in Python; the events of the sessions are made elsewhere, all together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.carrying import keepable
from synthwb.engine.draws import Bits, Ints
from synthwb.scenario.flows.model import Concurrency

__all__ = ["NEVER", "Gate", "Waiting"]

NEVER = np.iinfo(np.int64).max
"""The end of a session that is not over when the window is."""

_FIRST, _MOST = 256, 1 << 14  # sessions whose length is measured together: ever more, as far as they are let in


@keepable("waiting")
@dataclass(frozen=True, slots=True)
class Waiting:
    """Sessions that have arrived and not begun: when they look again, when they arrived, and their addresses.

    Whose a session is was settled when it arrived, so that time is kept however late it begins.
    """

    time: Ints
    came: Ints
    address: Bits

    @staticmethod
    def none() -> Waiting:
        """Nobody."""
        return Waiting.arrived(np.empty(0, np.int64), np.empty(0, np.uint64))

    @staticmethod
    def arrived(time: Ints, address: Bits) -> Waiting:
        """Those who come at these times."""
        return Waiting(time, time, address)

    def __len__(self) -> int:
        return len(self.time)

    def then(self, others: Waiting) -> Waiting:
        """Both, one after the other."""
        if not len(others):
            return self
        time, came = np.concatenate((self.time, others.time)), np.concatenate((self.came, others.came))
        return Waiting(time, came, np.concatenate((self.address, others.address)))

    def take(self, rows: NDArray[np.int64]) -> Waiting:
        """These, in this order."""
        return Waiting(self.time[rows], self.came[rows], self.address[rows])

    def at(self, time: Ints) -> Waiting:
        """The same, at other times."""
        return Waiting(time, self.came, self.address)


Lengths = Callable[[Waiting, int], Ints]
"""When sessions that begin at their times end; `NEVER` where that is not before a time."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The door of one flow. ``cap`` None: any number; ``alone``: an actor in a session starts no other.

    ``timed``: how long a session lasts depends on when it begins, so it is measured when that is known.
    """

    cap: Concurrency | None
    alone: bool
    timed: bool

    def admit(
        self,
        came: Waiting,
        end: int,
        ends: Ints,
        busy: dict[int, int],
        actors: NDArray[np.int32],
        gone: Ints | None,
        lengths: Lengths,
    ) -> tuple[Waiting, Waiting]:
        """Who begins before ``end``, with the time at which they do, and who waits on.

        ``came``: in order of arrival. ``ends``: of the sessions that are going on; ``busy``: the same by actor, where
        that counts. ``actors``: whose sessions they are, ``gone``: from when on that actor is not there any more, and
        neither waits nor begins (None: all stay).
        """
        slots = [int(each) for each in ends]
        heapify(slots)
        looks = [(int(time), number) for number, time in enumerate(came.time)]
        heapify(looks)
        last = self._measured(came, end, lengths)
        begun: list[tuple[int, int]] = []
        waiting: list[tuple[int, int]] = []
        limit = NEVER if self.cap is None else self.cap.limit
        while looks:
            time, number = heappop(looks)
            if time >= end:
                waiting.append((time, number))
                continue
            left = NEVER if gone is None else int(gone[number])
            if time >= left or (self.alone and busy.get(int(actors[number]), 0) > time):
                continue
            while slots and slots[0] <= time:
                heappop(slots)
            if len(slots) >= limit:
                assert self.cap is not None
                if self.cap.at_cap == "drop":
                    continue
                if self.cap.at_cap == "poll":
                    heappush(looks, (time + self.cap.every, number))
                    continue
                if slots[0] + 1 >= end:
                    waiting.append((time, number))
                    continue
                if slots[0] + 1 >= left:
                    continue
                time = heappop(slots) + 1  # after all that the session before it has done
            over = last(number, time)
            heappush(slots, over)
            if self.alone:
                busy[int(actors[number])] = over
            begun.append((time, number))
        stays = self.cap is None or self.cap.at_cap != "poll"  # who waits keeps the time at which they came
        if stays:
            waiting = [(int(came.time[number]), number) for _, number in waiting]
        return _of(came, begun), _of(came, sorted(waiting))

    def _measured(self, came: Waiting, end: int, lengths: Lengths) -> Callable[[int, int], int]:
        """When a session ends that begins at a time: measured for many at once.

        Where the time makes a difference, that holds for those who begin when they came.
        """
        found: dict[int, int] = {}
        size = _FIRST

        def last(number: int, time: int) -> int:
            nonlocal size
            if self.timed and time != came.time[number]:
                return int(lengths(came.take(np.array([number])).at(np.array([time])), end)[0])
            if number not in found:
                rows = np.arange(number, min(number + size, len(came)))
                at = came.time[rows] if self.timed else np.full(len(rows), time, np.int64)
                lasted = lengths(came.take(rows).at(at), end)
                found.update(zip(rows.tolist(), np.where(lasted == NEVER, NEVER, lasted - at).tolist(), strict=True))
                size = min(2 * size, _MOST)
            length = found[number]
            return NEVER if length == NEVER or time + length >= end else time + length

        return last


def _of(came: Waiting, rows: list[tuple[int, int]]) -> Waiting:
    """These of those who came, with the times given."""
    number = np.array([number for _, number in rows], np.int64)
    return came.take(number).at(np.array([time for time, _ in rows], np.int64))
