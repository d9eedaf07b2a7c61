"""Walks and counters: the same alone as in sequence, inside their bounds, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from documents import complaints, in_batches, values
from walk_driver import DAY, HOUR, MINUTE, SECOND, at

from synthwb.engine import Stream, compile_plan
from synthwb.engine.columns import Column, Pool
from synthwb.scenario import loads

WALKS: list[tuple[str, dict[str, Any]]] = [
    ("random_walk", {"step": 1.0}),
    ("random_walk", {"step": 0.3, "per": MINUTE, "start": 5.0, "drift": (2.0, DAY), "min": 0.0, "max": 8.0}),
    ("random_walk", {"spread": 2.0, "half_life": HOUR, "mean": 20.0}),
    ("random_walk", {"step": 0.1, "half_life": HOUR, "start": 30.0, "mean": 20.0, "min": 15.0}),
    ("random_walk", {"step": 0.02, "per": HOUR, "start": 40.0, "geometric": True, "max": 60.0}),
    ("counter", {"rate": (120.0, MINUTE)}),
    ("counter", {"rate": (5.0, SECOND), "noise": 3.0, "whole": False, "reset": HOUR}),
    ("counter", {"rate": (900.0, SECOND), "noise": 0.0, "wrap": 65536}),
]
FORM = pytest.mark.parametrize(("name", "args"), WALKS)
TIMES = np.sort(np.random.default_rng(5).integers(0, 3 * DAY, 2000))
START = 1_772_409_600_000_000  # 2026-03-02T00:00Z


@FORM
def test_a_moment_alone_has_the_value_that_it_has_among_others(name: str, args: dict[str, Any]) -> None:
    whole = at(name, TIMES, **args)
    for part in (slice(0, 1), slice(7, 8), slice(100, 103), slice(1500, 2000)):
        assert np.array_equal(at(name, TIMES[part], **args), whole[part])


@FORM
def test_the_order_of_rows_and_moments_that_come_twice_change_nothing(name: str, args: dict[str, Any]) -> None:
    whole = at(name, TIMES, **args)
    rows = np.random.default_rng(6).integers(0, len(TIMES), 3000)
    assert np.array_equal(at(name, TIMES[rows], **args), whole[rows])


@FORM
def test_each_value_of_by_has_a_walk_of_its_own(name: str, args: dict[str, Any]) -> None:
    who = np.array(["a", "b", "c"])[np.arange(len(TIMES)) % 3]
    mixed = at(name, TIMES, who, **args)
    for each in "abc":
        alone = at(name, TIMES[who == each], [each] * int((who == each).sum()), **args)
        assert np.array_equal(alone, mixed[who == each])
    if args.get("noise") != 0.0:
        assert not np.array_equal(at(name, TIMES, ["a"] * len(TIMES), **args), at(name, TIMES, **args))
        assert len(set(at(name, [DAY + 17 * MINUTE] * 50, list(map(str, range(50))), **args))) > 25


def test_by_reads_a_pool_as_it_reads_its_values() -> None:
    names = ["x", "y", None, "x"]
    codes = np.arange(len(TIMES)) % 4
    pooled = Column.coded(Pool(pl.Series(names)), codes)
    plain = pl.Series(names)[pl.Series(codes)]
    assert np.array_equal(at("random_walk", TIMES, pooled, step=1.0), at("random_walk", TIMES, plain, step=1.0))


@FORM
def test_another_seed_gives_another_walk(name: str, args: dict[str, Any]) -> None:
    if args.get("noise") != 0.0:
        assert not np.array_equal(at(name, TIMES, **args), at(name, TIMES, seed=43, **args))


FIELDS = [
    "{random_walk: {start: 100, step: 0.8, per: 1m, min: 0, by: actor.id}}",
    "{random_walk: {mean: {expr: actor.level}, spread: 1.5, half_life: 2h, by: actor.id}}",
    "{counter: {rate: 120/min, by: actor.id, reset: 1d, start: {expr: actor.level}}}",
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_stream_may_begin_anywhere_and_have_any_batches(field: str) -> None:
    text = f"""
