"""What charts show, measured from plain values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthwb.tui.chart.bins import Bar, categories, histogram, number_text, rates

NUMBERS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=400)


@given(NUMBERS, st.integers(1, 60))
def test_every_number_is_counted_once(values: list[float], bins: int) -> None:
    found = histogram(values, bins)
    assert found is not None
    assert sum(found.counts) + found.below + found.above == len(values)
    assert found.low < found.high
    assert len(found.counts) <= bins


@given(st.lists(st.integers(-8, 8), min_size=1))
def test_few_whole_numbers_get_a_bin_each(values: list[int]) -> None:
    found = histogram(values, 40, whole=True)
    assert found is not None
    assert len(found.counts) == max(values) - min(values) + 1
    assert found.counts[0] == values.count(min(values))
    assert found.counts[-1] == values.count(max(values))


def test_one_outlier_does_not_flatten_the_picture() -> None:
    found = histogram([*range(1000), 10_000_000], 20)
    assert found is not None
    assert found.high < 2000
    assert found.above == 5
    assert found.below == 0


def test_no_numbers_no_histogram() -> None:
    assert histogram([], 10) is None
    assert histogram([math.nan, math.inf], 10) is None


def test_equal_numbers_stand_in_the_middle() -> None:
    found = histogram([3.0, 3.0], 10)
    assert found is not None
    assert (found.low, found.high, found.counts) == (2.5, 3.5, (2,))


def test_categories_by_frequency_and_the_rest_summed() -> None:
    found = categories(["b", "a", "b", "c", "a", "b", "d"], 2)
    assert found is not None
    assert found.bars == (Bar("b", 3), Bar("a", 2))
    assert (found.others, found.rest, found.total) == (2, 2, 7)


@given(st.lists(st.integers(0, 10**13), min_size=2, max_size=200), st.integers(1, 50))
def test_rates_add_up_to_the_events(times: list[int], slices: int) -> None:
    found = rates(times, slices)
    assert found is not None
    assert sum(found.values) * found.width / 1e6 == pytest.approx(len(times))
    assert len(found.values) <= slices


def test_one_event_has_no_rate() -> None:
    assert rates([5], 10) is None


@pytest.mark.parametrize(
    ("value", "expected"), [(0.001234, "0.00123"), (-12.5, "-12.5"), (9999, "9999"), (12345, "12.3k"), (3e9, "3G")]
)
def test_numbers_for_an_axis(value: float, expected: str) -> None:
    assert number_text(value) == expected
