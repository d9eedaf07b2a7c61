"""The engine: a validated scenario in, batches of events in event time out.

A scenario is compiled to an immutable `Plan`; a `Stream` walks its *spine* (who happens when, in global order), cuts it
into slabs and realises each slab by pure columnar programs. All randomness goes through `synthwb.engine.draws`.
Nothing in this room reads a clock, a file or a global random state.
"""

from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool
from synthwb.engine.flows.tally import Steps
from synthwb.engine.plan import Plan, compile_plan
from synthwb.engine.spine import Position, Slab
from synthwb.engine.stream import Stream, in_order, past, sample, watched

__all__ = [
    "Batch",
    "Column",
    "EventSchema",
    "Part",
    "Plan",
    "Pool",
    "Position",
    "Slab",
    "Steps",
    "Stream",
    "compile_plan",
    "in_order",
    "past",
    "sample",
    "watched",
]
