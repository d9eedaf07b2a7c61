"""Point processes: windows, identities, and what a change of rate keeps."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine.arrivals import ConstantArrivals, PoissonArrivals
from synthwb.engine.arrivals.staircase import Staircase

START = 1_767_225_600_000_000
RATES = st.fractions(min_value=Fraction(1, 100_000), max_value=2_000).filter(lambda rate: rate > 0)


def _length(rate: Fraction, events: int = 400) -> int:
    return int(events * 1_000_000 / rate) + 1


@pytest.mark.parametrize("kind", ["poisson", "constant"])
@given(rate=RATES, cuts=st.lists(st.floats(0, 1), max_size=6))
@settings(max_examples=60, deadline=None)
def test_windows_alone_equal_windows_in_sequence(kind: str, rate: Fraction, cuts: list[float]) -> None:
    process = PoissonArrivals(1, "e", rate) if kind == "poisson" else ConstantArrivals(1, "e", rate, START)
    length = _length(rate)
    edges = [START, *sorted(START + int(cut * length) for cut in cuts), START + length]
    whole_time, whole_address = process.between(START, START + length)
    parts = [process.between(a, b) for a, b in pairwise(edges)]
    address = np.concatenate([part[1] for part in parts])
    assert sorted(address.tolist()) == sorted(whole_address.tolist())
    assert sorted(np.concatenate([part[0] for part in parts]).tolist()) == sorted(whole_time.tolist())


@given(low=RATES, high=RATES)
@settings(max_examples=60, deadline=None)
def test_a_higher_rate_keeps_every_event_of_a_lower_one(low: Fraction, high: Fraction) -> None:
    low, high = sorted((low, high))
    end = START + _length(high)
    few_time, few = PoissonArrivals(7, "e", low).between(START, end)
    many_time, many = PoissonArrivals(7, "e", high).between(START, end)
    times = dict(zip(many.tolist(), many_time.tolist(), strict=True))
    assert [times.get(address) for address in few.tolist()] == few_time.tolist()


def test_constant_arrivals_that_two_rates_share_are_the_same_events() -> None:
    slow = ConstantArrivals(7, "e", Fraction(2), START).between(START, START + 10_000_000)
    fast = ConstantArrivals(7, "e", Fraction(6), START).between(START, START + 10_000_000)
    assert len(slow[0]) == 20
    assert set(slow[1].tolist()) <= set(fast[1].tolist())


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(3, 7), Fraction(1, 86_400), Fraction(1_234_567, 1000)])
def test_constant_arrivals_come_at_whole_multiples_of_the_gap(rate: Fraction) -> None:
    time, _ = ConstantArrivals(1, "e", rate, START).between(START, START + _length(rate, 50))
    assert time.tolist() == [START + int(n * 1_000_000 // rate) for n in range(len(time))]
    assert len(time) in (50, 51)


def test_a_rate_of_many_digits_stays_within_whole_numbers() -> None:
    rate = Fraction(18_210_745_891_424_300_027, 219_902_325_555_100_000)
    time, _ = ConstantArrivals(1, "e", rate, START).between(START + 10**12, START + 10**12 + 100_000_000)
    assert len(time) == pytest.approx(float(rate) * 100, abs=1)


def test_more_events_than_microseconds_are_still_different_events() -> None:
    time, address = ConstantArrivals(1, "e", Fraction(2_500_000), START).between(START, START + 1_000)
    assert len(time) == 2_500
    assert len(set(address.tolist())) == 2_500


def test_nothing_happens_before_the_start_or_at_rate_zero() -> None:
    assert len(ConstantArrivals(1, "e", Fraction(5), START).between(START - 10_000_000, START)[0]) == 0
    assert len(PoissonArrivals(1, "e", Fraction(0)).between(START, START + 10**12)[0]) == 0
    assert len(ConstantArrivals(1, "e", Fraction(0), START).between(START, START + 10**12)[0]) == 0


def test_a_rate_beyond_the_address_space_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond what can be addressed"):
        PoissonArrivals(1, "e", Fraction(10**9))


def test_streams_of_two_event_types_are_independent() -> None:
    one, _ = PoissonArrivals(1, "a", Fraction(50)).between(START, START + 200_000_000)
    two, _ = PoissonArrivals(1, "b", Fraction(50)).between(START, START + 200_000_000)
    counts = [np.bincount((time - START) // 1_000_000, minlength=200) for time in (one, two)]
    assert abs(np.corrcoef(*counts)[0, 1]) < 0.25


def test_bounds_over_no_stretches_are_none() -> None:
    stairs = Staircase(np.array([0, 5]), np.array([1.0, 2.0]), 9)
    assert [len(bound) for bound in stairs.bounds(np.empty(0, np.int64), np.empty(0, np.int64))] == [0, 0]
