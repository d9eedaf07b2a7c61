"""Laws of numbers: parameters per row, impossible parameters, and the same value by either path."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import EXPRESSION, block_of, bound, drawn, problems

ROWS = 20_000
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("uniform", {"min": -3.25, "max": 41.5}),
    ("normal", {"mean": 12.5, "std": 3.75}),
    ("lognormal", {"median": 25.0, "sigma": 0.7}),
    ("lognormal", {"mean": 25.0, "sigma": 1.3}),
    ("lognormal", {"mu": 3.2, "sigma": 0.5}),
    ("exponential", {"mean": 40.0}),
    ("exponential", {"rate": 0.3}),
]
FORM = pytest.mark.parametrize(
    ("name", "args"), FORMS, ids=lambda form: form if isinstance(form, str) else "-".join(form)
)


@FORM
def test_a_number_and_an_expression_that_repeats_it_give_the_same_values(name: str, args: dict[str, Any]) -> None:
    fixed = drawn(name, ROWS, **args)
    rows = {key: np.full(ROWS, value) for key, value in args.items()}
    assert fixed.equals(drawn(name, ROWS, **rows))
    one = next(iter(rows))
    assert fixed.equals(drawn(name, ROWS, **(args | {one: rows[one]})))


@FORM
def test_a_changed_parameter_changes_its_row_alone(name: str, args: dict[str, Any]) -> None:
    before = drawn(name, ROWS, **args)
    rows = {key: np.full(ROWS, value) for key, value in args.items()}
    last = list(rows)[-1]
    rows[last][777] *= 1.5
    changed = (before != drawn(name, ROWS, **rows)).arg_true().to_list()
    assert changed == [777]


@FORM
def test_values_do_not_depend_on_how_rows_are_cut_into_blocks(name: str, args: dict[str, Any]) -> None:
    whole = drawn(name, ROWS, **args)
    draw = bound(name, **args)
    parts = [draw(block_of(size, first)).series() for first, size in ((0, 1), (1, 7), (8, 8192), (8200, ROWS - 8200))]
    assert whole.equals(pl.concat(parts))


@FORM
def test_a_null_or_impossible_parameter_gives_null_in_its_row(name: str, args: dict[str, Any]) -> None:
    rows = {key: np.full(4, value) for key, value in args.items()}
    for values in rows.values():
        values[1] = np.nan
    rows[list(rows)[-1]][2] = -1e3  # a negative scale, or max below min
    if name == "lognormal" and "mu" not in args:
        rows[next(iter(rows))][3] = 0.0
    found = drawn(name, 4, **rows).to_list()
    assert found[0] is not None
    assert found[1:3] == [None, None]
    assert (found[3] is None) == (name == "lognormal" and "mu" not in args)


def test_what_overflows_in_a_row_is_null() -> None:
    assert drawn("lognormal", 2, mu=np.array([1e3, 1.0]), sigma=0.0).to_list() == [None, pytest.approx(np.e)]
    assert drawn("uniform", 2, min=np.array([-1e308, 0.0]), max=np.array([1e308, 0.0])).to_list() == [None, 0.0]
    assert drawn("exponential", 1, rate=np.array([5e-324])).to_list() == [None]


def test_other_paths_and_seeds_give_other_values() -> None:
    here = drawn("normal", 100)
    assert not here.equals(drawn("normal", 100, path="e.y"))
    assert not here.equals(drawn("normal", 100, seed=43))


def test_a_degenerate_law_gives_its_one_value() -> None:
    assert set(drawn("normal", 50, mean=3.0, std=0.0)) == {3.0}
    assert set(drawn("uniform", 50, min=3.0, max=3.0)) == {3.0}
    assert set(drawn("lognormal", 50, median=3.0, sigma=0.0)) == {3.0}


def test_uniform_stays_between_its_bounds() -> None:
    values = drawn("uniform", 100_000, min=-1.0, max=1e-300)
    assert values.min() >= -1.0  # type: ignore[operator]
    assert values.max() <= 1e-300  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "args", "parameter", "words"),
    [
        ("uniform", {"min": 5, "max": 3}, "min", "5 is above max 3"),
        ("uniform", {"min": -1e308, "max": 1e308}, "max", "1e+308 less min -1e+308 is above 1.8e308"),
        ("normal", {"mean": 0, "std": -2}, "std", "-2 is negative"),
        ("normal", {"mean": 0, "std": 1e308}, "std", "1e+308 times 8.21"),
        ("lognormal", {"median": 25, "sigma": -0.5}, "sigma", "-0.5 is negative"),
        ("lognormal", {"median": 0, "sigma": 1}, "median", "0 is not above 0"),
        ("lognormal", {"mean": -3, "sigma": 1}, "mean", "-3 is not above 0"),
        ("lognormal", {"mu": 1, "sigma": 100}, "sigma", "reach exp(822)"),
        ("exponential", {"mean": 0}, "mean", "0 is not above 0"),
        ("exponential", {"rate": -1}, "rate", "-1 is not above 0"),
        ("exponential", {"rate": 1e-308}, "rate", "beyond 1.8e308"),
    ],
)
def test_impossible_parameters_are_refused_with_the_arithmetic(
    name: str, args: dict[str, Any], parameter: str, words: str
) -> None:
    ((where, message),) = problems(name, **args)
    assert where == parameter
    assert words in message


@FORM
def test_possible_parameters_and_expressions_are_not_refused(name: str, args: dict[str, Any]) -> None:
    assert problems(name, **args) == []
    for key in args:
        assert problems(name, **(args | {key: EXPRESSION})) == []


def test_the_largest_values_that_pass_the_check_are_numbers() -> None:
    args = {"mu": 0.0, "sigma": 709.7 / 8.21}
    assert problems("lognormal", **args) == []
    # the extreme bits themselves
    from synthwb.engine.laws.continuous import standard_exponential, standard_normal

    bits = np.array([2**64 - 1], np.uint64)
    assert standard_normal(bits)[0] < 8.21
    assert standard_exponential(np.array([0], np.uint64))[0] < 36.74


@pytest.mark.parametrize("name", ["uuid", "sequence", "uniform", "normal", "zipf"])
def test_no_rows_give_no_values(name: str) -> None:
    assert len(drawn(name, 0)) == 0


@pytest.mark.parametrize(
    ("name", "args"), [*FORMS, ("poisson", {"mean": 3.0}), ("bernoulli", {"p": 0.5}), ("integer", {"min": 1, "max": 6})]
)
def test_no_rows_give_no_values_with_parameters_per_row_either(name: str, args: dict[str, Any]) -> None:
    assert len(drawn(name, 0, **{key: np.empty(0) for key in args})) == 0
    assert len(drawn(name, 0, **args)) == 0