clock: {{start: 2026-03-02T09:00}}
entities: {{device: {{count: 20, fields: {{id: uuid, level: {{uniform: {{min: 0, max: 9}}}}}}}}}}
events: {{e: {{actor: device, fields: {{x: {field}}}}}}}
arrivals: {{e: 30/min}}
"""
    plan = compile_plan(loads(text))

    def frame(**how: Any) -> pl.DataFrame:
        return pl.concat([batch.frames["e"] for batch in Stream(plan, **how)])

    whole = frame(limit=1500)
    assert frame(limit=1500, batch=64, workers=3).equals(whole)
    late = START + 9 * HOUR + 25 * MINUTE
    alone = frame(limit=100, start=late)
    assert alone.equals(whole.filter(pl.col("time").to_physical() >= late)[:100])


def test_values_do_not_depend_on_batches() -> None:
    for field in ("{random_walk: 1}", "{counter: {rate: 3/s, whole: false}}"):
        assert values(field, 500).equals(in_batches(field, 500, 7, workers=2))


def test_a_walk_begins_at_its_start() -> None:
    for args in ({"step": 5.0}, {"step": 5.0, "half_life": HOUR}, {"spread": 2.0, "half_life": HOUR, "mean": 3.0}):
        begin = dict(args)
        begin["start"] = 7.0
        assert _started(begin) == pytest.approx(7.0, abs=1e-9)
    assert _started({"step": 0.1, "start": 7.0, "geometric": True}) == pytest.approx(7.0)
    assert _started({"step": 0.1}) == 0.0
    assert _started({"step": 0.1, "geometric": True}) == 1.0


def _started(args: dict[str, Any]) -> float:
    return float(at("random_walk", [START], clock=START, **args)[0])


@pytest.mark.parametrize("name", ["random_walk", "counter"])
def test_before_the_start_nothing_moves(name: str) -> None:
    args = {"step": 1.0} if name == "random_walk" else {"rate": (5.0, SECOND), "start": 3.0}
    assert set(at(name, [-DAY, -1, 0], **args)) == {0.0 if name == "random_walk" else 3}


@pytest.mark.parametrize("geometric", [False, True])
def test_bounds_are_never_left(geometric: bool) -> None:
    times = np.sort(np.random.default_rng(1).integers(0, DAY, 50_000))
    args = {"step": 0.5, "per": SECOND, "start": 2.0, "geometric": geometric}
    both = at("random_walk", times, min=1.0, max=3.0, **args)
    assert 1.0 <= both.min() < 1.1
    assert 2.9 < both.max() <= 3.0
    assert 1.0 <= at("random_walk", times, min=1.0, **args).min() < 1.1
    assert 2.9 < at("random_walk", times, max=3.0, **args).max() <= 3.0


def test_a_walk_between_bounds_is_the_free_one_folded() -> None:
    """Reflected at 0 and 10, value by value."""
    free = at("random_walk", TIMES, step=0.05, start=5.0)
    held = at("random_walk", TIMES, step=0.05, start=5.0, min=0.0, max=10.0)
    turned = np.abs((free + 10.0) % 20.0 - 10.0)
    assert held == pytest.approx(turned, abs=1e-9)
    assert free.max() - free.min() > 10.0


def test_a_drift_is_steady() -> None:
    plain = at("random_walk", TIMES, step=1.0)
    led = at("random_walk", TIMES, step=1.0, drift=(-3.0, HOUR))
    assert led - plain == pytest.approx(-3.0 * TIMES / HOUR, abs=1e-6)


def test_steps_may_differ_from_row_to_row_and_impossible_ones_are_null() -> None:
    more = "      s: {choice: [0, 1, -1, null]}\n"
    x, s = values("{random_walk: {step: {expr: s}, start: 4}}", 300, more), values("s", 300, more)
    assert x.is_null().equals(((s == -1) | s.is_null()).fill_null(value=True))
    assert set(x.filter(s == 0)) == {4.0}


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.5, 20.0])
@pytest.mark.parametrize("whole", [True, False])
def test_a_counter_never_falls(noise: float, whole: bool) -> None:
    times = np.sort(np.random.default_rng(2).integers(0, 2 * DAY, 20_000))
    found = at("counter", times, rate=(40.0, MINUTE), noise=noise, whole=whole)
    assert (np.diff(found) >= 0).all()
    assert found.dtype == (np.int64 if whole else np.float64)
    assert found[-1] > 1000


def test_a_counter_without_noise_is_its_rate() -> None:
    assert at("counter", [0, SECOND - 1, SECOND, 90 * SECOND], rate=(2.0, SECOND), noise=0.0).tolist() == [0, 1, 2, 180]


def test_a_counter_begins_anew_each_time() -> None:
    times = np.arange(0, 2 * DAY, 7 * MINUTE)
    found = at("counter", times, rate=(5.0, SECOND), reset=6 * HOUR, start=100.0)
    epoch = times // (6 * HOUR)
    falls = np.flatnonzero(np.diff(found) < 0)
    assert falls.tolist() == np.flatnonzero(np.diff(epoch)).tolist()
    assert found[np.flatnonzero(times % (6 * HOUR) == 0)].tolist() == [100] * np.count_nonzero(times % (6 * HOUR) == 0)
    gains = [found[epoch == number] for number in range(3)]
    assert not np.array_equal(gains[0], gains[1][: len(gains[0])])


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "UTC"])
def test_a_daily_counter_begins_anew_at_local_midnight_also_when_clocks_change(zone: str) -> None:
    start = round(datetime(2026, 3, 1, tzinfo=ZoneInfo(zone)).timestamp()) * SECOND
    times = np.arange(start, start + 60 * DAY, 20 * MINUTE)
    found = at("counter", times, rate=(1.0, SECOND), noise=0.0, reset=DAY, zone=zone)
    days = [datetime.fromtimestamp(t / SECOND, UTC).astimezone(ZoneInfo(zone)).toordinal() for t in times.tolist()]
    falls = np.flatnonzero(np.diff(found) < 0)
    assert falls.tolist() == np.flatnonzero(np.diff(days)).tolist()
    assert len(falls) in (59, 60)  # with an hour less, the last day is the sixty-first


def test_a_counter_runs_over() -> None:
    times = np.arange(0, DAY, MINUTE)
    free = at("counter", times, rate=(900.0, SECOND))
    assert at("counter", times, rate=(900.0, SECOND), wrap=65536).tolist() == (free % 65536).tolist()
    part = at("counter", times, rate=(900.0, SECOND), wrap=100.5, whole=False)
    assert 0.0 <= part.min() <= part.max() <= 100.5


def test_a_count_beyond_64_bits_is_null() -> None:
    assert values("{counter: {rate: 1/s, start: 9000000000000000000}}", 2).null_count() == 0
    more = "      big: {const: 1.0e+19}\n"
    assert values("{counter: {rate: 1/s, start: {expr: big}}}", 2, more).null_count() == 2


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("random_walk", "needs parameters"),
        ("{random_walk: {step: 1, spread: 2, half_life: 1h}}", "step and spread together"),
        ("{random_walk: {spread: 2}}", "needs a half_life"),
        ("{random_walk: {step: 1, mean: 2}}", "needs a half_life"),
        ("{random_walk: {step: 1, half_life: 1us}}", "outside 1 ms to 1000 years"),
        ("{random_walk: {step: 1, half_life: 1h, drift: 1/s}}", "leads away for ever"),
        ("{random_walk: {step: 1, per: 0s}}", "takes no step in no time"),
        ("{random_walk: {step: 1, min: 5, max: 4}}", "5 is above max 4"),
        ("{random_walk: {step: 1, min: 5, max: 5}}", "leaves no room"),
        ("{random_walk: {step: 1, start: 5, max: 4}}", "5 lies outside min and max"),
        ("{random_walk: {step: 1, start: -5, geometric: true}}", "-5 is not above 0"),
        ("{random_walk: {step: -1}}", "must be at least 0"),
        ("{random_walk: {step: 1, drift: 5}}", "expected a change over time"),
        ("{random_walk: {step: 1, by: nobody}}", "nobody"),
        ("{random_walk: 1, unique: true}", "cannot be counted"),
        ("{random_walk: 1, cardinality: 5}", "follow the time of the event"),
        ("{counter: 5}", "expected a change over time such as 120/min or -0.5/day, not 5"),
        ("{counter: -5/s}", "-5 does not grow"),
        ("{counter: 0/s}", "0 does not grow"),
        ("{counter: {rate: 5/s, noise: 1e-9}}", "cannot be told from 0"),
        ("{counter: {rate: 5/s, noise: -1}}", "must be at least 0"),
        ("{counter: {rate: 5/s, reset: 10ms}}", "0.01 s is too short"),
        ("{counter: {rate: 5/s, wrap: 2.5}}", "2.5 is no whole number"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)
