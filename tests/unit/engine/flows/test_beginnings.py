"""What sessions read when they begin: as it is then, whatever the window and whoever else is on the way."""

from __future__ import annotations

import polars as pl
import pytest
from flow_driver import told, windows

from synthwb.engine import Plan, compile_plan
from synthwb.engine.flows.crowd import Crowd
from synthwb.scenario import loads

# Each purchase takes one from a stock of ten, each refill adds five. Both say what was there when the session began.
TEXT = """
seed: 9
clock: {start: 2026-03-02T00:00, end: +4h}
entities: {shop: {count: 5, fields: {shop: {sequence: {start: 0}}, stock: 10}}}
events:
  asked: {actor: shop, fields: {shop: actor.shop, found: session.found, stock: actor.stock}}
  sold: {actor: shop, fields: {shop: actor.shop, found: session.found, stock: actor.stock}}
  empty: {actor: shop, fields: {shop: actor.shop, found: session.found, stock: actor.stock}}
flows:
  sale:
    actor: shop
    set: {session.found: actor.stock}
    start: {ask: {weight: 1, when: "actor.stock > 0"}, none: {weight: 1, when: "actor.stock = 0"}}
    states:
      ask: {emit: asked, dwell: {exponential: {mean: 2m}}, next: {take: {weight: 1, when: "actor.stock > 0"}}}
      take: {emit: sold, set: {actor.stock: {expr: "actor.stock - 1"}}}
      none: {emit: empty}
  refill:
    actor: shop
    set: {session.found: actor.stock}
    states: {fill: {set: {actor.stock: {expr: "actor.stock + 5"}}}}
arrivals: {sale: {rate: 5/minCAP}, refill: {process: per_actor, rate: 8/h}}
"""


def _plan(cap: str = "", **more: str) -> Plan:
    text = TEXT.replace("CAP", cap)
    for old, new in more.items():
        text = text.replace(old, new)
    return compile_plan(loads(text))


def test_first_values_are_those_of_the_moment() -> None:
    """Of the first event of a session, what it found and what is there are the same."""
    frames = _plan().realise(_plan().spine().take(100_000)).frames
    for event in ("asked", "empty"):
        assert frames[event].height > 40
        assert frames[event]["found"].equals(frames[event]["stock"], null_equal=False), event
    assert frames["asked"]["found"].n_unique() > 5
    assert frames["asked"]["found"].min() > 0
    assert frames["empty"]["found"].to_list() == [0] * frames["empty"].height
    assert frames["sold"].filter(pl.col("found") != pl.col("stock")).height > 40, "others were quicker"


@pytest.mark.parametrize("cap", ["", ", concurrency: 4", ", concurrency: {limit: 4, at_cap: drop}"])
def test_windows_of_any_length_find_the_same(cap: str) -> None:
    plan = _plan(cap)
    whole = told(list(windows(plan, 5 * 3600).slabs(100_000)))
    assert len(whole) > 500
    for seconds in (20, 700):
        assert told(list(windows(plan, seconds).slabs(300))) == whole
    first = windows(plan, 20)
    first.take(200)
    assert told([plan.spine(position=first.take(1).after).take(150)]) == whole[201:351]


def test_where_a_session_begins_may_follow_from_its_actor() -> None:
    """Weights that are computed from what never changes."""
    plan = _plan(**{"actor.stock > 0": "actor.shop > 2", "actor.stock = 0": "actor.shop <= 1"})
    frames = plan.realise(plan.spine().take(100_000)).frames
    assert set(frames["asked"]["shop"]) == {3, 4}
    assert set(frames["empty"]["shop"]) == {0, 1}, "for shop 2 no way is open, and its sessions are over at once"


def test_a_flow_that_never_begins_keeps_windows_short() -> None:
    """Where nothing ever happens, sessions still take room: no window holds more of them than events otherwise."""
    text = "events: {e: {fields: {a: 1}}}\nflows: {f: {start: {s: {expr: '0 * 1'}}, states: {s: {emit: e}}}}\n"
    plan = compile_plan(loads(f"{text}clock: {{end: +200000s}}\n"))
    assert len(plan.spine().take(10)) == 0
    assert plan.crowd is not None
    start = plan.crowd.start
    assert Crowd(plan.crowd).expected(start, start + 1_600 * 1_000_000) >= 100
