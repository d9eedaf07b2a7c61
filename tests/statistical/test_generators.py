"""Every law against its distribution function at a million draws.

Continuous laws by Kolmogorov-Smirnov on unrounded values, discrete ones by chi-square over cells pooled to an expected
count of at least 5. Seeds are fixed and p must exceed 10^-4, so a failure is a fault, not chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generator_driver import drawn, weights
from goodness import ALPHA, ROWS, follows, pooled
from scipy import stats


@pytest.mark.parametrize(
    ("name", "args", "law"),
    [
        ("uniform", {}, stats.uniform()),
        ("uniform", {"min": -5e3, "max": 7e5}, stats.uniform(-5e3, 7.05e5)),
        ("uniform", {"min": 0.0, "max": 1e-300}, stats.uniform(0, 1e-300)),
        ("normal", {}, stats.norm()),
        ("normal", {"mean": -1e6, "std": 1e-2}, stats.norm(-1e6, 1e-2)),
        ("normal", {"mean": 3.0, "std": 1e150}, stats.norm(3.0, 1e150)),
        ("lognormal", {"median": 25.0, "sigma": 0.7}, stats.lognorm(0.7, scale=25.0)),
        ("lognormal", {"mean": 120.0, "sigma": 1.0}, stats.lognorm(1.0, scale=120.0 * np.exp(-0.5))),
        ("lognormal", {"mu": -3.0, "sigma": 5.0}, stats.lognorm(5.0, scale=np.exp(-3.0))),
        ("lognormal", {"median": 1e-9, "sigma": 0.01}, stats.lognorm(0.01, scale=1e-9)),
        ("exponential", {"mean": 40.0}, stats.expon(scale=40.0)),
        ("exponential", {"rate": 1e-9}, stats.expon(scale=1e9)),
        ("exponential", {"rate": 1e9}, stats.expon(scale=1e-9)),
    ],
)
def test_continuous_laws(name: str, args: dict[str, float], law: Any) -> None:
    values = drawn(name, ROWS, **args).to_numpy()
    assert stats.kstest(values, law.cdf).pvalue > ALPHA


@pytest.mark.parametrize("name", ["normal", "exponential", "lognormal"])
def test_tails_hold_what_they_should(name: str) -> None:
    """Beyond the quantiles 10^-3, 10^-4 and 10^-5 at either end lies a binomial number of values."""
    args: dict[str, float] = {"normal": {}, "exponential": {"mean": 1.0}, "lognormal": {"mu": 0.0, "sigma": 1.0}}[name]
    law = {"normal": stats.norm(), "exponential": stats.expon(), "lognormal": stats.lognorm(1.0)}[name]
    values = drawn(name, ROWS, **args).to_numpy()
    for share in (1e-3, 1e-4, 1e-5):
        for beyond in (values < law.ppf(share), values > law.isf(share)):
            assert stats.binomtest(int(np.count_nonzero(beyond)), ROWS, share).pvalue > ALPHA


def test_laws_with_parameters_per_row_stand_to_scale() -> None:
    mean, std = np.linspace(-50, 50, ROWS), np.geomspace(0.1, 1e4, ROWS)
    normal = drawn("normal", ROWS, mean=mean, std=std).to_numpy()
    assert stats.kstest((normal - mean) / std, "norm").pvalue > ALPHA
    lognormal = drawn("lognormal", ROWS, median=std, sigma=0.5).to_numpy()
    assert stats.kstest(np.log(lognormal / std) / 0.5, "norm").pvalue > ALPHA
    exponential = drawn("exponential", ROWS, mean=std).to_numpy()
    assert stats.kstest(exponential / std, "expon").pvalue > ALPHA
    uniform = drawn("uniform", ROWS, min=mean, max=mean + std).to_numpy()
    assert stats.kstest((uniform - mean) / std, "uniform").pvalue > ALPHA


@pytest.mark.parametrize(
    ("low", "high"), [(1, 6), (0, 999), (-70_000, 70_000), (-(10**15), 10**15), (-(2**63), 2**63 - 1)]
)
def test_integers(low: int, high: int) -> None:
    values = drawn("integer", ROWS, min=low, max=high).to_numpy()
    if high - low < 200_000:
        assert stats.chisquare(np.bincount(values - low, minlength=high - low + 1)).pvalue > ALPHA
    else:
        assert stats.kstest((values.astype(float) - low) / (float(high) - low), "uniform").pvalue > ALPHA


@pytest.mark.parametrize("mean", [0.001, 0.3, 1.4, 9.5, 60.0, 127.99, 128.0, 1000.0, 1e6])
def test_poisson(mean: float) -> None:
    assert follows(drawn("poisson", ROWS, mean=mean).to_numpy(), stats.poisson(mean)) > ALPHA


def test_poisson_of_a_huge_mean_is_normal() -> None:
    values = (drawn("poisson", ROWS, mean=1e9).to_numpy() - 1e9) / np.sqrt(1e9)
    assert stats.kstest(values, "norm").pvalue > ALPHA


def test_poisson_with_a_mean_per_row() -> None:
    """Each count, spread evenly over its step of the distribution function, is uniform."""
    mean = np.geomspace(0.01, 5000.0, ROWS)
    values = drawn("poisson", ROWS, mean=mean).to_numpy()
    spread = drawn("uniform", ROWS, path="elsewhere").to_numpy()
    place = stats.poisson.cdf(values - 1, mean) + spread * stats.poisson.pmf(values, mean)
    assert stats.kstest(place, "uniform").pvalue > ALPHA


@pytest.mark.parametrize(
    ("exponent", "count"),
    [(0.0, 7), (0.5, 1000), (1.0, 5000), (1.1, 5000), (1.1, 200_000), (1.0, 1_000_000), (3.0, 10**9)],
)
def test_zipf(exponent: float, count: int) -> None:
    values = drawn("zipf", ROWS, exponent=exponent, n=count).to_numpy()
    shares = np.arange(1.0, min(count, 2_000_000) + 1) ** -exponent
    observed = np.bincount(values, minlength=len(shares) + 1)[1 : len(shares) + 1]
    assert pooled(observed, shares / shares.sum() * ROWS) > ALPHA


def test_zipf_over_more_values_than_fit_in_memory() -> None:
    """At exponent 1 the logarithm of the value is uniform, but for the first values."""
    count = 10**15
    values = drawn("zipf", ROWS, exponent=1.0, n=count).to_numpy()
    late = values[values > 1000]
    place = np.log(late / 1000.5) / np.log((count + 0.5) / 1000.5)
    # what lies on one integer is spread over it by less than the resolution of the test
    assert stats.kstest(place, "uniform").pvalue > ALPHA


@pytest.mark.parametrize("number", [1, 2, 10, 257, 3000, 70_000])
def test_choices(number: int) -> None:
    sizes = 1 + (np.arange(number) * 7919) % 97
    options = weights(*((value, int(size)) for value, size in enumerate(sizes)))
    observed = np.bincount(drawn("choice", ROWS, values=options).to_numpy(), minlength=number)
    assert number == 1 or pooled(observed, sizes / sizes.sum() * ROWS) > ALPHA


def test_a_rare_choice_is_as_rare_as_written() -> None:
    options = weights(("usual", 99_999), ("rare", 1))
    found = int((drawn("choice", ROWS, values=options) == "rare").sum())
    assert stats.binomtest(found, ROWS, 1e-5).pvalue > ALPHA


@pytest.mark.parametrize("p", [1e-5, 0.02, 0.3, 0.5, 0.999])
def test_bernoulli(p: float) -> None:
    found = int(drawn("bernoulli", ROWS, p=p).sum())
    assert stats.binomtest(found, ROWS, p).pvalue > ALPHA


def test_bernoulli_with_a_probability_per_row() -> None:
    p = np.linspace(0.0, 1.0, ROWS)
    truth = drawn("bernoulli", ROWS, p=p).to_numpy()
    cells = truth.reshape(1000, -1).sum(axis=1)
    expected, spread = p.reshape(1000, -1).sum(axis=1), (p * (1 - p)).reshape(1000, -1).sum(axis=1)
    usual = spread > 5
    assert stats.chi2.sf((((cells - expected) ** 2 / spread)[usual]).sum(), usual.sum()) > ALPHA


def test_every_hex_digit_of_a_uuid_is_even() -> None:
    text = drawn("uuid", ROWS // 10)
    matrix = np.frombuffer("".join(text).encode(), np.uint8).reshape(-1, 36)
    free = [place for place in range(36) if place not in (8, 13, 14, 18, 19, 23)]
    for place in free:
        counts = np.bincount(matrix[:, place], minlength=128)
        digits = counts[[*range(48, 58), *range(97, 103)]]
        assert digits.sum() == len(matrix)
        assert stats.chisquare(digits).pvalue > ALPHA
    assert stats.chisquare(np.bincount(matrix[:, 19], minlength=128)[[56, 57, 97, 98]]).pvalue > ALPHA
    assert (matrix[:, 14] == ord("4")).all()
