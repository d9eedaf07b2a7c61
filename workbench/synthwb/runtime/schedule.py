"""When events are due: an absolute schedule on the wall clock, never sleep-after-send.

Event n of an open model is due at a time that does not depend on how long earlier ones took. What is late shows as lag;
`synthwb.runtime.pace.OnLag` says what becomes of it.
"""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from dataclasses import dataclass

from synthwb.runtime.pace import Pace

__all__ = ["Schedule"]

_LOOK = 1.0  # seconds after which a live run looks at the wall clock again: it can be set, and a machine can sleep


@dataclass(slots=True)
class Schedule:
    """Maps (number of events delivered before, event time) to wall seconds, as `time.monotonic` counts them.

    It is anchored where the pace last changed: ``wall`` seconds, ``events`` delivered by then, ``time`` in
    microseconds of event time. A live one has no anchor: it follows ``clock``, seconds since the epoch.
    """

    pace: Pace
    wall: float
    events: int
    time: int
    clock: Callable[[], float] = clocks.time

    def due(self, events: int, time: int) -> float:
        """Wall second at which the event with so many before it, at this event time, is due."""
        if self.pace.live:
            return time / 1e6 - (self.clock() - clocks.monotonic())
        if self.pace.rate is not None:
            return self.wall + self.pace.rhythm.after(events - self.events)
        if self.pace.speed is not None:
            return self.wall + (time - self.time) / 1e6 / self.pace.speed
        return self.wall

    def patience(self, seconds: float | None) -> float | None:
        """How long somebody may sleep who wants to sleep so long, or for ever (None)."""
        if not self.pace.live:
            return seconds
        return _LOOK if seconds is None else min(seconds, _LOOK)

    def moved(self, seconds: float) -> None:
        """Shift everything later, as after a pause."""
        self.wall += seconds
