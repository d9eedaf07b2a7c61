"""Skewed and bounded laws, binomial and geometric counts, against their distribution functions at a million draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generator_driver import drawn
from goodness import ALPHA, ROWS, follows
from scipy import stats


@pytest.mark.parametrize(
    ("name", "args", "law"),
    [
        ("gamma", {"shape": 0.01, "scale": 1.0}, stats.gamma(0.01)),
        ("gamma", {"shape": 0.3, "rate": 4.0}, stats.gamma(0.3, scale=0.25)),
        ("gamma", {"shape": 1.0, "scale": 1e-200}, stats.expon(scale=1e-200)),
        ("gamma", {"shape": 2.5, "mean": 50.0}, stats.gamma(2.5, scale=20.0)),
        ("gamma", {"std": 120.0, "mean": 250.0}, stats.gamma((250 / 120) ** 2, scale=120**2 / 250)),
        ("gamma", {"std": 3.0, "rate": 2.0}, stats.gamma(36.0, scale=0.5)),
        ("gamma", {"shape": 1e6, "scale": 1.0}, stats.gamma(1e6)),
        ("gamma", {"shape": 1e12, "scale": 1.0}, stats.norm(1e12, 1e6)),
        ("beta", {"alpha": 2.0, "beta": 5.0}, stats.beta(2, 5)),
        ("beta", {"alpha": 0.5, "beta": 0.5}, stats.beta(0.5, 0.5)),
        ("beta", {"alpha": 1.0, "beta": 1.0}, stats.uniform()),
        ("beta", {"mean": 0.12, "concentration": 40.0}, stats.beta(4.8, 35.2)),
        ("beta", {"alpha": 0.05, "beta": 3.0}, stats.beta(0.05, 3.0)),
        ("beta", {"alpha": 1e6, "concentration": 3e6}, stats.beta(1e6, 2e6)),
        ("beta", {"mean": 0.25, "beta": 6.0}, stats.beta(2, 6)),
        ("weibull", {"shape": 1.5, "scale": 900.0}, stats.weibull_min(1.5, scale=900)),
        ("weibull", {"shape": 0.1, "scale": 1.0}, stats.weibull_min(0.1)),
        ("weibull", {"shape": 1e4, "scale": 1.0}, stats.weibull_min(1e4)),
        ("weibull", {"shape": 0.7, "median": 30.0}, stats.weibull_min(0.7, scale=30 / np.log(2) ** (1 / 0.7))),
        ("weibull", {"shape": 2.0, "mean": 6.5}, stats.weibull_min(2, scale=13 / np.sqrt(np.pi))),
        ("pareto", {"alpha": 1.16, "min": 10.0}, stats.pareto(1.16, scale=10)),
        ("pareto", {"alpha": 0.1, "min": 1e-3}, stats.pareto(0.1, scale=1e-3)),
        ("pareto", {"alpha": 2.5, "median": 40.0}, stats.pareto(2.5, scale=40 / 2**0.4)),
        ("pareto", {"alpha": 3.0, "mean": 120.0}, stats.pareto(3, scale=80)),
        ("pareto", {"alpha": 1e5, "min": 1.0}, stats.pareto(1e5)),
        ("triangular", {"min": 10.0, "mode": 12.0, "max": 30.0}, stats.triang(0.1, 10, 20)),
        ("triangular", {}, stats.triang(0.5)),
        ("triangular", {"mode": 1.0}, stats.triang(1.0)),
        ("triangular", {"min": -1e300, "mode": -1e300, "max": 1e300}, stats.triang(0.0, -1e300, 2e300)),
    ],
)
def test_continuous_laws(name: str, args: dict[str, float], law: Any) -> None:
    values = drawn(name, ROWS, **args).to_numpy()
    assert stats.kstest(values, law.cdf).pvalue > ALPHA


def test_beta_of_tiny_shapes_crowds_at_both_ends_alike() -> None:
    """Near 1 floats are too coarse for this law: below 1/2 it is compared, above by how much there is."""
    values, law = drawn("beta", ROWS, alpha=0.05, beta=0.05).to_numpy(), stats.beta(0.05, 0.05)
    low = values[values < 0.5]
    assert stats.kstest(low, lambda x: law.cdf(x) / 0.5).pvalue > ALPHA
    for least in (0.5, 0.9, 1 - 1e-6, 1 - 1e-12):
        assert stats.binomtest(int(np.count_nonzero(values > least)), ROWS, law.sf(least)).pvalue > ALPHA
    assert values.min() < 1e-100
    assert values.max() == 1.0


@pytest.mark.parametrize(
    ("name", "args", "law"),
    [
        ("gamma", {"shape": 3.0, "scale": 1.0}, stats.gamma(3)),
        ("gamma", {"shape": 0.4, "scale": 1.0}, stats.gamma(0.4)),
        ("beta", {"alpha": 2.0, "beta": 3.0}, stats.beta(2, 3)),
        ("weibull", {"shape": 2.0, "scale": 1.0}, stats.weibull_min(2)),
        ("pareto", {"alpha": 2.0, "min": 1.0}, stats.pareto(2)),
    ],
)
def test_tails_hold_what_they_should(name: str, args: dict[str, float], law: Any) -> None:
    values = drawn(name, ROWS, **args).to_numpy()
    for share in (1e-3, 1e-4, 1e-5):
        for beyond in (values < law.ppf(share), values > law.isf(share)):
            assert stats.binomtest(int(np.count_nonzero(beyond)), ROWS, share).pvalue > ALPHA


def test_laws_with_parameters_per_row_are_uniform_in_their_distribution_function() -> None:
    wide, size = np.geomspace(0.05, 1e4, ROWS), np.geomspace(100.0, 1e-3, ROWS)
    gamma = drawn("gamma", ROWS, shape=wide, scale=size).to_numpy()
    assert stats.kstest(stats.gamma.cdf(gamma, wide, scale=size), "uniform").pvalue > ALPHA
    beta = drawn("beta", ROWS, alpha=wide + 0.5, beta=size + 0.5).to_numpy()
    assert stats.kstest(stats.beta.cdf(beta, wide + 0.5, size + 0.5), "uniform").pvalue > ALPHA
    weibull = drawn("weibull", ROWS, shape=wide + 0.2, median=size).to_numpy()
    assert stats.kstest(1 - 0.5 ** ((weibull / size) ** (wide + 0.2)), "uniform").pvalue > ALPHA
    pareto = drawn("pareto", ROWS, alpha=wide + 1.5, mean=size).to_numpy()
    index = wide + 1.5
    assert stats.kstest((size * (index - 1) / index / pareto) ** index, "uniform").pvalue > ALPHA


@pytest.mark.parametrize(
    ("n", "p"),
    [
        *[(1, 0.5), (7, 0.3), (10, 0.99), (19, 0.5), (20, 0.5), (100, 0.1), (100, 0.95), (1000, 0.3), (10**6, 0.4)],
        *[(10**6, 1e-7), (10**9, 1e-9), (10**9, 3e-8), (10**9, 1 - 2e-9), (10**12, 1e-10)],
    ],
)
def test_binomial(n: int, p: float) -> None:
    assert follows(drawn("binomial", ROWS, n=n, p=p).to_numpy(), stats.binom(n, p)) > ALPHA


@pytest.mark.parametrize(("n", "p"), [(10**9, 0.5), (10**9, 0.01), (10**15, 0.3)])
def test_binomial_of_many_trials_is_normal(n: int, p: float) -> None:
    values = (drawn("binomial", ROWS, n=n, p=p).to_numpy() - n * p) / np.sqrt(n * p * (1 - p))
    assert stats.kstest(values, "norm").pvalue > ALPHA


def test_binomial_with_parameters_per_row() -> None:
    """Each count, spread evenly over its step of the distribution function, is uniform."""
    n, p = np.floor(np.geomspace(1.0, 3e4, ROWS)), np.linspace(0.0, 1.0, ROWS)
    values = drawn("binomial", ROWS, n=n, p=p).to_numpy()
    spread = drawn("uniform", ROWS, path="elsewhere").to_numpy()
    place = stats.binom.cdf(values - 1, n, p) + spread * stats.binom.pmf(values, n, p)
    assert stats.kstest(place, "uniform").pvalue > ALPHA


@pytest.mark.parametrize("p", [0.999, 0.5, 0.2, 0.01, 1e-4])
def test_geometric(p: float) -> None:
    trials = drawn("geometric", ROWS, p=p)
    assert follows(trials.to_numpy(), stats.geom(p)) > ALPHA
    assert drawn("geometric", ROWS, p=p, of="failures").equals(trials - 1)


@pytest.mark.parametrize("p", [1e-7, 1e-12])
def test_geometric_of_a_rare_success_is_exponential(p: float) -> None:
    assert stats.kstest(drawn("geometric", ROWS, p=p).to_numpy() * p, "expon").pvalue > ALPHA
