"""Expressions: SQL's arithmetic, NULL and types, checked value by value; the engine and the checker agree on types."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import SPAN, block_of
from hypothesis import given
from hypothesis import strategies as st

from synthwb.engine.block import Block
from synthwb.engine.columns import Column, Pool
from synthwb.engine.expressions import ExpressionError, compile_expression, compile_number
from synthwb.engine.program import logical_type
from synthwb.scenario.expressions import parse_expression
from synthwb.scenario.model import DType, Expression
from synthwb.scenario.typecheck import infer

LEAST, MOST = -(2**63), 2**63 - 1
TIMES = pl.Series([0, 18_000_000_005]).cast(pl.Datetime("us", "UTC"))
MONEY = pl.Series(["1.25", None]).cast(pl.Decimal(38, 2))


def block_with(columns: dict[str, Any], rows: int) -> Block:
    block = block_of(rows)
    for name, values in columns.items():
        block.columns[name] = values if isinstance(values, Column) else Column.of(pl.Series(values))
    return block


def evaluated(text: str, **columns: Any) -> pl.Series:
    rows = max((len(values) for values in columns.values()), default=2)
    block = block_with({name.replace("__", "."): values for name, values in columns.items()}, rows)
    schema = {name: column.dtype for name, column in block.columns.items()}
    draw = compile_expression(Expression(text, (), SPAN), schema)
    found = draw(block).series()
    assert len(found) == rows
    assert draw(block_with({n: c.take(np.arange(0)) for n, c in block.columns.items()}, 0)).dtype == found.dtype
    return found


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        # integers: 64 bits, NULL beyond
        ("a + 1", {"a": [1, None, MOST]}, [2, None, None]),
        ("a - b", {"a": [LEAST, 5], "b": [1, 7]}, [None, -2]),
        ("a * b", {"a": [3037000500, -3, MOST], "b": [3037000500, 4, 1]}, [None, -12, MOST]),
        ("-a", {"a": [LEAST, 5, None]}, [None, -5, None]),
        ("abs(a)", {"a": [LEAST, -5]}, [None, 5]),
        ("1 + 2 * 3", {}, [7, 7]),
        # division: floats, correctly rounded, NULL by zero
        ("a / b", {"a": [1, 0, 5], "b": [2, 0, 0]}, [0.5, None, None]),
        ("a / 10", {"a": [3, 6, 7]}, [0.3, 0.6, 0.7]),
        ("a / (5 + 5)", {"a": [3, 6, 7]}, [0.3, 0.6, 0.7]),
        ("a / 0.1", {"a": [1e308, 1.0]}, [None, 10.0]),
        ("a / 0", {"a": [3, None]}, [None, None]),
        ("a % b", {"a": [-7, 7, -7, 7, 1], "b": [3, -3, -3, 3, 0]}, [-1, 1, -1, 1, None]),
        ("a % 2", {"a": [-7.5, 7.5, None]}, [-1.5, 1.5, None]),
        ("div(a, b)", {"a": [-7, 7, -7, 1, LEAST], "b": [3, -3, -3, 0, -1]}, [-2, -2, 2, None, None]),
        ("div(a, 2)", {"a": [-7.5, 7.5]}, [-3, 3]),
        # rounding: halves away from zero
        ("round(a)", {"a": [2.5, -2.5, 0.49999999999999994, None]}, [3.0, -3.0, 0.0, None]),
        ("round(a, 2)", {"a": [0.125, -0.125]}, [0.13, -0.13]),
        ("round(a, -2)", {"a": [150, -150, 149, -149]}, [200, -200, 100, -100]),
        ("round(a, -1)", {"a": [15.0, -15.0]}, [20.0, -20.0]),
        ("round(a, 3)", {"a": [7, None]}, [7, None]),
        ("floor(a) + ceil(a)", {"a": [1.5, -1.5]}, [3.0, -3.0]),
        ("sign(a)", {"a": [-2, 0, 9, None]}, [-1, 0, 1, None]),
        # no NaN, no infinity
        ("a * 1e308 * 10", {"a": [1.0, 0.0]}, [None, 0.0]),
        ("(a * 1e308 * 10) is null", {"a": [1.0, 0.0]}, [True, False]),
        ("-(a * 1e308) * 10 < 5", {"a": [1.0, 0.0]}, [None, True]),
        ("1 / (a * 1e308 * 10)", {"a": [1.0, -1.0]}, [None, None]),
        ("coalesce(a * 1e308 * 10 - a * 1e308 * 10, 7)", {"a": [1.0, 0.0]}, [7.0, 0.0]),
        ("round(a, -6) is null", {"a": [1.7976931348623157e308, 1e308]}, [True, False]),
        ("exp(a)", {"a": [0.0, 1000.0, None]}, [1.0, None, None]),
        ("ln(a)", {"a": [1.0, 0.0, -1.0, None]}, [0.0, None, None, None]),
        ("sqrt(a)", {"a": [4, -1]}, [2.0, None]),
        ("power(a, b)", {"a": [2.0, -8.0, None, 0.0], "b": [3.0, 1 / 3, 0.0, -1.0]}, [8.0, None, None, None]),
        ("logit(a)", {"a": [0.0, 0.5, 1.0]}, [None, 0.0, None]),
        ("sigmoid(a)", {"a": [0, None]}, [0.5, None]),
        ("log10(a)", {"a": [1000, 0]}, [3.0, None]),
        # NULL has no type of its own
        ("coalesce(abs(null), sign(null), round(null, 1), floor(null), a)", {"a": [1, None]}, [1, None]),
        # three-valued logic
        ("a and b", {"a": [True, True, False, None], "b": [None, True, None, None]}, [None, True, False, None]),
        ("a or b", {"a": [True, True, False, None], "b": [None, True, None, None]}, [True, True, None, None]),
        ("not a", {"a": [True, False, None]}, [False, True, None]),
        ("a in (1, 2)", {"a": [1, 3, None]}, [True, False, None]),
        ("a in (1, null)", {"a": [1, 3, None]}, [True, None, None]),
        ("a not in (1, null)", {"a": [1, 3, None]}, [False, None, None]),
        ("a between 1 and b", {"a": [1, 3, None], "b": [1, None, 2]}, [True, None, None]),
        ("a = null", {"a": [1, None]}, [None, None]),
        ("a is null or a is not null", {"a": [1, None]}, [True, True]),
        # choices
        ("case when a > 1 then 'x' when a = 1 then null else 'z' end", {"a": [2, 1, 0, None]}, ["x", None, "z", "z"]),
        ("case a when 1 then 1 when 2 then 2.5 end", {"a": [1, 2, None]}, [1.0, 2.5, None]),
        ("if(a > 1, 'y')", {"a": [2, 1, None]}, ["y", None, None]),
        ("coalesce(a, b, 0)", {"a": [1, None, None], "b": [None, 2.5, None]}, [1.0, 2.5, 0.0]),
        ("coalesce(1, a)", {"a": [5, None]}, [1, 1]),
        ("nullif(a, 0)", {"a": [1, 0, None]}, [1, None, None]),
        ("least(a, b)", {"a": [1, None], "b": [2.5, 1.0]}, [1.0, 1.0]),
        ("greatest(a, b)", {"a": ["a", None], "b": ["b", "c"]}, ["b", "c"]),
        ("clip(a, 0, 1)", {"a": [-1.0, 0.5, 2.0, None]}, [0.0, 0.5, 1.0, None]),
        # text
        ("a || '-' || b", {"a": ["x", None], "b": [1, 2]}, ["x-1", None]),
        ("concat(a, '-', b)", {"a": ["x", None], "b": [1.0, None]}, ["x-1.0", "-"]),
        ("substr(a, 2, 3)", {"a": ["abcdef", "a", None]}, ["bcd", "", None]),
        ("substr(a, 0, 2) || substr(a, 5)", {"a": ["abcdef", "äöüßxy"]}, ["aef", "äxy"]),
        ("substr(a, b)", {"a": ["abc", "abc"], "b": [3, None]}, ["c", None]),
        ("upper(a) = 'ÄB'", {"a": ["äb", None]}, [True, None]),
        ("length(trim(a))", {"a": [" äb ", None]}, [2, None]),
        ("replace(a, b, '')", {"a": ["a.b.", "xx"], "b": [".", ""]}, ["ab", "xx"]),
        ("starts_with(a, 'a') and not ends_with(a, 'a')", {"a": ["ab", "aa", None]}, [True, False, None]),
        ("contains(a, '.')", {"a": ["abc", "a.c"]}, [False, True]),
        ("a like 'a%_c'", {"a": ["abc", "ac", "a\nbc", None]}, [True, False, True, None]),
        ("a like '1.5%'", {"a": ["1.5%", "1x5"]}, [True, False]),
        ("a ilike 'A%'", {"a": ["abc", "bc"]}, [True, False]),
        # casts: NULL when they fail
        ("cast(a as integer)", {"a": ["12", " 3.5 ", "x", None]}, [12, 4, None, None]),
        ("cast(a as integer)", {"a": [2.5, -2.5, 1e30]}, [3, -3, None]),
        ("cast(a as integer)", {"a": [True, False]}, [1, 0]),
        ("cast(a as float)", {"a": ["1e2", "nan", "inf", ""]}, [100.0, None, None, None]),
        ("cast(a as boolean)", {"a": ["Yes", "0", "maybe"]}, [True, False, None]),
        ("cast(a as text)", {"a": [1.0, 0.1, None]}, ["1.0", "0.1", None]),
        ("cast(a as text)", {"a": [True, False, None]}, ["true", "false", None]),
        # times
        ("epoch(t)", {"t": TIMES}, [0.0, 18000.000005]),
        ("hour(t) * 100 + dayofweek(t)", {"t": TIMES}, [4, 504]),
        ("t > '1970-01-01T02:00+01:00'", {"t": TIMES}, [False, True]),
        ("cast(t as text)", {"t": TIMES}, ["1970-01-01T00:00:00.000Z", "1970-01-01T05:00:00.000Z"]),
        # decimals keep their scale
        ("a * 2 + a", {"a": MONEY}, [Decimal("3.75"), None]),
        ("a + 0.5", {"a": MONEY}, [1.75, None]),
        ("a < 2", {"a": MONEY}, [True, None]),
    ],
)
def test_values(text: str, columns: dict[str, Any], wanted: list[Any]) -> None:
    assert evaluated(text, **columns).to_list() == wanted


@pytest.mark.parametrize(
    "text", ["-a", "0 - a", "b + 0", "0.0 + b", "b * a", "round(b - 0.3)", "ceil(b - 0.5)", "-0.0"]
)
@pytest.mark.parametrize("rows", [1, 2, 9])
def test_a_result_of_zero_has_no_sign_however_many_rows(text: str, rows: int) -> None:
    found = evaluated(text, a=[0.0] * rows, b=[-0.0] * rows)
    assert found.to_list() == [0.0] * rows
    assert not np.signbit(found.to_numpy()).any()
    assert evaluated(f"cast({text} as text)", a=[0.0] * rows, b=[-0.0] * rows).to_list() == ["0.0"] * rows
    mixed = evaluated(text, a=[0.0, None], b=[-0.0, None]).fill_null(0.0)
    assert not np.signbit(mixed.to_numpy()).any()


def test_text_becomes_a_time_in_every_iso_form() -> None:
    texts = ["2026-01-01", "2026-01-01T10:00:00.5Z", "2026-01-01 10:00", "2026-01-01T10:00:00+02:00", "soon", None]
    found = evaluated("cast(a as timestamp)", a=texts)
    assert found.dtype == pl.Datetime("us", "UTC")
    assert found.to_list() == [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC),
        datetime(2026, 1, 1, 10, tzinfo=UTC),
        datetime(2026, 1, 1, 8, tzinfo=UTC),
        None,
        None,
    ]


def test_paths_quoted_names_and_absolute_spellings_are_columns() -> None:
    columns = {"actor__balance": [1.0], "order": [2], "box__deep__x": [4], "qty": [8]}
    assert evaluated('actor.balance + "order" + box.deep.x + order_placed.qty', **columns).to_list() == [15.0]


def test_a_path_alone_is_the_column_itself() -> None:
    pool = Pool(pl.Series(["x", "y"]))
    column = Column.coded(pool, np.array([1, 0])).without(np.array([False, True]))
    draw = compile_expression(Expression("a", (), SPAN), {"a": pl.String()})
    assert draw(block_with({"a": column}, 2)) is column


def test_absent_values_read_as_null() -> None:
    absent = Column.coded(Pool(pl.Series([1, 2])), np.array([0, 1])).without(np.array([True, False]))
    assert evaluated("coalesce(a, 9)", a=absent).to_list() == [9, 2]


def test_one_pool_is_evaluated_once_and_stays_a_pool() -> None:
    pool = Pool(pl.Series(["de", "fr"]))
    draw = compile_expression(Expression("upper(a)", (), SPAN), {"a": pl.String()})
    columns = [draw(block_with({"a": Column.coded(pool, np.array(codes))}, 3)) for codes in ([0, 1, 1], [1, 0, 0])]
    assert [column.series().to_list() for column in columns] == [["DE", "FR", "FR"], ["FR", "DE", "DE"]]
    assert columns[0].pool is columns[1].pool is not None


def test_many_short_lived_pools_do_not_pile_up() -> None:
    draw = compile_expression(Expression("a + 1", (), SPAN), {"a": pl.Int64()})
    for start in range(50):
        column = Column.coded(Pool(pl.Series([start])), np.zeros(2, np.uint32))
        found = draw(block_with({"a": column}, 2))
        assert found.series().to_list() == [start + 1] * 2
        assert found.pool is None or start < 10


def test_a_constant_is_evaluated_once() -> None:
    draw = compile_expression(Expression("round(10 / 4, 1)", (), SPAN), {})
    first, second = draw(block_of(3)), draw(block_of(5))
    assert first.pool is second.pool is not None
    assert second.series().to_list() == [2.5] * 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a + 1", "'+' needs a number, not string"),
        ("a < 1", "mixes string and integer"),
        ("case when c then 'x' else 1 end", "CASE mixes string and integer"),
        ("b and c", "AND needs a condition, not integer"),
        ("upper(b)", "upper needs text, not integer"),
        ("hour(b)", "hour needs a time"),
        ("missing + 1", "'missing', which is not there; there are a, b, c"),
        ("round(b, b)", "digits of round"),
        ("t = 'soon'", "'soon' is not a time"),
        ("cast(t as float)", "use epoch"),
    ],
)
def test_what_does_not_fit_is_said(text: str, words: str) -> None:
    schema = {"a": pl.String(), "b": pl.Int64(), "c": pl.Boolean(), "t": pl.Datetime("us", "UTC")}
    with pytest.raises(ExpressionError, match=re.escape(words)):
        compile_expression(Expression(text, (), SPAN), schema)


def test_numbers_are_one_float_or_one_per_row() -> None:
    schema = {"a": pl.Int64()}
    block = block_with({"a": [1, None]}, 2)
    assert compile_number(3, {})(block) == 3.0
    assert compile_number(Expression("2 * 3", (), SPAN), schema)(block) == 6.0
    assert math.isnan(compile_number(Expression("1 / 0", (), SPAN), schema)(block))
    per_row = compile_number(Expression("a * 2", (), SPAN), schema)(block)
    assert isinstance(per_row, np.ndarray)
    assert per_row.dtype == np.float64
    np.testing.assert_array_equal(per_row, [2.0, np.nan])
    bare = compile_number(Expression("a", (), SPAN), schema)(block)
    np.testing.assert_array_equal(bare, [1.0, np.nan])
    with pytest.raises(ExpressionError, match="needs a number, not string"):
        compile_number(Expression("'x'", (), SPAN), {})


NAMES = {
    "i": (pl.Int64(), DType.INTEGER),
    "f": (pl.Float64(), DType.FLOAT),
    "m": (pl.Decimal(38, 2), DType.DECIMAL),
    "s": (pl.String(), DType.STRING),
    "b": (pl.Boolean(), DType.BOOLEAN),
    "t": (pl.Datetime("us", "UTC"), DType.TIMESTAMP),
}
NUMBER = st.sampled_from(["i", "f", "m", "2", "0.5"])
NUMERIC = st.recursive(
    NUMBER,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["abs", "sign", "floor", "ceil", "sqrt", "sigmoid", "round"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(st.sampled_from(["least", "coalesce", "mod", "div", "power", "nullif"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"case when {t[0]} > {t[1]} then {t[0]} else {t[1]} end"),
        st.tuples(inner, st.sampled_from(["integer", "float"])).map(lambda t: f"cast({t[0]} as {t[1]})"),
    ),
    max_leaves=6,
)
OTHER = st.sampled_from(["s || i", "length(s)", "t > '2026-01-01'", "b and i > 1", "epoch(t)", "hour(t)", "i is null"])


@given(st.one_of(NUMERIC, OTHER))
def test_the_checker_and_the_engine_agree_on_every_type(text: str) -> None:
    inferred = infer(parse_expression(text), lambda name: NAMES[name][1])
    schema = {name: dtype for name, (dtype, _) in NAMES.items()}
    draw = compile_expression(Expression(text, (), SPAN), schema)
    block = block_with({name: Column.of(pl.Series([None], dtype=dtype)) for name, dtype in schema.items()}, 1)
    assert logical_type(draw(block).dtype) is inferred


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
def test_a_row_does_not_depend_on_its_block(values: list[float]) -> None:
    text = "sigmoid(a / 7) + exp(a / 1e37) + round(a * 3, 2) / 10 + a % 3"
    whole = evaluated(text, a=values).to_list()
    assert whole == [evaluated(text, a=[value]).item() for value in values]
