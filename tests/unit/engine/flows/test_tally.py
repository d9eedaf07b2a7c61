"""Counting steps: against the events that the same sessions emit, however the stream is cut."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from flow_driver import shop, windows

from synthwb.engine import Plan, Position, Steps, compile_plan, past
from synthwb.engine.flows.tally import Tally
from synthwb.runtime import Pace, Run, State
from synthwb.scenario import loads

TOUR = """
seed: 3
clock: {start: 2026-03-02T00:00, end: +4h} # nobody comes after two hours, so that all tours come to their end
events: {seen: {fields: {who: session.id, where: state.name, step: session.step, n: state.visits}}}
flows:
  tour:
    states:
      hall: {emit: seen, dwell: 30s, next: {think: 70, exit: 30}}
      think: {dwell: 90s, next: {hall: 50, gallery: 50}}
      gallery: {emit: seen, times: 3, dwell: 10s, next: {hall: 20, exit: 80}}
  guard: {states: {round: {emit: seen, dwell: 60s, next: exit}}}
arrivals:
  tour: {rate: 40/min, bursts: [{at: +2h, for: 10h, rate: x0}]}
  guard: {rate: 5/min, bursts: [{at: +2h, for: 10h, rate: x0}]}
"""


def tour() -> Plan:
    return compile_plan(loads(TOUR))


def walked(plan: Plan, sizes: list[int], *, seconds: float | None = None) -> Steps:
    """All steps of a plan's stream, cut into slabs of these sizes in turn."""
    tally = plan.tally(Position(plan.scenario.clock.start, {}))
    assert tally is not None
    spine = plan.spine(tally=tally)
    if seconds is not None:
        length = int(seconds * 1e6)
        spine._window = lambda events: min(spine._next + length, spine._end)  # type: ignore[method-assign]
    total, number = Steps.none(len(plan.links.states)), 0
    while len(slab := spine.take(sizes[number % len(sizes)])):
        total += tally.until(int(slab.due[-1]))
        number += 1
    return total


def test_every_step_is_counted_once_however_the_stream_is_cut() -> None:
    plan = tour()
    once = walked(plan, [1 << 20])
    for sizes, seconds in (([1000], None), ([1, 7, 300], None), ([500], 6.0), ([333], 600.0)):
        again = walked(plan, sizes, seconds=seconds)
        np.testing.assert_array_equal(again.moves, once.moves)
        np.testing.assert_array_equal(again.reached, once.reached)


def test_counts_are_those_of_the_sessions_that_emit() -> None:
    """What the events tell of their sessions, followed one by one, gives the same numbers."""
    plan = tour()
    frame = plan.realise(plan.spine().take(1 << 20)).frames["seen"]
    seen = walked(plan, [4096])
    number = {state.name: place for place, state in enumerate(plan.links.states)}
    visits: Counter[str] = Counter()
    reached: dict[str, set[str]] = defaultdict(set)
    rows = frame.sort("time").select("who", "where", "step", "n").rows()
    for session, state, _, n in rows:
        reached[state].add(session)
        visits[state] += n > 0
    assert visits["gallery"] == 3 * seen.entered[number["gallery"]]
    for state in ("hall", "round"):
        assert visits[state] == seen.entered[number[state]]
    for state in ("hall", "gallery", "round"):
        assert len(reached[state]) == seen.reached[number[state]]
    begun = seen.moves[-1]
    assert begun[number["hall"]] == len({session for session, state, *_ in rows if state != "round"})
    assert begun[number["think"]] == begun[number["gallery"]] == 0


def test_states_that_emit_nothing_are_counted_and_shares_follow_the_weights() -> None:
    plan = tour()
    seen = walked(plan, [4096])
    hall, think, gallery, _ = range(4)
    left = seen.moves.sum(axis=1)
    assert seen.moves[hall, think] / left[hall] == pytest.approx(0.70, abs=0.02)
    assert seen.moves[hall, -1] / left[hall] == pytest.approx(0.30, abs=0.02)
    assert seen.moves[think, gallery] / left[think] == pytest.approx(0.50, abs=0.02)
    assert seen.moves[gallery, gallery] == 0  # repeating is not moving
    assert seen.reached[think] < seen.entered[think]


def test_a_walk_from_the_midst_counts_what_comes_after() -> None:
    plan = tour()
    start = plan.scenario.clock.start
    half = start + 3_600_000_000
    before, rest = Tally(4, start - 1), plan.tally(Position(half, {}))
    assert rest is not None
    spine = plan.spine(tally=before)
    while len(spine.take(4096)):
        pass
    first, whole = before.until(half - 1), before.until(1 << 62)
    late = plan.spine(position=Position(half, {}), tally=rest)
    while len(late.take(4096)):
        pass
    after = rest.until(1 << 62)
    np.testing.assert_array_equal(after.moves, whole.moves)
    assert first.moves.sum() > 1000


def test_watching_changes_no_event() -> None:
    plan = shop(shared=True, guarded=True)
    tally = plan.tally(Position(plan.scenario.clock.start, {}))
    plain, watched = plan.spine().take(5000), plan.spine(tally=tally).take(5000)
    np.testing.assert_array_equal(plain.rows.address, watched.rows.address)
    np.testing.assert_array_equal(plain.rows.time, watched.rows.time)


def test_sessions_that_were_watched_go_on_unwatched_and_the_other_way_round() -> None:
    plan = tour()
    tally = plan.tally(Position(plan.scenario.clock.start, {}))
    for spine in (plan.spine(tally=tally), plan.spine()):
        position = spine.take(500).after
        for again in (plan.tally(position), None):
            found = plan.spine(position=position, tally=again).take(400)
            np.testing.assert_array_equal(found.rows.address, plan.spine().take(900).rows.address[500:])


def test_a_run_knows_its_steps_through_changes_of_pace() -> None:
    plan = tour()
    limit = 2000
    with Run(plan, limit=limit, batch=100) as run:
        run.step(3)
        run.set_rate(1e6)
        run.start()
        run.set_pace(Pace())
        assert run.wait(60)
        stats = run.stats()
    assert stats.state is State.FINISHED
    assert stats.steps is not None
    tally = plan.tally(Position(plan.scenario.clock.start, {}))
    assert tally is not None
    slab = plan.spine(tally=tally).take(limit)
    wanted = tally.until(int(slab.due[-1]))
    np.testing.assert_array_equal(stats.steps.moves, wanted.moves)
    np.testing.assert_array_equal(stats.steps.reached, wanted.reached)


def test_nobody_counts_where_nobody_looks() -> None:
    with Run(tour(), limit=100, watch=False) as run:
        run.start()
        assert run.wait(60)
        assert run.stats().steps is None


def test_the_past_of_a_moment() -> None:
    plan = tour()
    start = plan.scenario.clock.start
    batch, steps = past(plan, start + 1_800_000_000, 500)
    assert steps is not None
    assert 250 <= len(batch) <= 1000
    assert batch.last_time < start + 1_800_000_000
    batch, steps = past(plan, start, 500)
    assert len(batch) == 0
    assert steps is not None
    assert steps.moves.sum() == 0


def test_without_flows_there_are_no_steps() -> None:
    plan = compile_plan(loads("events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 5/s}"))
    batch, steps = past(plan, plan.scenario.clock.start + 60_000_000, 100)
    assert steps is None
    assert len(batch) > 50
    assert windows(plan, 5.0).take(3).rows is not None
