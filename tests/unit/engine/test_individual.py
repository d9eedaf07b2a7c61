"""Arrivals of each actor: windows of any size, marks, who they belong to."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import compile_plan
from synthwb.engine.arrivals import Process, owners_of
from synthwb.engine.carrying import decoded, encoded
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

HOUR = 3_600_000_000
LENGTH = 60 * HOUR
WAYS = (
    "rate: 20/day, daily: {floor: 10%, peaks: [{at: '12:00', width: 6h}]}",
    "gap: {exponential: {mean: {expr: 'actor.n * 1800'}}}, jitter: 2h",
    "count: {poisson: {mean: {expr: actor.n}}}, every: 7h, weekly: {tue: 50%}",
)


def _process(arrival: str, population: str = "") -> tuple[Process, int]:
    text = f"""
clock: {{start: 2026-03-02T00:00, end: +90d}}
entities: {{user: {{count: 40, fields: {{n: {{integer: {{min: 1, max: 5}}}}}}{population}}}}}
events: {{e: {{actor: user, fields: {{n: actor.n}}}}}}
arrivals: {{e: {{process: per_actor, {arrival}}}}}
"""
    plan = compile_plan(loads(text))
    return plan.processes["e"], plan.scenario.clock.start


@pytest.mark.parametrize("arrival", WAYS)
@given(cuts=st.lists(st.integers(0, LENGTH), max_size=6))
@settings(max_examples=15)
def test_windows_alone_equal_windows_in_sequence(arrival: str, cuts: list[int]) -> None:
    process, start = _process(arrival)
    edges = [start, *sorted(start + cut for cut in cuts), start + LENGTH]
    whole = process.between(edges[0], edges[-1])
    assert len(whole[0]) > 500
    assert (np.diff(whole[0]) >= 0).all()
    assert len(set(whole[1].tolist())) == len(whole[1])
    walk = _process(arrival)[0]
    in_sequence = [walk.between(a, b) for a, b in pairwise(edges)]
    alone = [_process(arrival)[0].between(a, b) for a, b in pairwise(edges)]
    for found in (in_sequence, alone):
        for part in (0, 1):
            assert np.concatenate([each[part] for each in found]).tolist() == whole[part].tolist()


@pytest.mark.parametrize("arrival", WAYS)
def test_one_actor_does_not_depend_on_the_others(arrival: str) -> None:
    """With births there are more of them, and those that were there come as before."""
    few, start = _process(arrival, ", population: {churn: 0.001%/day}")
    many, _ = _process(arrival, ", population: {churn: 0.001%/day, births: 30/day}")
    found = []
    for process in (few, many):
        time, address = process.between(start, start + LENGTH)
        owners = owners_of(process)
        assert owners is not None
        there = owners(address) < 40
        found.append((time[there].tolist(), address[there].tolist()))
    assert found[0] == found[1]
    assert len(found[0][0]) < len(many.between(start, start + LENGTH)[0])


def test_a_saved_mark_of_gaps_spares_the_way() -> None:
    process, start = _process(WAYS[1])
    far = start + 40 * LENGTH
    expected = process.between(far, far + HOUR)
    again, _ = _process(WAYS[1])
    again.resume(decoded(encoded(process.mark(far))))  # type: ignore[attr-defined]
    assert again.mark(far)[0] == far  # type: ignore[attr-defined]
    assert [each.tolist() for each in again.between(far, far + HOUR)] == [each.tolist() for each in expected]


def test_gaps_with_which_time_would_not_go_on_are_refused() -> None:
    with pytest.raises(ScenarioError, match="time would not go on"):
        _process("gap: {uniform: {min: 0s, max: 1us}}")
    with pytest.raises(ScenarioError, match=r"the busiest actor would come 3,550 times a second"):
        _process("rate: 1000/s", ", activity: {zipf: {exponent: 0.5}}")


def test_counts_beyond_what_a_period_holds_are_cut() -> None:
    process, start = _process("count: {poisson: {mean: 5000}}")
    time, _ = process.between(start, start + 24 * HOUR)
    assert len(time) == 40 * 2047
