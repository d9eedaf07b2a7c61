"""Values that are carried, to arrays and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from synthwb.engine.flows.values import column_of, kept, nothing, nulls_of
from synthwb.scenario.model import DType


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        (DType.INTEGER, [None, 3, -1]),
        (DType.FLOAT, [None, 0.5, -1.0]),
        (DType.BOOLEAN, [None, True, False]),
        (DType.STRING, [None, "a", ""]),
        (DType.TIMESTAMP, [None, datetime(2026, 3, 2, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]),
    ],
)
def test_values_and_nulls_come_back_in_any_order(dtype: DType, values: list[Any]) -> None:
    for order in (values, values[1:], values[::-1], [None, None]):
        array = kept(pl.Series(order, dtype=None if set(order) != {None} else pl.Null), dtype)
        assert column_of(array, dtype).series().to_list() == order
        nulls = nulls_of(array, dtype)
        assert (nulls is None) == (None not in order)
        assert nulls is None or nulls.tolist() == [value is None for value in order]
    assert column_of(nothing(dtype, 2), dtype).series().to_list() == [None, None]
