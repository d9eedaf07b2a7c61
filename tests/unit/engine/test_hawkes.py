"""Hawkes arrivals: families, windows of any size, marks."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import compile_plan
from synthwb.engine.arrivals import HawkesArrivals, PoissonArrivals
from synthwb.engine.carrying import decoded, encoded
from synthwb.scenario import loads

START = 1_767_225_600_000_000
SECOND = 1_000_000
LENGTH = 600 * SECOND


def hawkes(branching: float = 0.6, decay: float = 5.0) -> HawkesArrivals:
    immigrants = PoissonArrivals(1, "e", Fraction(2))
    return HawkesArrivals(1, "e", immigrants, START, branching=branching, decay=int(decay * SECOND))


def test_without_children_there_are_the_immigrants_alone() -> None:
    time, address = PoissonArrivals(1, "e", Fraction(2)).between(START, START + LENGTH)
    order = np.argsort(time)
    found = hawkes(0.0).between(START, START + LENGTH)
    assert [each.tolist() for each in found] == [time[order].tolist(), address[order].tolist()]


def test_the_immigrants_are_among_the_events_and_the_others_come_after_one_of_them() -> None:
    immigrants = set(PoissonArrivals(1, "e", Fraction(2)).between(START, START + LENGTH)[1].tolist())
    time, address = hawkes().between(START, START + LENGTH)
    assert immigrants < set(address.tolist())
    assert len(set(address.tolist())) == len(time)
    assert int(address[0]) in immigrants
    assert (np.diff(time) >= 0).all()


@given(cuts=st.lists(st.integers(0, LENGTH), max_size=8))
@settings(max_examples=40, deadline=None)
def test_windows_alone_equal_windows_in_sequence(cuts: list[int]) -> None:
    edges = [START, *sorted(START + cut for cut in cuts), START + LENGTH]
    whole = hawkes().between(edges[0], edges[-1])
    walk = hawkes()
    in_sequence = [walk.between(a, b) for a, b in pairwise(edges)]
    alone = [hawkes().between(a, b) for a, b in pairwise(edges)]
    for found in (in_sequence, alone):
        for part in (0, 1):
            assert np.concatenate([each[part] for each in found]).tolist() == whole[part].tolist()


def test_a_saved_mark_spares_the_way_and_what_lies_before_can_still_be_made() -> None:
    walk = hawkes()
    far = START + 40_000 * SECOND
    expected = walk.between(far, far + 20 * SECOND)
    early = walk.between(START, START + 20 * SECOND)
    again = hawkes()
    again.resume(decoded(encoded(walk.mark(far))))
    assert again.mark(far)[0] == far
    assert [each.tolist() for each in again.between(far, far + 20 * SECOND)] == [each.tolist() for each in expected]
    assert [each.tolist() for each in again.between(START, START + 20 * SECOND)] == [each.tolist() for each in early]


def test_marks_do_not_grow_with_the_stream() -> None:
    walk = hawkes()
    for second in range(0, 3000, 3):
        walk.between(START + second * SECOND, START + (second + 3) * SECOND)
    assert len(walk._marks) <= 32
    assert walk.mark(START + 3000 * SECOND)[0] == START + 3000 * SECOND
    assert walk.mark(START)[0] == START


def test_families_go_on_after_the_last_immigrant() -> None:
    text = """
clock: {start: 2026-01-01T00:00, end: +2h}
events: {e: {fields: {x: uuid}}}
arrivals: {e: {process: hawkes, rate: 1/s, branching: 0.9, decay: 5m, trend: {growth: -100%/h, shape: linear}}}
"""
    plan = compile_plan(loads(text))
    time, _ = plan.processes["e"].between(plan.scenario.clock.start, plan.scenario.clock.start + 7200 * SECOND)
    assert (time > plan.scenario.clock.start + 3600 * SECOND).sum() > 100
    assert sum(len(slab) for slab in plan.spine().slabs(1000)) == len(time)


def test_the_rate_that_is_told_counts_the_families() -> None:
    plan = compile_plan(
        loads(
            "events: {e: {fields: {x: uuid}}}\narrivals: {e: {process: hawkes, rate: 3/s, branching: 0.6, decay: 1s}}"
        )
    )
    assert plan.rate == pytest.approx(7.5)
