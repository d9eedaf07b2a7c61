"""Arrivals as they are written: processes, what belongs to each, and what cannot be."""

from __future__ import annotations

from fractions import Fraction

import pytest

from synthwb.scenario import loads, parse
from synthwb.scenario.living import Excitation
from synthwb.scenario.model import Arrival, Schedule

HEAD = "clock: {start: 2026-03-02T00:00, end: +90d, zone: Europe/Paris}\nevents: {e: {fields: {a: uuid}}}\n"


def arrival(text: str) -> Arrival:
    return loads(f"{HEAD}arrivals: {{e: {text}}}\n").arrivals[0]


@pytest.mark.parametrize(
    ("gap", "generator", "args"),
    [
        ("90s", "const", {"value": 90.0}),
        ("90", "const", {"value": 90}),
        ("{exponential: {mean: 2m}}", "exponential", {"mean": 120.0}),
        ("{uniform: {min: 100ms, max: 1.5s}}", "uniform", {"min": 0.1, "max": 1.5}),
        ("{normal: {mean: 10s, std: 3s}, min: 0s}", "normal", {"mean": 10.0, "std": 3.0}),
    ],
)
def test_gaps_are_quantities_of_time(gap: str, generator: str, args: dict[str, float]) -> None:
    found = arrival(f"{{process: renewal, gap: {gap}}}")
    assert (found.process, found.rate) == ("renewal", 0)
    assert found.gap is not None
    assert found.gap.call.generator == generator
    assert {name: found.gap.call.args[name] for name in args} == args


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('cron: "0 9 * * mon-fri"', Schedule(("0 9 * * mon-fri",))),
        ('cron: "@Daily", count: 20, jitter: 5m', Schedule(("0 0 * * *",), 20, 300_000_000)),
        ('cron: ["  0  9 * * *", "*/5 0 8 * * *"]', Schedule(("0 9 * * *", "*/5 0 8 * * *"))),
    ],
)
def test_schedules_are_read(text: str, expected: Schedule) -> None:
    assert arrival(f"{{process: schedule, {text}}}").schedule == expected


def test_a_hawkes_process_has_a_shaped_rate_and_its_excitation() -> None:
    found = arrival("{process: hawkes, rate: 5/s, branching: 60%, decay: 1m, weekly: {sat: 50%}}")
    assert (found.process, found.rate, found.excitation) == ("hawkes", 5, Excitation(0.6, 60_000_000))
    assert found.shape is not None


def test_a_count_may_be_a_law() -> None:
    schedule = arrival('{process: schedule, cron: "@hourly", count: {poisson: {mean: 20}}}').schedule
    assert schedule is not None
    assert not isinstance(schedule.count, int)
    assert schedule.count.call.generator == "poisson"


@pytest.mark.parametrize(
    ("text", "code", "path", "words"),
    [
        ("{process: renewal}", "missing-key", "", "gap"),
        ("{process: schedule}", "missing-key", "", "cron"),
        ("{process: poisson}", "missing-key", "", "rate"),
        ("{weekly: {sat: 50%}}", "missing-key", "", "rate"),
        ("{process: renewal, gap: 5s, rate: 5/s}", "contradiction", "rate", "poisson, constant, hawkes and per_actor"),
        ("{process: renewal, gap: 5s, weekly: {sat: 50%}}", "contradiction", "weekly", "the process is renewal"),
        ("{rate: 5/s, gap: 5s}", "contradiction", "gap", "write process: renewal"),
        ('{rate: 5/s, cron: "@daily"}', "contradiction", "cron", "write process: schedule"),
        ("{process: renewal, gap: {normal: {mean: 10s, std: 5s}}}", "contradiction", "gap", "2.28%"),
        ("{process: renewal, gap: {normal: {mean: 10s, std: 1s}}}", "contradiction", "gap", "seldom"),
        ("{process: renewal, gap: {uniform: {min: -1, max: 5}}}", "contradiction", "gap", "-1s"),
        ("{process: renewal, gap: 0s}", "contradiction", "gap", "every gap is 0s"),
        ("{process: renewal, gap: {exponential: {mean: 5s}, max: 0s}}", "contradiction", "gap", "every gap is 0s"),
        ("{process: renewal, gap: {choice: {0: 1}}}", "contradiction", "gap", "every gap is 0s"),
        ("{process: renewal, gap: city}", "type", "gap", "a duration or a numeric generator"),
        ("{process: renewal, gap: {city: }}", "type", "gap", "no numbers"),
        ("{process: renewal, gap: {exponential: {mean: 5s}, nullable: 5%}}", "type", "gap", "only min, max"),
        ("{process: renewal, gap: {exponential: {mean: {expr: '1 + 1'}}}}", "type", "gap", "fixed parameters"),
        ('{process: schedule, cron: "0 9 * *"}', "cron", "cron", "wrong number of fields"),
        ('{process: schedule, cron: ["@daily", "0 25 * * *"]}', "cron", "cron.1", "bad hour"),
        ("{process: schedule, cron: []}", "type", "cron", "such as"),
        ('{process: schedule, cron: "0 0 30 2 *"}', "cron", "cron", "bad day-of-month"),
        ('{process: schedule, cron: "0 0 */31 * mon#5"}', "contradiction", "cron", "never comes"),
        ('{process: schedule, cron: "@daily", count: 0}', "contradiction", "count", "never happens"),
        ('{process: schedule, cron: "@daily", count: 2000000}', "range", "count", "at most"),
        ('{process: schedule, cron: "@daily", count: {normal: {mean: 5, std: 9}}}', "contradiction", "count", "less"),
        ("{process: hawkes, rate: 5/s}", "missing-key", "", "branching"),
        ("{process: hawkes, rate: 5/s, branching: 0.5}", "missing-key", "", "decay"),
        ("{process: hawkes, rate: 5/s, branching: 1, decay: 30s}", "contradiction", "branching", "has no end"),
        ("{process: hawkes, rate: 5/s, branching: -1, decay: 30s}", "range", "branching", "at least 0"),
        ("{process: hawkes, rate: 5/s, branching: 0.5, decay: 0s}", "contradiction", "decay", "come with it"),
        ("{process: hawkes, rate: 4000000/s, branching: 0.9, decay: 1s}", "range", "branching", "= 4e+07/s"),
        ("{rate: 5/s, branching: 0.5}", "contradiction", "branching", "write process: hawkes"),
        ("{process: renewel, gap: 5s}", "unknown-process", "process", "renewal"),
    ],
)
def test_arrivals_that_cannot_be_are_reported_where_they_stand(text: str, code: str, path: str, words: str) -> None:
    problems = parse(f"{HEAD}arrivals: {{e: {text}}}\n").diagnostics
    assert (problems[0].code, problems[0].path) == (code, f"arrivals.e.{path}".rstrip("."))
    assert words in f"{problems[0].message} {problems[0].hint}"


def test_a_schedule_that_comes_too_late_is_a_warning() -> None:
    parsed = parse(f'{HEAD}arrivals: {{e: {{process: schedule, cron: "0 0 1 12 *"}}}}\n')
    assert [problem.code for problem in parsed.diagnostics] == ["no-effect"]
    assert "2026-12-01 00:00" in parsed.diagnostics[0].message


def test_only_rates_of_zero_are_nothing() -> None:
    assert arrival("{process: renewal, gap: 5s}").rate == Fraction(0)
    assert parse(f"{HEAD}arrivals: {{e: 0/s}}\n").scenario is None
