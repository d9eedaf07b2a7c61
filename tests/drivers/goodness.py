"""How well a million draws fit a discrete law: chi-square over cells pooled to an expected count of at least 5."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

ROWS = 1_000_000
ALPHA = 1e-4


def pooled(observed: np.ndarray, expected: np.ndarray) -> float:
    """Chi-square p-value; neighbouring cells are joined until each expects at least 5."""
    starts, total = [0], 0.0
    for cell, share in enumerate(expected):
        if total >= 5.0:
            starts.append(cell)
            total = 0.0
        total += share
    if total < 5.0 and len(starts) > 1:
        starts.pop()
    observed, expected = np.add.reduceat(observed, starts), np.add.reduceat(expected, starts)
    return float(stats.chisquare(observed, expected * (observed.sum() / expected.sum())).pvalue)


def follows(values: np.ndarray, law: Any) -> float:
    """Chi-square p-value of counts against a discrete law of scipy."""
    low, high = int(values.min()), int(values.max())
    observed = np.bincount(values - low)
    expected = law.pmf(np.arange(low, high + 1)) * len(values)
    expected[0] += law.cdf(low - 1) * len(values)
    expected[-1] += law.sf(high) * len(values)
    return pooled(observed, expected)
