"""Caps and one session at a time, against a queue that is simulated one session after the other."""

from __future__ import annotations

from dataclasses import replace
from heapq import heappop, heappush

import numpy as np
import pytest
from flow_driver import shop, told, windows

from synthwb.engine import Plan, compile_plan
from synthwb.scenario import loads

TEXT = """
seed: 3
clock: {{end: +{minutes}m}}
entities: {{user: {{count: 25, fields: {{user_id: {{sequence: {{}}}}}}}}}}
events:
  opened: {{actor: user, fields: {{sid: session.id, who: actor.user_id}}}}
  closed: {{actor: user, fields: {{sid: session.id, who: actor.user_id}}}}
flows:
  call:
    actor: user
    {more}
    states:
      ring: {{emit: opened, dwell: {{exponential: {{mean: 20s}}}}, next: {{talk: 80, hang: 20}}}}
      talk: {{dwell: {{lognormal: {{median: 60s, sigma: 0.8}}}}, next: {{talk: 30, hang: 70}}}}
      hang: {{emit: closed}}
arrivals: {{call: {{rate: 10/min{cap}}}}}
"""


def _plan(cap: str = "", more: str = "", minutes: int = 30) -> Plan:
    cap = f", concurrency: {cap}" if cap else ""
    return compile_plan(loads(TEXT.format(cap=cap, more=more, minutes=minutes)))


def _sessions(plan: Plan) -> list[tuple[str, int, float, float]]:
    """Id, actor, beginning and end (infinite if not seen), in the order of beginning."""
    frames = plan.realise(plan.spine().take(100_000)).frames
    over = dict(zip(frames["closed"]["sid"], frames["closed"]["time"].to_physical(), strict=True))
    opened = frames["opened"]
    return [
        (session, who, float(time), float(over.get(session, np.inf)))
        for session, who, time in zip(opened["sid"], opened["who"], opened["time"].to_physical(), strict=True)
    ]


def _expected(free: list[tuple[str, int, float, float]], cap: int, at_cap: str, end: float) -> list[tuple[str, float]]:
    """Who begins when, by a queue of as many servers: from sessions that nobody held up."""
    looks: list[tuple[float, int]] = []
    for number, (_, _, time, _) in enumerate(free):
        heappush(looks, (time, number))
    slots: list[float] = []
    begun = []
    while looks:
        time, number = heappop(looks)
        while slots and slots[0] <= time:
            heappop(slots)
        if len(slots) >= cap:
            if at_cap == "drop":
                continue
            if at_cap == "poll":
                heappush(looks, (time + 5e6, number)) if time + 5e6 < end else None
                continue
            if slots[0] + 1 >= end:
                continue
            time = heappop(slots) + 1
        heappush(slots, time + free[number][3] - free[number][2])
        begun.append((free[number][0], time))
    return begun


@pytest.mark.parametrize("at_cap", ["wait", "drop", "poll"])
@pytest.mark.parametrize("cap", [1, 4, 12])
def test_a_cap_is_a_queue(cap: int, at_cap: str) -> None:
    plan = _plan(f"{{limit: {cap}, at_cap: {at_cap}}}")
    end = plan.scenario.clock.end
    assert end is not None
    free = [each for each in _sessions(_plan(minutes=600)) if each[2] < end]
    assert all(np.isfinite(each[3]) for each in free)
    found = [(session, time) for session, _, time, _ in _sessions(plan)]
    assert len(found) > 10
    assert sorted(found) == sorted(_expected(free, cap, at_cap, end))


@pytest.mark.parametrize("more", ["", "one_at_a_time: true"])
@pytest.mark.parametrize("cap", ["", "5", "{limit: 5, at_cap: drop}", "{limit: 5, at_cap: poll}"])
def test_windows_of_any_length_let_the_same_sessions_in(cap: str, more: str) -> None:
    plan = _plan(cap, more)
    whole = told(list(windows(plan, 600).slabs(10_000)))
    assert len(whole) > 100
    for seconds in (1, 17, 120):
        assert told(list(windows(plan, seconds).slabs(100))) == whole


def test_an_actor_has_one_session_at_a_time() -> None:
    free = _sessions(_plan())
    one = _sessions(_plan(more="one_at_a_time: true"))
    assert 0 < len(one) < len(free)
    last: dict[int, float] = {}
    for _, who, begin, end in one:
        assert begin >= last.get(who, 0.0)
        last[who] = end
    dropped = {session for session, *_ in free} - {session for session, *_ in one}
    for session, who, time, _ in free:
        busy = any(other == who and begin <= time < end for sid, other, begin, end in one if sid != session)
        assert busy == (session in dropped)


@pytest.mark.parametrize("at_cap", ["wait", "drop", "poll"])
def test_what_actors_carry_makes_no_session_depend_on_its_time(at_cap: str) -> None:
    """What is settled in the ledger has no part in the path, so sessions are measured together, as good as singly."""
    plan = shop(shared=True, cap=f"{{limit: 40, at_cap: {at_cap}}}")
    assert plan.crowd is not None
    (flow,) = plan.crowd.flows
    assert flow.gate is not None
    assert not flow.gate.timed
    singly = replace(plan.crowd, flows=(replace(flow, gate=replace(flow.gate, timed=True)),))
    assert told([replace(plan, crowd=singly).spine().take(900)]) == told([plan.spine().take(900)])


def test_a_position_in_the_middle_of_a_queue_goes_on_with_it() -> None:
    plan = _plan("3")
    whole = told([plan.spine().take(200)])
    first = windows(plan, 10)
    first.take(77)
    position = first.take(1).after
    assert told([plan.spine(position=position).take(122)]) == whole[78:]


@pytest.mark.parametrize("cap", ["", "4"])
def test_walks_side_by_side_are_one_session_at_the_door(cap: str) -> None:
    plan = _plan(cap, "one_at_a_time: true\n    start: [ring, talk]")
    whole = told(list(windows(plan, 600).slabs(10_000)))
    assert len(whole) > 50
    assert told(list(windows(plan, 9).slabs(100))) == whole
