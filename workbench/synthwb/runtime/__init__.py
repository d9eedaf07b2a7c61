"""A run: delivery of a plan's events to outputs on the wall clock, with pause, step, stop and live rate.

`Run` owns the threads; every surface drives this one class and looks at it through frozen `Stats`.
"""

from synthwb.runtime.outputs import Output, outputs, target
from synthwb.runtime.pace import OnLag, Pace
from synthwb.runtime.rhythm import Burst
from synthwb.runtime.run import Run
from synthwb.runtime.saving import Keeping
from synthwb.runtime.stats import SinkStats, State, Stats
from synthwb.runtime.truth import TruthOutput

__all__ = [
    "Burst",
    "Keeping",
    "OnLag",
    "Output",
    "Pace",
    "Run",
    "SinkStats",
    "State",
    "Stats",
    "TruthOutput",
    "outputs",
    "target",
]
