"""Staircases: functions of event time that are constant from one edge to the next.

Every shape of an intensity is one. So sums over it are exact, the least and the greatest value over any stretch are
known, and its value at a time is looked up, which gives the same last bit on every processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthwb.engine.draws import Floats, Ints

__all__ = ["Staircase", "joined", "product"]


@dataclass(frozen=True, slots=True)
class Staircase:
    """``values[i]`` holds from ``edges[i]`` up to the next edge, the last one up to ``end``. Edges ascend.

    Nothing is known before the first edge.
    """

    edges: Ints
    values: Floats
    end: int

    def at(self, time: Ints) -> Floats:
        """The values at these times."""
        if len(self.values) == 1:
            return np.broadcast_to(self.values, len(time))
        return self.values[np.searchsorted(self.edges, time, side="right") - 1]

    def bounds(self, first: Ints, last: Ints) -> tuple[Floats, Floats]:
        """Least and greatest value over each of the stretches ``[first, last)``, which do not overlap."""
        if len(self.values) == 1:
            whole = np.broadcast_to(self.values, len(first))
            return whole, whole
        left = np.searchsorted(self.edges, first, side="right") - 1
        right = np.maximum(np.searchsorted(self.edges, last, side="left"), left + 1)
        low = self.values[left]
        high = low.copy()
        wide = np.flatnonzero(right > left + 1)
        if len(wide):
            cuts = np.stack((left[wide], right[wide]), axis=1).ravel()
            padded = np.append(self.values, self.values[-1])
            low[wide] = np.minimum.reduceat(padded, cuts)[::2]
            high[wide] = np.maximum.reduceat(padded, cuts)[::2]
        return low, high

    @property
    def widths(self) -> Ints:
        """How long each value holds, in microseconds."""
        return np.diff(self.edges, append=self.end)

    @property
    def integral(self) -> float:
        """The area under the staircase, in units of the value times microseconds."""
        return float(np.cumsum(self.widths * self.values)[-1])

    def scaled(self, factor: float) -> Staircase:
        """The same staircase, every value multiplied."""
        return Staircase(self.edges, self.values * factor, self.end)


def joined(parts: Sequence[Staircase]) -> Staircase:
    """Staircases that follow one another, as one."""
    if len(parts) == 1:
        return parts[0]
    edges = np.concatenate([part.edges for part in parts])
    return Staircase(edges, np.concatenate([part.values for part in parts]), parts[-1].end)


def product(parts: Sequence[Staircase]) -> Staircase:
    """The product of staircases over the same stretch, multiplied in the order given."""
    if len(parts) == 1:
        return parts[0]
    edges = np.sort(np.concatenate([part.edges for part in parts]), kind="stable")  # runs that only need merging
    edges = edges[np.append(True, edges[1:] != edges[:-1])]
    values = parts[0].at(edges)
    for part in parts[1:]:
        values = values * part.at(edges)
    return Staircase(edges, values, parts[0].end)
