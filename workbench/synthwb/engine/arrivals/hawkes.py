"""Hawkes arrivals: events that bring about more events, in bursts.

A process of this kind is a Poisson process of immigrants each of which founds a family (Hawkes and Oakes 1974, "A
cluster process representation of a self-exciting process"): every event, whichever way it came, has a Poisson number of
children, ``branching`` on average, each after an exponential delay with the mean ``decay``. A child is addressed by its
parent and its number among the siblings, so a family is the same wherever it is cut; children that come later than a
window are carried to the next.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from synthwb.engine.arrivals.poisson import PoissonArrivals
from synthwb.engine.arrivals.walked import Walked
from synthwb.engine.draws import Bits, Ints, draw, key_of, mix
from synthwb.engine.laws.continuous import poisson, standard_exponential

__all__ = ["HawkesArrivals", "Unborn"]

_SIBLING = 0x9E3779B97F4A7C15  # tells apart the children of one event

Unborn: TypeAlias = tuple[Ints, Bits]
"""Times and addresses of the children that are still to come."""


class HawkesArrivals(Walked[Unborn]):
    """``immigrants`` from ``start`` on, and all their descendants; nobody came before. ``decay``: in microseconds."""

    def __init__(
        self, seed: int, name: str, immigrants: PoissonArrivals, start: int, *, branching: float, decay: int
    ) -> None:
        super().__init__(start, (np.empty(0, np.int64), np.empty(0, np.uint64)))
        self._immigrants = immigrants
        self._branching = branching
        self._decay = float(decay)
        self._child_key = key_of(seed, "arrivals", name, "child")
        self._count_key = key_of(seed, "arrivals", name, "children")
        self._delay_key = key_of(seed, "arrivals", name, "delay")

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`: the immigrants, each with its family of 1 / (1 - branching)."""
        return self._immigrants.expected(max(start, self._start), end) / (1.0 - self._branching)

    def _walk(self, state: Unborn, start: int, end: int) -> tuple[tuple[Ints, Bits], Unborn]:
        """See `Walked`: generation after generation."""
        last = end if self._immigrants.end is None else min(end, self._immigrants.end)
        came = self._immigrants.between(start, last)
        due = state[0] < end
        time, address = np.concatenate([state[0][due], came[0]]), np.concatenate([state[1][due], came[1]])
        found, later = [(time, address)], [(state[0][~due], state[1][~due])]
        while len(time):
            time, address = self._children(time, address)
            here = time < end
            later.append((time[~here], address[~here]))
            time, address = time[here], address[here]
            found.append((time, address))
        times, addresses = (np.concatenate(parts) for parts in zip(*found, strict=True))
        unborn = (np.concatenate([each for each, _ in later]), np.concatenate([each for _, each in later]))
        return (times, addresses), unborn

    def _children(self, time: Ints, address: Bits) -> tuple[Ints, Bits]:
        """The children of these events."""
        counts = poisson(draw(address, self._count_key), self._branching)
        parent = np.repeat(np.arange(len(counts)), counts)
        index = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
        child = mix(address[parent] + mix(index.astype(np.uint64), _SIBLING), self._child_key)
        delay = standard_exponential(draw(child, self._delay_key)) * self._decay
        return time[parent] + delay.astype(np.int64), child
