"""Cohorts counted by the view, and once more by hand."""

from __future__ import annotations

from collections import defaultdict

import pytest

import synthwb
from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads
from synthwb.views import MOST, PERIODS, CohortCount, CohortView, CohortWatch, returning

DAY, WEEK = PERIODS["day"], PERIODS["week"]
APP = """
seed: 9
clock: {start: 2026-03-02T00:00, end: +30d, zone: Europe/Paris}
entities:
  user:
    count: 60
    key: user_id
    fields: {user_id: {pattern: "U-#####", unique: true}, kind: {choice: [a, b]}}
    population: {births: 10/day}
    engagement: {start: 0.8, decay: 0.1}
events:
  signed_up: {actor: user, fields: {who: actor.user_id}}
  opened: {actor: user, fields: {kind: actor.kind, user_id: actor.user_id}}
  tick: {fields: {n: uuid}}
flows:
  visit: {actor: user, steps: [opened]}
arrivals:
  signed_up: {process: births}
  visit: {process: per_actor, count: 2, chance: {expr: "actor.engagement"}}
  tick: 3/h
"""


def watched(text: str, period: int, until: int | None = None, bite: int = MOST) -> CohortView:
    """The view of a stream, looked at in stretches of so many events."""
    watch = CohortWatch(compile_plan(loads(text)), "user", period)
    while watch.advance(until, bite):
        if until is not None and watch.view.until >= until:
            break
    return watch.view


def by_hand(text: str, period: int, until: int) -> dict[int, list[int]]:
    """By the first period: how many actors were active in each since. Nothing but dictionaries and sets."""
    start = loads(text).clock.start
    whole = (until - start) // period
    seen = defaultdict(set)
    for name, field in (("signed_up", "who"), ("opened", "user_id")):
        frame = synthwb.preview(text, MOST)[name]
        for time, who in zip(frame["time"].dt.epoch("us"), frame[field], strict=True):
            if time <= until:
                seen[who].add((time - start) // period)
    table: dict[int, list[int]] = {}
    for periods in seen.values():
        first = min(periods)
        if first < whole:
            row = table.setdefault(first, [0] * (whole - first))
            for each in periods:
                if each < whole:
                    row[each - first] += 1
    return table


@pytest.mark.parametrize("period", [DAY, WEEK])
@pytest.mark.parametrize("days", [30, 12.5])
def test_it_counts_what_is_counted_by_hand(period: int, days: float) -> None:
    start = loads(APP).clock.start
    until = start + int(days * DAY)
    view = watched(APP, period, until if days < 30 else None)
    expected = by_hand(APP, period, until)
    assert {(cohort.start - start) // period: list(cohort.active) for cohort in view.cohorts} == expected
    assert view.until == until
    assert (view.zone, view.before) == ("Europe/Paris", 60)
    for age, share in enumerate(view.curve):
        old = [row for row in expected.values() if len(row) > age]
        assert share == pytest.approx(sum(row[age] for row in old) / sum(row[0] for row in old))


def test_it_is_the_same_whatever_the_stretches() -> None:
    assert watched(APP, WEEK, bite=1) == watched(APP, WEEK)
    until = loads(APP).clock.start + 20 * DAY
    assert watched(APP, DAY, until, bite=1) == watched(APP, DAY, until)


def test_it_goes_on_with_event_time() -> None:
    plan = compile_plan(loads(APP))
    watch = CohortWatch(plan, "user", DAY)
    start = plan.scenario.clock.start
    for day in (2, 5, 9):
        watch.advance(start + day * DAY, MOST)
        assert watch.view == watched(APP, DAY, start + day * DAY)
        assert not watch.beyond(start + day * DAY)
    assert watch.beyond(start + 8 * DAY)


def test_the_last_event_of_a_stream_makes_its_last_period_whole() -> None:
    plan = compile_plan(loads(APP.replace("+30d", "+28d")))
    last = sample(plan, MOST).last_time
    watch = CohortWatch(plan, "user", WEEK)
    watch.advance(last, MOST)
    assert len(watch.view.curve) == 4
    assert not watch.beyond(last)


def test_a_period_that_is_not_over_is_left_out() -> None:
    view = watched(APP.replace("+30d", "+6d"), WEEK)
    assert (view.cohorts, view.curve, view.actors) == ((), (), 0)


def test_batches_may_come_twice_and_in_any_order() -> None:
    scenario = loads(APP)
    made = sample(compile_plan(scenario), 4000)
    halves = [made.tail(1500), made, made.tail(100)]
    counts = []
    for batches in (halves, halves[::-1], [made]):
        count = CohortCount(returning(scenario)["user"], origin=scenario.clock.start, period=DAY)
        for batch in batches:
            count.add(batch)
        counts.append(count.view("user", made.last_time))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0].actors > 0


def test_whose_an_event_is_says_the_field_that_reads_the_key() -> None:
    assert returning(loads(APP)) == {"user": {"signed_up": "who", "opened": "user_id"}}
    assert returning(loads(APP.replace("    key: user_id\n", ""))) == {}
    hidden = APP.replace("{who: actor.user_id}", "{who: {path: actor.user_id, hidden: true}, n: uuid}")
    assert returning(loads(hidden)) == {"user": {"opened": "user_id"}}


def test_who_has_a_life_comes_first() -> None:
    gates = """
clock: {end: +9d}
entities:
  gate: {count: 5, key: gate, fields: {gate: {sequence: {}}}}
  user: {count: 5, key: user_id, fields: {user_id: uuid}, population: {births: 1/day}}
events:
  tap: {actor: gate, fields: {gate: actor.gate}}
  ride: {actor: user, fields: {user_id: actor.user_id}}
"""
    assert list(returning(loads(gates))) == ["user", "gate"]
