"""The gamma process over event time: growth that never turns back, by independent random amounts.

What it gains over a cell is split between its halves by a symmetric beta law, which leaves both with the gains that
they should have, independent of each other (Avramidis, L'Ecuyer, Tremblay 2003, "Efficient simulation of gamma and
variance-gamma processes", gamma bridge sampling). Within a cell of the finest level it grows evenly.
"""

from __future__ import annotations

import numpy as np

from synthwb.engine.draws import Bits, Floats, Ints
from synthwb.engine.laws.circular import halved
from synthwb.engine.laws.gamma import standard_gamma
from synthwb.engine.series.dyadic import Cells, bridged
from synthwb.engine.series.walk import AHEAD, Walk

__all__ = ["FINEST", "gamma_process"]

FINEST = 10
"""The level at which growth becomes even: about a millisecond."""


def gamma_process(per: int, noise: float, keys: tuple[int, int, int]) -> Walk:
    """Growth from 0 with a mean of 1 over ``per`` microseconds and a deviation of ``noise`` (above 0) over the same.

    Times before the start are 0.
    """
    shape = 1.0 / (noise * noise)  # of the gain over ``per``

    def walk(times: Ints, trees: Ints, seeds: Bits) -> Floats:
        times = np.maximum(times, 0)
        top = max(int(times.max(initial=0)).bit_length() - 1, FINEST)
        cells = Cells(times, trees, seeds, FINEST, top)
        doubled = _doubled(seeds, top, shape / per, keys)

        def roots(depth: int, low: Floats, high: Floats) -> None:
            if depth == 0:
                start = np.flatnonzero(cells.index[0] == 0)
                low[start], high[start] = 0.0, doubled[0, cells.tree[0][start]]
            rows = np.flatnonzero(cells.index[depth] == 1)
            own = cells.tree[depth][rows]
            low[rows], high[rows] = doubled[depth, own], doubled[depth + 1, own]

        def split(depth: int, low: Floats, high: Floats) -> Floats:
            half = float(np.ldexp(shape / per, FINEST + depth - 1))
            share = halved(cells.addresses(depth), (keys[0], keys[1]), half)
            return np.minimum(low + share * (high - low), high)

        low, high = (ends[cells.place] for ends in bridged(cells, roots, split))
        within = np.ldexp((times & ((1 << FINEST) - 1)).astype(np.float64), -FINEST)
        return np.minimum(low + within * (high - low), high) * (noise * noise)

    return walk


def _doubled(seeds: Bits, top: int, rate: float, keys: tuple[int, int, int]) -> Floats:
    """Growth up to the ends of the first cells of each level, from `FINEST` to ``top`` + 1: a row each."""
    level = np.arange(FINEST, top + 2, dtype=np.int64)
    trees = np.arange(len(seeds), dtype=np.int64)
    cells = Cells(np.tile(level, len(seeds)), np.repeat(trees, len(level)), seeds, 0, 0)
    spans = np.ldexp(rate, np.maximum(level - 1, FINEST))
    gains = standard_gamma(cells.addresses(0, shift=AHEAD), keys, np.tile(spans, len(seeds)))
    return np.cumsum(gains.reshape(len(seeds), len(level)).T, axis=0)
