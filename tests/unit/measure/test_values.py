"""Single values against limits, lists and patterns, and shares of a value."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from measure_driver import ABSENT, SCHEMA, monitor, result

from synthwb.engine import Batch, Column, Part, Pool
from synthwb.measure import Failure


def day(number: int) -> datetime:
    return datetime(1970, 1, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "field", "good", "bad"),
    [
        ("between: [0, 5]", "n", [0, 5, 3], [-1, 6]),
        ("between: [0.5, 5.5]", "n", [1, 5], [0, 6]),
        ("between: [null, 5]", "x", [-1e300, 5.0], [5.000001]),
        ("between: [5, null]", "x", [5.0, 1e300], [4.999999]),
        ("between: [0.1, 0.3]", "price", [Decimal("0.10"), Decimal("0.30")], [Decimal("0.31")]),
        ("between: [1970-01-02, +2d]", "at", [day(2), day(3)], [day(1), day(4)]),
        ("in: [1, 2.0, 2.5]", "n", [1, 2], [0, 3]),
        ("in: [1, 2.5]", "x", [1.0, 2.5], [2.0]),
        ("in: [a, b]", "word", ["a", "b"], ["A", "", "ab"]),
        ("in: [true]", "flag", [True], [False]),
        (r"matches: 'a\d+'", "word", ["a1", "a12"], ["a", "xa1", "a1x", "a1\n"]),
        ("matches: 'a|b'", "word", ["a", "b"], ["ab", "ba"]),
        ("not_null: true", "n", [0], [None, ABSENT]),
        ("not_null: true", "word", [""], [None, ABSENT]),
    ],
)
def test_what_passes_and_what_does_not(written: str, field: str, good: list[Any], bad: list[Any]) -> None:
    check = f"{{field: e.{field}, {written}}}"
    fine = result(check, [{field: value} for value in good])
    assert (fine.passed, fine.failures, fine.first) == (True, 0, None)
    assert fine.observed == f"100% of {len(good)} records"
    for value in bad:
        found = result(check, [{field: value}])
        assert (found.passed, found.failures) == (False, 1), value


@pytest.mark.parametrize("written", ["between: [0, 5]", "in: [1]"])
def test_null_and_absent_values_are_not_looked_at(written: str) -> None:
    found = result(f"{{field: e.n, {written}}}", [{"n": None}, {"n": ABSENT}, {"n": 1}])
    assert (found.passed, found.observed) == (True, "100% of 1 records")


def test_nothing_seen_is_no_failure() -> None:
    assert result("{field: e.n, between: [0, 5]}", []).observed == "nothing seen yet"
    assert result("{share: e.n, of: 1, between: [50%, 60%]}", []).passed
    assert result("{unique: e.n}", [{"n": None}]).passed


def test_the_first_failure_is_kept() -> None:
    found = result("{field: e.n, between: [0, 5]}", [{"n": 1}, {"n": 7, "time": 2.5}, {"n": 8}], size=1)
    assert found.first == Failure("id-1", "7", 2_500_000)
    assert found.failures == 2
    assert found.observed == "33.33% of 3 records"
    assert found.expected == "0 to 5"


def test_a_value_without_end_is_cut() -> None:
    found = result("{field: e.word, in: [a]}", [{"word": "x" * 10_000}])
    assert found.first is not None
    assert found.first.value == "x" * 200


@pytest.mark.parametrize(("bad", "passed"), [(1, True), (2, False)])
def test_so_many_must_pass_and_no_more(bad: int, passed: bool) -> None:
    rows = [{"n": 1}] * (1000 - bad) + [{"n": 9}] * bad
    assert result("{field: e.n, between: [0, 5], at_least: 99.9%}", rows).passed is passed


def test_a_condition_narrows_what_is_looked_at() -> None:
    rows = [{"n": 9, "flag": True}, {"n": 9, "flag": False}, {"n": 9, "flag": None}, {"n": 1, "flag": True}]
    found = result('{field: e.n, between: [0, 5], when: "flag"}', rows)
    assert (found.failures, found.observed) == (1, "50% of 2 records")
    assert result('{field: e.n, between: [0, 5], when: "n < 5 and event.time is not null"}', rows).passed
    assert result("{field: e.n, between: [0, 5], when: \"event.ordinal = 3 and event.name = 'e'\"}", rows).passed


def test_fields_of_objects() -> None:
    rows: list[dict[str, Any]] = [{"box": {"wide": 0.5, "word": "a"}}, {"box": None}, {"box": ABSENT}]
    assert result("{field: e.box.wide, between: [0, 1]}", rows).observed == "100% of 1 records"
    assert result("{field: e.box.wide, not_null: true}", rows).failures == 2
    assert result("{field: e.box, not_null: true}", rows).failures == 2
    assert result('{field: e.n, not_null: true, when: "box.wide > 0.1"}', rows).failures == 1


def test_a_share_lies_between_its_limits() -> None:
    written = "{share: e.flag, of: true, between: [10%, 20%]}"
    for count, passed in ((9, False), (10, True), (20, True), (21, False)):
        found = result(written, [{"flag": i < count} for i in range(100)])
        assert found.passed is passed
        assert found.observed == f"{count}% ({count} of 100 records)"
        assert found.failures == 0
    assert result(written, [{"flag": None}] * 90 + [{"flag": True}] * 10).passed, "nulls are among all"


def test_a_share_of_null_counts_absent_values() -> None:
    rows = [{"n": None}, {"n": ABSENT}, {"n": 1}, {"n": 2}]
    assert result("{share: e.n, of: null, between: [50%, 50%]}", rows).passed


def test_a_share_of_too_few_is_not_judged() -> None:
    found = result("{share: e.flag, of: true, between: [1%, 5%]}", [{"flag": False}] * 19)
    assert (found.passed, found.observed) == (True, "0% (0 of 19 records): too few to tell")
    assert not result("{share: e.flag, of: true, between: [1%, 5%]}", [{"flag": False}] * 20).passed


def _pooled(values: list[Any], codes: list[int], absent: list[int]) -> Batch:
    column = Column.coded(Pool(pl.Series(values)), np.array(codes))
    if absent:
        column = column.without(np.isin(np.arange(len(codes)), absent))
    rows = np.arange(len(codes))
    names = Column.of(pl.Series([str(row) for row in rows]))
    return Batch(0, len(codes), (Part(SCHEMA, rows, rows * 1_000_000, rows, names, {"word": column}),))


@pytest.mark.parametrize("absent", [[], [0], [2, 3]])
@pytest.mark.parametrize(
    "rule",
    ["{field: e.word, in: [a]}", "{field: e.word, not_null: true}", "{share: e.word, of: null, between: [0%, 100%]}"],
)
def test_pools_are_judged_like_values(rule: str, absent: list[int]) -> None:
    values, codes = ["a", "b", None], [0, 1, 2, 0, 2, 1]
    one, other = monitor(rule), monitor(rule)
    for _ in range(20):  # more pools than are kept
        pooled = _pooled(values, codes, absent)
        (part,) = pooled.parts
        plain = Column(plain=part.columns["word"].series(), absent=part.columns["word"].absent)
        one.observe(pooled)
        other.observe(Batch(0, 6, (Part(SCHEMA, part.rows, part.time, part.ordinal, part.id, {"word": plain}),)))
    assert one.results() == other.results()


def test_values_of_another_kind_do_not_pass() -> None:
    """The types of columns from outside are known late, and imperfections change them."""
    watching = monitor("{field: e.word, in: [a]}", "{field: e.n, between: [0, 5]}", "{field: e.word, matches: a}")
    rows = np.arange(2)
    swapped = {"word": Column.of(pl.Series([1, None])), "n": Column.of(pl.Series(["1", "2"]))}
    watching.observe(Batch(0, 2, (Part(SCHEMA, rows, rows, rows, Column.of(pl.Series(["p", "q"])), swapped),)))
    assert [found.failures for found in watching.results()] == [1, 2, 1]


def test_what_cannot_be_evaluated_says_so_and_does_not_pass() -> None:
    (found,) = monitor(r"{field: e.word, matches: '(?:\w{200}){200}'}").results()
    assert not found.passed
    assert found.observed.startswith("cannot be told: ")
