"""Engagement: the same values wherever a walk begins, memory that does not grow, and what it drives."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import compile_plan
from synthwb.engine.engagement import Trajectory
from synthwb.scenario import loads

DAY = 86_400_000_000


def trajectory(births: str = "20/day") -> tuple[Trajectory, int]:
    text = f"""
clock: {{start: 2026-03-02T00:00, end: +300d}}
entities:
  user:
    count: 50
    fields: {{a: {{uniform: {{min: 0, max: 0.2}}}}}}
    population: {{births: {births}}}
    engagement:
      {{start: {{uniform: {{min: 0.3, max: 1}}}}, decay: a, noise: 10%, inactive_below: 20%, resurrection: 5%/day}}
events: {{e: {{actor: user, fields: {{x: actor.engagement}}}}}}
"""
    plan = compile_plan(loads(text))
    found = plan.pools["user"].engagement
    assert found is not None
    # pools are shared between plans: a walk of its own begins at the start
    again = Trajectory.__new__(Trajectory)
    again.__dict__.update(found.__dict__)
    again._known = found._known[:1]
    return again, plan.scenario.clock.start


@given(days=st.lists(st.integers(0, 299), min_size=1, max_size=12))
@settings(max_examples=20)
def test_values_do_not_depend_on_the_way(days: list[int]) -> None:
    one, start = trajectory()
    other, _ = trajectory()
    rows = np.arange(50, dtype=np.uint32)
    in_order = {day: one.at(rows, np.full(50, start + day * DAY)) for day in sorted(days)}
    for day in days:
        assert (other.at(rows, np.full(50, start + day * DAY)) == in_order[day]).all()
    both = other.at(np.repeat(rows, len(days)), start + np.tile(np.array(days, np.int64), 50) * DAY).reshape(50, -1)
    for k, day in enumerate(days):
        assert (both[:, k] == in_order[day]).all()


def test_who_is_born_later_changes_nobody() -> None:
    few, start = trajectory("1/day")
    many, _ = trajectory("40/day")
    rows, time = np.arange(50, dtype=np.uint32), np.full(50, start + 100 * DAY)
    assert (few.at(rows, time) == many.at(rows, time)).all()


def test_the_values_that_are_kept_do_not_grow() -> None:
    found, start = trajectory()
    found._kept = 8
    rows = np.arange(50, dtype=np.uint32)
    for day in range(300):
        found.at(rows, np.full(50, start + day * DAY))
    assert len(found._known) <= 8
    assert found._known[-1][0] == 299


def test_a_row_begins_at_its_birth_and_changes_a_period_later() -> None:
    found, start = trajectory()
    lives = found._offset * DAY + found._phase + start
    row = np.array([60], np.uint32)
    born = lives[row]
    first = found.at(row, born)
    assert (found.at(row, born + DAY - 1) == first).all()
    assert (found.at(row, born + DAY) != first).all()
    assert 0.3 <= first[0] <= 1


def test_it_drives_how_often_actors_come() -> None:
    text = """
clock: {start: 2026-03-02T00:00, end: +40d}
entities: {user: {count: 400, fields: {a: 1}, engagement: {decay: 10%, inactive_below: 5%}}}
events: {e: {actor: user, fields: {x: actor.engagement}}, f: {actor: user, fields: {x: actor.engagement}}}
arrivals: {e: {process: per_actor, rate: 10/day}, f: {process: per_actor, count: 2}}
"""
    plan = compile_plan(loads(text))
    days: dict[str, np.ndarray] = {}
    for name, process in plan.processes.items():
        time, _ = process.between(plan.scenario.clock.start, plan.scenario.clock.start + 40 * DAY)
        days[name] = np.bincount((time - plan.scenario.clock.start) // DAY, minlength=40)
    # after n changes it is 0.9^n; below 5%, from the 29th change on, nobody comes
    expected = 4000 * 0.9 ** np.arange(40)
    assert np.abs(days["e"][1:25] / expected[1:25] - 1).max() < 0.2
    assert days["e"][30:].sum() == days["f"][30:].sum() == 0
    assert (days["f"][:28] == 800).all()
