"""Who waits for room stays who they are, and is gone when their life is over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from flow_driver import told, windows

from synthwb.engine import Plan, compile_plan
from synthwb.engine.flows import crowd
from synthwb.engine.flows.table import Table
from synthwb.scenario import loads

TEXT = """
seed: 5
clock: {start: 2026-03-02T00:00, end: +6d}
entities:
  user:
    count: 12
    fields: {number: {sequence: {start: 0}}, calls: 0}
    population: {births: 6/day, lifetime: {exponential: {mean: 2d}}}
events:
  opened: {actor: user, fields: {sid: session.id, who: actor.number}}
  closed: {actor: user, fields: {sid: session.id, who: actor.number}}
flows:
  call:
    actor: user
    one_at_a_time: true
    states:
      ring:
        emit: opened
        set: {actor.calls: {expr: "actor.calls + 1"}}
        dwell: {exponential: {mean: MEAN}}
        next: hang
      hang: {emit: closed}
arrivals: {call: {PROCESS, concurrency: {limit: 3, at_cap: CAP}}}
"""
BY_TURNS = '{expr: "3600 + 0 * actor.calls"}'
"""A mean that reads what other sessions change: then the sessions take turns at the door."""


def _plan(at_cap: str, process: str, mean: str) -> Plan:
    text = TEXT.replace("CAP", at_cap).replace("PROCESS", process).replace("MEAN", mean)
    return compile_plan(loads(text))


@pytest.mark.parametrize("mean", [pytest.param("1h", id="measured"), pytest.param(BY_TURNS, id="by turns")])
@pytest.mark.parametrize("process", ["rate: 6/h", "process: per_actor, rate: 1/h"])
@pytest.mark.parametrize("at_cap", ["wait", "drop", "poll, every: 10m"])
def test_a_session_belongs_to_whom_it_came_for(at_cap: str, process: str, mean: str) -> None:
    plan = _plan(at_cap, process, mean)
    lives = plan.pools["user"].lives
    assert lives is not None
    frames = plan.realise(plan.spine().take(100_000)).frames
    opened, closed = frames["opened"], frames["closed"]
    assert len(opened) > 200
    assert opened["time"].max() > closed["time"].min()
    for frame in (opened, closed):
        assert lives.living(frame["who"].to_numpy(), frame["time"].to_physical().to_numpy()).all()
    over = dict(zip(closed["sid"], closed["time"].to_physical(), strict=True))
    last: dict[int, float] = {}
    for sid, who, begin in zip(opened["sid"], opened["who"], opened["time"].to_physical(), strict=True):
        assert begin >= last.get(who, 0.0)
        last[who] = min(over.get(sid, np.inf), lives.died[who])


@pytest.mark.parametrize("mean", [pytest.param("1h", id="measured"), pytest.param(BY_TURNS, id="by turns")])
@pytest.mark.parametrize("at_cap", ["wait", "poll, every: 10m"])
def test_windows_of_any_length_have_the_same_in_line(at_cap: str, mean: str) -> None:
    plan = _plan(at_cap, "rate: 6/h", mean)
    whole = told(list(windows(plan, 7 * 86_400).slabs(10_000)))
    assert len(whole) > 400
    for seconds in (600, 40_000):
        assert told(list(windows(plan, seconds).slabs(100))) == whole
    first = windows(plan, 600)
    first.take(200)
    assert told([plan.spine(position=first.take(1).after).take(150)]) == whole[201:351]


@pytest.mark.parametrize("process", ["rate: 6/h", "process: per_actor, rate: 1/h"])
def test_both_doors_let_in_the_same(process: str) -> None:
    for at_cap in ("wait", "drop", "poll, every: 10m"):
        plans = [_plan(at_cap, process, mean) for mean in ("1h", BY_TURNS)]
        both = [plan.realise(plan.spine().take(100_000)).frames for plan in plans]
        assert both[0]["opened"].equals(both[1]["opened"])
        assert both[0]["closed"].equals(both[1]["closed"])


@pytest.mark.parametrize("at_cap", ["wait", "drop"])
@pytest.mark.parametrize("alone", [True, False])
def test_walks_side_by_side_take_one_place(at_cap: str, alone: bool) -> None:
    """Whichever door: a session with two walks is one, and over with the last of them."""
    frames = []
    for mean in ("1h", BY_TURNS):
        text = TEXT.replace("CAP", at_cap).replace("PROCESS", "rate: 3/h").replace("MEAN", mean)
        text = text.replace(
            "    states:\n", "    start: [ring, chat]\n    states:\n      chat: {dwell: 40m, next: hang}\n"
        )
        plan = compile_plan(loads(text if alone else text.replace("one_at_a_time: true", "doc: any number")))
        whole = told(list(windows(plan, 7 * 86_400).slabs(10_000)))
        assert told(list(windows(plan, 4000).slabs(100))) == whole
        frames.append(plan.realise(plan.spine().take(100_000)).frames)
    assert frames[0]["opened"].height > 150
    for event in ("opened", "closed"):
        assert frames[0][event].equals(frames[1][event])


def test_a_decision_looks_at_sessions_and_not_at_all_decisions_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a decision costs does not grow with their number: it would, were empty tables kept."""
    tables = []

    def counted(due: Table, later: Sequence[Table]) -> int:
        tables.append(len(later))
        return len(due) + sum(len(table) for table in later)

    monkeypatch.setattr(crowd, "_going_on", counted)
    _plan("poll, every: 10m", "process: per_actor, rate: 1/h", BY_TURNS).spine().take(1000)
    assert len(tables) > 5000
    assert max(tables) <= 1 + 3
