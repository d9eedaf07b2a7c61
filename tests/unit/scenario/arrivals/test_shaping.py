"""What shapes an arrival: how it is written, and every way to write it wrong."""

from __future__ import annotations

import subprocess
import sys

import pytest

from synthwb.scenario import loads, parse
from synthwb.scenario.arrivals.shape import Burst, Curve, Holidays, Peak, Shape, Trend

HEAD = "clock: {start: 2026-03-02T00:00, end: +90d, zone: Europe/Paris}\nevents: {e: {fields: {a: uuid}}}\n"
START = 1_772_406_000_000_000
MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE


def shape(text: str) -> Shape | None:
    return loads(f"{HEAD}arrivals: {{e: {{rate: 5/s, {text}}}}}\n").arrivals[0].shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'daily: {floor: 10%, peaks: [{at: "12:30", width: 2h}, {at: 20:30, width: 3h, height: 80%}]}',
            Shape(daily=Curve(0.1, (Peak(750 * MINUTE, 2 * HOUR, 1.0), Peak(1230 * MINUTE, 3 * HOUR, 0.8)))),
        ),
        ("daily: {peaks: {at: 9, width: 1h}}", Shape(daily=Curve(0.0, (Peak(9 * HOUR, HOUR, 1.0),)))),
        (
            'daily: {9: 100%, 0: 5%, "17:30": x1.5}',
            Shape(daily=((0, 0.05), (9 * HOUR, 1.0), (1050 * MINUTE, 1.5))),
        ),
        ("daily: {9: 100%, 18: 20%}", Shape(daily=((0, 0.2), (9 * HOUR, 1.0), (18 * HOUR, 0.2)))),
        ("weekly: {sat: 70%, sun: 0.5}", Shape(weekly=(1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 0.5))),
        ("holidays: {country: DE, subdiv: BY, factor: 30%}", Shape(holidays=(Holidays(0.3, "DE", "BY"),))),
        (
            "holidays: [{country: FR, factor: 30%}, {dates: [2026-12-24], factor: x2}]",
            Shape(holidays=(Holidays(0.3, "FR"), Holidays(2.0, dates=(20_811,)))),
        ),
        ("trend: 5%/week", Shape(trend=Trend(0.05, 7 * DAY, False, START))),
        (
            "trend: {growth: -2%/day, shape: linear, from: +1d, until: +30d}",
            # the thirtieth day ends an hour later than wall clocks say, for spring has come
            Shape(trend=Trend(-0.02, DAY, True, START + DAY, START + 30 * DAY)),
        ),
        (
            "bursts: [{at: +4d 18:00, for: 20m, rate: x4, ramp: 2m, every: 7d, until: +60d}]",
            Shape(
                bursts=(Burst(START + 4 * DAY + 18 * HOUR, 20 * MINUTE, 4.0, 2 * MINUTE, 7 * DAY, START + 60 * DAY),)
            ),
        ),
        ("bursts: {at: 2026-03-03, for: 1h, rate: 0%}", Shape(bursts=(Burst(START + DAY, HOUR, 0.0),))),
    ],
)
def test_shapes_are_read(text: str, expected: Shape) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "path", "words"),
    [
        ("daily: 5", "type", "daily", "levels by hour"),
        ("daily: {}", "type", "daily", "levels by hour"),
        ("daily: {0: 0%, 12: 0%}", "contradiction", "daily", "every level is 0%"),
        ("daily: {25: 10%}", "range", "daily.25", "no time of day"),
        ('daily: {9: 10%, "09:00": 20%}', "duplicate-key", "daily.09:00", "twice"),
        ("daily: {9: 70}", "type", "daily.9", "expected a level"),
        ("daily: {9: -5%}", "range", "daily.9", "at least 0"),
        ("daily: {flor: 10%, peaks: [{at: 9, width: 1h}]}", "unknown-key", "daily.flor", "flor"),
        ("daily: {floor: 10%}", "missing-key", "daily", "peaks"),
        ("daily: {peaks: []}", "type", "daily.peaks", "a list of peaks"),
        ("daily: {peaks: [{at: noon, width: 1h}]}", "type", "daily.peaks.0.at", "a time of day"),
        ("daily: {peaks: [{at: 12, width: 5s}]}", "range", "daily.peaks.0.width", "from 1m to 1d"),
        ("daily: {floor: 50%, peaks: [{at: 12, width: 1h, height: 20%}]}", "contradiction", "daily.peaks.0.height", ""),
        ("daily: {peaks: [{at: 12, width: 1h, height: 0%}]}", "contradiction", "daily", "nothing ever happens"),
        ("weekly: {sta: 50%}", "unknown-key", "weekly.sta", "sta"),
        ("weekly: {mon: 0, tue: 0, wed: 0, thu: 0, fri: 0, sat: 0, sun: 0}", "contradiction", "weekly", "seven days"),
        ("weekly: [1, 2]", "type", "weekly", "levels by day"),
        ("holidays: {country: FX, factor: 10%}", "unknown-country", "holidays.country", "FX"),
        ("holidays: {country: DE, subdiv: XX, factor: 10%}", "unknown-subdivision", "holidays.subdiv", "XX"),
        ("holidays: {country: FR}", "missing-key", "holidays", "factor"),
        ("holidays: {factor: 10%}", "missing-key", "holidays", "country"),
        ("holidays: {subdiv: BY, factor: 10%, dates: [2026-01-01]}", "contradiction", "holidays.subdiv", "no"),
        ("holidays: {dates: [2026-13-01], factor: 10%}", "type", "holidays.dates.0", "a date"),
        ("holidays: FR", "type", "holidays", "such as"),
        ("trend: 5%", "type", "trend", "5%/week"),
        ("trend: {shape: linear}", "missing-key", "trend", "growth"),
        ("trend: {growth: 1%/day, shape: cubic}", "unknown-shape", "trend.shape", "cubic"),
        ("trend: {growth: 1%/day, until: -1d}", "contradiction", "trend.until", "before it begins"),
        ("trend: -100%/day", "range", "trend", "less than nothing"),
        ("trend: {growth: -50%/day, shape: linear, from: -9d}", "contradiction", "trend.growth", "come down to 0"),
        ("bursts: [x4]", "type", "bursts", "a list of bursts"),
        ("bursts: [{at: +1d, for: 1h}]", "missing-key", "bursts.0", "rate"),
        ("bursts: [{at: +1d, for: 0s, rate: x4}]", "contradiction", "bursts.0.for", "no time"),
        ("bursts: [{at: +1d, for: 1h, rate: 4}]", "type", "bursts.0.rate", "x4"),
        ("bursts: [{at: +1d, for: 1h, rate: x4, ramp: 40m}]", "contradiction", "bursts.0.ramp", "does not fit"),
        ("bursts: [{at: +1d, for: 2h, rate: x4, every: 1h}]", "contradiction", "bursts.0.every", "still lasts"),
        ("bursts: [{at: +1d, for: 2h, rate: x0, every: 2h}]", "contradiction", "bursts.0.every", "nothing ever"),
        ("bursts: [{at: +1d, for: 1h, rate: x4, every: 1d, until: +0d}]", "contradiction", "bursts.0.until", "before"),
        ("bursts: [{at: +1d, for: 1h, rate: x900000}, {at: +1d, for: 1h, rate: x90}]", "range", "rate", "(bursts)"),
    ],
)
def test_shapes_that_cannot_be_are_reported_where_they_stand(text: str, code: str, path: str, words: str) -> None:
    (problem,) = parse(f"{HEAD}arrivals: {{e: {{rate: 5/s, {text}}}}}\n").diagnostics
    assert (problem.code, problem.path) == (code, f"arrivals.e.{path}")
    assert words in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    "text",
    [
        "trend: 0%/day",
        "bursts: [{at: -2d, for: 1h, rate: x4}]",
        "bursts: [{at: +91d, for: 1h, rate: x4}]",
        "bursts: [{at: +1d, for: 1h, rate: x1}]",
    ],
)
def test_what_comes_to_nothing_is_a_warning(text: str) -> None:
    parsed = parse(f"{HEAD}arrivals: {{e: {{rate: 5/s, {text}}}}}\n")
    assert [problem.code for problem in parsed.diagnostics] == ["no-effect"]
    assert parsed.scenario is not None


def test_the_mend_of_a_bare_number_is_a_share() -> None:
    text = f"{HEAD}arrivals: {{e: {{rate: 5/s, weekly: {{sat: 70}}}}}}\n"
    (problem,) = parse(text).diagnostics
    assert problem.edit is not None
    mended = text[: problem.edit.start] + problem.edit.new + text[problem.edit.end :]
    assert parse(mended).diagnostics == ()


def test_the_nearest_country_is_offered() -> None:
    (problem,) = parse(f"{HEAD}arrivals: {{e: {{rate: 5/s, holidays: {{country: fr, factor: 0}}}}}}\n").diagnostics
    assert "'FR'" in problem.hint


@pytest.mark.parametrize(
    ("text", "loaded"), [("weekly: {sat: 70%}", False), ("holidays: {country: FR, factor: 0}", True)]
)
def test_calendars_are_loaded_only_where_a_country_is_named(text: str, loaded: bool) -> None:
    scenario = f"{HEAD}arrivals: {{e: {{rate: 5/s, {text}}}}}"
    code = (
        f"import sys; from synthwb.scenario import loads; loads({scenario!r})\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert ("holidays" in names) == loaded
    assert not {"numpy", "polars", "cronsim"} & set(names)
