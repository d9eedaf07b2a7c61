"""Values that come twice, event times that go back, and the memory of both."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from measure_driver import result

from synthwb.measure import Failure
from synthwb.measure.memory import Memory, keys_of


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("n", [1, 2, 2**62, -1, 0]),
        ("x", [0.5, 1.5, -0.5, 0.0]),
        ("word", ["a", "b", "", "ab"]),
        ("flag", [True, False]),
        ("at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)]),
        ("price", [Decimal("0.10"), Decimal("0.11")]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_double_is_found_in_every_type(field: str, values: list[Any], size: int) -> None:
    rows = [{field: value} for value in values]
    assert result(f"{{unique: e.{field}}}", rows, size).passed
    found = result(f"{{unique: e.{field}}}", [*rows, {field: values[0]}, {field: None}, {field: None}], size)
    assert (found.passed, found.failures) == (False, 1)
    assert found.first is not None
    assert found.first.id == f"id-{len(values)}"


def test_zero_is_zero_with_either_sign() -> None:
    assert result("{unique: e.x}", [{"x": 0.0}, {"x": -0.0}]).failures == 1


@pytest.mark.parametrize(("gap", "failures"), [(9, 1), (10, 1), (11, 0)])
@pytest.mark.parametrize("size", [1, 100])
def test_within_a_stretch_of_time(gap: int, failures: int, size: int) -> None:
    rows = [{"n": 1, "time": 0}, {"n": 2, "time": 1}, {"n": 1, "time": gap}]
    assert result("{unique: e.n, within: 10s}", rows, size).failures == failures


def test_every_return_counts_from_the_last_time() -> None:
    rows = [{"n": 1, "time": time} for time in (0, 8, 16, 30)]
    assert result("{unique: e.n, within: 10s}", rows).failures == 2


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_what_is_older_than_the_memory_is_new(size: int) -> None:
    rows = [{"n": n} for n in (*range(10), 0, 1)]
    exact = result("{unique: e.n}", rows, size, limit=10)
    assert (exact.failures, exact.observed) == (2, "83.33% of 12 records, compared with the last 10")
    blind = result("{unique: e.n}", rows, size, limit=9)
    assert (blind.passed, blind.failures) == (True, 0)
    assert "compared with" not in result("{unique: e.n}", rows, size).observed


def test_the_memory_is_bounded() -> None:
    memory, limit = Memory(10_000), 10_000
    for first in range(0, 200_000, 500):
        keys = keys_of(pl.Series(np.arange(first, first + 500)))
        number = np.arange(first, first + 500)
        memory.remember(keys, number, number)
        memory.forget(first + 500 - limit)
        assert sum(memory.state()["sizes"]) <= limit + limit // 8 + 500
        assert len(memory.state()["sizes"]) < 24


def test_a_short_window_needs_little_memory() -> None:
    memory = Memory(1_000_000)
    for first in range(0, 100_000, 100):
        number = np.arange(first, first + 100)
        memory.remember(keys_of(pl.Series(number)), number, number)
        memory.forget(0, first + 100 - 300)
    assert sum(memory.state()["sizes"]) < 2000


def test_keys_tell_all_values_apart() -> None:
    texts = pl.Series([f"value {i}" for i in range(200_000)])
    assert len(set(keys_of(texts).high.tolist())) == 200_000
    lists = pl.Series([[1, 2], [1], [], [2, 1], [1, 2]])
    assert len(set(zip(*(half.tolist() for half in keys_of(lists)), strict=True))) == 4


@pytest.mark.parametrize("size", [1, 2, 100])
def test_times_that_go_back(size: int) -> None:
    rows = [{"n": n, "time": time} for n, time in ((1, 5), (2, 1), (1, 4), (1, 5), (2, 1), (1, 4.5))]
    found = result("{order: e, key: n}", rows, size)
    assert (found.failures, found.observed) == (2, "66.67% of 6 records")
    assert found.first == Failure("id-2", "n 1 after 1970-01-01T00:00:05Z", 4_000_000)
    everything = result("{order: e}", rows, size)
    assert everything.failures == 4
    assert everything.first == Failure("id-1", "after 1970-01-01T00:00:05Z", 1_000_000)


def test_records_without_a_key_have_no_order() -> None:
    rows = [{"n": None, "time": 5}, {"n": None, "time": 1}]
    assert result("{order: e, key: n}", rows).observed == "nothing seen yet"


def test_a_key_that_was_forgotten_begins_anew() -> None:
    rows = [{"n": 1, "time": 9}, *({"n": n, "time": 10} for n in (2, 3, 4)), {"n": 1, "time": 1}]
    assert result("{order: e, key: n}", rows, 1, limit=4).failures == 1
    assert result("{order: e, key: n}", rows, 1, limit=3).failures == 0
