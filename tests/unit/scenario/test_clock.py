"""The clock: its modes, a start that only a run knows, and what contradicts it."""

from __future__ import annotations

import pytest

from synthwb.scenario import parse, parse_at
from synthwb.scenario.literals import DAY
from synthwb.scenario.model import Pacing, PacingBurst
from synthwb.scenario.timing import DEFAULT_START

EVENT = "events: {e: {fields: {a: uuid}}}\n"


def test_a_live_clock_that_starts_before_now() -> None:
    parsed = parse(f"{EVENT}clock: {{mode: live, start: now-7d, end: +8d}}\n")
    assert parsed.scenario is not None
    assert parsed.diagnostics == ()
    clock = parsed.scenario.clock
    assert (clock.live, clock.ago, clock.start) == (True, 7 * DAY, DEFAULT_START - 7 * DAY)
    assert clock.end == clock.start + 8 * DAY


def test_times_are_relative_to_a_start_that_was_fixed() -> None:
    text = EVENT + "clock: {mode: live, start: now, end: +1d}\n"
    text += "arrivals: {e: {rate: 1/s, bursts: [{at: +2h, for: 1h, rate: x2}]}}\n"
    found = parse_at(text, 1_772_442_000.0)
    assert found.scenario is not None
    (arrival,) = found.scenario.arrivals
    assert arrival.shape is not None
    assert found.scenario.clock.start == 1_772_442_000_000_000
    assert arrival.shape.bursts[0].at == 1_772_449_200_000_000
    assert found.document.text == text


def test_problems_of_a_fixed_start_stand_where_now_stands() -> None:
    text = f"{EVENT}clock: {{mode: live, start: now, end: 2026-03-01}}\n"
    assert parse(text).scenario is not None
    (problem,) = parse_at(text, 1_772_442_000.0).diagnostics
    assert (problem.path, text[problem.span.start : problem.span.end]) == ("clock.end", "2026-03-01")


@pytest.mark.parametrize(
    ("clock", "more", "code", "path"),
    [
        ("{start: now}", "", "contradiction", "clock.start"),
        ("{start: now-3d, mode: simulated}", "", "contradiction", "clock.start"),
        ("{start: now+3d, mode: live}", "", "type", "clock.start"),
        ("{start: now-3x, mode: live}", "", "type", "clock.start"),
        ("{start: now-900000d, mode: live}", "", "range", "clock.start"),
        ("{start: now, mode: live, speed: 60x}", "", "contradiction", "clock.speed"),
        ("{start: now, mode: live}", "pacing: 5/s", "contradiction", "pacing"),
        ("{mode: live}", "", "no-start", "clock.mode"),
        ("{mode: lief}", "", "unknown-mode", "clock.mode"),
    ],
)
def test_what_does_not_go_with_the_wall_clock(clock: str, more: str, code: str, path: str) -> None:
    assert [(each.code, each.path) for each in parse(f"{EVENT}clock: {clock}\n{more}\n").diagnostics] == [(code, path)]


def test_pacing_with_bursts_and_a_word_for_what_is_late() -> None:
    burst = "{rate: 50/s, every: 1m, for: 5s}"
    text = f"{EVENT}pacing: {{rate: 5/s, ramp: 1s, burst: {burst}, on_lag: skip, max_lag: 2s}}\n"
    scenario = parse(text).scenario
    assert scenario is not None
    assert scenario.pacing == Pacing(5.0, 1_000_000, "skip", 2_000_000, PacingBurst(50.0, 60_000_000, 5_000_000))


@pytest.mark.parametrize(
    ("pacing", "found"),
    [
        ("{rate: 5/s, on_lag: skp, max_lag: 2s}", [("unknown-on_lag", "on_lag"), ("contradiction", "max_lag")]),
        ("{rate: 5/s, max_lag: 2s}", [("contradiction", "max_lag")]),
        ("{rate: 5/s, burst: {rate: 9/s, every: 5s, for: 5s}}", [("contradiction", "burst.for")]),
        (
            "{rate: 5/s, burst: {rate: 0/s, every: 5s, for: 0s}}",
            [("contradiction", "burst.rate"), ("contradiction", "burst.for")],
        ),
        ("{rate: 5/s, burst: {rate: 9/s, every: 5s}}", [("missing-key", "burst")]),
    ],
)
def test_what_pacing_cannot_be(pacing: str, found: list[tuple[str, str]]) -> None:
    problems = parse(f"{EVENT}pacing: {pacing}\n").diagnostics
    assert [(each.code, each.path.removeprefix("pacing.")) for each in problems] == found
