"""What is expected of sessions, against arithmetic and against sessions that were walked."""

from __future__ import annotations

import pytest
from flow_driver import shop

from synthwb.engine import Plan, compile_plan
from synthwb.engine.flows.estimates import Estimate, estimate
from synthwb.scenario import loads, presets

HEAD = """
seed: 3
entities: {user: {count: 50, fields: {n: {sequence: {}}, spent: 0.0}}}
events: {a: {actor: user, fields: {n: actor.n}}, b: {actor: user, fields: {spent: actor.spent}}}
arrivals: {visit: 2/s}
"""


def _plan(flow: str) -> Plan:
    return compile_plan(loads(f"{HEAD}flows: {{visit: {{actor: user, {flow}}}}}"))


def _seen(plan: Plan) -> Estimate:
    assert plan.crowd is not None
    (found,) = plan.crowd.estimates
    return found


def test_visits_solve_the_equations_of_the_chain() -> None:
    seen = _seen(
        _plan(
            "start: {one: 3, two: 1}, states: {"
            "one: {emit: a, dwell: 10s, next: {one: 50, two: 30, exit: 20}},"
            "two: {emit: [a, b], times: 3, dwell: 2s, next: {one: 1, exit: 3}}}"
        )
    )
    # v1 = 3/4 + v1/2 + v2/4 and v2 = 1/4 + 3/10 v1, so v1 = 65/34 and v2 = 14/17; three steps for each visit of two
    one, two = 65 / 34, 14 / 17
    assert seen.events == pytest.approx({0: one + 3 * two, 1: 3 * two})
    assert seen.micros == pytest.approx((10 * one + 6 * two) * 1e6)
    assert not seen.endless


def test_walks_side_by_side_add_up() -> None:
    seen = _seen(_plan("start: [one, two], states: {one: {emit: a, dwell: 5s}, two: {emit: b, next: one, dwell: 1s}}"))
    assert seen.events == pytest.approx({0: 2.0, 1: 1.0})


def test_who_goes_round_for_ever_is_seen_by_the_pace() -> None:
    seen = _seen(_plan("session: {max: 1h}, states: {one: {emit: a, dwell: 10s, next: one}}"))
    assert seen.pace * 1e6 == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("guarded", [False, True])
def test_what_no_event_is_counts_for_nothing(guarded: bool) -> None:
    plan = shop(shared=True, guarded=guarded)
    assert set(_seen(plan).events) == {0, 1}
    assert plan.rates["order_placed"] > 0


@pytest.mark.parametrize("preset", [each for each in presets() if "\nflows:" in each.text], ids=lambda each: each.name)
def test_presets_come_about_as_often_as_expected(preset: object) -> None:
    plan = compile_plan(loads(preset.text))  # type: ignore[attr-defined]
    assert plan.crowd is not None
    assert sum(plan.rates.values()) == pytest.approx(plan.rate)
    for flow in plan.crowd.flows:
        assert estimate(flow, plan.crowd.store, plan.crowd.start).total > 0
