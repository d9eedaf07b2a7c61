"""Skewed and bounded laws, binomial and geometric: parameters per row, impossible ones, and the forms they take."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import EXPRESSION, SPAN, arguments, block_of, bound, drawn, named, problems

from synthwb.engine.draws import mix
from synthwb.engine.laws.factorials import log_gamma
from synthwb.scenario.model import Call

ROWS = 20_000
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("gamma", {"shape": 2.5, "scale": 3.0}),
    ("gamma", {"shape": 0.05, "rate": 3.0}),
    ("gamma", {"std": 4.0, "mean": 3.0}),
    ("beta", {"alpha": 2.0, "beta": 0.3}),
    ("beta", {"mean": 0.12, "concentration": 40.0}),
    ("weibull", {"shape": 1.5, "scale": 900.0}),
    ("weibull", {"shape": 0.6, "mean": 5.0}),
    ("weibull", {"shape": 0.6, "median": 5.0}),
    ("pareto", {"alpha": 1.16, "min": 10.0}),
    ("pareto", {"alpha": 2.5, "mean": 10.0}),
    ("pareto", {"alpha": 0.7, "median": 10.0}),
    ("triangular", {"min": 1.0, "mode": 2.0, "max": 30.0}),
    ("binomial", {"n": 12, "p": 0.3}),
    ("binomial", {"n": 12, "p": 0.8}),
    ("binomial", {"n": 1000, "p": 0.3}),
    ("binomial", {"n": 10**9, "mean": 1e7}),
    ("geometric", {"p": 0.07}),
    ("geometric", {"mean": 7.0, "of": "failures"}),
]
FORM = pytest.mark.parametrize(
    ("name", "args"), FORMS, ids=lambda form: form if isinstance(form, str) else "-".join(form)
)


def per_row(args: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else np.full(ROWS, float(value)) for key, value in args.items()}


@FORM
def test_a_number_and_an_expression_that_repeats_it_give_the_same_values(name: str, args: dict[str, Any]) -> None:
    fixed, rows = drawn(name, ROWS, **args), per_row(args)
    assert not fixed.null_count()
    assert fixed.equals(drawn(name, ROWS, **rows))
    for one in rows:
        assert fixed.equals(drawn(name, ROWS, **(args | {one: rows[one]})))


@FORM
def test_a_changed_parameter_changes_its_row_alone(name: str, args: dict[str, Any]) -> None:
    before, rows = drawn(name, ROWS, **args), per_row(args)
    first = next(iter(rows))
    rows[first][777] *= 0.8
    changed = (before != drawn(name, ROWS, **rows)).arg_true().to_list()
    assert changed in ([777], []) if name in ("binomial", "geometric") else changed == [777]


@FORM
def test_values_do_not_depend_on_how_rows_are_cut_into_blocks(name: str, args: dict[str, Any]) -> None:
    sizes = ((0, 1), (1, 7), (8, 8192), (8200, ROWS - 8200))
    for given in (args, per_row(args)):
        draw = bound(name, **given)
        parts = [draw(block_of(size, first)).series() for first, size in sizes]
        assert drawn(name, ROWS, **given).equals(pl.concat(parts))


@FORM
def test_a_null_or_impossible_parameter_gives_null_in_its_row(name: str, args: dict[str, Any]) -> None:
    rows = {key: value if isinstance(value, str) else np.full(4, float(value)) for key, value in args.items()}
    numbers = [key for key, value in rows.items() if not isinstance(value, str)]
    rows[numbers[0]][1] = np.nan
    rows[numbers[-1]][2] = np.nan
    rows[numbers[-1]][3] = -1e3
    found = drawn(name, 4, **rows).to_list()
    assert found[0] is not None
    assert found[1:] == [None, None, None]


@FORM
def test_possible_parameters_and_expressions_are_not_refused(name: str, args: dict[str, Any]) -> None:
    assert problems(name, **args) == []
    for key, value in args.items():
        if not isinstance(value, str):
            assert problems(name, **(args | {key: EXPRESSION})) == []


@FORM
def test_no_rows_give_no_values(name: str, args: dict[str, Any]) -> None:
    assert len(drawn(name, 0, **args)) == 0
    assert len(drawn(name, 0, **{k: v if isinstance(v, str) else np.empty(0) for k, v in args.items()})) == 0


@pytest.mark.parametrize(
    ("name", "args", "parameter", "words"),
    [
        ("gamma", {"shape": 0, "scale": 1}, "shape", "0 is not above 0"),
        ("gamma", {"shape": 2e15, "scale": 1}, "shape", "0 to 1e15"),
        ("gamma", {"std": 1e-9, "mean": 1}, "std", "1e-09 beside mean 1 makes a shape of 1e+18"),
        ("gamma", {"shape": 10, "scale": 1e308}, "scale", "lets values reach"),
        ("beta", {"alpha": 2, "beta": -1}, "beta", "-1 is not above 0"),
        ("beta", {"mean": 1, "concentration": 5}, "mean", "1 is not below 1"),
        ("beta", {"alpha": 5, "concentration": 4}, "concentration", "4 less alpha 5 is not above 0"),
        ("weibull", {"shape": 0.001, "scale": 1}, "shape", "reach exp(3604)"),
        ("weibull", {"shape": -1, "scale": 1}, "shape", "-1 is not above 0"),
        ("pareto", {"alpha": 1, "mean": 5}, "mean", "infinite with alpha 1"),
        ("pareto", {"alpha": 0.05, "min": 1}, "alpha", "reach exp(735)"),
        ("triangular", {"min": 3, "max": 2}, "min", "3 is above max 2"),
        ("triangular", {"min": 0, "mode": 7, "max": 5}, "mode", "7 lies outside 0 to 5"),
        ("triangular", {"min": -1e308, "max": 1e308}, "max", "narrow the bounds"),
        ("binomial", {"n": -1, "p": 0.5}, "n", "-1 is outside 0 to 10**15"),
        ("binomial", {"n": 5, "p": 1.5}, "p", "1.5 is outside 0 to 1"),
        ("binomial", {"n": 5, "mean": 6}, "mean", "5 trials have between 0 and 5 successes"),
        ("geometric", {"p": 0}, "p", "0 is outside 1e-12 to 1"),
        ("geometric", {"mean": 0.5}, "mean", "0.5 is outside 1 to 1e12"),
    ],
)
def test_impossible_parameters_are_refused_with_the_arithmetic(
    name: str, args: dict[str, Any], parameter: str, words: str
) -> None:
    ((where, message),) = problems(name, **args)
    assert where == parameter
    assert words in message


def test_the_largest_values_that_pass_the_check_are_numbers() -> None:
    from synthwb.engine.laws.continuous import standard_exponential

    assert standard_exponential(np.array([0], np.uint64))[0] < 36.74
    assert problems("pareto", alpha=36.74 / 709.7, min=1.0) == []
    assert problems("weibull", shape=np.log(36.74) / 709.7, scale=1.0) == []


def test_degenerate_laws_give_their_one_value() -> None:
    assert set(drawn("triangular", 50, min=3.0, mode=3.0, max=3.0)) == {3.0}
    assert set(drawn("triangular", 50, min=3.0, max=3.0)) == {3.0}
    assert set(drawn("binomial", 50, n=9, p=1.0)) == {9}
    assert set(drawn("binomial", 50, n=9, p=0.0)) == {0}
    assert set(drawn("binomial", 50, n=0, mean=0)) == {0}
    assert set(drawn("geometric", 50, p=1.0)) == {1}
    assert set(drawn("geometric", 50, mean=0.0, of="failures")) == {0}


def test_values_keep_to_their_range() -> None:
    assert drawn("pareto", 100_000, alpha=1e6, min=7.0).min() >= 7.0  # type: ignore[operator]
    shares = drawn("beta", 100_000, alpha=0.01, beta=0.01)
    assert 0.0 <= shares.min() <= shares.max() <= 1.0  # type: ignore[operator]
    between = drawn("triangular", 100_000, min=-2.0, mode=5.0, max=5.0)
    assert -2.0 <= between.min() <= between.max() <= 5.0  # type: ignore[operator]


def test_trials_per_row_are_rounded_down() -> None:
    assert drawn("binomial", 3, n=np.array([2.9, 0.5, -0.5]), p=1.0).to_list() == [2, 0, None]


def test_counts_as_a_law_of_picks_stay_inside_the_pool() -> None:
    bits = mix(np.arange(ROWS, dtype=np.uint64), 99)

    def ranks(name: str, size: int, **args: Any) -> np.ndarray:
        return named(name).ranks(Call(name, arguments(name, **args), SPAN), size)(bits)

    for size in (1, 3, 50):
        assert ranks("geometric", size, p=0.05).max() == size - 1
        assert ranks("binomial", size, n=1000, p=0.5).tolist() == [size - 1] * ROWS
    assert 0.18 < (ranks("geometric", 50, mean=5.0) == 0).mean() < 0.22
    assert abs(ranks("binomial", 50, n=20, mean=10.0).mean() - 10.0) < 0.1


def test_log_gamma_is_that_of_the_c_library() -> None:
    import math

    x = np.concatenate([np.linspace(1e-8, 40.0, 2001), np.geomspace(1e-300, 1e15, 2001)])
    exact = np.array([math.lgamma(value) for value in x.tolist()])
    assert np.max(np.abs(log_gamma(x) - exact) / np.maximum(np.abs(exact), 1.0)) < 3e-14
