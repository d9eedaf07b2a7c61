"""Whole numbers: exact ranges, parameters per row, and laws of who is picked."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import EXPRESSION, SPAN, arguments, block_of, bound, drawn, named, problems

from synthwb.engine.draws import mix
from synthwb.scenario.model import Call

ROWS = 20_000
BITS = mix(np.arange(ROWS, dtype=np.uint64), 99)


def ranks(name: str, size: int, **args: Any) -> np.ndarray:
    return named(name).ranks(Call(name, arguments(name, **args), SPAN), size)(BITS)


@pytest.mark.parametrize(("low", "high"), [(1, 6), (-3, 3), (0, 65_535), (-5, 10**6), (0, 2**33), (-(2**52), 2**52)])
def test_integer_bounds_may_be_numbers_or_expressions(low: int, high: int) -> None:
    fixed = drawn("integer", ROWS, min=low, max=high)
    assert fixed.dtype == pl.Int64
    assert low <= fixed.min() <= fixed.max() <= high  # type: ignore[operator]
    both = drawn("integer", ROWS, min=np.full(ROWS, float(low)), max=np.full(ROWS, float(high)))
    assert fixed.equals(both)
    assert fixed.equals(drawn("integer", ROWS, min=low, max=np.full(ROWS, float(high))))


def test_integer_reaches_both_ends_of_64_bits() -> None:
    values = drawn("integer", ROWS, min=-(2**63), max=2**63 - 1)
    assert values.min() < -(2**62)  # type: ignore[operator]
    assert values.max() > 2**62  # type: ignore[operator]
    assert set(drawn("integer", 50, min=2**63 - 1, max=2**63 - 1)) == {2**63 - 1}
    assert set(drawn("integer", 50, min=-(2**63), max=-(2**63))) == {-(2**63)}


def test_integer_bounds_per_row_are_rounded_inwards_and_null_where_impossible() -> None:
    low = np.array([0.5, 2.0, np.nan, 1.2, 1e300, -(2.0**63)])
    high = np.array([1.5, 1.0, 3.0, 1.8, 2e300, -(2.0**63)])
    assert drawn("integer", 6, min=low, max=high).to_list() == [1, None, None, None, None, -(2**63)]


def test_a_changed_bound_changes_its_row_alone() -> None:
    high = np.full(ROWS, 1000.0)
    before = drawn("integer", ROWS, min=0, max=high)
    high[5] = 10.0
    assert (before != drawn("integer", ROWS, min=0, max=high)).arg_true().to_list() == [5]


def test_every_value_of_a_small_range_has_its_number() -> None:
    values = named("integer").nth(Call("integer", arguments("integer", min=-2, max=2), SPAN), None)  # type: ignore[arg-type]
    assert values(np.arange(5, dtype=np.uint64)).series().to_list() == [-2, -1, 0, 1, 2]
    assert named("integer").domain(arguments("integer", min=-2, max=2)) == 5
    assert named("integer").domain(arguments("integer", min=0, max=EXPRESSION)) is None


@pytest.mark.parametrize("mean", [0.0, 0.02, 1.4, 3.0, 30.0, 127.99, 128.0, 1000.0, 1e6, 1e9])
def test_poisson_means_may_be_numbers_or_expressions(mean: float) -> None:
    fixed = drawn("poisson", ROWS, mean=mean)
    assert fixed.dtype == pl.Int64
    assert fixed.equals(drawn("poisson", ROWS, mean=np.full(ROWS, mean)))


def test_a_changed_mean_changes_its_row_alone() -> None:
    means = np.linspace(0, 300, ROWS)
    before = drawn("poisson", ROWS, mean=means)
    means[7] += 500.0
    assert (before != drawn("poisson", ROWS, mean=means)).arg_true().to_list() == [7]


def test_poisson_is_null_where_the_mean_is_impossible() -> None:
    means = np.array([0.0, np.nan, -1.0, 2e9, np.inf, 5.0])
    found = drawn("poisson", 6, mean=means).to_list()
    assert found[0] == 0
    assert found[1:5] == [None] * 4
    assert found[5] is not None


def test_poisson_counts_do_not_depend_on_how_rows_are_cut_into_blocks() -> None:
    means = np.geomspace(0.001, 1e5, ROWS)
    whole = drawn("poisson", ROWS, mean=means)
    draw = bound("poisson", mean=means)
    parts = [draw(block_of(size, first)).series() for first, size in ((0, 1), (1, 7), (8, ROWS - 8))]
    assert whole.equals(pl.concat(parts))


@pytest.mark.parametrize("count", [1, 2, 1000, 65_536, 65_537, 10**9, 10**15])
@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 1.1, 40.0])
def test_zipf_gives_values_from_1_to_n(count: int, exponent: float) -> None:
    values = drawn("zipf", ROWS, exponent=exponent, n=count)
    assert values.dtype == pl.Int64
    assert 1 <= values.min() <= values.max() <= count  # type: ignore[operator]


def test_ranks_cover_the_rows_there_are_and_no_others() -> None:
    for size in (1, 3, 5000):
        assert ranks("zipf", size, exponent=1.1).max() < size
        assert ranks("integer", size, min=0, max=10**9).max() == size - 1
        assert ranks("integer", size, min=10**9, max=10**9).tolist() == [size - 1] * ROWS
        assert ranks("poisson", size, mean=50.0).max() <= size - 1
    assert ranks("zipf", 5000, exponent=1.1, n=20).max() == 19
    assert set(ranks("integer", 100, min=3, max=5).tolist()) == {3, 4, 5}


def test_the_most_frequent_rank_is_the_first() -> None:
    counts = np.bincount(ranks("zipf", 5000, exponent=1.1))
    assert counts.argmax() == 0
    assert 0.14 < counts[0] / ROWS < 0.18  # 16 %, as the documentation says


@pytest.mark.parametrize(
    ("name", "args", "parameter", "words"),
    [
        ("integer", {"min": 7, "max": 6}, "min", "7 is above max 6"),
        ("poisson", {"mean": -1}, "mean", "-1 is outside 0 to 1e9"),
        ("poisson", {"mean": 2e9}, "mean", "use normal"),
        ("zipf", {"exponent": -1}, "exponent", "-1 is outside 0 to 100"),
        ("zipf", {"exponent": 1.1, "n": 0}, "n", "0 is outside 1 to"),
    ],
)
def test_impossible_parameters_are_refused_with_the_arithmetic(
    name: str, args: dict[str, Any], parameter: str, words: str
) -> None:
    ((where, message),) = problems(name, **args)
    assert where == parameter
    assert words in message
