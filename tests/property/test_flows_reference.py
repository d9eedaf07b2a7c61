"""Flows against a slow simulation of the same scenario, event by event: values, order, shared state, who is let in."""

from __future__ import annotations

import pytest
from flow_driver import windows
from slow_flows import TEXT, Seen, Slow

from synthwb.engine import Plan, compile_plan
from synthwb.scenario import loads

WAYS = [
    pytest.param({}, id="free"),
    pytest.param({"cap": 5, "at_cap": "wait"}, id="wait"),
    pytest.param({"cap": 5, "at_cap": "drop"}, id="drop"),
    pytest.param({"cap": 12, "at_cap": "poll"}, id="poll"),
    pytest.param({"alone": True}, id="alone"),
    pytest.param({"alone": True, "cap": 4, "at_cap": "drop"}, id="alone and drop"),
]


def _plan(cap: int | None = None, at_cap: str = "wait", alone: bool = False) -> Plan:
    text = TEXT.replace("CAP", "" if cap is None else f", concurrency: {{limit: {cap}, at_cap: {at_cap}}}")
    return compile_plan(loads(text.replace("ALONE", "one_at_a_time: true" if alone else "")))


def _seen(plan: Plan, seconds: float) -> list[Seen]:
    """What the engine makes of it, in windows of this length."""
    found = []
    for slab in windows(plan, seconds).slabs(700):
        for event, frame in plan.realise(slab).frames.items():
            columns = [frame["time"].to_physical(), *(frame[name] for name in Seen._fields[2:] if name in frame)]
            total = [] if event == "paid" else [[None] * len(frame)]
            found += [Seen(row[0], event, *row[1:]) for row in zip(*columns, *total, strict=True)]
    return sorted(found, key=lambda each: (each.time, each.event))


@pytest.mark.parametrize("how", WAYS)
def test_a_slow_simulation_gives_the_same_events(how: dict[str, object]) -> None:
    slow = sorted(Slow(**how).run(), key=lambda each: (each.time, each.event))  # type: ignore[arg-type]
    plan = _plan(**how)  # type: ignore[arg-type]
    assert len(slow) > 400
    assert min(each.balance for each in slow) < 20
    assert sum(each.event == "paid" for each in slow) > 40
    for seconds in (600, 7):
        assert _seen(plan, seconds) == slow
