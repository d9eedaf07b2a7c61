"""Mixtures, histograms and samples against their distribution functions at a million draws."""

from __future__ import annotations

import numpy as np
from documents import values
from generator_driver import drawn
from goodness import ALPHA, ROWS
from scipy import stats


def test_a_mixture_has_the_weighted_distribution_function() -> None:
    field = "{mixture: [{weight: 70, normal: {mean: 20, std: 5}}, {weight: 29.9, exponential: {mean: 40}}, {weight: 0.1, const: -100}]}"  # noqa: E501
    x = values(field, ROWS).to_numpy()
    far = int(np.count_nonzero(x == -100.0))
    assert stats.binomtest(far, ROWS, 0.001).pvalue > ALPHA
    shares = (70 / 99.9, 29.9 / 99.9)
    law = lambda v: shares[0] * stats.norm.cdf(v, 20, 5) + shares[1] * stats.expon.cdf(v, scale=40)  # noqa: E731
    assert stats.kstest(x[x != -100.0], law).pvalue > ALPHA


def test_a_histogram_fills_each_bin_by_its_weight_and_evenly() -> None:
    x = values("{histogram: {0..1: 1, 1..4: 5, 10..1000: 2, 2000..2001: 0.001}}", ROWS).to_numpy()
    ends, heights = np.array([0, 1, 4, 10, 1000, 2000, 2001]), np.array([1, 5, 0, 2, 0, 0.001])
    shares = np.concatenate(([0.0], np.cumsum(heights / heights.sum())))
    assert stats.kstest(x, lambda v: np.interp(v, ends, shares)).pvalue > ALPHA


def test_the_line_through_a_sample() -> None:
    sample = (3.0, 1.0, 10.0, 4.5, 4.0)
    x = drawn("empirical", ROWS, values=sample, smooth="linear").to_numpy()
    assert stats.kstest(x, lambda v: np.interp(v, sorted(sample), np.linspace(0, 1, 5))).pvalue > ALPHA


def test_kernels_around_a_sample() -> None:
    sample = (3.0, 1.0, 10.0)
    x = drawn("empirical", ROWS, values=sample, smooth="kernel", bandwidth=0.5).to_numpy()
    law = lambda v: sum(stats.norm.cdf(v, centre, 0.5) for centre in sample) / 3  # noqa: E731
    assert stats.kstest(x, law).pvalue > ALPHA


def test_a_sample_drawn_again_is_even() -> None:
    counts = drawn("empirical", ROWS, values=tuple(range(100))).value_counts()["count"].to_numpy()
    assert stats.chisquare(counts).pvalue > ALPHA
