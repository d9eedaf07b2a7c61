"""Legs of a path: their ends are even by area, and the way in an hour is what the speed says."""

from __future__ import annotations

import numpy as np
from goodness import ALPHA
from scipy import stats

from synthwb.engine.draws import mix, unit
from synthwb.engine.series.waypoints import _PHASE, LEG, waypoints

ROWS = 1_000_000


def test_waypoints_are_even_by_area() -> None:
    whose = mix(np.arange(ROWS, dtype=np.uint64))
    left = 1.0 - unit(mix(mix(whose, 7), _PHASE))  # of the first leg, at the start
    north, east = waypoints((left * 1e9).astype(np.int64), whose, np.full(ROWS, 1e9), 7)
    far = north**2 + east**2
    assert stats.kstest(far, "uniform").pvalue > ALPHA
    assert stats.kstest(np.arctan2(north, east) / (2 * np.pi) % 1, "uniform").pvalue > ALPHA


def test_legs_are_as_long_as_their_constant_says() -> None:
    whose = mix(np.arange(ROWS, dtype=np.uint64))
    first = np.zeros(ROWS, np.int64)
    one = waypoints(first, whose, np.full(ROWS, 1e12), 7)
    other = waypoints(first + 10**6, whose, np.full(ROWS, 1e12), 7)
    way = np.hypot(other[0] - one[0], other[1] - one[1]) * 1e6
    assert abs(way.mean() - LEG) < 5 * 0.425 / np.sqrt(ROWS)
