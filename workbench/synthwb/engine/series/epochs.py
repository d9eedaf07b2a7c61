"""Stretches of event time that begin anew: every so often, or from midnight to midnight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthwb.engine.arrivals.zones import DAY, Zone
from synthwb.engine.draws import Ints
from synthwb.engine.text.timetext import instants
from synthwb.scenario.model import Clock

__all__ = ["epochs", "local_time"]

_MONDAY = 4 * DAY  # the first one after 1970-01-01: weeks begin there


def local_time(times: Ints, zone: str) -> Ints:
    """Instants in microseconds as local time of a zone, in microseconds since a local 1970-01-01."""
    if zone == "UTC":
        return times
    found: Ints = instants(times).dt.convert_time_zone(zone).dt.replace_time_zone(None).to_physical().to_numpy()
    return found


def epochs(period: int, clock: Clock) -> Callable[[Ints], tuple[Ints, Ints]]:
    """From moments to the number of the epoch that each lies in, and the moment at which that began.

    Epochs of whole days begin at midnight in the zone of the clock, those of whole weeks on Mondays, whatever happens
    to the clocks in between; all others are counted from the start.
    """
    if period % DAY:

        def counted(times: Ints) -> tuple[Ints, Ints]:
            number = (times - clock.start) // period
            return number, number * period + clock.start

        return counted

    zone = Zone(clock.zone)

    def by_day(times: Ints) -> tuple[Ints, Ints]:
        number = (local_time(times, clock.zone) - _MONDAY) // period
        found, rows = np.unique(number, return_inverse=True)
        return number, zone.instants(found * period + _MONDAY)[rows]

    return by_day
