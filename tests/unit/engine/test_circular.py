"""The cosine of a share of a turn, and the symmetric beta law."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from synthwb.engine.draws import mix, unit
from synthwb.engine.laws.circular import cosine, halved

ADDRESS = mix(np.arange(200_000, dtype=np.uint64), 7)


def test_the_cosine_is_that_of_the_c_library() -> None:
    turns = np.concatenate([unit(mix(np.arange(5000, dtype=np.uint64), 3)) * size for size in (1e-9, 1.0, 7.0, 1e6)])
    turns = np.concatenate([turns, -turns])
    exact = [math.cos(2 * math.pi * float(Fraction(t) - round(Fraction(t)))) for t in turns.tolist()]
    assert np.max(np.abs(cosine(turns) - exact)) < 5e-16


def test_quarters_of_a_turn_are_exact() -> None:
    assert cosine(np.array([0.0, 0.25, 0.5, 0.75, 1.0, -0.25, -0.5, 1e15])).tolist() == [1, 0, -1, 0, 1, 0, -1, 1]


@pytest.mark.parametrize("shape", [1e-6, 0.01, 0.3, 0.4999, 0.5, 0.500001, 0.7, 1.0, 3.0, 100.0, 1e6, 1e12])
def test_a_half_has_a_symmetric_beta_law(shape: float) -> None:
    values = halved(ADDRESS, (1, 2), shape)
    assert ((values >= 0.0) & (values <= 1.0)).all()
    assert stats.binomtest(int((values < 0.5).sum()), len(values)).pvalue > 1e-4
    low = values[values < 0.5]
    if shape < 1e-3:  # most of it lies below the smallest float
        assert (low == 0.0).mean() > 0.99
    elif shape >= 1e9:  # scipy's own is no longer exact there
        law = stats.norm(0.5, 0.5 / np.sqrt(2 * shape + 1))
        assert stats.kstest(values, law.cdf).pvalue > 1e-4
    else:
        assert stats.kstest(low, lambda x: 2.0 * stats.beta(shape, shape).cdf(x)).pvalue > 1e-4


@pytest.mark.parametrize("shape", [0.2, 0.5, 4.0])
def test_a_value_depends_on_its_own_address(shape: float) -> None:
    whole = halved(ADDRESS[:20_000], (1, 2), shape)
    assert np.array_equal(halved(ADDRESS[5:7], (1, 2), shape), whole[5:7])
    assert len(halved(ADDRESS[:0], (1, 2), shape)) == 0
