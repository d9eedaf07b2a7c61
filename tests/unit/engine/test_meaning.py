"""In what two scenarios differ, line by line, for people."""

from __future__ import annotations

import pytest

from synthwb.engine.meaning import differences, meaning
from synthwb.scenario import loads

TEXT = """
seed: 3
clock: {start: 2026-01-05T00:00, end: +2d, zone: Europe/Paris}
entities: {user: {count: 5, fields: {user_id: uuid, age: {integer: {min: 1, max: 90}}}}}
events:
  ping: {actor: user, fields: {n: {expr: "actor.age + 1"}, who: {choice: {a: 3, b: 1}, missing: 5%}}}
  pong: {fields: {n: sequence}}
flows:
  visit: {actor: user, states: {on: {emit: ping, dwell: 5s, next: {on: 3, exit: 1}}}}
arrivals: {pong: {rate: 50/s, daily: {peaks: [{at: "12:30", width: 2h}]}}, visit: {rate: 3/min, concurrency: 9}}
limit: {events: 100}
sinks: [{file: {path: a.jsonl}}]
"""


def _between(*changes: tuple[str, str]) -> list[str]:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return differences(meaning(loads(TEXT)), meaning(loads(text)))


def test_layout_and_comments_are_no_difference() -> None:
    assert _between(("seed: 3", "seed:   3  # three"), ("{emit: ping, dwell: 5s,", "{dwell: 5000ms, emit: ping,")) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed: 3", "seed: 4", "seed: 3 -> 4"),
        ("end: +2d", "end: +3d", "clock.end: 2026-01-06T23:00:00Z -> 2026-01-07T23:00:00Z"),
        ("actor.age + 1", "actor.age + 2", "events.ping.fields.n.call.expr.expression: actor.age + 1 -> actor.age + 2"),
        ("missing: 5%", "missing: 6%", "events.ping.fields.who.modifiers.missing: 0.05 -> 0.06"),
        ("exit: 1", "exit: 2", "flows.visit.states.on.branches.exit.weight: 1.0 -> 2.0"),
        ("dwell: 5s", "dwell: 6s", "flows.visit.states.on.dwell.call.const.value: 5.0 -> 6.0"),
        ("rate: 50/s", "rate: 51/s", "arrivals.pong.rate: 50 -> 51"),
        ("concurrency: 9", "concurrency: 10", "arrivals.visit.concurrency.limit: 9 -> 10"),
        ("width: 2h", "width: 3h", "width: 7200000000 -> 10800000000"),
        ("limit: {events: 100}", "limit: {}", "- limit.events: 100"),
        ("path: a.jsonl", "path: b.jsonl", "path: a.jsonl -> b.jsonl"),
        ("n: sequence", "n: sequence, m: uuid", "+ events.pong.fields.m"),
        ("age: {integer: {min: 1, max: 90}}", "age: {poisson: {mean: 30}}", "- entities.user.fields.age.call.integer"),
    ],
)
def test_what_changed_is_named_where_it_stands(old: str, new: str, words: str) -> None:
    lines = _between((old, new))
    assert any(line.endswith(words) for line in lines), lines
    assert len(lines) <= 3
