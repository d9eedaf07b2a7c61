"""The door of a flow whose sessions take turns: who is let in is decided when all that came before has happened.

Where a session's path depends on what actors carry, nobody knows beforehand when it will end. So sessions walk up to
the time of the next decision, then it is made, and so on. Who finds room is let in without waiting for that: ends only
make more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Ints
from synthwb.engine.flows.admission import NEVER, Gate, Waiting

__all__ = ["Door"]


_One = tuple[int, int, int, int, int, int]  # time of the look, number, address, actor, when they came and are gone


@dataclass
class Door:
    """One door while a window is walked.

    ``coming``: who is to be looked at, in order of time. ``line``: who waits for room. ``ends``: sessions that are over
    at a time that is known and has not come, as (time, actor). ``parts``: by session of which a walk goes on, the last
    end of those that went beside it. ``since``: from when on there has been room.
    """

    gate: Gate
    coming: list[_One] = field(default_factory=list)
    line: list[_One] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    parts: dict[int, int] = field(default_factory=dict)
    since: int = 0

    def come(self, came: Waiting, actors: NDArray[np.int32], gone: Ints | None, waiting: int) -> None:
        """Those who wait, so many, and those who have arrived, in order; ``gone``: see `Gate.admit`."""
        left = repeat(NEVER, len(came)) if gone is None else gone.tolist()
        who = (came.address.tolist(), actors.tolist(), came.came.tolist(), left)
        rows = list(zip(came.time.tolist(), range(len(came)), *who, strict=True))
        if self._waits and not self.gate.alone:
            self.line = rows
        elif self._waits:
            self.line, self.coming = rows[:waiting], sorted(rows[waiting:])
        else:
            self.coming = sorted(rows)

    def over(self, time: Ints, actors: NDArray[np.int32]) -> None:
        """Sessions that will be over at these times."""
        for end, actor in zip(time.tolist(), actors.tolist(), strict=True):
            heappush(self.ends, (end, actor))

    def over_beside(self, walks: Iterable[tuple[int, int, int]], live: set[int]) -> None:
        """Walks of this session, at this time, for this actor, are over: the session is with the last of its walks.

        ``live``: sessions of which a walk goes on.
        """
        last: dict[int, tuple[int, int]] = {}
        for session, end, actor in walks:
            before = last[session][0] if session in last else self.parts.pop(session, end)
            last[session] = (max(before, end), actor)
        for session, (end, actor) in last.items():
            if session in live:
                self.parts[session] = end
            else:
                heappush(self.ends, (end, actor))

    def let_in(self, going_on: int, end: int) -> Waiting:
        """Who finds room whatever happens before: nobody where actors have one session at a time."""
        begun: list[_One] = []
        if not self.gate.alone:
            among = self.line if self._waits else self.coming
            room = self._limit - going_on - len(self.ends)
            while among and len(begun) < room and among[0][0] < end:
                self._begin(heappop(among), begun)
        return _waiting(begun)

    def decides(self, going_on: int, next_step: int) -> int:
        """The time of the next decision, or up to which to walk before it is known; `NEVER` for none."""
        when = self.coming[0][0] if self.coming else NEVER
        if not self.line:
            return when
        head = self.line[0][0]
        if going_on + len(self.ends) < self._limit:
            return min(when, head)
        known = self.ends[0][0] + 1 if self.ends else NEVER
        return min(when, head if known <= head + 1 else min(known, max(head, next_step + 1)))

    def opens(self, now: int, live: Iterable[int], going_on: int) -> Waiting:
        """Who is let in at a time; ``live``: actors of the sessions that go on."""
        while self.ends and self.ends[0][0] <= now:
            end, _ = heappop(self.ends)
            if going_on + len(self.ends) + 1 == self._limit:
                self.since = end + 1
        begun: list[_One] = []
        while self.line and self.line[0][0] <= now and self._room(going_on, begun):
            self._begin(heappop(self.line), begun)
        busy: set[int] = set()
        if self.gate.alone:
            busy = {*live, *(actor for _, actor in self.ends), *(one[3] for one in (*self.line, *begun))}
        while self.coming and self.coming[0][0] <= now:
            one = heappop(self.coming)
            if one[3] in busy or one[0] >= one[5]:
                continue
            if self._room(going_on, begun) and not self.line:
                begun.append(one)
            elif self._waits:
                heappush(self.line, one)
            elif self.gate.cap is not None and self.gate.cap.at_cap == "poll":
                heappush(self.coming, (one[0] + self.gate.cap.every, *one[1:]))
                continue
            if self.gate.alone:
                busy.add(one[3])
        return _waiting(begun)

    def left(self) -> Waiting:
        """Who waits on, with the time of the next look."""
        return _waiting(sorted(self.line) + sorted(self.coming))

    def _begin(self, one: _One, begun: list[_One]) -> None:
        """Let somebody in who has waited, unless they are gone by then."""
        time = max(one[0], self.since)
        if time < one[5]:
            begun.append((time, *one[1:]))

    def _room(self, going_on: int, begun: Sequence[_One]) -> bool:
        return going_on + len(self.ends) + len(begun) < self._limit

    @property
    def _waits(self) -> bool:
        return self.gate.cap is not None and self.gate.cap.at_cap == "wait"

    @property
    def _limit(self) -> int:
        return NEVER if self.gate.cap is None else self.gate.cap.limit


def _waiting(rows: Sequence[_One]) -> Waiting:
    time, came = np.array([(row[0], row[4]) for row in rows], np.int64).reshape(-1, 2).T
    return Waiting(time, came, np.array([row[2] for row in rows], np.uint64))
