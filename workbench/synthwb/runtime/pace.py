"""How delivery follows the wall clock, and what becomes of what is late. None of it ever changes the data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from synthwb.runtime.rhythm import Burst, Rhythm

if TYPE_CHECKING:
    from synthwb.scenario.model import Pacing

__all__ = ["OnLag", "Pace"]

_SECOND = 1_000_000


class OnLag(StrEnum):
    """What becomes of events that are late, because the machine or a destination could not keep up.

    REPORT: they go as soon as they can, but no faster than twice the pace, and the lag is shown. CATCH_UP: they go at
    once, as fast as the destinations take them. SKIP: those that are later than ``Pace.max_lag`` are not sent, but kept
    in the dead letters of every destination; the others go as with REPORT.
    """

    REPORT = "report"
    CATCH_UP = "catch_up"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Pace:
    """At most one of ``rate``, ``speed`` and ``live`` is set; none: flat out.

    ``rate``: events per second of wall time, reached after ``ramp`` seconds, with a ``burst`` now and then. ``speed``:
    seconds of event time per second of wall time. ``live``: each event goes when it is its time on the wall clock; what
    is late goes at once. ``max_lag``: seconds, see `OnLag`.
    """

    rate: float | None = None
    speed: float | None = None
    ramp: float = 0.0
    live: bool = False
    on_lag: OnLag = OnLag.REPORT
    max_lag: float = 1.0
    burst: Burst | None = None

    @staticmethod
    def of(pacing: Pacing) -> Pace:
        """That of a document."""
        burst = pacing.burst
        return Pace(
            rate=pacing.rate,
            ramp=pacing.ramp / _SECOND,
            on_lag=OnLag(pacing.on_lag),
            max_lag=pacing.max_lag / _SECOND,
            burst=None if burst is None else Burst(burst.rate, burst.every / _SECOND, burst.length / _SECOND),
        )

    @property
    def flat(self) -> bool:
        """Whether everything goes as fast as it can."""
        return self.rate is None and self.speed is None and not self.live

    @property
    def rhythm(self) -> Rhythm:
        """That of a rate. Raises ValueError without one."""
        if self.rate is None:
            raise ValueError("a pace without a rate has no rhythm")
        return Rhythm(self.rate, self.ramp, self.burst)
