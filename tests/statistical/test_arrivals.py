"""Poisson arrivals against their law: rate, dispersion, gaps, and no trace of the cells they are made in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from synthwb.engine.arrivals import PoissonArrivals

START = 1_767_225_600_000_000
ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance


@pytest.mark.parametrize("rate", [Fraction(1, 3600), Fraction(37, 10), Fraction(500), Fraction(40_000)])
def test_a_million_arrivals_follow_the_poisson_law(rate: Fraction) -> None:
    length = int(1_000_000 * 1_000_000 / rate)
    time, address = PoissonArrivals(42, "e", rate).between(START, START + length)
    assert len(set(address.tolist())) == len(time)
    # the count is Poisson with mean 10^6
    assert stats.norm.sf(abs(len(time) - 1e6) / 1e3) * 2 > ALPHA
    # gaps are exponential: Kolmogorov-Smirnov, with the gap in units of its mean
    gaps = np.diff(np.sort(time)) / 1e6 * float(rate)
    if rate < 10_000:  # beyond, whole microseconds show
        assert stats.kstest(gaps, "expon").pvalue > ALPHA
    # counts in bins have variance equal to mean: index of dispersion times bins is chi-square
    for bins in (1_000, 31_250, 100_003):
        edges = np.linspace(0, length, bins + 1)
        counts = np.histogram(time - START, edges)[0]
        dispersion = counts.var() / counts.mean() * (bins - 1)
        assert stats.chi2.sf(dispersion, bins - 1) > ALPHA / 2
        assert stats.chi2.cdf(dispersion, bins - 1) > ALPHA / 2


def test_arrivals_are_even_within_the_cells() -> None:
    time, _ = PoissonArrivals(42, "e", Fraction(500)).between(START, START + 2_000_000_000)
    for shift in (12, 15, 16, 20, 24):
        phase = (time & ((1 << shift) - 1)) / (1 << shift)
        assert stats.kstest(phase, "uniform").pvalue > ALPHA


def test_seeds_are_independent() -> None:
    def counts(seed: int) -> np.ndarray:
        time, _ = PoissonArrivals(seed, "e", Fraction(100)).between(START, START + 5_000_000_000)
        return np.bincount((time - START) // 1_000_000, minlength=5000)

    one, two = counts(1), counts(2)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(5000)
