"""Literals: what they mean, and what is none."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest

from synthwb.scenario.literals import DAY, SECOND, duration, factor, moment, percentage, rate, size, zone


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("250ms", 250_000),
        ("5us", 5),
        ("40s", 40 * SECOND),
        ("30m", 1800 * SECOND),
        ("30min", 1800 * SECOND),
        ("2h", 7200 * SECOND),
        ("3d", 3 * DAY),
        ("1w", 7 * DAY),
        ("1.5s", 1_500_000),
        ("1h30m", 5400 * SECOND),
        ("1h 30m", 5400 * SECOND),
        ("0s", 0),
    ],
)
def test_durations(text: str, micros: int) -> None:
    assert duration(text) == micros


@pytest.mark.parametrize("text", ["", "5", "s", "5 fortnights", "-5s", "5s!", "1e3s", "999999999999999w", "5S", "١s"])
def test_no_durations(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("5/s", Fraction(5)),
        ("120/min", Fraction(2)),
        ("40/h", Fraction(40, 3600)),
        ("40/day", Fraction(40, 86_400)),
        ("0.1/s", Fraction(1, 10)),
        ("1 / m", Fraction(1, 60)),
        ("2/ms", Fraction(2000)),
    ],
)
def test_rates_are_exact(text: str, per_second: Fraction) -> None:
    assert rate(text) == per_second


@pytest.mark.parametrize("text", ["5", "/s", "5/", "-5/s", "5/year", "x/s", "5/s/s"])
def test_no_rates(text: str) -> None:
    assert rate(text) is None


def test_shares_factors_and_sizes() -> None:
    assert (percentage("5%"), percentage("-5%"), percentage("0.2 %"), percentage("5")) == (0.05, -0.05, 0.002, None)
    assert (factor("x4"), factor("x1.5"), factor("4x")) == (4.0, 1.5, None)
    assert (size("64MB"), size("1KiB"), size("3 GB"), size("5"), size("5XB")) == (
        64_000_000,
        1024,
        3 * 10**9,
        None,
        None,
    )


def micros(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1e6)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02", "2026-03-02T00:00+01:00"),
        ("2026-03-02T09:00", "2026-03-02T09:00+01:00"),
        ("2026-03-02 09:00:01.5", "2026-03-02T09:00:01.500+01:00"),
        ("2026-07-02T09:00", "2026-07-02T09:00+02:00"),
        ("2026-03-02T09:00Z", "2026-03-02T09:00+00:00"),
        ("2026-03-02T09:00-05:00", "2026-03-02T09:00-05:00"),
        ("+7d", "2026-03-27T10:00+00:00"),
        ("-1h", "2026-03-20T09:00+00:00"),
        ("+10d 18:00", "2026-03-30T18:00+02:00"),
        ("+1d 06:30:15", "2026-03-21T06:30:15+01:00"),
    ],
)
def test_moments(written: str, meant: str) -> None:
    paris = zone("Europe/Paris")
    assert paris is not None
    assert moment(written, paris, micros("2026-03-20T10:00+00:00")) == micros(meant)


@pytest.mark.parametrize(
    "text",
    ["", "today", "2026-02-30", "2026-13-01", "2026-01-01T25:00", "26-01-01", "+x", "+3d 25:00", "20260101", "+3"],
)
def test_no_moments(text: str) -> None:
    assert moment(text, start=0) is None


def test_a_relative_moment_needs_a_start() -> None:
    assert moment("+3d") is None


def test_moments_at_the_ends_of_the_calendar() -> None:
    for name in ("UTC", "Europe/Paris", "America/New_York", "Pacific/Kiritimati"):
        where = zone(name)
        assert where is not None
        for text in ("0001-01-01", "9999-12-31T23:59"):
            moment(text, where)
            moment("+1d 10:00", where, moment(text))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "\x00"])
def test_no_zones(name: str) -> None:
    assert zone(name) is None
