"""The dyadic cells of event time: intervals of 2**level microseconds, each the two halves of its children.

A process is drawn from coarse to fine: its values at the ends of a cell are known, the value in the middle is drawn
given those, by a draw that belongs to the cell (Lévy's construction of Brownian motion). So a value is a function of
its time alone, and cells that hold several of the wanted moments are worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from synthwb.engine.draws import Bits, Floats, Ints, mix

__all__ = ["Cells", "Roots", "Split", "bridged"]

Roots: TypeAlias = Callable[[int, Floats, Floats], None]
"""Sets the values at both ends of the cells of a depth that have no parent: (depth, at the start, at the end)."""

Split: TypeAlias = Callable[[int, Floats, Floats], Floats]
"""The values in the middle of the cells of a depth: (depth, at the start, at the end)."""

_LEVEL = 0xD1342543DE82EF95  # odd: from the key of one level to the next


class Cells:
    """The cells that hold some moments, from the ``finest`` level (depth 0) up to the level ``top``.

    ``times``: microseconds; ``trees``: which of several independent trees of time each row belongs to, as a number into
    ``seeds``. ``index[depth]`` and ``tree[depth]`` describe the cells of a depth, ``parent[depth]`` gives the place of
    each one's parent in the next depth, and ``place`` that of each row's cell in depth 0.
    """

    def __init__(self, times: Ints, trees: Ints, seeds: Bits, finest: int, top: int) -> None:
        self.finest = finest
        self.seeds = seeds
        order = np.lexsort((times, trees)) if len(seeds) > 1 else _ascending(times)
        index, tree = times[order] >> finest, trees[order]
        first = _first(index, tree)
        self.place = np.empty(len(times), np.int64)
        self.place[order] = np.cumsum(first) - 1
        self.index, self.tree, self.parent = [index[first]], [tree[first]], list[Ints]()
        for _ in range(finest, top):
            index, tree = self.index[-1] >> 1, self.tree[-1]
            first = _first(index, tree)
            self.parent.append(np.cumsum(first) - 1)
            self.index.append(index[first])
            self.tree.append(tree[first])

    @property
    def top(self) -> int:
        """The greatest depth."""
        return len(self.index) - 1

    def addresses(self, depth: int, shift: int = 0) -> Bits:
        """The hashed identity of each cell of a depth, or of the cell ``shift`` places on."""
        place = mix(self.index[depth].view(np.uint64), shift + (self.finest + depth) * _LEVEL)
        return mix(place ^ self.seeds[self.tree[depth]])

    def noise(self, key: int, law: Callable[[Bits], Floats]) -> list[Floats]:
        """A draw by ``law`` for each cell of every depth but 0, which has no middle: all of them at once."""
        found = [self.addresses(depth) for depth in range(1, self.top + 1)]
        drawn = law(mix(np.concatenate([np.empty(0, np.uint64), *found]), key))
        ends = np.cumsum([0, *map(len, found)])
        return [np.empty(0), *(drawn[start:end] for start, end in pairwise(ends))]


def _ascending(times: Ints) -> Ints:
    """An order in which times ascend: events have it already."""
    sorted_ = len(times) < 2 or bool((times[1:] >= times[:-1]).all())
    return np.arange(len(times)) if sorted_ else np.argsort(times, kind="stable")


def _first(index: Ints, tree: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether a cell differs from the one before it."""
    first = np.ones(len(index), np.bool_)
    first[1:] = (index[1:] != index[:-1]) | (tree[1:] != tree[:-1])
    return first


def bridged(cells: Cells, roots: Roots, split: Split) -> tuple[Floats, Floats]:
    """The values at both ends of the cells of depth 0."""
    low = high = middle = np.zeros(len(cells.index[-1]))
    for depth in range(cells.top, -1, -1):
        if depth < cells.top:
            up, right = cells.parent[depth], (cells.index[depth] & 1).astype(np.bool_)
            low, high = np.where(right, middle[up], low[up]), np.where(right, high[up], middle[up])
        else:
            low, high = low.copy(), high.copy()
        roots(depth, low, high)
        if depth:
            middle = split(depth, low, high)
    return low, high
