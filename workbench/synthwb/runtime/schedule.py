"""When events are due: an absolute schedule on the wall clock, never sleep-after-send.

Event n of an open model is due at a time that does not depend on how long earlier ones took; what is late is delivered
at once and shows as lag.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from synthwb.runtime.stats import Pace

__all__ = ["Schedule"]


@dataclass(slots=True)
class Schedule:
    """Maps (number of events delivered before, event time) to wall seconds.

    It is anchored where the pace last changed: ``wall`` seconds, ``events`` delivered by then, ``time`` in
    microseconds of event time.
    """

    pace: Pace
    wall: float
    events: int
    time: int

    def due(self, events: int, time: int) -> float:
        """Wall second at which the event with so many before it, at this event time, is due."""
        if self.pace.rate is not None:
            return self.wall + self._after(events - self.events, self.pace.rate)
        if self.pace.speed is not None:
            return self.wall + (time - self.time) / 1e6 / self.pace.speed
        return self.wall

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
