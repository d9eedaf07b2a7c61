"""Shapes are local too: what they add or remove leaves all other events as they were, in windows of any size."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synthwb.engine.arrivals import ConstantArrivals, Intensity, PoissonArrivals, Process
from synthwb.scenario.arrivals.shape import Burst, Curve, Holidays, Peak, Shape, Trend

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = 1_774_224_000_000_000  # 2026-03-23: the week in which Paris puts its clocks forward
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
LEVELS = st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0, 1.5, 4.0])
DAYS = st.integers(-2 * 24, 14 * 24).map(lambda hours: START + hours * HOUR)

CURVES = st.builds(
    Curve,
    st.sampled_from([0.0, 0.1, 0.9]),
    st.lists(
        st.builds(Peak, st.integers(0, DAY - 1), st.integers(HOUR // 60, DAY), st.sampled_from([0.9, 1.0, 3.0])),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
HOURS = st.dictionaries(st.integers(1, 23), LEVELS, max_size=5).map(
    lambda found: ((0, 0.3), *sorted((hour * HOUR, level) for hour, level in found.items()))
)
BURSTS = st.builds(
    lambda at, length, factor, ramp, every: Burst(at, length, factor, int(ramp * length), every and length + every),
    DAYS,
    st.integers(1, 2 * DAY) | st.integers(1, HOUR),
    st.sampled_from([0.0, 0.5, 2.0, 1000.0]),
    st.sampled_from([0.0, 0.01, 0.5]),
    st.sampled_from([None, HOUR, DAY]),
)
TRENDS = st.builds(
    lambda growth, per, linear, start, length: Trend(growth, per, linear, start, length and start + length),
    st.sampled_from([-0.9, -0.02, 0.05, 3.0]),
    st.sampled_from([HOUR, DAY, 7 * DAY]),
    st.booleans(),
    DAYS,
    st.none() | st.integers(1, 10 * DAY),
)
HOLIDAYS = st.lists(
    st.builds(
        Holidays, LEVELS, st.sampled_from(["", "FR"]), st.just(""), st.lists(st.integers(20_530, 20_545)).map(tuple)
    ),
    max_size=2,
).map(tuple)
SHAPES = st.builds(
    Shape,
    st.none() | CURVES | HOURS,
    st.none() | st.tuples(*[LEVELS] * 7),
    HOLIDAYS,
    st.none() | TRENDS,
    st.lists(BURSTS, max_size=2).map(tuple),
)


def _sorted(process: Process, start: int, end: int) -> tuple[list[int], list[int]]:
    time, address = process.between(start, end)
    order = np.lexsort((address, time))
    return time[order].tolist(), address[order].tolist()


def _rate(shape: Shape, zone: str, start: int, end: int, events: int = 600) -> Fraction:
    """A rate that gives about so many events."""
    whole = Intensity(Fraction(1), shape, zone).expected(start, end)
    assume(whole > 1e-6)
    return Fraction(events / whole)


@given(shape=SHAPES, zone=ZONES, hours=st.integers(1, 400), cuts=st.lists(st.floats(0, 1), max_size=4))
@settings(max_examples=80, deadline=None)
def test_windows_alone_equal_windows_in_sequence(shape: Shape, zone: str, hours: int, cuts: list[float]) -> None:
    end = START + hours * HOUR
    rate = _rate(shape, zone, START, end)
    assume(rate < 30_000_000)
    intensity = Intensity(rate, shape, zone)
    edges = [START, *sorted(START + int(cut * hours * HOUR) for cut in cuts), end]
    for process in (PoissonArrivals(3, "e", intensity), ConstantArrivals(3, "e", intensity, START)):
        whole = _sorted(process, START, end)
        parts = [_sorted(process, a, b) for a, b in pairwise(edges)]
        assert [time for part in parts for time in part[0]] == whole[0]
        assert sorted(address for part in parts for address in part[1]) == sorted(whole[1])
        fresh = ConstantArrivals(3, "e", intensity, START) if isinstance(process, ConstantArrivals) else process
        assert _sorted(fresh, edges[-2], end) == parts[-1]


@given(shape=SHAPES, zone=ZONES, more=st.sampled_from([1.0001, 1.5, 2, 100]))
@settings(max_examples=80, deadline=None)
def test_raising_a_rate_keeps_every_event(shape: Shape, zone: str, more: float) -> None:
    end = START + 5 * DAY
    rate = _rate(shape, zone, START, end, 300)
    assume(rate * 100 < 30_000_000)
    few = PoissonArrivals(5, "e", Intensity(rate, shape, zone)).between(START, end)
    many = PoissonArrivals(5, "e", Intensity(rate * Fraction(more), shape, zone)).between(START, end)
    times = dict(zip(many[1].tolist(), many[0].tolist(), strict=True))
    assert [times.get(address) for address in few[1].tolist()] == few[0].tolist()


@given(shape=SHAPES, zone=ZONES, burst=BURSTS)
@settings(max_examples=120, deadline=None)
def test_a_burst_changes_nothing_outside_of_it(shape: Shape, zone: str, burst: Burst) -> None:
    burst = Burst(burst.at, burst.length, burst.factor, burst.ramp)
    end = START + 10 * DAY
    rate = _rate(shape, zone, START, end, 300)
    assume(rate < 20_000)
    with_burst = Shape(shape.daily, shape.weekly, shape.holidays, shape.trend, (*shape.bursts, burst))
    before = PoissonArrivals(5, "e", Intensity(rate, shape, zone)).between(START, end)
    after = PoissonArrivals(5, "e", Intensity(rate, with_burst, zone)).between(START, end)

    def split(found: tuple[np.ndarray, np.ndarray]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        pairs = set(zip(found[0].tolist(), found[1].tolist(), strict=True))
        inside = {(t, a) for t, a in pairs if burst.at <= t < burst.at + burst.length}
        return inside, pairs - inside

    (old_inside, old_outside), (new_inside, new_outside) = split(before), split(after)
    assert old_outside == new_outside
    assert old_inside <= new_inside if burst.factor >= 1 else new_inside <= old_inside


@given(shape=SHAPES, zone=ZONES, at=st.integers(0, 14 * 24 * 60))
@settings(max_examples=150, deadline=None)
def test_an_intensity_has_one_value_at_a_time_however_it_is_asked(shape: Shape, zone: str, at: int) -> None:
    intensity = Intensity(Fraction(1), shape, zone)
    time = START + at * HOUR // 60
    wide = intensity.stairs(time - 3 * HOUR, time + 3 * HOUR) if intensity.longest > 6 * HOUR else None
    alone = float(intensity.stairs(time, time + 1).values[0])
    assert wide is None or float(wide.at(np.array([time]))[0]) == alone
    low, high = intensity.stairs(time, time + 1).bounds(np.array([time]), np.array([time + 1]))
    assert low[0] <= alone <= high[0]
