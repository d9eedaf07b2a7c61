"""The line between generation and delivery: prepared blocks, when the first is due, and how far delivery has come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from synthwb.engine import Position
from synthwb.runtime.generation import Prepared
from synthwb.runtime.schedule import Schedule
from synthwb.runtime.stats import Pace

__all__ = ["Line"]

_ROOM = 3  # prepared blocks at most
_BEHIND = 0.25  # seconds of lag before the line says what holds it up
_PAST = 5.0  # seconds of lag from which on a live line has the past to catch up with


class Line:
    """Plain state without a lock: the run that owns it holds its own while calling.

    ``position`` is behind the last block handed out, ``lag`` how late that was in seconds, ``held_by`` why. ``ended``:
    the stream has no more blocks. ``catching_up``: a live line has not come to now. ``clock``: the wall clock, in
    seconds since the epoch.
    """

    def __init__(self, pace: Pace, position: Position, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.position = position
        self.anchor(pace, 0.0)
        self.lag = 0.0
        self.held_by = ""
        self.ended = False
        self._blocks: deque[Prepared | None] = deque()  # None: the stream has ended

    @property
    def full(self) -> bool:
        """Whether generation must wait."""
        return len(self._blocks) >= _ROOM

    @property
    def ahead(self) -> int:
        """Events that wait for their time."""
        return sum(len(block.batch) for block in self._blocks if block is not None)

    def put(self, block: Prepared | None) -> None:
        """Add a block, or None for the end of the stream."""
        self._blocks.append(block)

    def due(self) -> float | None:
        """Wall second at which the first block may go; None while the line is empty."""
        if not self._blocks:
            if self.schedule.pace.rate is not None:
                self.held_by = "generation"
            return None
        head = self._blocks[0]
        return 0.0 if head is None else self.schedule.due(head.slab.first, int(head.slab.due[0]))

    def delay(self, now: float, *, at_once: bool) -> float | None:
        """Seconds until the first block may go, none where it goes ``at_once``; None while the line is empty."""
        due = self.due()
        if due is not None and due > now and not at_once:
            self.catching_up = False
        return None if due is None else 0.0 if at_once else due - now

    def take(self, now: float) -> Prepared | None:
        """The first block, on schedule; None at the end of the stream."""
        block = self._blocks.popleft()
        if block is None:
            self.ended = True
            return None
        if self.schedule.pace != Pace():
            self.lag = max(0.0, now - self.schedule.due(block.slab.first, int(block.slab.due[0])))
        self.catching_up = self.schedule.pace.live and self.lag > (_BEHIND if self.catching_up else _PAST)
        if self.lag <= _BEHIND or self.catching_up:
            self.held_by = ""
        elif not self.held_by:
            self.held_by = "output"
        self.position = block.slab.after
        return block

    def step(self, paused_at: float) -> Prepared | None:
        """The first block, out of schedule: the schedule then goes on behind it."""
        block = self._blocks.popleft()
        self.ended = block is None
        if block is not None:
            self.position = block.slab.after
            self.anchor(self.schedule.pace, paused_at)
        return block

    def change(self, pace: Pace, wall: float) -> None:
        """Drop what was prepared for the old pace and go on from the position at the new one."""
        self._blocks.clear()
        self.lag, self.held_by = 0.0, ""
        self.anchor(pace, wall)

    def rested(self, seconds: float) -> None:
        """A pause is over: what is to come is so much later, or for a live line late."""
        self.schedule.moved(seconds)
        self.catching_up = self.schedule.pace.live

    def anchor(self, pace: Pace, wall: float) -> None:
        """Let the schedule begin at the position."""
        reached = self.position.time if self.position.reached is None else self.position.reached
        self.schedule = Schedule(pace, wall, self.position.events, reached, self._clock)
        self.catching_up = pace.live
