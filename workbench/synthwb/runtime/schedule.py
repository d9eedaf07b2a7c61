"""When events are due: an absolute schedule on the wall clock, never sleep-after-send.

Event n of an open model is due at a time that does not depend on how long earlier ones took; what is late is delivered
at once and shows as lag.
"""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from synthwb.runtime.stats import Pace

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
            return self.wall + self._after(events - self.events, self.pace.rate)
        if self.pace.speed is not None:
            return self.wall + (time - self.time) / 1e6 / self.pace.speed
        return self.wall

    def patience(self, seconds: float | None) -> float | None:
        """How long somebody may sleep who wants to sleep so long, or for ever (None)."""
        if not self.pace.live:
            return seconds
        return _LOOK if seconds is None else min(seconds, _LOOK)

    def _after(self, events: int, rate: float) -> float:
        """Seconds after the anchor by which so many events are due; the rate grows linearly during the ramp."""
        ramp = self.pace.ramp
        if not ramp:
            return events / rate
        in_ramp = rate * ramp / 2
        if events < in_ramp:
            return sqrt(2 * events * ramp / rate)
        return ramp + (events - in_ramp) / rate

    def moved(self, seconds: float) -> None:
        """Shift everything later, as after a pause."""
        self.wall += seconds
