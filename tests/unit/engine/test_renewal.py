"""Renewal arrivals: gaps by number, marks, windows of any size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import Stream, compile_plan
from synthwb.engine.arrivals import RenewalArrivals
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.draws import Bits, Floats, Ints, unit
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

START = 1_767_225_600_000_000
SCENARIO = """
events: {a: {fields: {n: sequence}}, b: {fields: {x: uuid}}}
arrivals:
  a: {process: renewal, gap: {gamma: {shape: 0.5, mean: 3s}}}
  b: {process: renewal, gap: {mixture: [{weight: 9, exponential: {mean: 800ms}}, {weight: 1, const: 0}]}}
"""


def _uniform(address: Bits, number: Ints) -> Floats:
    """Gaps between 0 and 200 milliseconds."""
    return unit(address) * 0.2


def test_events_come_after_the_sum_of_their_gaps() -> None:
    drawn: list[Floats] = []

    def gaps(address: Bits, number: Ints) -> Floats:
        drawn.append(_uniform(address, number))
        return drawn[-1]

    time, address = RenewalArrivals(1, "e", gaps, START).between(START, START + 50_000_000)
    assert np.abs(time - START - np.cumsum(drawn[-1])[: len(time)] * 1e6).max() < 2  # rounded down, and no drift
    assert len(set(address.tolist())) == len(time)
    assert 450 < len(time) < 550


@given(cuts=st.lists(st.integers(0, 4_000_000_000), max_size=8))
@settings(max_examples=60, deadline=None)
def test_windows_alone_equal_windows_in_sequence(cuts: list[int]) -> None:
    edges = [START, *sorted(START + cut for cut in cuts), START + 4_000_000_000]
    whole = RenewalArrivals(1, "e", _uniform, START).between(edges[0], edges[-1])
    walk = RenewalArrivals(1, "e", _uniform, START)
    in_sequence = [walk.between(a, b) for a, b in pairwise(edges)]
    alone = [RenewalArrivals(1, "e", _uniform, START).between(a, b) for a, b in pairwise(edges)]
    for found in (in_sequence, alone):
        for part in (0, 1):
            assert np.concatenate([each[part] for each in found]).tolist() == whole[part].tolist()


def test_a_saved_mark_spares_all_gaps_before_it() -> None:
    walk = RenewalArrivals(1, "e", _uniform, START)
    far = START + 20_000_000_000
    expected = walk.between(far, far + 1_000_000)
    calls = []

    def counted(address: Bits, number: Ints) -> Floats:
        calls.append(number)
        return _uniform(address, number)

    fresh = RenewalArrivals(1, "e", counted, START)
    calls.clear()
    fresh.resume(walk.mark(far))
    found = fresh.between(far, far + 1_000_000)
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    assert len(calls) <= 2
    # what lies before the mark can still be made
    assert fresh.between(START, START + 10**9)[0].tolist() == walk.between(START, START + 10**9)[0].tolist()


def test_nothing_happens_before_the_start_or_in_an_empty_window() -> None:
    process = RenewalArrivals(1, "e", _uniform, START)
    assert len(process.between(START - 10**9, START)[0]) == 0
    assert len(process.between(START + 10**9, START + 10**9)[0]) == 0
    assert process.expected(START - 10**9, START) == 0


def test_gaps_that_never_let_time_go_on_are_refused() -> None:
    with pytest.raises(ValueError, match="gaps are 0 microseconds"):
        RenewalArrivals(1, "e", lambda address, number: np.zeros(len(address)), START)
    text = "events: {a: {fields: {n: sequence}}}\narrivals: {a: {process: renewal, gap: {uniform: {max: 1e-10}}}}\n"
    with pytest.raises(ScenarioError, match="time would not go on"):
        compile_plan(loads(text))


def test_gaps_of_many_years_do_not_overflow() -> None:
    process = RenewalArrivals(1, "e", lambda address, number: np.full(len(address), np.inf), START)
    assert len(process.between(START, START + 10**15)[0]) == 1


def _rows(plan: object, **how: object) -> list[tuple[object, ...]]:
    found = [batch.frames for batch in Stream(plan, **how)]  # type: ignore[arg-type]
    return sorted(
        row for frames in found for name, frame in frames.items() for row in frame.select("time", "id").rows()
    )


def test_a_stream_begun_in_the_middle_has_the_events_of_the_whole() -> None:
    plan = compile_plan(replace(loads(SCENARIO), clock=replace(loads(SCENARIO).clock, end=START + 3_600_000_000)))
    middle = START + 2_000_000_123
    late = [row for row in _rows(plan) if row[0].timestamp() * 1e6 >= middle]  # type: ignore[attr-defined]
    assert late
    assert _rows(compile_plan(plan.scenario), start=middle) == late


def test_a_saved_position_goes_on_where_it_was() -> None:
    plan = compile_plan(loads(SCENARIO))
    spine = plan.spine()
    spine.take(90_000)
    first = spine.take(90_000)
    rest = spine.take(500)
    position = decoded(encoded(first.after))
    assert position.carried[1].chunk > 5
    again = compile_plan(plan.scenario).spine(position=position).take(500)
    assert again.address.tolist() == rest.address.tolist()
    assert again.rows.ordinal.tolist() == rest.rows.ordinal.tolist()
