"""Expressions on arrays at their edges; ``tests/property/test_expression_arrays.py`` compares them with Polars."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import SPAN

from synthwb.engine.expressions.array_terms import Pair
from synthwb.engine.expressions.arrays import ArrayProgram, compile_arrays
from synthwb.scenario.model import Expression

LEAST, MOST = -(2**63), 2**63 - 1
INTEGER, FLOAT, TRUTH, TEXT = pl.Int64(), pl.Float64(), pl.Boolean(), pl.String()
STORED: dict[pl.DataType, Any] = {INTEGER: np.int64, FLOAT: np.float64, TRUTH: np.bool_, TEXT: object}
BLANK: dict[pl.DataType, Any] = {INTEGER: MOST, FLOAT: np.inf, TRUTH: True, TEXT: None}


def compiled(text: str, **types: pl.DataType) -> ArrayProgram | None:
    return compile_arrays(Expression(text, (), SPAN), types)


def pair(values: list[Any]) -> tuple[pl.DataType, Pair]:
    """A column of arrays; under a NULL stands what would do most harm."""
    dtype = pl.Series(values).dtype
    nulls = np.array([value is None for value in values], np.bool_)
    held = [BLANK[dtype] if value is None else value for value in values]
    return dtype, (np.array(held, STORED[dtype]), nulls if nulls.any() else None)


def evaluated(text: str, **columns: list[Any]) -> list[Any]:
    pairs = {name: pair(values) for name, values in columns.items()}
    program = compiled(text, **{name: dtype for name, (dtype, _) in pairs.items()})
    assert program is not None
    values, nulls = program({name: found for name, (_, found) in pairs.items()})
    assert values.dtype == STORED[program.dtype]
    known = np.ones(len(values), np.bool_) if nulls is None else ~nulls
    assert values.shape == known.shape
    return [value if there else None for value, there in zip(values.tolist(), known.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        # integers: 64 bits, NULL beyond, whichever side the constant is on
        ("a + 1", {"a": [1, None, MOST, LEAST]}, [2, None, None, LEAST + 1]),
        ("1 + a", {"a": [1, None, MOST]}, [2, None, None]),
        ("a - 1", {"a": [LEAST, LEAST + 1, MOST]}, [None, LEAST, MOST - 1]),
        ("a + -1", {"a": [LEAST, MOST, 0]}, [None, MOST - 1, -1]),
        ("a - -1", {"a": [MOST, LEAST, 0]}, [None, LEAST + 1, 1]),
        ("a + 0", {"a": [LEAST, MOST]}, [LEAST, MOST]),
        ("a + b", {"a": [MOST, LEAST, MOST, -1], "b": [1, -1, LEAST, 0]}, [None, None, -1, -1]),
        ("a - b", {"a": [LEAST, 0, -1, 5], "b": [1, LEAST, LEAST, 0]}, [None, None, MOST, 5]),
        ("a * b", {"a": [3_037_000_500, -(2**32), 2**32, MOST], "b": [3_037_000_500, 2**31, 2**31, 0]},
         [None, LEAST, None, 0]),
        ("a * b", {"a": [LEAST, LEAST, 2**40], "b": [-1, 1, 2**40]}, [None, LEAST, None]),
        ("a * b", {"a": [3_037_000_499, 7], "b": [3_037_000_500, None]}, [3_037_000_499 * 3_037_000_500, None]),
        ("-a", {"a": [LEAST, 5, None]}, [None, -5, None]),
        ("abs(a)", {"a": [LEAST, -5]}, [None, 5]),
        ("a % b", {"a": [-7, 7, LEAST, 1], "b": [3, -3, -1, 0]}, [-1, 1, 0, None]),
        ("div(a, b)", {"a": [-7, 7, LEAST, 1, LEAST], "b": [3, -3, -1, 0, 1]}, [-2, -2, None, None, LEAST]),
        ("div(a, 2)", {"a": [-7.5, 1e300, None]}, [-3, None, None]),
        ("round(a, -2)", {"a": [150, -150, 149, MOST]}, [200, -200, 100, None]),
        # floats: NULL for whatever is none
        ("a / b", {"a": [1, 0, 5], "b": [2, 0, 0]}, [0.5, None, None]),
        ("a / 10", {"a": [3, 6, None]}, [0.3, 0.6, None]),
        ("a % 0", {"a": [1.5, None]}, [None, None]),
        ("a * 1e308 * 10", {"a": [1.0, 0.0]}, [None, 0.0]),
        ("(a * 1e308 * 10) is null", {"a": [1.0, 0.0]}, [True, False]),
        ("1 / (a * 1e308 * 10)", {"a": [1.0, 0.0]}, [None, None]),
        ("exp(a) + ln(b)", {"a": [0.0, 1000.0, 0.0], "b": [1.0, 1.0, 0.0]}, [1.0, None, None]),
        ("power(a, 0.5)", {"a": [4.0, -4.0, None]}, [2.0, None, None]),
        ("round(a)", {"a": [2.5, -2.5, 0.49999999999999994, 2.0**52 + 1]}, [3.0, -3.0, 0.0, 2.0**52 + 1]),
        ("round(a, 2)", {"a": [0.125, -0.125, 1e308]}, [0.13, -0.13, 1e308]),
        ("round(a, -6) is null", {"a": [1.7976931348623157e308, 1.0]}, [True, False]),
        ("cast(a as integer)", {"a": [2.5, -2.5, 2.0**63, -(2.0**63), None]}, [3, -3, None, LEAST, None]),
        # logic of three values
        ("a and b", {"a": [True, True, False, None], "b": [None, True, None, False]}, [None, True, False, False]),
        ("a or b", {"a": [True, True, False, None], "b": [None, True, None, False]}, [True, True, None, None]),
        ("not a", {"a": [True, False, None]}, [False, True, None]),
        ("a in (1, null)", {"a": [1, 3, None]}, [True, None, None]),
        ("a between 1 and b", {"a": [1, 3, 0, None], "b": [1, None, None, 2]}, [True, None, False, None]),
        ("(a + null) is null", {"a": [1, None]}, [True, True]),
        ("a = null", {"a": [1, None]}, [None, None]),
        # choices
        ("case when a > 1 then 'x' when a = 1 then null else 'z' end", {"a": [2, 1, 0, None]}, ["x", None, "z", "z"]),
        ("case a when 1 then 1 when 2 then 2.5 end", {"a": [1, 2, None]}, [1.0, 2.5, None]),
        ("coalesce(a, b, 0)", {"a": [1, None, None], "b": [None, 2.5, None]}, [1.0, 2.5, 0.0]),
        ("coalesce(1, a)", {"a": [5, None]}, [1, 1]),
        ("coalesce(null, a) + 1", {"a": [5, None]}, [6, None]),
        ("coalesce('x', a) || 'y'", {"a": ["b", None]}, ["xy", "xy"]),
        ("nullif(a, 0)", {"a": [1, 0, None]}, [1, None, None]),
        ("least(a, b, 7)", {"a": [9, None, None], "b": [None, 3, None]}, [7, 3, 7]),
        ("greatest(a, b)", {"a": [1.5, None, None], "b": [2, 3, None]}, [2.0, 3.0, None]),
        ("clip(a, b, 1)", {"a": [-1.0, 0.5, 2.0, None], "b": [0.0, None, 0.0, 0.0]}, [0.0, None, 1.0, None]),
        ("clip(5, a, 9)", {"a": [7, None, 1]}, [7, None, 5]),
        # text
        ("a = 'x' or a < b", {"a": ["x", "a", None], "b": [None, "b", "c"]}, [True, True, None]),
        ("a || '-' || b", {"a": ["x", None], "b": [1, 2]}, ["x-1", None]),
        ("concat(a, '-', b, c)", {"a": ["x", None], "b": [1, None], "c": [None, True]}, ["x-1", "-true"]),
        ("greatest(a, b)", {"a": ["a", None], "b": ["b", "c"]}, ["b", "c"]),
        # without columns there is one row
        ("1 + 2 * 3", {}, [7]),
        ("1 / 0", {}, [None]),
        ("'x' || 'y'", {}, ["xy"]),
        ("power(2, 10)", {}, [1024.0]),
    ],
)  # fmt: skip
def test_values(text: str, columns: dict[str, Any], wanted: list[Any]) -> None:
    assert evaluated(text, **columns) == wanted
    if columns:
        assert evaluated(text, **{name: values * 40 for name, values in columns.items()}) == wanted * 40


def test_a_result_of_zero_has_no_sign() -> None:
    for text in ("-a", "a * -1", "round(a - 0.3)", "0 - a", "-0.0"):
        program = compiled(text, a=FLOAT)
        assert program is not None
        values, nulls = program({"a": (np.zeros(3), None)})
        assert nulls is None
        assert not np.signbit(values).any(), text


def test_names_and_types_are_known_beforehand() -> None:
    types = {"actor.balance": INTEGER, "total": FLOAT, "order": TEXT}
    program = compiled("actor.balance - cart.total + actor.balance + coalesce(\"order\", '') = 1", **types)
    assert program is None  # text is no number
    program = compiled("actor.balance - cart.total + actor.balance", **types)
    assert program is not None
    assert program.names == ("actor.balance", "total")
    assert program.dtype == FLOAT
    columns = {"actor.balance": (np.array([5, 7]), None), "total": (np.array([0.5, 1.0]), np.array([False, True]))}
    values, nulls = program(columns)
    assert values[0] == 9.5
    assert nulls is not None
    assert nulls.tolist() == [False, True]


def test_a_path_alone_is_the_column_itself() -> None:
    program = compiled("a", a=FLOAT)
    assert program is not None
    column = np.array([1.0, -0.0]), np.array([True, False])
    values, nulls = program({"a": column})
    assert values is column[0]
    assert nulls is column[1]


def test_no_rows_give_no_rows() -> None:
    for text in ("a + 1", "coalesce(1, a)", "exp(a)", "a is null", "cast(a as text)", "round(a / 3, 2)"):
        program = compiled(text, a=INTEGER)
        assert program is not None
        values, nulls = program({"a": (np.empty(0, np.int64), None)})
        assert values.shape == (0,)
        assert values.dtype == STORED[program.dtype]
        assert nulls is None or nulls.shape == (0,)


def test_columns_stay_as_they_are() -> None:
    values, nulls = np.array([1.0, np.nan, 2.5]), np.array([False, True, False])
    kept = values.copy(), nulls.copy()
    for text in ("-a", "least(a, 2)", "a > 1 and a < 2", "coalesce(a, 0)", "round(a, 1)", "exp(a)", "a * 2 + 1"):
        program = compiled(text, a=FLOAT)
        assert program is not None
        program({"a": (values, nulls)})
    np.testing.assert_array_equal(values, kept[0])
    np.testing.assert_array_equal(nulls, kept[1])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "d + 1",
            "t is null",
            "hour(t)",
            "upper(s)",
            "s like 'a%'",
            "cast(f as text)",
            "cast(s as integer)",
            "f || s",
        ),
        *("cast(s as timestamp)", "null", "coalesce(null, null)", "small + 1"),
        *(
            "missing + 1",
            "i + s",
            "i and b",
            "round(f, i)",
        ),  # `compile_expression` says what is wrong with these
    ],
)
def test_what_needs_polars_or_is_wrong_is_left_alone(text: str) -> None:
    types = {"i": INTEGER, "f": FLOAT, "b": TRUTH, "s": TEXT, "small": pl.Int8()}
    assert compiled(text, **types, d=pl.Decimal(38, 2), t=pl.Datetime("us", "UTC")) is None
