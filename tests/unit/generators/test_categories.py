"""Categories: types, weights, probabilities per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import EXPRESSION, SPAN, arguments, block_of, bound, drawn, named, problems, weights

from synthwb.scenario.model import Call, DType

ROWS = 20_000


@pytest.mark.parametrize(
    ("values", "dtype", "polars", "found"),
    [
        ((1, 2), DType.INTEGER, pl.Int64, {1, 2}),
        ((1, 2.5), DType.FLOAT, pl.Float64, {1.0, 2.5}),
        ((True, False), DType.BOOLEAN, pl.Boolean, {True, False}),
        (("a", "b"), DType.STRING, pl.String, {"a", "b"}),
        ((1, "a", True, 2.5), DType.STRING, pl.String, {"1", "a", "true", "2.5"}),
        ((True, 1), DType.STRING, pl.String, {"true", "1"}),
        ((None, 3), DType.INTEGER, pl.Int64, {None, 3}),
        ((None, "x"), DType.STRING, pl.String, {None, "x"}),
        ((None,), DType.STRING, pl.String, {None}),
        ((2**63 - 1, -(2**63)), DType.INTEGER, pl.Int64, {2**63 - 1, -(2**63)}),
    ],
)
def test_one_type_holds_all_values(values: Any, dtype: DType, polars: Any, found: set[Any]) -> None:
    options = weights(*((value, 1) for value in values))
    assert named("choice").dtype(arguments("choice", values=options), lambda path: DType.UNKNOWN) is dtype
    series = drawn("choice", 500, values=options)
    assert series.dtype == polars
    assert set(series.to_list()) == found


def test_a_weight_of_0_is_never_chosen() -> None:
    options = weights(("never", 0), ("a", 1), ("nor this", 0), ("b", 2), ("last", 0))
    assert set(drawn("choice", ROWS, values=options)) == {"a", "b"}


def test_weights_need_no_sum() -> None:
    small = drawn("choice", ROWS, values=weights(("a", 0.03), ("b", 0.01)))
    assert small.equals(drawn("choice", ROWS, values=weights(("a", 75), ("b", 25))))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "are none"),
        (weights(("a", 0), ("b", 0)), "sum to nothing"),
        (weights(("a", 1), ("b", -1)), "weight of -1"),
    ],
)
def test_weights_that_are_no_distribution_are_refused(options: Any, words: str) -> None:
    ((where, message),) = problems("choice", values=options)
    assert where == "values"
    assert words in message


def test_different_values_can_be_counted_and_numbered() -> None:
    args = arguments("choice", values=weights(("a", 1), ("a", 2), ("b", 0), ("c", 1)))
    assert named("choice").domain(args) == 2
    numbered = named("choice").nth(Call("choice", args, SPAN), None)  # type: ignore[arg-type]
    assert numbered(np.arange(2, dtype=np.uint64)).series().to_list() == ["a", "c"]


def test_only_plain_ascii_text_is_promised_to_need_no_escape() -> None:
    for values, safe in (
        (("a b", "c"), True),
        (('a"', "c"), False),
        (("é", "c"), False),
        (("\n", "c"), False),
        ((1, 2), False),
    ):
        column = bound("choice", values=weights(*((value, 1) for value in values)))(block_of(10))
        assert column.ascii_safe is safe


@pytest.mark.parametrize("p", [0.0, 2.0**-53, 0.3, 0.5, 1 - 2.0**-53, 1.0])
def test_a_probability_may_be_a_number_or_an_expression(p: float) -> None:
    fixed = drawn("bernoulli", ROWS, p=p)
    assert fixed.dtype == pl.Boolean
    assert fixed.equals(drawn("bernoulli", ROWS, p=np.full(ROWS, p)))


def test_certain_and_impossible_are_exact() -> None:
    assert drawn("bernoulli", ROWS, p=1.0).all()
    assert not drawn("bernoulli", ROWS, p=0.0).any()


def test_a_higher_probability_keeps_what_was_true() -> None:
    low, high = drawn("bernoulli", ROWS, p=0.2), drawn("bernoulli", ROWS, p=np.full(ROWS, 0.4))
    assert (high | ~low).all()


def test_a_probability_outside_0_to_1_is_null_in_its_row() -> None:
    chances = np.array([1.0, np.nan, -0.1, 1.1, np.inf, 0.0])
    assert drawn("bernoulli", 6, p=chances).to_list() == [True, None, None, None, None, False]


def test_a_probability_is_checked() -> None:
    ((where, message),) = problems("bernoulli", p=1.5)
    assert where == "p"
    assert "1.5" in message
    assert problems("bernoulli", p=EXPRESSION) == []
