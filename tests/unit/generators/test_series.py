"""Base, trend, seasons and noise."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from documents import complaints, in_batches, values
from scipy import stats
from walk_driver import DAY, HOUR, MINUTE, SECOND, at

TIMES = np.arange(0, 3 * DAY, 7 * MINUTE)


def test_the_parts_add_up() -> None:
    terms = ({"period": HOUR, "amplitude": 3.0, "peak": 10 * MINUTE}, {"period": DAY, "amplitude": -2.0, "peak": None})
    found = at("series", TIMES, base=5.0, trend=(2.0, DAY), seasonal=terms)
    turns = (TIMES - 10 * MINUTE) / HOUR, TIMES / DAY
    expected = 5.0 + 2.0 * TIMES / DAY + 3.0 * np.cos(2 * np.pi * turns[0]) - 2.0 * np.cos(2 * np.pi * turns[1])
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_daily_peak_stays_at_its_hour_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Paris")
    peaks = [round(datetime(2026, 3, day, 15, tzinfo=zone).timestamp()) * SECOND for day in (25, 28, 29, 30, 31)]
    terms = ({"period": DAY, "amplitude": 6.0, "peak": peaks[0]},)
    assert at("series", peaks, zone="Europe/Paris", seasonal=terms).tolist() == [6.0] * 5
    assert datetime.fromtimestamp(peaks[-1] / SECOND, UTC).hour == 13


def test_noise_is_normal_at_a_million_records() -> None:
    found = at("series", np.arange(10**6) * SECOND, base=7.0, noise=2.5, seasonal=())
    assert stats.kstest((found - 7.0) / 2.5, "norm").pvalue > 1e-4


def test_values_do_not_depend_on_batches() -> None:
    field = "{series: {base: {expr: n}, seasonal: {period: 1m, amplitude: 2}, noise: 1}}"
    more = "      n: {integer: {min: 0, max: 9}}\n"
    assert values(field, 500, more).equals(in_batches(field, 500, 7, more, workers=2))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{series: {noise: -1}}", "must be at least 0"),
        ("{series: {seasonal: [{period: 1d}]}}", "seasonal needs 'amplitude'"),
        ("{series: {seasonal: [{period: 1d, amplitude: 3, paek: +1h}]}}", "unknown parameter 'paek'"),
        ("{series: {seasonal: {period: 0s, amplitude: 3}}}", "period below 1 s"),
        ("{series: {trend: 5}}", "expected a change over time"),
        ("{series: {seasonal: [5]}}", "expected a mapping with period, amplitude, peak"),
        ("{series: {seasonal: []}}", "the list is empty"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)
