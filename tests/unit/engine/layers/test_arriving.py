"""Late, reordered, duplicated and dropped records on the spine."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine import Plan, Slab, compile_plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.layers.chances import NUMBER
from synthwb.engine.rows import DROPPED
from synthwb.scenario import loads

HEAD = """
clock: {start: 2026-03-02T00:00, end: +1h}
events:
  a: {fields: {x: {integer: {min: 1, max: 6}}}}
  b: {fields: {x: uuid}}
arrivals: {a: 2/s, b: {process: constant, rate: 1/s}}
"""
MINUTE = 60_000_000


def plan(layers: str) -> Plan:
    return compile_plan(loads(f"{HEAD}imperfections: [{layers}]\n"))


def all_rows(layers: str) -> Slab:
    return plan(layers).spine().take(100_000)


CLEAN = compile_plan(loads(HEAD)).spine().take(100_000)


def test_late_records_keep_their_time_and_are_due_later() -> None:
    slab = all_rows("late: {rate: 20%, delay: {uniform: {min: 10s, max: 50s}}}")
    delay = slab.due - slab.time
    assert (np.diff(slab.due) >= 0).all()
    assert set(np.sort(slab.time)) == set(CLEAN.time)
    late = delay > 0
    assert 0.17 < late.mean() < 0.23
    assert ((delay[late] >= 10_000_000) & (delay[late] < 50_000_001)).all()
    order = np.argsort(slab.rows.facts[NUMBER])
    assert (slab.time[order] == CLEAN.time).all()
    assert (slab.address[order] == CLEAN.address).all()
    assert (slab.rows.ordinal[order] == CLEAN.rows.ordinal).all()


def test_those_that_are_not_late_keep_their_order() -> None:
    slab = all_rows("late: {rate: 20%, delay: 30s}")
    number = slab.rows.facts[NUMBER]
    assert (np.diff(number[slab.due == slab.time]) > 0).all()


def test_late_records_are_drained_behind_the_end() -> None:
    slab = all_rows("late: {rate: 100%, delay: 10m}")
    assert len(slab) == len(CLEAN)
    assert slab.due[-1] > CLEAN.time[-1] + 9 * MINUTE


def test_reordered_records_are_late_by_less_than_within() -> None:
    slab = all_rows("reorder: {rate: 50%, within: 3s}")
    delay = slab.due - slab.time
    assert delay.max() <= 3_000_000
    assert (np.diff(slab.rows.facts[NUMBER]) < 0).any()


def test_copies_have_the_address_and_the_number_of_their_original() -> None:
    slab = all_rows("duplicate: {rate: 10%, after: {uniform: {min: 0s, max: 30s}}, times: {integer: {min: 0, max: 3}}}")
    copy, number = slab.rows.facts["copy 0"], slab.rows.facts[NUMBER]
    assert set(copy.tolist()) == {0, 1, 2, 3}
    assert np.count_nonzero(copy == 0) == len(CLEAN)
    for found, clean in (
        (slab.address, CLEAN.address),
        (slab.rows.ordinal, CLEAN.rows.ordinal),
        (slab.time, CLEAN.time),
    ):
        assert (found == clean[number]).all()
    assert (slab.due[copy > 0] - slab.time[copy > 0]).max() > 20_000_000


def test_a_copy_that_comes_at_once_stands_behind_its_original() -> None:
    slab = all_rows("duplicate: {rate: 10%}")
    at = np.flatnonzero(slab.rows.facts["copy 0"])
    assert (slab.rows.facts[NUMBER][at] == slab.rows.facts[NUMBER][at - 1]).all()


def test_dropped_rows_stay_for_the_truth_and_are_not_events() -> None:
    made = plan("drop: {rate: 30%}")
    slab = made.spine().take(100_000)
    assert len(slab) == len(CLEAN)
    assert slab.events == len(CLEAN) - np.count_nonzero(slab.rows.facts[DROPPED])
    assert len(made.realise(slab)) == slab.events
    assert len(made.lost(slab)) == len(slab) - slab.events


def test_slabs_hold_as_many_events_as_are_wanted() -> None:
    spine = plan("drop: {rate: 40%}").spine()
    sizes = [slab.events for slab in spine.slabs(100)]
    assert set(sizes[:-1]) == {100}
    firsts = [slab.first for slab in plan("drop: {rate: 40%}").spine().slabs(100)]
    assert firsts == list(np.cumsum([0, *sizes[:-1]]))


def test_an_outage_does_not_gather_rows_without_end() -> None:
    text = HEAD.replace("+1h", "+2d").replace("a: 2/s", "a: 50/s")
    made = compile_plan(loads(f"{text}imperfections: [drop: {{rate: 100%, from: +1m, until: +47h}}]\n"))
    spine = made.spine()
    assert spine.take(2000).events == 2000
    rows = max(len(spine.take(65_536)) for _ in range(4))
    assert rows < 1 << 19


def test_a_dropped_record_is_no_copy_and_is_late_no_more() -> None:
    slab = all_rows("{drop: {rate: 50%}}, {duplicate: {rate: 100%}}, {late: {rate: 100%, delay: 5s}}")
    dropped = slab.rows.facts[DROPPED] > 0
    assert (slab.rows.facts["copy 1"][dropped] == 0).all()
    assert (slab.due[dropped] == slab.time[dropped]).all()
    assert (slab.due[~dropped] > slab.time[~dropped]).all()


def test_a_copy_may_be_dropped_by_itself() -> None:
    slab = all_rows("{duplicate: {rate: 100%}}, {drop: {rate: 50%}}")
    number, dropped = slab.rows.facts[NUMBER], slab.rows.facts[DROPPED] > 0
    lost = np.bincount(number[dropped], minlength=len(CLEAN))
    assert np.allclose(np.bincount(lost, minlength=3) / len(CLEAN), [0.25, 0.5, 0.25], atol=0.03)


@pytest.mark.parametrize("window", ["from: +10m, until: +20m", "at: +10m, for: 10m"])
def test_a_window_of_event_time(window: str) -> None:
    slab = all_rows(f"drop: {{rate: 100%, {window}}}")
    start = loads(HEAD).clock.start
    inside = (slab.time >= start + 10 * MINUTE) & (slab.time < start + 20 * MINUTE)
    assert ((slab.rows.facts[DROPPED] > 0) == inside).all()


def test_only_the_events_that_are_named() -> None:
    slab = all_rows("drop: {rate: 50%, events: [b]}")
    dropped = slab.rows.facts[DROPPED] > 0
    assert set(slab.kind[dropped].tolist()) == {1}


def test_what_is_held_back_is_carried_in_a_value() -> None:
    made = plan("late: {rate: 50%, delay: {uniform: {min: 0s, max: 5m}}}")
    spine = made.spine()
    first = spine.take(1500)
    position = decoded(encoded(first.after))
    expected = spine.take(3000)
    found = made.spine(position=position).take(3000)
    assert (found.address == expected.address).all()
    assert (found.due == expected.due).all()
    assert found.first == expected.first == 1500


def test_a_stream_begun_in_the_middle_has_what_happens_from_there_on() -> None:
    from synthwb.engine import Position

    made = plan("late: {rate: 50%, delay: {uniform: {min: 0s, max: 5m}}}")
    begin = made.scenario.clock.start + 30 * MINUTE
    slab = made.spine(position=Position(begin, {})).take(100_000)
    whole = made.spine().take(100_000)
    assert slab.time.min() >= begin
    kept = whole.time >= begin
    assert (slab.address == whole.address[kept]).all()


def test_limit_counts_clean_events() -> None:
    made = compile_plan(loads(f"{HEAD}limit: {{events: 500}}\nimperfections: [duplicate: {{rate: 100%}}]\n"))
    assert made.spine().take(100_000).events == 1000
