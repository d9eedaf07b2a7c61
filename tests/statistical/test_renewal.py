"""Renewal and scheduled arrivals against their laws, at a million gaps or batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthwb.engine import compile_plan
from synthwb.scenario import loads

ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
EVENTS = 1_000_000


def _times(arrival: str, length: int) -> tuple[int, np.ndarray]:
    plan = compile_plan(loads(f"events: {{e: {{fields: {{n: sequence}}}}}}\narrivals: {{e: {{{arrival}}}}}\n"))
    start = plan.scenario.clock.start
    return start, np.sort(plan.processes["e"].between(start, start + length)[0])


@pytest.mark.parametrize(
    ("gap", "law"),
    [
        ("{lognormal: {median: 12s, sigma: 0.8}}", stats.lognorm(0.8, scale=12.0)),
        ("{lognormal: {median: 50ms, sigma: 2.5}}", stats.lognorm(2.5, scale=0.05)),
        ("{exponential: {mean: 40s}}", stats.expon(scale=40.0)),
        ("{gamma: {shape: 0.2, mean: 1m}}", stats.gamma(0.2, scale=300.0)),
        ("{gamma: {shape: 400, mean: 2s}}", stats.gamma(400, scale=1 / 200)),
        ("{weibull: {shape: 0.6, scale: 30s}}", stats.weibull_min(0.6, scale=30.0)),
        ("{pareto: {alpha: 1.5, min: 500ms}}", stats.pareto(1.5, scale=0.5)),
        ("{uniform: {min: 1h, max: 3h}}", stats.uniform(3600.0, 7200.0)),
        ("{normal: {mean: 1m, std: 5s}, min: 0s, bounds: redraw}", stats.norm(60.0, 5.0)),
    ],
)
def test_gaps_follow_their_law(gap: str, law: Any) -> None:
    start, times = _times(f"process: renewal, gap: {gap}", int(law.mean() * EVENTS * 1.1e6))
    assert len(times) > EVENTS
    gaps = np.diff(times[:EVENTS], prepend=start) / 1e6
    smooth = gaps > 1e-3  # below, whole microseconds show
    assert smooth.mean() > 1 - law.cdf(1.1e-3) - 1e-3
    conditional = (law.cdf(gaps[smooth]) - law.cdf(1e-3)) / law.sf(1e-3)
    assert stats.kstest(conditional, "uniform").pvalue > ALPHA
    ranks = law.cdf(gaps)
    assert abs(np.corrcoef(ranks[1:], ranks[:-1])[0, 1]) < 4e-3


def test_events_of_equal_time_come_in_batches() -> None:
    """A tenth of the gaps is zero: batches are geometric."""
    _, times = _times(
        "process: renewal, gap: {mixture: [{weight: 9, uniform: {max: 2s}}, {weight: 1, const: 0}]}", 10**12
    )
    sizes = np.bincount(np.unique(times, return_counts=True)[1])[1:]
    expected = sizes.sum() * 0.9 * 0.1 ** np.arange(len(sizes))
    some = expected > 5
    assert stats.chisquare(sizes[some], expected[some] * sizes[some].sum() / expected[some].sum()).pvalue > ALPHA


def test_the_rate_that_is_told_is_the_rate_that_comes() -> None:
    text = (
        "events: {e: {fields: {n: sequence}}}\narrivals: {e: {process: renewal, gap: {gamma: {shape: 2, mean: 3s}}}}\n"
    )
    plan = compile_plan(loads(text))
    start = plan.scenario.clock.start
    found = len(plan.processes["e"].between(start, start + 3 * 10**12)[0]) / 3e6
    assert found == pytest.approx(1 / 3, rel=5e-3)
    assert plan.rate == pytest.approx(1 / 3, rel=0.1)


def test_counts_of_a_schedule_follow_their_law_and_jitter_is_even() -> None:
    arrival = 'process: schedule, cron: "* * * * *", count: {poisson: {mean: 20}}, jitter: 30s'
    start, times = _times(arrival, 50_000 * 60_000_000)
    late = (times - start) % 60_000_000
    assert stats.kstest(late / 30e6, "uniform").pvalue > ALPHA
    sizes = np.bincount(np.bincount((times - start) // 60_000_000, minlength=50_000))
    expected = 50_000 * stats.poisson(20).pmf(np.arange(len(sizes)))
    some = expected > 5
    assert stats.chisquare(sizes[some], expected[some] * sizes[some].sum() / expected[some].sum()).pvalue > ALPHA
