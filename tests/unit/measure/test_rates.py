"""Rates in full windows of event time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from measure_driver import SECOND, batches, monitor, result

from synthwb.measure import CheckResult, Failure

RATE = "{rate: e, between: [2/s, 4/s], over: 10s}"


def stream(*counts: int, other: Sequence[float] = ()) -> list[dict[str, object]]:
    """So many events of ``e`` in each window of ten seconds, and events of another type at these times."""
    rows: list[dict[str, object]] = [
        {"time": 10 * window + 10 * i / count} for window, count in enumerate(counts) for i in range(count)
    ]
    return sorted(rows + [{"time": time, "event": "other"} for time in other], key=lambda row: row["time"])  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(("count", "passed"), [(19, False), (20, True), (40, True), (41, False)])
def test_a_full_window_has_so_many(count: int, passed: bool, size: int) -> None:
    found = result(RATE, stream(count, 1), size)
    assert found.passed is passed
    assert found.failures == (0 if passed else 1)


def test_what_is_said_of_it() -> None:
    found = result(RATE, stream(30, 20, 50, 10, 1))
    assert found.observed == "1/s to 5/s in 4 windows, 2 outside"
    assert found.expected == "2/s to 4/s in each 10s"
    assert found.first == Failure("", "5/s", 20 * SECOND)
    assert found.path == "e"


def test_a_window_that_is_not_full_is_not_judged() -> None:
    assert result(RATE, stream(1)).observed == "no full window yet"
    assert result(RATE, stream(1)).passed


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_silence_is_a_rate_of_nothing(size: int) -> None:
    found = result(RATE, stream(30, 0, 0, 30, 0, 1), size)
    assert found.failures == 3
    assert found.first == Failure("", "0/s", 10 * SECOND)
    first = result(RATE, stream(0, 30, 1), size).first
    assert first == Failure("", "0/s", 0)


def test_silence_may_be_allowed() -> None:
    assert result("{rate: e, between: [null, 4/s], over: 10s}", stream(30, 0, 0, 30, 1)).passed


def test_another_event_tells_that_time_has_passed() -> None:
    rows = stream(30, other=[25.0])
    assert result(RATE, rows).failures == 1
    assert result("{rate: other, between: [0.1/s, 1/s], over: 10s}", rows).failures == 2


def test_a_stream_that_begins_later_has_no_window_before() -> None:
    rows = [row for row in stream(30, 30, 30, 1) if row["time"] >= 13]  # type: ignore[operator]
    found = result(RATE, rows, start=13 * SECOND)
    assert (found.passed, found.observed) == (True, "3/s in 1 window")


def test_the_end_of_the_stream_fills_its_last_window() -> None:
    watching = monitor(RATE)
    for batch in batches(stream(30, 1)):
        watching.observe(batch)
    assert watching.results()[0].passed
    watching.close(20 * SECOND)
    assert watching.results()[0].failures == 1
    watching.close(20 * SECOND)
    assert watching.results()[0].failures == 1


def test_a_share_of_the_windows_may_be_outside() -> None:
    written = RATE.replace("over", "at_least: 75%, over")
    assert result(written, stream(30, 30, 30, 1, 1)).passed
    assert not result(written, stream(30, 30, 1, 1, 1)).passed


def test_an_event_that_comes_too_late_is_left_out() -> None:
    rows = [*stream(20, 20), {"time": 5}, {"time": 5}, *({"time": 20 + i / 2} for i in range(21))]
    found: list[CheckResult] = [result(RATE, rows, size) for size in (1, 3, 1000)]
    assert found[0].observed == "2/s in 3 windows"
    assert found == found[:1] * 3


def test_a_condition_counts_only_those() -> None:
    rows = [{"time": i / 4, "flag": i % 2 == 0} for i in range(41)]
    assert result('{rate: e, between: [2/s, 2/s], over: 10s, when: "flag"}', rows).passed


def test_a_long_silence_costs_nothing() -> None:
    found = result("{rate: e, between: [1/s, 9/s], over: 1ms}", [{"time": 0}, {"time": 10**9}])
    assert found.failures == 10**12
