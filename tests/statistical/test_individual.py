"""Arrivals of each actor by itself against their laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthwb.engine import Plan, compile_plan
from synthwb.engine.arrivals import owners_of
from synthwb.scenario import loads

ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
DAY = 86_400_000_000


def _plan(arrival: str, count: int = 500, activity: str = "") -> Plan:
    text = f"""
clock: {{start: 2026-03-02T00:00, end: +200d}}
entities:
  user: {{count: {count}, fields: {{n: {{integer: {{min: 1, max: 5}}}}}}{activity}}}
events: {{e: {{actor: user, fields: {{n: actor.n}}}}}}
arrivals: {{e: {{process: per_actor, {arrival}}}}}
"""
    return compile_plan(loads(text))


def _arrivals(plan: Plan, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Times in days from the start, and the rows."""
    process, start = plan.processes["e"], plan.scenario.clock.start
    time, address = process.between(start, start + days * DAY)
    owners = owners_of(process)
    assert owners is not None
    return (time - start) / DAY, owners(address)


def test_every_actor_is_a_poisson_process_of_the_rate() -> None:
    time, row = _arrivals(_plan("rate: 10/day"), 200)
    counts = np.bincount(row, minlength=500)
    chi = ((counts - 2000) ** 2 / 2000).sum()
    assert ALPHA < stats.chi2.cdf(chi, 500) < 1 - ALPHA
    for who in (0, 17, 499):
        gaps = np.diff(time[row == who])
        assert stats.kstest(gaps, stats.expon(scale=0.1).cdf).pvalue > ALPHA
    # counts of an actor in days do not depend on those of the day before, nor on another actor's
    days = np.bincount(row * 200 + time.astype(int), minlength=500 * 200).reshape(500, 200)
    assert abs(np.corrcoef(days[:, 1:].ravel(), days[:, :-1].ravel())[0, 1]) < 4 / np.sqrt(99_500)
    assert abs(np.corrcoef(days[1:].ravel(), days[:-1].ravel())[0, 1]) < 4 / np.sqrt(99_800)
    assert days.var() / days.mean() == pytest.approx(1.0, abs=0.02)


def test_the_rate_goes_by_the_activity_and_the_shape() -> None:
    plan = _plan("rate: 4/day, daily: {0: 0%, 6: 100%, 12: 50%}", 50, ", activity: {zipf: {exponent: 1}}")
    time, row = _arrivals(plan, 200)
    weights = 1 / np.arange(1, 51)
    weights *= 50 / weights.sum()
    expected = weights * 4 * 200 * (0.25 + 0.25)
    counts = np.bincount(row, minlength=50)
    chi = ((counts - expected) ** 2 / expected).sum()
    assert ALPHA < stats.chi2.cdf(chi, 50) < 1 - ALPHA
    quarter = np.bincount((time % 1 * 4).astype(int), minlength=4) / len(time)
    assert quarter == pytest.approx([0, 0.5, 0.25, 0.25], abs=0.02)
    assert plan.rate * 86_400 == pytest.approx(4 * 50 * 0.5, rel=0.05)


def test_the_gaps_of_each_actor_follow_its_law() -> None:
    plan = _plan("gap: {gamma: {shape: 3, mean: {expr: 'actor.n * 3600'}}}")
    time, row = _arrivals(plan, 100)
    n = plan.pools["user"].columns["n"].series().to_numpy()
    for who in (0, 99, 499):
        gaps = np.diff(np.concatenate([[0.0], time[row == who]])) * 24
        assert stats.kstest(gaps, stats.gamma(3, scale=n[who] / 3).cdf).pvalue > ALPHA
    assert len(np.unique(row)) == 500


def test_counts_chances_and_levels() -> None:
    plan = _plan("count: {integer: {min: 1, max: 4}}, chance: {expr: 'actor.n / 10'}, weekly: {sat: 50%, sun: 0%}")
    time, row = _arrivals(plan, 140)
    n = plan.pools["user"].columns["n"].series().to_numpy()
    days = np.bincount(row * 140 + time.astype(int), minlength=500 * 140).reshape(500, 140)
    weekday = np.arange(140) % 7
    assert days[:, weekday == 6].sum() == 0
    whole = days[:, weekday < 5]
    for level in range(1, 6):
        mine = whole[n == level]
        assert (mine > 0).mean() == pytest.approx(level / 10, abs=4 * 0.5 / np.sqrt(mine.size))
    some = np.bincount(whole[whole > 0], minlength=5)[1:5]
    assert stats.chisquare(some).pvalue > ALPHA, "one to four, all alike"
    saturday = days[:, weekday == 5]
    assert saturday.mean() / whole.mean() == pytest.approx(0.5, abs=0.03)
    assert stats.kstest(time % 1, "uniform").pvalue > ALPHA
    assert plan.rate == pytest.approx(2.5 * n.mean() / 10 * 500 * 5.5 / 7 / 86_400, rel=0.1)
