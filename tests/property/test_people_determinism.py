"""Streams with populations do not depend on how they are cut, and an edit of one changes no other."""

from __future__ import annotations

import polars as pl
import pytest
from flow_driver import position_after, told, windows
from people_driver import PEOPLE, frames, people

import synthwb
from synthwb.encode import encoder
from synthwb.engine import Plan, compile_plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.scenario import loads


def _bytes(plan: Plan, **how: int) -> bytes:
    lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
    return b"".join(bytes(p.content) for batch in synthwb.Stream(plan, **how) for p in lines.encode(batch))


def test_windows_of_any_length_give_the_same_events() -> None:
    plan = people()
    whole = told(list(windows(plan, 86_400).slabs(10_000)))
    assert len(whole) > 4_000
    for seconds in (60, 600, 5_000):
        assert told(list(windows(plan, seconds).slabs(500))) == whole


def test_windows_of_six_seconds_do_too() -> None:
    plan = compile_plan(loads(PEOPLE.replace("end: +4d", "end: +5h")))
    assert told(list(windows(plan, 6).slabs(70))) == told(list(windows(plan, 86_400).slabs(1_000)))


def test_batches_and_workers_change_no_byte() -> None:
    plan = people()
    whole = _bytes(plan)
    assert all(f'"event":"{name}"'.encode() in whole for name in plan.events)
    for batch, workers in ((7, 1), (1000, 2), (65536, 1)):
        assert _bytes(plan, batch=batch, workers=workers) == whole


@pytest.mark.parametrize("events", [1, 97, 3000])
def test_a_stream_goes_on_from_any_position(events: int) -> None:
    plan = people()
    whole = told([plan.spine().take(4_000)])
    position = decoded(encoded(position_after(plan, events, 83)))
    assert told([people().spine(position=position).take(4_000 - events)]) == whole[events:]


def test_a_stream_that_goes_on_for_longer_begins_in_the_same_way() -> None:
    short, long = frames(people()), frames(people(**{"end: +4d": "end: +9d"}))
    until = compile_plan(loads(PEOPLE)).scenario.clock.end
    for name, frame in short.items():
        assert frame.equals(long[name].filter(pl.col("time").cast(pl.Int64) < until)), name


def test_a_population_changes_nothing_that_does_not_see_it() -> None:
    plain = PEOPLE[: PEOPLE.index("    population:")] + PEOPLE[PEOPLE.index("  device: {count") :]
    for old, new in (
        (", born: actor.born", ""),
        (", engaged: actor.engagement", ""),
        ("2 * actor.engagement", "1"),
        ("process: births, jitter: 10m", "rate: 1/h"),
    ):
        plain = plain.replace(old, new)
    before, after = frames(compile_plan(loads(plain))), frames(people())
    assert before["measured"].drop("id").equals(after["measured"].drop("id"))
    assert not before["seen"].equals(after["seen"])
    rows = compile_plan(loads(plain)).pools["user"].columns["user_id"].series()
    assert compile_plan(loads(PEOPLE)).pools["user"].columns["user_id"].series().head(60).equals(rows)


def test_more_births_change_no_row_that_is_there() -> None:
    few, many = people().pools["user"], people(**{"rate: 40/day": "rate: 400/day"}).pools["user"]
    assert many.count > few.count + 500
    assert few.lives is not None
    assert many.lives is not None
    assert (few.lives.died[:60] == many.lives.died[:60]).all()
    assert set(few.lives.born.tolist()) <= set(many.lives.born.tolist())


def test_nobody_does_anything_before_birth_or_after_the_end() -> None:
    plan = people()
    pool = plan.pools["user"]
    assert pool.lives is not None
    died = dict(zip(pool.columns["user_id"].series().to_list(), pool.lives.died.tolist(), strict=True))
    for name in ("seen", "signed_up", "joined", "rated", "paid"):
        frame = frames(plan)[name]
        time = frame["time"].cast(pl.Int64).to_list()
        assert all(at < died[who] for at, who in zip(time, frame["user_id"], strict=True))
        if "born" in frame.columns:
            assert (frame["born"] <= frame["time"]).all()
