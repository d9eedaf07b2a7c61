"""Pacing in time that is made up: what goes when, what is late, and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from pace_driver import Handed, Simulated

from synthwb.engine import compile_plan
from synthwb.runtime import Burst, OnLag, Pace
from synthwb.scenario import loads

PLAN = compile_plan(loads("events: {ping: {fields: {n: sequence}}}\narrivals: {ping: 1000/s}"))


def _by(handed: Sequence[Handed], second: float) -> int:
    return sum(each.count for each in handed if each.at < second)


def _most_within(handed: Sequence[Handed], seconds: float) -> int:
    """The most events that went within so many seconds, anywhere."""
    most = first = total = 0
    for each in handed:
        total += each.count
        while handed[first].at <= each.at - seconds:
            total -= handed[first].count
            first += 1
        most = max(most, total)
    return most


@pytest.mark.parametrize("jitter", [0.0, 0.008])
@pytest.mark.parametrize("rate", [10, 1000, 50_000])
def test_the_schedule_is_absolute_and_goes_in_small_slices(rate: int, jitter: float) -> None:
    """What has gone in any ten seconds is the rate, also where wake-ups come late, and nothing goes in bursts."""
    chance = random.Random(rate)
    run = Simulated(PLAN, (), Pace(rate=rate), late=lambda now: chance.uniform(0, jitter))
    handed = run.run(12.0)
    for start in (0.0, 1.7):
        went = _by(handed, start + 10) - _by(handed, start)
        assert abs(went - 10 * rate) <= max(1, (0.005 if jitter else 0.001) * 10 * rate)
    assert max(each.count for each in handed) <= max(1, 0.02 * rate)
    assert _most_within(handed, 0.0099) <= max(1, 0.02 * rate)


def _stalled(pace: Pace, *, at: float = 1.0, seconds: float = 2.0) -> Simulated:
    """A run whose destination takes nothing for a while."""
    stalls: list[float] = []

    def costs(handed: Handed) -> float:
        if handed.at < at or stalls:
            return 0.0
        stalls.append(handed.at)
        return seconds

    run = Simulated(PLAN, (), pace, costs=costs)
    run.run(8.0)
    return run


def test_report_makes_up_for_lag_at_twice_the_rate() -> None:
    handed = _stalled(Pace(rate=1000)).handed
    assert _by(handed, 3.0) == pytest.approx(1000, abs=20)
    assert _by(handed, 4.0) - _by(handed, 3.0) == pytest.approx(2000, rel=0.02)
    assert _by(handed, 5.0) == pytest.approx(5000, rel=0.01)  # on schedule again
    assert _by(handed, 7.0) - _by(handed, 6.0) == pytest.approx(1000, rel=0.01)
    assert _most_within(handed, 0.0099) <= 20


def test_catch_up_makes_up_for_lag_at_once() -> None:
    handed = _stalled(Pace(rate=1000, on_lag=OnLag.CATCH_UP)).handed
    assert _by(handed, 3.1) == pytest.approx(3100, abs=20)


def test_skip_leaves_out_what_is_later_than_the_bound() -> None:
    run = _stalled(Pace(rate=1000, on_lag=OnLag.SKIP, max_lag=0.5))
    skipped = [each for each in run.handed if each.too_late]
    assert sum(each.count for each in skipped) == pytest.approx(1500, rel=0.02)
    assert all("behind the schedule" in each.too_late for each in skipped)
    assert [each.at for each in skipped] == pytest.approx([3.0] * len(skipped), abs=0.05)
    assert [each.piece.first for each in run.handed] == sorted(each.piece.first for each in run.handed)
    assert _by(run.handed, 8.0) == pytest.approx(8000, abs=20)


@pytest.mark.parametrize(("before", "after"), [(1000, 200), (200, 3000), (50_000, 10), (3, 2000)])
def test_another_rate_holds_at_once_and_nothing_jumps(before: int, after: int) -> None:
    run = Simulated(PLAN, (), Pace(rate=before))
    run.change(2.0, Pace(rate=after))
    handed = run.run(4.0)
    assert _by(handed, 2.0) == pytest.approx(2 * before, abs=max(1, 0.02 * before))
    in_transit = _by(handed, 2.3) - _by(handed, 2.0)
    assert in_transit <= 0.3 * after + 0.06 * before + 1  # a block that was begun goes to its end
    assert _by(handed, 3.8) - _by(handed, 2.3) == pytest.approx(1.5 * after, abs=max(1, 0.02 * after))
    gaps = [later.at - each.at for each, later in pairwise(handed)]
    assert max(gaps) <= max(1 / before, 1 / after) + 0.06


def test_bursts_and_a_ramp_are_kept() -> None:
    run = Simulated(PLAN, (), Pace(rate=100, ramp=2.0, burst=Burst(2000.0, 3.0, 1.0)))
    handed = run.run(8.1)
    assert _by(handed, 2.0) == pytest.approx(100, abs=2)
    assert _by(handed, 4.0) == pytest.approx(300, abs=3)
    assert _by(handed, 5.0) == pytest.approx(2300, abs=25)
    assert _by(handed, 7.0) == pytest.approx(2500, abs=25)
    assert _by(handed, 8.0) == pytest.approx(4500, abs=45)
