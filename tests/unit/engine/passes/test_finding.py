"""References to earlier events, against a reference that takes one event after the other."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pass_driver import REFERRING, in_order, referring

from synthwb.commands.dryrun import describe
from synthwb.engine import compile_plan
from synthwb.engine.passes.clamps import taken
from synthwb.errors import ScenarioError
from synthwb.runtime.pace import Pace
from synthwb.scenario import loads

Event = dict[str, Any]
WITHIN = timedelta(seconds=90)


def _whose(event: Event, of: str) -> Any:
    return {"actor": event["who"], "anyone": 0}[of] if of != "session" else event["session"]


def _refers(refund: Event, order: Event) -> bool:
    told = (refund["order_id"], refund["at"], refund["total"], refund["note"], refund["city"], refund["whose"])
    return told == (
        order["id"],
        order["time"],
        order["total"],
        order["note"],
        order["place"]["city"],
        order["who"],
    )


@pytest.mark.parametrize(
    ("pick", "of", "walking"),
    [
        *product(["any", "latest", "once"], ["actor", "anyone"], [False]),
        *product(["any", "once"], ["actor", "session"], [True]),
    ],
)
def test_refunds_find_their_orders(pick: str, of: str, walking: bool) -> None:
    orders: list[Event] = []
    used: set[str] = set()
    found = none = 0
    for name, event in in_order(referring(pick, of, "null", walking=walking)):
        if name == "order":
            orders.append(event)
        if name != "refund":
            continue
        whose = _whose(event, of)
        near = [
            o for o in orders if _whose(o, of) == whose and whose is not None and o["time"] >= event["time"] - WITHIN
        ]
        if pick == "once":
            near = [order for order in near if order["id"] not in used][:1]
        if pick == "latest":
            near = near[-1:]
        if not near:
            none += 1
            assert {event[read] for read in ("order_id", "at", "total", "note", "city", "whose")} == {None}
            continue
        found += 1
        assert sum(_refers(event, order) for order in near) == 1
        used.add(event["order_id"])
    assert found > 200
    assert none > 5 or of == "anyone"


@pytest.mark.parametrize("pick", ["any", "once"])
def test_without_one_the_event_does_not_happen(pick: str) -> None:
    with_nulls = [event for name, event in in_order(referring(pick, none="null")) if name == "refund"]
    without = [event for name, event in in_order(referring(pick)) if name == "refund"]
    kept = [event for event in with_nulls if event["order_id"] is not None]
    assert 100 < len(kept) < len(with_nulls)
    names = ("id", "order_id", "total")
    assert [[event[name] for name in names] for event in without] == [[event[name] for name in names] for event in kept]
    last: dict[int, Event] = {}
    for event in without:  # those that did not happen are neither counted nor remembered
        before = last.get(event["who"])
        assert event["number"] == (1 if before is None else before["number"] + 1)
        assert event["before"] == (None if before is None else before["total"])
        last[event["who"]] = event


def test_an_event_may_refer_to_one_of_its_own_type() -> None:
    replies = [event for name, event in in_order(referring()) if name == "reply"]
    assert len(replies) > 300
    assert replies[0]["to"] is None
    for before, reply in pairwise(replies):
        far = reply["time"] - before["time"] > timedelta(seconds=20)
        assert reply["to"] == (None if far else before["id"])
        assert reply["about"] is not None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=60), st.data())
def test_queues_against_one_step_after_the_other(steps: list[tuple[int, int, bool]], data: st.DataObject) -> None:
    low: list[int] = []
    high: list[int] = []
    begins, passed = [], []
    expected_entry, expected_after = [], []
    gone = came = done = 0
    for i, (more, older, new) in enumerate(steps):
        if new or i == 0:
            begins.append(i)
            gone = 0
            came = data.draw(st.integers(0, 3))
            done = data.draw(st.integers(0, came))
            passed.append(done)
        came += more
        gone = min(gone + older, came)
        low.append(gone)
        high.append(came)
        entry = max(done, gone)
        expected_entry.append(entry if entry < came else -1)
        done = min(entry + 1, came) if entry < came else entry
        expected_after.append(done)
    entries, after = taken(*(np.array(each, np.int64) for each in (begins, passed, low, high)))
    assert entries.tolist() == expected_entry
    assert after.tolist() == expected_after


def test_what_is_remembered_is_shown_and_must_fit() -> None:
    plan = referring()
    ((event, ref), room), *_ = plan.rooms.items()
    assert (event, ref.name) == ("refund", "order")
    assert room.events == pytest.approx(180)
    assert 10_000 < room.bytes < 60_000
    assert "refund.order  180 of order, " in describe(plan, (), Pace(), None)
    text = REFERRING.replace("PICK", "any").replace("OF", "actor").replace("NONE", "skip")
    text = (
        text.replace("end: +20m", "end: +900d")
        .replace("within: 90s", "within: 800d")
        .replace("order: 2/s", "order: 900000/s")
    )
    with pytest.raises(ScenarioError, match="make within shorter"):
        compile_plan(loads(text))
