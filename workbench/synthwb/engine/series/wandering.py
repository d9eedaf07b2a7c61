"""A standard walk as the values of a field: where it starts, how far it goes, what holds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthwb.engine.block import Block, Number
from synthwb.engine.columns import Column
from synthwb.engine.draws import Floats, Ints
from synthwb.engine.laws.results import floats, spread
from synthwb.engine.laws.special import exp, log
from synthwb.engine.series.trees import Trees
from synthwb.engine.series.walk import Walk, folded, left_after

__all__ = ["Wandering"]


@dataclass(frozen=True, slots=True)
class Wandering:
    """A field that wanders.

    ``walk`` is a standard walk, of which ``size`` makes one of the field's own; ``begin``: the event time of the start
    in microseconds; ``slope``: a steady change per microsecond; ``half_life`` of a distance from the ``mean``, in
    microseconds, or None. ``geometric``: the walk is one of the logarithm.
    """

    walk: Walk
    trees: Trees
    begin: int
    size: Number
    start: Number | None
    mean: Number | None
    low: Number | None
    high: Number | None
    slope: float
    half_life: int | None
    geometric: bool

    def __call__(self, block: Block) -> Column:
        """The values at the times of a block."""
        with np.errstate(all="ignore"):
            start, mean, low, high = (
                None if number is None else number(block) for number in (self.start, self.mean, self.low, self.high)
            )
            centre = next((given for given in (mean, start) if given is not None), 1.0 if self.geometric else 0.0)
            distance = self._distance(block, None if start is None else self._apart(start, centre))
            if not self.geometric:
                return floats(folded(centre + distance, low, high))
            ends = (None if bound is None else self._apart(bound, centre) for bound in (low, high))
            values = np.where(np.asarray(centre) > 0.0, centre, np.nan) * exp(folded(distance, *ends))
            return floats(values if low is None and high is None else np.clip(values, low, high))

    def _apart(self, value: float | Floats, centre: float | Floats) -> float | Floats:
        """How far a value is from the centre, in the unit of the walk."""
        return log(np.divide(value, centre)) if self.geometric else np.subtract(value, centre)

    def _distance(self, block: Block, first: float | Floats | None) -> Floats:
        """The way from the start, or from the mean; ``first``: what it is at the start, if that is given."""
        times = np.maximum(block.time - self.begin, 0)
        tree, seeds = self.trees(block)
        size = spread(self.size(block))
        found = self.walk(times, tree, seeds) * size
        if self.half_life is None:
            return found + self.slope * times if self.slope else found
        if first is None:
            return found
        own = np.arange(len(seeds))
        at_start: Floats = self.walk(_none(own), own, seeds)[tree] * size
        return found + left_after(times, self.half_life) * (first - at_start)


def _none(rows: Ints) -> Ints:
    return np.zeros(len(rows), np.int64)
