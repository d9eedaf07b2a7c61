"""Arrivals of each actor as they are written, and what cannot be."""

from __future__ import annotations

import pytest

from synthwb.scenario import loads, parse
from synthwb.scenario.model import Arrival

HEAD = """
clock: {start: 2026-03-02T00:00, end: +30d}
entities: {user: {count: 9, fields: {a: 3}}}
events: {e: {actor: user, fields: {a: actor.a}}, f: {fields: {a: 1}}}
"""


def arrival(text: str) -> Arrival:
    return loads(f"{HEAD}arrivals: {{e: {{process: per_actor, {text}}}}}\n").arrivals[0]


def test_a_rate_of_each_actor_has_a_shape() -> None:
    found = arrival("rate: 3/h, weekly: {sat: 50%}, bursts: [{at: +1d, for: 1h, rate: x4}]")
    assert (found.process, found.rate * 3600, found.gap, found.individual) == ("per_actor", 3, None, None)
    assert found.shape is not None


def test_gaps_and_counts_read_the_actor_and_the_time() -> None:
    gap = arrival("gap: {exponential: {mean: {expr: 'actor.a * 60'}}}, jitter: 5m")
    assert gap.gap is not None
    assert (gap.gap.reads, gap.jitter) == (("actor.a",), 300_000_000)
    count = arrival(
        "count: {poisson: {mean: {expr: 'actor.a + hour(event.time)'}}}, every: 12h, chance: 80%"
    ).individual
    assert count is not None
    assert set(count.count.reads) == {"actor.a", "event.time"}
    assert count.every == 43_200_000_000
    assert count.chance is not None
    assert count.chance.call.args == {"value": 0.8}
    assert arrival("count: 2").individual.every == 86_400_000_000  # type: ignore[union-attr]
    assert arrival("count: actor.a, chance: {expr: 'actor.a / 10'}").individual.chance.reads == ("actor.a",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "code", "path", "words"),
    [
        ("jitter: 5s", "missing-key", "", "a rate, a gap or a count"),
        ("rate: 3/h, gap: 5s", "contradiction", "gap", "rate and gap together"),
        ("rate: 3/h, every: 1h", "contradiction", "every", "goes with count"),
        ("gap: 5s, weekly: {sat: 50%}", "contradiction", "weekly", "goes with rate or count"),
        ("count: 2, trend: 5%/day", "contradiction", "trend", "goes with rate"),
        ("count: 2, jitter: 5s", "contradiction", "jitter", "goes with gap"),
        ("rate: 3/h, cron: '@daily'", "contradiction", "cron", "belongs to schedule"),
        ("rate: 0/h", "no-effect", "rate", "never happens"),
        ("gap: 0s", "contradiction", "gap", "every gap is 0s"),
        ("gap: {exponential: {mean: {expr: actor.b}}}", "unknown-name", "gap.mean", "has no field 'b'"),
        ("gap: {normal: {mean: 5, std: 9}}", "contradiction", "gap", "min: 0s"),
        ("count: 0", "contradiction", "count", "nothing ever happens"),
        ("count: 3000", "range", "count", "2,047"),
        ("count: 2, every: 1ms", "range", "every", "1s at least"),
        ("count: 2, chance: 120%", "range", "chance", "probability"),
        ("count: 2, chance: 0", "contradiction", "chance", "nothing ever happens"),
        ("count: 2, weekly: {sat: 150%}", "range", "weekly", "1.5"),
        ("count: 2, holidays: {country: FR, factor: x2}", "range", "holidays", "level of 2"),
    ],
)
def test_what_cannot_be_is_reported_where_it_stands(text: str, code: str, path: str, words: str) -> None:
    problems = parse(f"{HEAD}arrivals: {{e: {{process: per_actor, {text}}}, f: 1/s}}\n").diagnostics
    assert (problems[0].code, problems[0].path) == (code, f"arrivals.e.{path}".rstrip("."))
    assert words in f"{problems[0].message} {problems[0].hint}"


def test_who_has_no_actor_has_no_arrivals_of_each() -> None:
    problems = parse(f"{HEAD}arrivals: {{f: {{process: per_actor, rate: 1/h}}}}\n").diagnostics
    assert (problems[0].code, problems[0].path) == ("contradiction", "arrivals.f.process")
    assert "add actor: to 'f'" in problems[0].hint
