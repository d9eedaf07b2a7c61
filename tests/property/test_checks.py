"""Checks say the same for any cut of the stream, also from a saved state, and what a slow reference says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_driver import ABSENT, batches, monitor

from synthwb.engine import Stream, compile_plan
from synthwb.measure import Monitor
from synthwb.scenario import loads

WRITTEN = (
    "{field: e.n, between: [1, 3], at_least: 50%}",
    "{field: e.word, not_null: true}",
    "{field: e.word, in: [a, b]}",
    "{unique: e.n}",
    "{unique: e.word, within: 3s}",
    "{unique: e.n, when: \"word = 'a'\"}",
    "{share: e.word, of: a, between: [20%, 60%]}",
    "{order: e}",
    "{order: e, key: n}",
    "{rate: e, between: [0.5/s, 2/s], over: 4s}",
)
LIMIT = 7
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "n": st.one_of(st.none(), st.integers(0, 4)),
            "word": st.sampled_from(["a", "b", "c", None, ABSENT]),
            "time": st.integers(0, 40),
            "event": st.sampled_from(["e", "e", "e", "other"]),
        }
    ),
    max_size=40,
)


def _given(row: Mapping[str, Any], field: str) -> Any:
    return None if row[field] is ABSENT else row[field]


def _doubles(rows: Sequence[Mapping[str, Any]], field: str, within: int | None = None) -> int:
    """Unique, one record after the other."""
    known: dict[Any, tuple[int, int]] = {}
    now, found = -1, 0
    for i, row in enumerate(row for row in rows if _given(row, field) is not None):
        now = max(now, row["time"])
        at, latest = known.get(row[field], (-1000, -1000))
        latest = latest if i - at <= LIMIT else -1000
        found += latest >= (0 if within is None else now - within)
        known[row[field]] = (i, max(latest, row["time"]))
    return found


def _returns(rows: Sequence[Mapping[str, Any]], key: str = "") -> int:
    """Order, one record after the other."""
    last: dict[Any, tuple[int, int]] = {}
    found = 0
    for i, row in enumerate(row for row in rows if not key or row[key] is not None):
        at, latest = last.get(row[key] if key else 0, (-1000, -1))
        latest = latest if i - at <= LIMIT else -1
        found += row["time"] < latest
        last[row[key] if key else 0] = (i, max(latest, row["time"]))
    return found


def _windows(rows: Sequence[Mapping[str, Any]]) -> int:
    """Rate, one record after the other."""
    counts: dict[int, int] = {}
    now = 0
    for row in rows:
        now = max(now, row["time"] // 4)
        if row["event"] == "e" and row["time"] // 4 == now:
            counts[now] = counts.get(now, 0) + 1
    return sum(not 2 <= counts.get(window, 0) <= 8 for window in range(now))


def _expected(rows: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """How many failures each check has."""
    own = [row for row in rows if row["event"] == "e"]
    yield sum(row["n"] is not None and not 1 <= row["n"] <= 3 for row in own)
    yield sum(_given(row, "word") is None for row in own)
    yield sum(_given(row, "word") == "c" for row in own)
    yield _doubles(own, "n")
    yield _doubles(own, "word", 3)
    yield _doubles([row for row in own if row["word"] == "a"], "n")
    yield 0
    yield _returns(own)
    yield _returns(own, "n")
    yield _windows(rows)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, size=st.integers(1, 12), saved=st.integers(0, 40))
def test_any_cut_says_what_the_reference_says(rows: list[dict[str, Any]], size: int, saved: int) -> None:
    whole, cut = monitor(*WRITTEN, limit=LIMIT), monitor(*WRITTEN, limit=LIMIT)
    for batch in batches(rows, 1000):
        whole.observe(batch)
    for i, batch in enumerate(batches(rows, size)):
        if i == saved % (1 + len(rows) // size):
            state = cut.state()
            cut = monitor(*WRITTEN, limit=LIMIT)
            cut.restore(state)
        cut.observe(batch)
    assert cut.results() == whole.results()
    assert [found.failures for found in whole.results()] == list(_expected(rows))


def test_a_state_is_numbers_text_and_arrays() -> None:
    watching = monitor(*WRITTEN)
    for batch in batches([{"n": i % 3, "word": "c", "time": i} for i in range(20)]):
        watching.observe(batch)
    json.dumps(watching.state(), default=lambda value: value.tolist() if isinstance(value, np.ndarray) else {}[0])


def test_the_state_of_other_checks_is_refused() -> None:
    with pytest.raises(ValueError, match="the state of 10 checks, and there are 1"):
        monitor(WRITTEN[0]).restore(monitor(*WRITTEN).state())


STREAM = """\
events:
  e: {fields: {key: uuid, n: {integer: {min: 0, max: 5000}}, word: {choice: [a, b, c], missing: 10%}, x: {normal: }}}
  other: {fields: {k: uuid}}
arrivals: {e: {process: poisson, rate: 50/s}, other: 20/s}
checks:
  - {field: e.x, between: [-2, 2], at_least: 95%}
  - {unique: e.key}
  - {unique: e.n, within: 10s}
  - {share: e.word, of: a, between: [25%, 35%]}
  - {rate: e, between: [45/s, 55/s], over: 10s}
  - {order: e, key: word}
"""


@pytest.mark.parametrize(("batch", "workers"), [(1, 1), (97, 2), (4096, 3)])
def test_neither_batches_nor_workers_change_a_result(batch: int, workers: int) -> None:
    scenario = loads(STREAM)
    plan = compile_plan(scenario)
    results = []
    for options in ({"batch": 5000, "workers": 1}, {"batch": batch, "workers": workers}):
        watching = Monitor(plan.schemas, scenario.checks, origin=scenario.clock.start)
        for made in Stream(plan, limit=5000, **options):
            watching.observe(made)
        results.append(watching.results())
    assert results[0] == results[1]
    assert results[0][2].failures > 0
