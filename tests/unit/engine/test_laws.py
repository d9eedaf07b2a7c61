"""Laws on the bits themselves: extremes, and both forms of the Poisson law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special as reference
from scipy import stats

from synthwb.engine.draws import mix, unit_open
from synthwb.engine.laws.continuous import (
    POISSON_LARGEST,
    poisson,
    poisson_steps,
    standard_exponential,
    standard_normal,
)
from synthwb.engine.laws.discrete import Table

BITS = mix(np.arange(100_000, dtype=np.uint64), 21)
EXTREMES = np.array(
    [0, 1, 2**12, 2**20, 2**40, 2**52, 2**60, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 2**40, 2**64 - 2**12, 2**64 - 1],
    np.uint64,
)


@pytest.mark.parametrize("bits", [BITS, EXTREMES], ids=["usual", "extreme"])
def test_the_normal_quantile_is_right_to_the_last_digits(bits: np.ndarray) -> None:
    assert np.allclose(standard_normal(bits), reference.ndtri(unit_open(bits)), rtol=4e-15, atol=1e-30)


def test_the_normal_law_is_symmetric_to_the_last_bit() -> None:
    assert np.array_equal(standard_normal(~BITS), -standard_normal(BITS))


@pytest.mark.parametrize("bits", [BITS, EXTREMES], ids=["usual", "extreme"])
def test_the_exponential_is_minus_the_logarithm(bits: np.ndarray) -> None:
    found = standard_exponential(bits)
    assert np.allclose(found, -np.log(unit_open(bits)), rtol=1e-15)
    assert (found > 0).all()


@pytest.mark.parametrize("mean", [0.0, 1e-300, 1e-9, 0.3, 1.4, 9.99, 50.0, 100.5, np.nextafter(128.0, 0)])
def test_poisson_thresholds_split_the_bits_as_the_sums_do(mean: float) -> None:
    steps = poisson_steps(mean)
    assert steps == sorted(steps)
    edges = np.array(
        [step + change for step in steps for change in (-1, 0, 1) if 0 <= step + change < 2**64], np.uint64
    )
    bits = np.concatenate((BITS, EXTREMES, edges))
    assert np.array_equal(Table(steps)(bits), poisson(bits, mean))


@pytest.mark.parametrize("mean", [0.3, 20.0, 127.9, 128.0, 200.0, 1e3, 1e4, 1e6])
def test_poisson_is_the_quantile(mean: float) -> None:
    bits = BITS[: 100_000 if mean < 1000 else 3000]  # the reference is slow for large means
    assert np.array_equal(poisson(bits, mean), stats.poisson.ppf(unit_open(bits), mean).astype(int))


def test_poisson_counts_grow_with_the_mean() -> None:
    """The same bits: more events where the mean is higher, also across the change of method at 128."""
    means = np.concatenate((np.linspace(100.0, 127.99, 50), np.linspace(128.0, 160.0, 50)))
    counts = np.array([poisson(BITS[:5000], mean) for mean in means])
    assert (np.diff(counts, axis=0) >= 0).all()


def test_poisson_holds_at_the_ends() -> None:
    assert poisson(EXTREMES, 0.0).tolist() == [0] * len(EXTREMES)
    assert poisson(EXTREMES, 1e-12).max() <= 1
    spread = 8.3 * POISSON_LARGEST**0.5
    assert np.abs(poisson(EXTREMES, POISSON_LARGEST) - POISSON_LARGEST).max() < spread
    assert poisson(EXTREMES, 128.0).min() >= 0
