"""When events happen: point processes in event time.

A process gives the events of any window of event time, and windows of any size give the same events. Poisson, constant
and scheduled arrivals are functions of the window alone; the others keep marks from which a window can be made.
An `Intensity` is a rate with all that shapes it. Of some processes the events belong to rows of an entity.
"""

from __future__ import annotations

from synthwb.engine.arrivals.attended import attended
from synthwb.engine.arrivals.beginnings import Beginnings
from synthwb.engine.arrivals.constant import ConstantArrivals
from synthwb.engine.arrivals.hawkes import HawkesArrivals
from synthwb.engine.arrivals.individual import Counted, Renewed
from synthwb.engine.arrivals.intensity import Intensity
from synthwb.engine.arrivals.owners import Owned, Owners, owners_of
from synthwb.engine.arrivals.poisson import PoissonArrivals
from synthwb.engine.arrivals.process import Marked, Process
from synthwb.engine.arrivals.renewal import Mark, RenewalArrivals
from synthwb.engine.arrivals.schedule import ScheduleArrivals
from synthwb.engine.arrivals.zones import Zone

__all__ = [
    "Beginnings",
    "ConstantArrivals",
    "Counted",
    "HawkesArrivals",
    "Intensity",
    "Mark",
    "Marked",
    "Owned",
    "Owners",
    "PoissonArrivals",
    "Process",
    "RenewalArrivals",
    "Renewed",
    "ScheduleArrivals",
    "Zone",
    "attended",
    "owners_of",
]
