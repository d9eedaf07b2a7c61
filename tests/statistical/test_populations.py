"""Populations against their laws: births, churn, lifetimes, and who is picked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthwb.engine import compile_plan
from synthwb.engine.lives import NEVER, Lives
from synthwb.scenario import loads

ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
DAY = 86_400_000_000


def _lives(population: str, count: int = 100_000, end: str = "+60d") -> Lives:
    text = f"""
clock: {{start: 2026-03-02T00:00, end: {end}}}
entities:
  user: {{count: {count}, fields: {{profile: {{choice: {{loyal: 1, fickle: 1}}}}}}, population: {{{population}}}}}
events: {{e: {{actor: user, fields: {{p: actor.profile}}}}}}
"""
    lives = compile_plan(loads(text)).pools["user"].lives
    assert lives is not None
    return lives


def test_of_those_who_are_there_the_share_of_the_churn_is_gone_after_its_time() -> None:
    lives = _lives("churn: 4%/day")
    for days in (1, 7, 30):
        kept = (lives.died > lives.start + days * DAY).mean()
        assert kept == pytest.approx(0.96**days, abs=4 * np.sqrt(0.25 / 1e5))
    assert stats.kstest((lives.died - lives.born) / DAY, stats.expon(scale=-1 / np.log(0.96)).cdf).pvalue > ALPHA


def test_births_are_a_poisson_process_and_newborns_churn_like_the_others() -> None:
    lives = _lives("births: 5000/day, churn: 10%/day", count=10)
    births = (lives.born[10:] - lives.start) / DAY
    assert abs(len(births) - 300_000) < 4 * np.sqrt(300_000)
    assert stats.kstest(births / 60, "uniform").pvalue > ALPHA
    assert stats.kstest((lives.died - lives.born)[10:] / DAY, stats.expon(scale=-1 / np.log(0.9)).cdf).pvalue > ALPHA
    # births against churn: the number of those who live settles at births / hazard
    assert lives.count(np.array([lives.start + 59 * DAY]))[0] == pytest.approx(5000 / -np.log(0.9), rel=0.03)


def test_births_follow_their_shape() -> None:
    lives = _lives("births: {rate: 2000/day, weekly: {sat: 50%, sun: 0%}}", count=1, end="+70d")
    day = (lives.born[1:] - lives.start) // DAY % 7  # the second of March 2026 is a Monday
    assert np.bincount(day, minlength=7) / 20_000 == pytest.approx([1, 1, 1, 1, 1, 0.5, 0], abs=0.03)


def test_lifetimes_read_the_row_and_outlast_the_age() -> None:
    law = "lifetime: {exponential: {mean: {expr: \"if(profile = 'loyal', 36, 11) * 86400\"}}}, age: 20d"
    lives = _lives(law)
    profile = compile_plan(loads(_TEXT.format(law))).pools["user"].columns["profile"].series()
    for name, mean in (("loyal", 36), ("fickle", 11)):
        rest = (lives.died - lives.start)[(profile == name).to_numpy()] / DAY
        assert (rest > 0).all() or name == "fickle"
        # what is left of an exponential lifetime has the law of the whole
        assert stats.kstest(rest[rest > 0], stats.expon(scale=mean).cdf).pvalue > ALPHA


_TEXT = """
clock: {{start: 2026-03-02T00:00, end: +60d}}
entities:
  user: {{count: 100000, fields: {{profile: {{choice: {{loyal: 1, fickle: 1}}}}}}, population: {{{}}}}}
events: {{e: {{actor: user, fields: {{p: actor.profile}}}}}}
"""


def test_without_churn_and_lifetime_nobody_goes() -> None:
    assert (_lives("births: 10/day", count=5).died == NEVER).all()


def test_picks_are_even_among_those_who_live() -> None:
    text = """
clock: {start: 2026-03-02T00:00, end: +20d}
entities:
  user: {count: 40, fields: {row: sequence}, population: {births: 4/day, churn: 10%/day}}
events: {e: {actor: user, fields: {row: actor.row}}}
arrivals: {e: 60000/day}
"""
    plan = compile_plan(loads(text))
    lives = plan.pools["user"].lives
    assert lives is not None
    at, picked = [], []
    for slab in plan.spine().slabs(65_536):
        batch = plan.realise(slab)
        at.append(slab.time)
        picked.append(batch.parts[0].columns["row"].series().to_numpy())
    time, row = np.concatenate(at), np.concatenate(picked)
    first = int(row.min())
    expected = np.zeros(len(lives.born))
    edges = np.unique(np.concatenate([[lives.start, lives.start + 20 * DAY], lives.born, lives.died]))
    edges = edges[(edges >= lives.start) & (edges <= lives.start + 20 * DAY)]
    events = np.histogram(time, edges)[0]
    for begin, count in zip(edges[:-1], events, strict=True):
        alive = (lives.born <= begin) & (begin < lives.died)
        expected[alive] += count / max(1, alive.sum())
    observed = np.bincount(row - first, minlength=len(expected))
    some = expected > 5
    assert (observed[expected == 0] == 0).all()
    chi = ((observed[some] - expected[some]) ** 2 / expected[some]).sum()
    assert stats.chi2.sf(chi, some.sum() - 1) > ALPHA
