"""When events happen: point processes in event time.

A process gives the events of any window of event time, and windows of any size give the same events. Poisson, constant
and scheduled arrivals are functions of the window alone. An `Intensity` is a rate with all that shapes it.
"""

from __future__ import annotations

from synthwb.engine.arrivals.constant import ConstantArrivals
from synthwb.engine.arrivals.intensity import Intensity
from synthwb.engine.arrivals.poisson import PoissonArrivals
from synthwb.engine.arrivals.process import Process

__all__ = ["ConstantArrivals", "Intensity", "PoissonArrivals", "Process"]
