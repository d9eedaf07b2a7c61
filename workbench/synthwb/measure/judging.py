"""Judging values by the column: which pass, which do not, and which are not looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine import Column, Part, Pool
from synthwb.scenario.checks.model import Between, Matches, NotNull, OneOf, Scalar

__all__ = ["Judge", "Truth", "Verdicts", "judge_of", "value_judge", "values_of"]

Truth: TypeAlias = NDArray[np.bool_]

Judge: TypeAlias = Callable[[pl.Series], pl.Series]
"""From values to true, false, or null where a value is not looked at. Values of another kind do not pass."""

_POOLS = 8  # pools whose verdicts are kept


def values_of(part: Part, path: str) -> Column:
    """The column of a dotted path; absent where an object on the way is absent or null, nulls if there is none."""
    name, *inner = path.split(".")
    if name not in part.columns:
        return Column.of(pl.Series([None] * len(part)))
    column = part.columns[name]
    for step in inner:
        gone = [mask for mask in (column.absent, column.nulls) if mask is not None]
        child = column.children[step] if column.children else Column.of(column.series().struct.field(step))
        for mask in gone:
            child = child.without(mask)
        column = child
    return column


class Verdicts:
    """Applies a judge to columns. What is repeated through a pool is judged once.

    ``blank``: null and absent values are looked at, and do not pass.
    """

    def __init__(self, judge: Judge, *, blank: bool) -> None:
        self._judge = judge
        self._blank = blank
        self._pools: dict[int, tuple[Pool, Truth, Truth]] = {}

    def of(self, column: Column) -> tuple[Truth, Truth]:
        """Which rows pass, and which are looked at."""
        pool, codes = column.pool, column.codes
        if pool is None or codes is None or not self._worth(pool, len(codes)):
            passed, looked = self._judged(column.series())
        else:
            of_pool = self._of_pool(pool)
            passed, looked = of_pool[0][codes], of_pool[1][codes]
            if column.absent is not None:
                passed, looked = passed & ~column.absent, looked & ~column.absent
        return (passed, np.ones(len(passed), np.bool_)) if self._blank else (passed, looked)

    def _worth(self, pool: Pool, rows: int) -> bool:
        return id(pool) in self._pools or len(self._pools) < _POOLS or len(pool) <= rows

    def _of_pool(self, pool: Pool) -> tuple[Truth, Truth]:
        known = self._pools.get(id(pool))
        if known is None:
            known = (pool, *self._judged(pool.series))
            if len(self._pools) < _POOLS:
                self._pools[id(pool)] = known
        return known[1], known[2]

    def _judged(self, values: pl.Series) -> tuple[Truth, Truth]:
        verdict = self._judge(values)
        return verdict.fill_null(value=False).to_numpy(), verdict.is_not_null().to_numpy()


def judge_of(rule: Between | NotNull | OneOf | Matches) -> Judge:
    """The judge of a rule. Raises ValueError for a regular expression that cannot be used."""
    if isinstance(rule, Between):
        return _between(rule)
    if isinstance(rule, OneOf):
        return _one_of(rule.values)
    if isinstance(rule, Matches):
        return _matches(rule.pattern)
    return _there


def value_judge(value: Scalar) -> Judge:
    """Whether a value is this one; null and absent count as null and are always looked at."""
    if value is None:
        return lambda values: values.is_null()
    equal = _one_of((value,))
    return lambda values: equal(values).fill_null(value=False)


def _there(values: pl.Series) -> pl.Series:
    return values.is_not_null()


def _never(values: pl.Series) -> pl.Series:
    """No value passes; nulls are not looked at."""
    nothing = pl.Series(np.zeros(len(values), np.bool_))
    return nothing.set(values.is_null(), None) if values.null_count() else nothing


def _between(rule: Between) -> Judge:
    low, high = rule.low, rule.high

    def judge(values: pl.Series) -> pl.Series:
        if rule.times and isinstance(values.dtype, pl.Datetime):
            values = values.dt.cast_time_unit("us").to_physical()
        elif rule.times or not values.dtype.is_numeric():
            return _never(values)
        if values.dtype.is_decimal():
            values = values.cast(pl.Float64)
        verdict = ~_never(values)
        verdict = verdict if low is None else verdict & (values >= low)
        return verdict if high is None else verdict & (values <= high)

    return judge


def _one_of(wanted: Sequence[Scalar]) -> Judge:
    words = pl.Series([value for value in wanted if isinstance(value, str)], dtype=pl.String)
    truths = pl.Series([value for value in wanted if isinstance(value, bool)], dtype=pl.Boolean)
    numbers = [value for value in wanted if isinstance(value, int | float) and not isinstance(value, bool)]
    whole = pl.Series([int(value) for value in numbers if float(value).is_integer()], dtype=pl.Int64)
    floats = pl.Series([float(value) for value in numbers], dtype=pl.Float64)

    def judge(values: pl.Series) -> pl.Series:
        if values.dtype == pl.String:
            known = words
        elif values.dtype == pl.Boolean:
            known = truths
        elif values.dtype.is_integer():
            values, known = values.cast(pl.Int64, strict=False), whole
        elif values.dtype.is_numeric():
            values, known = values.cast(pl.Float64), floats
        else:
            return _never(values)
        return values.is_in(known.implode()) if len(known) else _never(values)

    return judge


def _matches(pattern: str) -> Judge:
    whole = rf"\A(?:{pattern})\z"
    try:
        pl.Series([""]).str.contains(whole)
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"the expression cannot be used: {str(error).splitlines()[-1].strip()}") from error

    def judge(values: pl.Series) -> pl.Series:
        return values.str.contains(whole) if values.dtype == pl.String else _never(values)

    return judge
