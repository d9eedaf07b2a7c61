"""Event time against arrival time, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthwb.engine import Batch, Plan, compile_plan, sample
from synthwb.scenario import loads
from synthwb.views import expected_rates, time_view

SECOND = 1_000_000
PING = """
clock: {start: 2026-03-02T00:00}
events: {ping: {fields: {n: uuid}}, pong: {fields: {n: uuid}}}
arrivals:
  ping: {rate: 2/s, daily: {floor: 10%, peaks: [{at: "12:00", width: 2h}]}}
  pong: {process: constant, rate: 1/s}
"""


def plan() -> Plan:
    return compile_plan(loads(PING))


def arriving(*events: tuple[str, float, float]) -> Batch:
    """Events of these types, at these times, arriving at those (in seconds, in order of arrival)."""
    made = plan()
    parts = []
    for name, schema in made.schemas.items():
        rows = np.array([row for row, event in enumerate(events) if event[0] == name], np.int64)
        if len(rows):
            whole = sample(made, 400).parts[list(made.schemas).index(name)]
            some = whole.take(np.arange(len(rows)), rows)
            time = np.array([int(events[row][1] * SECOND) for row in rows], np.int64)
            due = np.array([int(events[row][2] * SECOND) for row in rows], np.int64)
            parts.append(replace(some, schema=schema, time=time, due=due))
    return Batch(0, len(events), tuple(parts))


LATE = arriving(("ping", 1, 1), ("pong", 2, 2), ("ping", 0, 3), ("pong", 20, 20), ("ping", 9, 21), ("ping", 12, 22))


def test_late_is_what_arrives_after_it_happened_and_behind_what_the_watermark_has_passed() -> None:
    view = time_view([LATE], bound=10 * SECOND, slices=4)
    assert view.late == (False, False, True, False, True, True)
    assert view.behind == (False, False, False, False, True, False)
    assert [mark // SECOND for mark in view.watermark] == [-9, -8, -8, 10, 10, 10]
    assert (view.lateness.half, view.lateness.most, view.lateness.worst) == (10 * SECOND, 12 * SECOND, 12 * SECOND)  # type: ignore[union-attr]
    assert not view.in_order


@pytest.mark.parametrize(("bound", "behind"), [(0, 3), (8, 1), (9, 1), (11, 0), (12, 0)])
def test_a_watermark_that_stays_further_behind_loses_less(bound: int, behind: int) -> None:
    assert sum(time_view([LATE], bound=bound * SECOND, slices=4).behind) == behind


def test_an_event_is_held_against_the_watermark_before_it_not_its_own() -> None:
    view = time_view([arriving(("ping", 5, 5), ("ping", 9, 9))], bound=0, slices=2)
    assert view.behind == (False, False)


def test_batches_go_on_where_the_one_before_ended() -> None:
    first, second = arriving(("ping", 20, 20)), arriving(("ping", 3, 21))
    view = time_view([first, second], bound=10 * SECOND, slices=2)
    assert view.behind == (False, True)


def test_clocks_that_are_fast_are_counted_apart() -> None:
    view = time_view([arriving(("ping", 5, 3), ("pong", 4, 4))], bound=0, slices=2)
    assert (view.early, sum(view.late), view.in_order, view.lateness) == (1, 0, False, None)


def test_rates_by_type_over_event_time() -> None:
    batch = arriving(*(("ping", second / 4, second / 4) for second in range(40)), ("pong", 9.999_999, 9.999_999))
    ping, pong = time_view([batch], bound=0, slices=10, names=["ping", "pong"]).rates
    assert ping.values == (4.0,) * 10
    assert pong.values == (*([0.0] * 9), 1.0)
    assert (ping.mean, pong.mean) == (4.0, 0.1)


def test_types_that_do_not_occur_are_there_too() -> None:
    rates = time_view([arriving(("pong", 1, 1))], bound=0, slices=3, names=["ping", "pong"]).rates
    assert [(rate.event, rate.mean > 0) for rate in rates] == [("ping", False), ("pong", True)]
    nothing = time_view([], bound=0, slices=3, names=["ping"])
    assert (len(nothing), nothing.in_order, nothing.rates[0].values) == (0, True, ())


def test_the_day_that_is_expected() -> None:
    made = plan()
    rates, day = expected_rates(made, made.scenario.clock.start + 30 * 3600 * SECOND, 24)
    assert day == made.scenario.clock.start + 24 * 3600 * SECOND
    ping, pong = rates
    assert pong.values == pytest.approx([1.0] * 24)
    assert ping.values.index(max(ping.values)) in (11, 12)
    assert max(ping.values) > 5 * min(ping.values)
    assert ping.mean == pytest.approx(made.rates["ping"], rel=0.02)


def test_what_flows_emit_is_expected_too_and_a_short_clock_makes_a_short_day() -> None:
    made = compile_plan(
        loads(
            "clock: {start: 2026-03-02T06:00, end: +2h}\n"
            "events: {seen: {fields: {n: uuid}}}\n"
            "flows: {visit: {states: {a: {emit: seen, times: 3, dwell: 1s, next: exit}}}}\n"
            "arrivals: {visit: {rate: 60/min}}"
        )
    )
    (seen,), day = expected_rates(made, made.scenario.clock.start, 4)
    assert day == made.scenario.clock.start
    assert seen.values == pytest.approx([3.0] * 4)
