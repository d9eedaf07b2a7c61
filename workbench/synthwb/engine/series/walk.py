"""Brownian motion and the Ornstein-Uhlenbeck process over event time, exact at every microsecond.

Sources: Lévy 1948, "Processus stochastiques et mouvement brownien", for the construction by midpoints; Doob 1942, "The
Brownian movement and stochastic equations", for the law of the mean-reverting process, from which the law of its value
halfway between two known ones follows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthwb.engine.draws import Bits, Floats, Ints, mix
from synthwb.engine.laws.continuous import standard_normal
from synthwb.engine.laws.special import exp, expm1, log
from synthwb.engine.series.dyadic import Cells, bridged

__all__ = ["AHEAD", "Walk", "brownian", "folded", "left_after", "spread_of_step", "stationary"]

Walk = Callable[[Ints, Ints, Bits], Floats]
"""From microseconds since the start, the number of each row's tree, and the seeds of the trees, to values."""

AHEAD = 1 << 63
"""Added to the index of a cell, far beyond the index of any other: for the draws of what begins there."""

_FORGOTTEN = 40.0  # relaxation times after which two values are independent: exp(-40) is below half a unit in 2**-53


def brownian(per: int, key: int) -> Walk:
    """Brownian motion from 0: the variance of a change is 1 over ``per`` microseconds. Times before the start are 0."""

    def walk(times: Ints, trees: Ints, seeds: Bits) -> Floats:
        times = np.maximum(times, 0)
        top = max(int(times.max(initial=0)).bit_length() - 1, 0)
        cells = Cells(times, trees, seeds, 0, top)
        doubled = _doubled(seeds, top, key) / np.sqrt(float(per))
        noise = cells.noise(key, standard_normal)
        deviation = np.sqrt(np.ldexp(0.25, np.arange(top + 1)) / per).tolist()

        def roots(depth: int, low: Floats, high: Floats) -> None:
            """The cells from 2**level to 2**(level + 1); none is above them."""
            if depth == 0:
                start = np.flatnonzero(cells.index[0] == 0)
                low[start], high[start] = 0.0, doubled[0, cells.tree[0][start]]
            rows = np.flatnonzero(cells.index[depth] == 1)
            own = cells.tree[depth][rows]
            low[rows], high[rows] = doubled[depth, own], doubled[depth + 1, own]

        def split(depth: int, low: Floats, high: Floats) -> Floats:
            middle: Floats = 0.5 * (low + high) + deviation[depth] * noise[depth]
            return middle

        found: Floats = bridged(cells, roots, split)[0][cells.place]
        return found

    return walk


def _doubled(seeds: Bits, top: int, key: int) -> Floats:
    """Brownian motion at 1, 2, 4, ... up to 2**(top + 1): a row for each, a column for each tree."""
    level = np.arange(top + 2, dtype=np.int64)
    trees = np.arange(len(seeds), dtype=np.int64)
    cells = Cells(np.tile(level, len(seeds)), np.repeat(trees, len(level)), seeds, 0, 0)
    steps = standard_normal(mix(cells.addresses(0, shift=AHEAD), key)).reshape(len(seeds), len(level)).T
    steps = steps * np.sqrt(np.ldexp(1.0, np.maximum(level - 1, 0)))[:, None]
    return np.cumsum(steps, axis=0)


def stationary(half_life: int, key: int) -> Walk:
    """The stationary Ornstein-Uhlenbeck process of mean 0 and variance 1; a distance is halved in a ``half_life``."""
    decay = float(log(2.0)[0]) / half_life
    top = int(np.ceil(_FORGOTTEN / decay)).bit_length()
    halves = np.ldexp(decay / 2.0, np.arange(top + 1))
    kept = exp(-halves)
    weight = (kept / (1.0 + kept * kept)).tolist()
    deviation = np.sqrt(-expm1(-2.0 * halves) / (1.0 + kept * kept)).tolist()

    def walk(times: Ints, trees: Ints, seeds: Bits) -> Floats:
        cells = Cells(times, trees, seeds, 0, top)
        noise = cells.noise(key, standard_normal)

        def roots(depth: int, low: Floats, high: Floats) -> None:
            """Cells so long that their ends know nothing of each other."""
            if depth == top:
                low[:] = standard_normal(mix(cells.addresses(top, shift=AHEAD), key))
                high[:] = standard_normal(mix(cells.addresses(top, shift=AHEAD + 1), key))

        def split(depth: int, low: Floats, high: Floats) -> Floats:
            middle: Floats = weight[depth] * (low + high) + deviation[depth] * noise[depth]
            return middle

        found: Floats = bridged(cells, roots, split)[0][cells.place]
        return found

    return walk


def left_after(times: Ints, half_life: int) -> Floats:
    """The share of a distance that is left after so many microseconds."""
    return exp(times * (-float(log(2.0)[0]) / half_life))


def spread_of_step(per: int, half_life: int) -> float:
    """The deviation of a stationary process whose changes over ``per`` microseconds have a deviation of 1."""
    return float(1.0 / np.sqrt(-2.0 * expm1(-float(log(2.0)[0]) * per / half_life))[0])


def folded(values: Floats, low: float | Floats | None, high: float | Floats | None) -> Floats:
    """Values beyond a bound reflected back inside, as often as needed; NaN where the bounds leave no room."""
    if low is None:
        return values if high is None else np.asarray(high - np.abs(np.subtract(high, values)))
    if high is None:
        return np.asarray(low + np.abs(values - low))
    width = np.where(np.asarray(high) > low, np.subtract(high, low), np.nan)
    turns = (values - low) / (2.0 * width)
    return np.minimum(low + np.abs(turns - np.rint(turns)) * (2.0 * width), high)
