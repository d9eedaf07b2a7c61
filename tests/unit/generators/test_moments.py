"""The event's own time and drawn times, in all formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from generator_driver import arguments, block_of, bound, drawn, named, problems

from synthwb.engine import compile_plan, sample
from synthwb.engine.text.timetext import iso_matrix, strftime
from synthwb.errors import ScenarioError
from synthwb.scenario import loads
from synthwb.scenario.model import DType

DAY = 86_400_000_000
EARLIEST, LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999  # 0001-01-01 and the last microsecond of 9999


def texts(times: np.ndarray) -> list[str]:
    return [bytes(row).decode() for row in iso_matrix(times)]


def test_iso_text_agrees_with_the_calendar_of_python() -> None:
    rng = np.random.default_rng(1)
    times = np.concatenate([rng.integers(EARLIEST, LATEST, 3000), [EARLIEST, LATEST, -1, 0, 999]])
    for time, text in zip(times.tolist(), texts(times), strict=True):
        moment = datetime(1970, 1, 1) + timedelta(microseconds=time)
        assert text == moment.isoformat(timespec="milliseconds") + "Z"


@pytest.mark.parametrize("span", [1, DAY, 40 * DAY, 20_000 * DAY])
@pytest.mark.parametrize("rows", [1, 7, 5000])
def test_iso_text_does_not_depend_on_the_other_rows(span: int, rows: int) -> None:
    times = np.random.default_rng(rows).integers(0, span, rows) + 951_782_400_000_000  # from 2000-02-29
    assert texts(times) == [text for time in times for text in texts(np.array([time]))]


def test_no_times_give_no_rows() -> None:
    assert iso_matrix(np.empty(0, np.int64)).shape == (0, 24)


@pytest.mark.parametrize(
    ("style", "dtype", "value"),
    [
        ("iso", DType.TIMESTAMP, datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC)),
        ("epoch_s", DType.INTEGER, 1_774_745_999),
        ("epoch_ms", DType.INTEGER, 1_774_745_999_999),
        ("epoch_us", DType.INTEGER, 1_774_745_999_999_999),
        ("%Y-%m-%d %H:%M", DType.STRING, "2026-03-29 00:59"),
    ],
)
def test_formats_of_the_events_own_time(style: str, dtype: DType, value: object) -> None:
    assert named("timestamp").dtype(arguments("timestamp", format=style), lambda path: DType.UNKNOWN) is dtype
    block = block_of(2)
    block.time[:] = 1_774_745_999_999_999
    assert bound("timestamp", format=style)(block).series().to_list() == [value, value]


def test_a_pattern_is_written_in_the_zone_over_a_change_of_clocks() -> None:
    times = np.array([1_774_745_999_000_000, 1_774_746_000_000_000])
    assert strftime(times, "%H:%M %z", "Europe/Paris").to_list() == ["01:59 +0100", "03:00 +0200"]


def test_drawn_times_are_uniform_from_min_to_just_before_max() -> None:
    values = drawn("datetime", 100_000, min=-10 * DAY, max=20 * DAY)
    assert values.dtype == pl.Datetime("us", "UTC")
    times = values.to_physical().to_numpy()
    counts = np.bincount((times + 10 * DAY) // DAY, minlength=30)
    assert times.min() >= -10 * DAY
    assert times.max() < 20 * DAY
    assert len(counts) == 30
    expected = 100_000 / 30
    assert ((counts - expected) ** 2 / expected).sum() < 70  # 29 degrees of freedom: p is 3e-5


def test_a_range_of_one_microsecond_or_of_nothing_is_one_moment() -> None:
    for most in (5, 6):
        assert set(drawn("datetime", 50, min=5, max=most, format="epoch_us")) == {5}


def test_the_whole_calendar_can_be_drawn_from() -> None:
    times = drawn("datetime", 5000, min=EARLIEST, max=LATEST, format="epoch_us")
    assert times.min() >= EARLIEST
    assert times.max() <= LATEST
    assert times.max() - times.min() > (LATEST - EARLIEST) * 0.99


def test_a_range_that_runs_backwards_is_refused() -> None:
    ((where, message),) = problems("datetime", min=3 * DAY, max=0)
    assert where == "min"
    assert "3 days after max" in message
    assert problems("datetime", min=0, max=0) == []


def days(field: str, rows: int = 2000, zone: str = "UTC") -> pl.Series:
    text = f"clock: {{start: 2026-03-02T00:00, zone: {zone}}}\nevents: {{e: {{fields: {{x: {field}}}}}}}\n"
    return sample(compile_plan(loads(text)), rows).frames["e"]["x"]


def test_dates_hold_both_ends_and_nothing_beyond() -> None:
    found = days("{date: {min: 2024-02-27, max: 2024-03-01}}")
    assert sorted(found.unique()) == ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]
    assert found.value_counts()["count"].min() > 400  # type: ignore[operator]
    assert set(days("{date: {min: 2024-02-29, max: 2024-02-29}}", 5)) == {"2024-02-29"}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Europe/Paris", "Australia/Lord_Howe"])
def test_dates_are_those_of_the_zone(zone: str) -> None:
    found = days("{date: {min: 2024-01-01, max: 2024-12-31}}", 5000, zone)
    assert (found.min(), found.max(), found.n_unique()) == ("2024-01-01", "2024-12-31", 366)
    every = days("{date: {min: 2024-01-01, max: 2024-12-31}, unique: true}", 366, zone)
    assert (every.min(), every.max(), every.n_unique()) == ("2024-01-01", "2024-12-31", 366)
    half = days("{date: {min: 2024-01-01, max: 2024-07-01}, unique: true}", 183, zone)
    assert (half.min(), half.max(), half.n_unique()) == ("2024-01-01", "2024-07-01", 183)


def test_dates_have_the_formats_of_moments() -> None:
    iso = days("{date: {min: 1950-01-01, max: 2007-12-31}}")
    written = days('{date: {min: 1950-01-01, max: 2007-12-31, format: "%d.%m.%Y"}}')
    assert written.str.to_date("%d.%m.%Y").cast(pl.String).equals(iso)
    seconds = days("{date: {min: 1950-01-01, max: 2007-12-31, format: epoch_s}}")
    assert pl.from_epoch(seconds, "s").dt.date().cast(pl.String).equals(iso)


def test_dates_of_many_centuries_are_not_held_beforehand() -> None:
    found = days("{date: {min: 0001-01-01, max: 9999-12-31}}")
    assert found.str.to_date("%Y-%m-%d").dt.year().max() > 9000  # type: ignore[operator]
    assert found.str.len_bytes().unique().to_list() == [10]


def test_dates_that_run_backwards_are_refused() -> None:
    with pytest.raises(ScenarioError, match="30 days after max"):
        days("{date: {min: 2024-01-31, max: 2024-01-01}}")
