"""Walks and counters against the laws of Brownian motion, Ornstein-Uhlenbeck and gamma processes, on fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest
from goodness import ALPHA
from scipy import stats
from walk_driver import DAY, HOUR, MINUTE, SECOND, at

ROWS = 1_000_000


def correlated(x: np.ndarray, y: np.ndarray) -> float:
    """The p-value of no correlation."""
    return float(stats.norm.sf(abs(np.corrcoef(x, y)[0, 1]) * np.sqrt(len(x))) * 2)


@pytest.mark.parametrize("every", [1, 13, 1000, 10**6, 86_400 * 10**6])
def test_changes_of_a_walk_are_normal_and_independent(every: int) -> None:
    times = np.arange(ROWS + 1) * every
    walk = at("random_walk", times, step=3.0, per=MINUTE)
    steps = np.diff(walk) / (3.0 * np.sqrt(every / MINUTE))
    assert stats.kstest(steps, "norm").pvalue > ALPHA
    for lag in (1, 2, 3, 4, 8, 1024):
        assert correlated(steps[lag:], steps[:-lag]) > ALPHA
    quarters = steps[: ROWS // 4 * 4].reshape(-1, 4)
    assert correlated(quarters[:, 0] ** 2, quarters[:, 3] ** 2) > ALPHA


def test_changes_over_uneven_spans_are_scaled_by_the_root_of_the_span() -> None:
    times = np.cumsum(1 + np.floor(np.random.default_rng(1).pareto(0.7, ROWS) * 50) % (5 * MINUTE)).astype(np.int64)
    walk = at("random_walk", times, step=1.0, per=SECOND)
    steps = np.diff(walk) / np.sqrt(np.diff(times) / SECOND)
    assert stats.kstest(steps, "norm").pvalue > ALPHA
    assert correlated(steps[1:], steps[:-1]) > ALPHA


def test_walks_of_many_devices_are_normal_and_know_nothing_of_each_other() -> None:
    devices = 20_000
    who = np.repeat(np.arange(devices), 3)
    times = np.tile([HOUR, DAY, DAY + 7 * SECOND], devices)
    values = at("random_walk", times, who, step=1.0, per=HOUR).reshape(-1, 3)
    assert stats.kstest(values[:, 0], "norm").pvalue > ALPHA
    assert stats.kstest(values[:, 1] / np.sqrt(24), "norm").pvalue > ALPHA
    assert stats.kstest((values[:, 2] - values[:, 1]) / np.sqrt(7 / 3600), "norm").pvalue > ALPHA
    assert correlated(values[1:, 1], values[:-1, 1]) > ALPHA
    assert correlated(values[:, 0], values[:, 2] - values[:, 1]) > ALPHA


@pytest.mark.parametrize(("half_life", "every"), [(HOUR, 10 * MINUTE), (SECOND, HOUR), (30 * DAY, DAY), (20_000, 777)])
def test_a_mean_reverting_walk_is_stationary_with_the_correlation_of_its_half_life(half_life: int, every: int) -> None:
    times = np.arange(200_000) * every
    walk = (at("random_walk", times, spread=2.0, half_life=half_life, mean=5.0) - 5.0) / 2.0
    kept = 0.5 ** (every / half_life)
    fresh = (walk[1:] - kept * walk[:-1]) / np.sqrt(1.0 - kept * kept)
    assert stats.kstest(fresh, "norm").pvalue > ALPHA
    for lag in (1, 2, 7, 64):
        assert correlated(fresh[lag:], fresh[:-lag]) > ALPHA
    assert correlated(fresh, walk[:-1]) > ALPHA


def test_a_mean_reverting_walk_has_its_spread_at_every_moment() -> None:
    who = np.arange(100_000)
    for moment in (0, 1, HOUR, 400 * DAY + 12_345):
        values = at("random_walk", np.full(len(who), moment), who, spread=2.0, half_life=HOUR, mean=5.0)
        assert stats.kstest((values - 5.0) / 2.0, "norm").pvalue > ALPHA


def test_from_a_start_a_mean_reverting_walk_spreads_as_it_should() -> None:
    """Doob: the distance decays, the variance is that of the stationary law less what is still known."""
    who = np.arange(100_000)
    for moment in (MINUTE, HOUR, 5 * HOUR):
        args = {"spread": 2.0, "half_life": HOUR, "mean": 5.0, "start": 25.0}
        values = at("random_walk", np.full(len(who), moment), who, **args)
        kept = 0.5 ** (moment / HOUR)
        law = stats.norm(5.0 + 20.0 * kept, 2.0 * np.sqrt(1.0 - kept * kept))
        assert stats.kstest(values, law.cdf).pvalue > ALPHA


def test_a_step_of_a_mean_reverting_walk_is_the_deviation_of_its_changes() -> None:
    walk = at("random_walk", np.arange(400_000) * MINUTE, step=0.3, per=MINUTE, half_life=HOUR)
    steps = np.diff(walk)
    assert stats.kstest(steps[::50] / 0.3, "norm").pvalue > ALPHA
    assert steps.std() == pytest.approx(0.3, rel=0.01)


def test_a_walk_between_bounds_is_even_in_the_long_run() -> None:
    values = at("random_walk", np.arange(20_000) * DAY, step=1.0, per=MINUTE, min=-1.0, max=4.0)
    assert stats.kstest(values, stats.uniform(-1.0, 5.0).cdf).pvalue > ALPHA


def test_a_geometric_walk_has_normal_logarithms() -> None:
    walk = at("random_walk", np.arange(200_001) * MINUTE, step=0.02, per=HOUR, start=40.0, geometric=True)
    assert stats.kstest(np.diff(np.log(walk)) / (0.02 / np.sqrt(60)), "norm").pvalue > ALPHA


@pytest.mark.parametrize(("noise", "every"), [(0.1, SECOND), (0.1, HOUR), (2.0, MINUTE), (2.0, DAY), (0.005, 10**4)])
def test_gains_of_a_counter_are_gamma_and_independent(noise: float, every: int) -> None:
    """On the grid of cells the process is exact; ``every`` is rounded to it."""
    every = max(every >> 10, 1) << 10
    times = np.arange(200_001) * every
    gains = np.diff(at("counter", times, rate=(120.0, MINUTE), noise=noise, whole=False))
    law = stats.gamma(every / MINUTE / noise**2, scale=120.0 * noise**2)
    assert stats.kstest(gains, law.cdf).pvalue > ALPHA
    for lag in (1, 2, 3, 64):
        assert correlated(gains[lag:], gains[:-lag]) > ALPHA


def test_a_counter_gains_its_rate_between_any_moments() -> None:
    times = np.sort(np.random.default_rng(3).integers(0, 30 * DAY, 100_000))
    gains = np.diff(at("counter", times, rate=(120.0, MINUTE), noise=0.1, whole=False))
    spans = np.diff(times) / MINUTE
    place = stats.gamma.cdf(gains, spans / 0.01, scale=1.2)
    assert stats.kstest(place[spans > 0.05], "uniform").pvalue > ALPHA
    assert gains.sum() / spans.sum() == pytest.approx(120.0, rel=1e-3)


def test_counters_of_many_devices_and_days_are_gamma() -> None:
    who = np.arange(100_000)
    for moment in (HOUR, 3 * DAY + HOUR):
        values = at("counter", np.full(len(who), moment), who, rate=(2.0, HOUR), noise=0.7, whole=False, reset=DAY)
        assert stats.kstest(values, stats.gamma(1 / 0.49, scale=2.0 * 0.49).cdf).pvalue > ALPHA
