"""Schedules against the iterator of ``cronsim``, on every kind of day that zones have."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine.arrivals import ScheduleArrivals, Zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
EXPRESSIONS = [
    "0 9 * * mon-fri",
    "30 2 * * *",
    "0,15,30,45 2 * * *",
    "59 1 * * *",
    "0 3 * * sun",
    "*/20 * * * *",
    "5 * * * *",
    "*/10 1-4 * * *",
    "0 0 1 * *",
    "0 12 L * *",
    "15 10 13 * fri",
    "0 0 * * mon#2",
    "0 6 LW * *",
    "0 0 29 2 *",
    "30 */5 8 * * *",
    "0 30 2 * * *",
]
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata"]


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def by_cronsim(cron: str, zone: str, start: int, end: int) -> list[int]:
    """What its iterator gives, one time after the other."""
    begin = (EPOCH + timedelta(microseconds=start)).astimezone(ZoneInfo(zone)) - timedelta(seconds=1)
    found = []
    for moment in CronSim(cron, begin):
        if (at := micros(moment)) >= end:
            return found
        if at >= start:
            found.append(at)
    return found


def schedule(*crons: str, zone: str = "UTC", start: int = 0, **more: int) -> ScheduleArrivals:
    return ScheduleArrivals(42, "e", crons, Zone(zone), start, **more)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", EXPRESSIONS)
def test_times_are_those_of_cronsim_over_two_years(cron: str, zone: str) -> None:
    start = micros(datetime(2025, 12, 31, 22, tzinfo=UTC))
    end = start + (60 if "8 * * *" in cron else 730) * DAY
    if cron == "0 0 29 2 *":
        end = start + 3000 * DAY
    found = schedule(cron, zone=zone).times(start, end).tolist()
    assert found == by_cronsim(cron, zone, start, end)
    assert found


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 2 * * *", ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]),  # skipped: at the jump
        ("0 9 * * *", ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]),  # nine o'clock stays nine o'clock
    ],
)
def test_the_day_of_23_hours(cron: str, expected: list[str]) -> None:
    start = micros(datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/Paris")))
    times = schedule(cron, zone="Europe/Paris").times(start, start + 3 * DAY - 3_600_000_000).tolist()
    assert times == [micros(datetime.fromisoformat(f"{each}+00:00")) for each in expected]


def test_the_day_of_25_hours() -> None:
    start = micros(datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Paris")))
    day = start + 25 * DAY // 24
    paris = {"zone": "Europe/Paris"}
    assert len(schedule("30 2 * * *", **paris).times(start, day)) == 1  # type: ignore[arg-type]
    assert len(schedule("30 * * * *", **paris).times(start, day)) == 25  # type: ignore[arg-type]
    assert len(schedule("30 * * * *", **paris).times(start, day - 1 - 3_600_000_000)) == 24  # type: ignore[arg-type]


@given(cuts=st.lists(st.integers(0, 30 * DAY), max_size=6), jitter=st.sampled_from([0, 1, 300_000_000, 2 * DAY]))
@settings(max_examples=60, deadline=None)
def test_windows_alone_equal_windows_in_sequence(cuts: list[int], jitter: int) -> None:
    start = micros(datetime(2026, 3, 10, tzinfo=UTC))
    process = schedule("0 9 * * mon-fri", "*/7 2 * * *", zone="Europe/Paris", start=start, count=3, jitter=jitter)
    edges = [start, *sorted(start + cut for cut in cuts), start + 30 * DAY]
    whole = process.between(edges[0], edges[-1])
    parts = [process.between(a, b) for a, b in pairwise(edges)]
    assert sorted(np.concatenate([part[0] for part in parts]).tolist()) == sorted(whole[0].tolist())
    assert sorted(np.concatenate([part[1] for part in parts]).tolist()) == sorted(whole[1].tolist())


def test_events_of_one_time_are_different_and_spread_over_the_jitter() -> None:
    process = schedule("0 9 * * *", count=20_000, jitter=300_000_000)
    time, address = process.between(0, DAY)
    late = time - 9 * 3_600_000_000
    assert len(set(address.tolist())) == len(time) == 20_000
    assert late.min() >= 0
    assert late.max() < 300_000_000
    assert abs(late.mean() - 150_000_000) < 3_000_000


def test_another_expression_leaves_the_events_of_the_first_alone() -> None:
    few = schedule("0 9 * * *", count=2).between(0, 10 * DAY)
    many = schedule("0 9 * * *", "0 * * * *", count=2).between(0, 10 * DAY)
    assert set(few[1].tolist()) < set(many[1].tolist())
    assert len(many[0]) == 480  # nine o'clock counts once


def test_nothing_comes_before_the_start_or_out_of_every_calendar() -> None:
    process = schedule("* * * * *", start=5 * DAY, jitter=DAY)
    assert len(process.between(0, 5 * DAY)[0]) == 0
    assert process.expected(0, 5 * DAY) == 0
    far = 10**18
    assert len(schedule("* * * * *").between(far, far + DAY)[0]) == 0


def test_expected_counts_times_and_batches() -> None:
    assert schedule("0 * * * *", count=5).expected(0, 10 * DAY) == 1200
    assert schedule("0 0 * * *").expected(0, 4000 * DAY) == pytest.approx(4000)


@pytest.mark.parametrize(
    ("cron", "number"),
    [
        ("* * * * * *", 1400 * 86_400),
        ("*/5 * * * * mon-fri", 1000 * 86_400 / 5),
        ("* * 9-16 * 1-6 *", 1400 * 181 / 365 * 8 * 3600),
    ],
)
def test_what_to_expect_of_many_times_a_day_is_told_without_making_them(cron: str, number: float) -> None:
    process = schedule(cron, start=0)
    tracemalloc.start()
    found = process.expected(0, 1400 * DAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == pytest.approx(number, rel=0.1)
    assert peak < 64 << 20
