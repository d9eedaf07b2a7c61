"""The two back ends of expressions give the same types, the same NULLs and the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import SPAN, block_of
from random_expressions import expression, fitting

from synthwb.engine.columns import Column
from synthwb.engine.expressions import ExpressionError, compile_expression
from synthwb.engine.expressions.array_terms import Pair
from synthwb.engine.expressions.arrays import compile_arrays
from synthwb.scenario.model import Expression

TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("i", "j"), pl.Int64()),
    **dict.fromkeys(("f", "g"), pl.Float64()),
    **dict.fromkeys(("b", "c"), pl.Boolean()),
    **dict.fromkeys(("s", "t"), pl.String()),
}
LEAVES = {
    "i": ("i", "j", "i", "j", "0", "1", "-3", "7", "9223372036854775807", "(-9223372036854775807 - 1)"),
    "f": ("f", "g", "f", "g", "0.0", "-0.0", "2.5", "-1e308", "0.1"),
    "b": ("b", "c", "b", "c", "true", "false"),
    "t": ("s", "t", "s", "t", "'a'", "''", "'12'"),
}
ANY = ("i", "f", "b", "s", "d", "event.time", "1", "2.5", "'x'", "true", "null", "-3", "0")

WHOLE = (-(2**63), 2**63 - 1, -(2**63) + 1, -(2**62), 2**62, 0, 0, 1, -1, 2, -5, 15, 3_037_000_500, 2**53 + 1, 10**15)
FLOATING = (
    *(0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.5, -2.5, 0.1, 0.49999999999999994, 2.675, -7.25, 1e15 + 0.5, 700.0, -800.0),
    *(1.7976931348623157e308, -1e308, 5e-324, 1e-300, 2.0**63, -(2.0**63), 9.223372036854775e18, 1e200),
)
WORDS = ("", "a", "b", "ab", "ä", "12", "true", "€", "\U0001f600")
VALUES: dict[pl.DataType, tuple[Any, ...]] = {
    pl.Int64(): WHOLE,
    pl.Float64(): FLOATING,
    pl.Boolean(): (True, False),
    pl.String(): WORDS,
}
UNDER_NULL: dict[pl.DataType, Any] = {
    pl.Int64(): -(2**63),
    pl.Float64(): float("nan"),
    pl.Boolean(): True,
    pl.String(): None,
}
STORED: dict[pl.DataType, Any] = {pl.Int64(): int, pl.Float64(): float, pl.Boolean(): bool, pl.String(): object}


def columns_of(random_: Random, rows: int) -> dict[str, pl.Series]:
    """Values at the edges of their types; every other column has NULLs."""
    columns = {}
    for name, dtype in TYPES.items():
        missing = random_.choice((0.0, 0.25))
        values = [None if random_.random() < missing else random_.choice(VALUES[dtype]) for _ in range(rows)]
        columns[name] = pl.Series(name, values, dtype=dtype)
    return columns


def pair_of(series: pl.Series) -> Pair:
    """A column as arrays, with the worst that may stand under a NULL."""
    values = [UNDER_NULL[series.dtype] if value is None else value for value in series.to_list()]
    nulls = series.is_null().to_numpy()
    return np.array(values, STORED[series.dtype]), nulls if nulls.any() else None


def from_polars(text: str, columns: Mapping[str, pl.Series], rows: int) -> pl.Series:
    block = block_of(rows)
    for name, series in columns.items():
        block.columns[name] = Column.of(series)
    schema = {name: series.dtype for name, series in columns.items()}
    return compile_expression(Expression(text, (), SPAN), schema)(block).series()


def assert_same(text: str, columns: Mapping[str, pl.Series], rows: int) -> bool:
    """Whether the arrays cover it; if so, both give the same."""
    program = compile_arrays(Expression(text, (), SPAN), {name: series.dtype for name, series in columns.items()})
    if program is None:
        return False
    wanted = from_polars(text, columns, rows)
    values, nulls = program({name: pair_of(columns[name]) for name in program.names})
    assert program.dtype == wanted.dtype, text
    assert values.dtype == STORED[program.dtype], text
    if not program.names:
        assert len(values) == 1
        values, nulls = (None if array is None else np.repeat(array, rows) for array in (values, nulls))
    assert values.shape == (rows,), text
    known = np.ones(rows, np.bool_) if nulls is None else ~nulls
    assert known.shape == (rows,), text
    np.testing.assert_array_equal(known, wanted.is_not_null().to_numpy(), text)
    found, held = values[known], wanted.drop_nulls().to_numpy()
    if program.dtype == pl.Float64():
        found, held = found.view(np.int64), held.view(np.int64)
    np.testing.assert_array_equal(found, held, text)
    return True


@pytest.mark.parametrize("seed", range(4))
def test_expressions_that_fit_are_all_covered_and_the_same(seed: int) -> None:
    random_ = Random(seed)
    for number in range(750):
        if number % 25 == 0:
            rows = random_.choice((0, 1, 40, 40, 40))
            columns = columns_of(random_, rows)
        text = fitting(random_, 1 + number % 4, random_.choice("iffbt"), LEAVES)
        assert assert_same(text, columns, rows), text


@pytest.mark.parametrize("seed", range(2))
def test_of_any_other_expression_what_is_covered_is_the_same(seed: int) -> None:
    random_ = Random(seed)
    columns = columns_of(random_, 20)
    columns["d"] = pl.Series("d", ["1.25", None] * 10).cast(pl.Decimal(38, 2))
    columns["event.time"] = pl.Series(range(20)).cast(pl.Datetime("us", "UTC"))
    schema = {name: series.dtype for name, series in columns.items()}
    covered = left = refused = 0
    for number in range(1500):
        text = expression(random_, 1 + number % 3, ANY)
        if assert_same(text, columns, 20):
            covered += 1
            continue
        try:
            compile_expression(Expression(text, (), SPAN), schema)
            left += 1
        except ExpressionError:
            refused += 1
    assert min(covered, left, refused) > 150
