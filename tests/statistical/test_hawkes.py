"""Hawkes arrivals against their law: rate, dispersion, branching and delays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from synthwb.engine.arrivals import HawkesArrivals, PoissonArrivals

START = 1_767_225_600_000_000
ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
SECOND = 1_000_000


def _process(rate: Fraction, branching: float, decay: float) -> HawkesArrivals:
    immigrants = PoissonArrivals(42, "e", rate)
    return HawkesArrivals(42, "e", immigrants, START, branching=branching, decay=int(decay * SECOND))


@pytest.mark.parametrize(("branching", "decay"), [(0.2, 2.0), (0.6, 1.0), (0.9, 0.5)])
def test_rate_and_dispersion_are_those_of_the_law(branching: float, decay: float) -> None:
    """The rate is that of the immigrants by 1 / (1 - n); counts of long windows have variance / mean 1 / (1 - n)^2."""
    seconds = 400_000
    time, _ = _process(Fraction(1), branching, decay).between(START, START + seconds * SECOND)
    expected = seconds / (1 - branching)
    error = np.sqrt(expected) / (1 - branching)  # of the count, by its variance
    assert abs(len(time) - expected) < 4 * error
    bins = seconds // 400  # long against the life of a family
    counts = np.bincount((time - START) // (400 * SECOND), minlength=bins)[1:]
    assert counts.var() / counts.mean() == pytest.approx((1 - branching) ** -2, rel=0.2)


def test_families_have_the_sizes_of_borel_and_children_come_after_exponential_delays() -> None:
    """With immigrants far apart families do not overlap: their sizes follow the law of Borel."""
    branching, decay, apart = 0.6, 1.0, 20_000
    process = _process(Fraction(1, apart), branching, decay)
    time, _ = process.between(START, START + 6000 * apart * SECOND)
    begins = np.flatnonzero(np.diff(time, prepend=0) > 100 * SECOND)
    sizes = np.diff(np.append(begins, len(time)))
    k = np.arange(1, 40)
    borel = np.exp(-branching * k + (k - 1) * np.log(branching * k) - np.cumsum(np.log(k)))
    observed = np.bincount(sizes, minlength=40)[1:40]
    some = borel * len(sizes) > 8
    expected = borel[some] * observed[some].sum() / borel[some].sum()
    assert stats.chisquare(observed[some], expected).pvalue > ALPHA
    # a family of two is an immigrant with its only child: its delay is one delay that was drawn
    pairs = begins[sizes == 2]
    assert len(pairs) > 1000
    delays = (time[pairs + 1] - time[pairs]) / SECOND
    # given that no more children came the delay is exponential still
    assert stats.kstest(delays, stats.expon(scale=decay).cdf).pvalue > ALPHA


def test_the_branching_ratio_is_found_again_from_counts() -> None:
    """n = 1 - 1 / sqrt(variance / mean) (Hardiman and Bouchaud 2014), of windows long against the families."""
    time, _ = _process(Fraction(5), 0.7, 0.5).between(START, START + 300_000 * SECOND)
    counts = np.bincount((time - START) // (100 * SECOND))[1:-1]
    assert 1 - 1 / np.sqrt(counts.var() / counts.mean()) == pytest.approx(0.7, abs=0.03)
