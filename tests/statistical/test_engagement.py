"""Engagement against closed forms, and against a slow simulation that is written here, row by row."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthwb.engine import compile_plan
from synthwb.engine.engagement import Trajectory
from synthwb.scenario import loads

DAY = 86_400_000_000
ROWS = 20_000


def _trajectory(engagement: str, *, rows: int = ROWS, more: str = "", every: str = "1d") -> tuple[Trajectory, int]:
    text = f"""
clock: {{start: 2026-03-02T00:00, end: +400d}}
entities:
  user:
    count: {rows}
    fields: {{profile: {{choice: {{loyal: 1, fickle: 1}}}}}}
    {more}
    engagement: {{every: {every}, {engagement}}}
events: {{e: {{actor: user, fields: {{x: actor.engagement}}}}}}
"""
    plan = compile_plan(loads(text))
    found = plan.pools["user"].engagement
    assert found is not None
    return found, plan.scenario.clock.start


def _at(trajectory: Trajectory, start: int, days: float, rows: int = ROWS) -> np.ndarray:
    return trajectory.at(np.arange(rows, dtype=np.uint32), np.full(rows, start + int(days * DAY)))


def _days_of_changes(trajectory: Trajectory, start: int, days: float) -> np.ndarray:
    """How often each row has changed: those of the start are spread evenly over a period."""
    phase = trajectory._phase / DAY
    return np.floor(days - phase).astype(int) + 1


def test_decay_alone_is_geometric() -> None:
    trajectory, start = _trajectory("start: 80%, decay: 5%")
    for days in (0.0, 0.5, 3.25, 40.0):
        changes = _days_of_changes(trajectory, start, days)
        assert np.allclose(_at(trajectory, start, days), 0.8 * 0.95**changes, atol=1e-12)


def test_changes_are_spread_evenly_over_the_period() -> None:
    trajectory, start = _trajectory("start: 1, decay: 50%")
    for days in (0.2, 0.7):
        changed = (_at(trajectory, start, days) < 1).mean()
        assert changed == pytest.approx(days, abs=4 * 0.5 / np.sqrt(ROWS))


def test_a_walk_that_is_drawn_back_settles_at_its_mean_and_spread() -> None:
    """E' = (1 - d) E + b + s Z has the mean b / d and the variance s^2 / (1 - (1 - d)^2), far from the limits."""
    trajectory, start = _trajectory("start: 50%, decay: 20%, boost: 10%, noise: 3%")
    values = _at(trajectory, start, 60)
    spread = 0.03 / np.sqrt(1 - 0.8**2)
    assert values.mean() == pytest.approx(0.5, abs=4 * spread / np.sqrt(ROWS))
    assert stats.kstest((values - 0.5) / spread, "norm").pvalue > 1e-4
    later = _at(trajectory, start, 61)
    assert np.corrcoef(values, later)[0, 1] == pytest.approx(0.8, abs=0.01)
    assert np.corrcoef(values[1:], values[:-1])[0, 1] == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize(("change", "mean"), [(0.9, 1 / 0.675), (0.121, 11.0), (0.037, 36.0)])
def test_the_ladder_of_lifetimes(change: float, mean: float) -> None:
    """With a change of 1 up or down, three in four down, an actor is active for 1 / (3/4 change) days on average."""
    up, down = change * 0.25, change * 0.75
    steps = f"{{weight: {1 - change}, const: 0}}, {{weight: {up}, const: 1}}, {{weight: {down}, const: -1}}"
    noise = f"noise: {{mixture: [{steps}]}}"
    trajectory, start = _trajectory(f"start: 50%, {noise}")
    active = np.array([(_at(trajectory, start, days) > 0).mean() for days in range(0, 200, 2)])
    for k, days in enumerate(range(0, 200, 2)):
        # a row whose phase lies before has changed once more: the mean of two powers
        assert active[k] == pytest.approx((1 - down) ** days, abs=4 * 0.5 / np.sqrt(ROWS) + down * (1 - down) ** days)
    assert 1 / down == pytest.approx(mean, rel=0.01)


def test_the_inactive_come_back_by_resurrection() -> None:
    """Between decline in one change and return with r a change, the share of the active settles at r / (1 + r)."""
    falling = "noise: {uniform: {min: -1.0001, max: -1}}"
    trajectory, start = _trajectory(f"start: 100%, {falling}, resurrection: 20%/day")
    active = (_at(trajectory, start, 90) > 0).mean()
    assert active == pytest.approx(0.2 / 1.2, abs=4 * 0.4 / np.sqrt(ROWS))


def test_against_a_slow_simulation_of_single_rows() -> None:
    """Means and spreads of two profiles, with births, limits and resurrection, by a loop over rows and days."""
    laws = (
        "start: {uniform: {min: 0.4, max: 1}}, decay: {expr: \"if(profile = 'loyal', 0.02, 0.25)\"}, noise: 10%, "
        "boost: {mixture: [{weight: 9, const: 0}, {weight: 1, const: 0.5}]}, inactive_below: 8%, resurrection: 4%/day"
    )
    trajectory, start = _trajectory(laws, more="population: {births: 100/day}")
    loyal = _loyal()
    rng = np.random.default_rng(5)

    def simulated(decay: float, days: int) -> np.ndarray:
        found = np.empty(1500)
        for i in range(len(found)):
            value = rng.uniform(0.4, 1)
            for _ in range(days):
                if value == 0:
                    value = rng.uniform(0.4, 1) if rng.random() < 0.04 else 0.0
                    continue
                value = value * (1 - decay) + (0.5 if rng.random() < 0.1 else 0.0) + 0.1 * rng.standard_normal()
                value = min(max(value, 0.0), 1.0)
                value = value if value >= 0.08 else 0.0
            found[i] = value
        return found

    for days in (1, 5, 30):
        rows = np.arange(ROWS, dtype=np.uint32)
        phase = trajectory._phase[rows]
        ours = trajectory.at(rows, start + (days - 1) * DAY + phase)
        for decay, mask in ((0.02, loyal), (0.25, ~loyal)):
            assert stats.ks_2samp(ours[mask], simulated(decay, days)).pvalue > 1e-3


def _loyal() -> np.ndarray:
    text = "entities: {user: {count: 20000, fields: {profile: {choice: {loyal: 1, fickle: 1}}}}}\n"
    plan = compile_plan(loads(text + "events: {e: {actor: user, fields: {x: actor.profile}}}"))
    return (plan.pools["user"].columns["profile"].series() == "loyal").to_numpy()
