"""The line between generation and delivery: prepared blocks, when what comes next is due, how far delivery has come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from synthwb.engine import Position
from synthwb.runtime.generation import Prepared
from synthwb.runtime.pace import OnLag, Pace
from synthwb.runtime.schedule import Schedule
from synthwb.runtime.slicing import Slice

__all__ = ["BEHIND", "Line"]

BEHIND = 0.25
"""Seconds of lag from which on a run says what holds it up."""

_ROOM = 3  # prepared blocks at most
_PAST = 5.0  # seconds of lag from which on a live line has the past to catch up with
_FASTEST = 2.0  # times its pace that what is late may go at


class Line:
    """Plain state without a lock: the run that owns it holds its own while calling.

    Blocks are handed out slice by slice. A block that was ``begun`` goes to its end on the schedule that it began on;
    until then nobody may save, and another pace waits. The schedule begins when the first block stands ready, so that
    whoever generates slowly at first makes no burst.

    ``position`` is behind the last whole block handed out. ``late``: how late the last slice was, in seconds.
    ``too_late``: why it is not to be sent for that, in
    words, or empty. ``starved``: it is late since nothing was ready.
    ``ended``: the stream has no more blocks. ``catching_up``: a live line has not come to now. ``clock``: the wall
    clock, in seconds since the epoch.
    """

    def __init__(self, pace: Pace, position: Position, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.position = position
        self.late = 0.0
        self.too_late = ""
        self.starved = self.ended = False
        self._blocks: deque[Prepared | None] = deque()  # None: the stream has ended
        self._handed = 0  # slices of the first block
        self._hurried = False  # the first block goes without a schedule
        self._wished: Pace | None = None
        self._begin(pace)

    @property
    def pace(self) -> Pace:
        """The one wished last."""
        return self._wished or self.schedule.pace

    @property
    def target(self) -> float | None:
        """The rate wished just now, if a rate is."""
        pace = self.pace
        if pace.burst is None or pace is not self.schedule.pace:
            return pace.rate
        return pace.rhythm.rate_at(self.position.events - self.schedule.events)

    @property
    def begun(self) -> bool:
        """Whether a part of the first block has been handed out."""
        return self._handed > 0

    @property
    def frontier(self) -> Position:
        """Where the blocks of a new pace begin."""
        head = self._blocks[0] if self.begun else None
        return self.position if head is None else head.slab.after

    @property
    def full(self) -> bool:
        """Whether generation must wait."""
        return len(self._blocks) >= _ROOM

    @property
    def ahead(self) -> int:
        """Events that wait for their time."""
        waiting = [block for block in self._blocks if block is not None]
        gone = sum(piece.count for piece in waiting[0].slices[: self._handed]) if waiting else 0
        return sum(len(block.batch) for block in waiting) - gone

    def put(self, block: Prepared | None, now: float) -> None:
        """Add a block, or None for the end of the stream."""
        self._blocks.append(block)
        self._settle(now)

    def early(self, block: Prepared, now: float) -> float:
        """Seconds until the end of a block is due; none while that is not known."""
        if self._wished is not None or not self._anchored:
            return 0.0
        slab = block.slab
        return self.schedule.due(slab.first + slab.events, int(slab.due[-1])) - now

    def delay(self, now: float, *, at_once: bool = False) -> float | None:
        """Seconds until the next slice may go, none where it goes ``at_once``; None while the line is empty."""
        self._settle(now)
        if not self._blocks:
            self.starved = self.starved or self.schedule.pace.rate is not None
            return None
        due = self._due()
        if due is None or at_once or self._hurried:
            return 0.0
        if due > now:
            self.catching_up = False
        return self._may(due, now) - now

    def take(self, now: float, *, at_once: bool = False) -> tuple[Slice, Prepared | None] | None:
        """The next slice, and the block if it is the last of one; None at the end of the stream.

        ``at_once``: out of schedule, which then goes on behind this block.
        """
        head = self._blocks[0]
        if head is None:
            self._blocks.popleft()
            self.ended = True
            return None
        self._hurried = self._hurried or at_once
        piece = head.slices[self._handed]
        self.too_late = ""
        if not self._hurried:
            self._judge(now, self.schedule.due(piece.first, piece.time))
        self._handed += 1
        if self._handed < len(head.slices):
            return piece, None
        self._blocks.popleft()
        self._handed, self.position = 0, head.slab.after
        if self._hurried:
            self._hurried = False
            self._begin(self.schedule.pace)
        return piece, head

    def lag(self, now: float) -> float:
        """Seconds that the next slice is late."""
        if self.schedule.pace.flat or not self._anchored:
            return 0.0
        due = self._due() if self._blocks else self._due_of_next()
        return self.late if due is None else max(0.0, now - due)

    def change(self, pace: Pace) -> None:
        """Drop what was prepared for the old pace and go on at the new one."""
        head = self._blocks[0] if self.begun else None
        self._blocks.clear()
        self.late, self.starved = 0.0, False
        if head is None:
            self._wished = None
            self._begin(pace)
        else:
            self._blocks.append(head)
            self._wished = pace

    def rested(self, seconds: float) -> None:
        """A pause is over: what is to come is so much later, or for a live line late."""
        self.schedule.moved(seconds)
        self.catching_up = self.schedule.pace.live

    def _begin(self, pace: Pace, floor: float = 0.0) -> None:
        """Let a schedule begin at the position, when a block stands ready, and not before ``floor``."""
        reached = self.position.time if self.position.reached is None else self.position.reached
        self.schedule = Schedule(pace, floor, self.position.events, reached, self._clock)
        self._anchored = pace.live
        self._last: tuple[float, float] | None = None  # when the last slice went, and when it was due
        self.too_late, self.catching_up = "", pace.live

    def _settle(self, now: float) -> None:
        if self._wished is not None and not self.begun:
            wished, self._wished = self._wished, None
            due = None if self.schedule.pace.flat else self._due_of_next()
            self._begin(wished, now if due is None else due)
        if not self._anchored and self._blocks:
            self.schedule.wall, self._anchored = max(now, self.schedule.wall), True

    def _due(self) -> float | None:
        """Wall second at which the next slice is due; None at the end of the stream."""
        head = self._blocks[0]
        if head is None:
            return None
        piece = head.slices[self._handed]
        return self.schedule.due(piece.first, piece.time)

    def _due_of_next(self) -> float | None:
        """The same of an event that is not there yet, where its number tells."""
        return self.schedule.due(self.position.events, 0) if self.schedule.pace.rate is not None else None

    def _may(self, due: float, now: float) -> float:
        """Wall second at which the next slice may go: what is late does not go as fast as it can."""
        pace = self.schedule.pace
        if self._last is None or pace.flat or pace.live or pace.on_lag is OnLag.CATCH_UP:
            return due
        if pace.on_lag is OnLag.SKIP and now - due > pace.max_lag:
            return due
        went, was_due = self._last
        return max(due, went + (due - was_due) / _FASTEST)

    def _judge(self, now: float, due: float) -> None:
        """How late a slice is that goes now, and what that means."""
        pace = self.schedule.pace
        self.late = 0.0 if pace.flat else max(0.0, now - due)
        if pace.on_lag is OnLag.SKIP and self.late > pace.max_lag:
            self.too_late = f"{self.late:.1f} s behind the schedule, and on_lag is skip after {pace.max_lag:g} s"
        self.catching_up = pace.live and self.late > (BEHIND if self.catching_up else _PAST)
        if self.late <= BEHIND:
            self.starved = False
        self._last = (now, due)
