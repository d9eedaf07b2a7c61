"""Scenarios with flows, and what a test asks of their streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthwb.engine import Plan, Position, compile_plan
from synthwb.engine.spine import Slab, Spine
from synthwb.scenario import loads

SHOP = """
seed: 7
clock: {start: 2026-03-02T00:00, end: +20m}
entities:
  user:
    count: 60
    fields:
      user_id: uuid
      tier: {choice: {free: 80, plus: 17, pro: 3}}
      balance: {uniform: {min: 50, max: 500}, round: 2}
    activity: {zipf: {exponent: 1.1}}
  product: {count: 40, fields: {sku: {pattern: "SKU-####"}, price: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}
events:
  page_viewed:
    actor: user
    fields: {user_id: actor.user_id, session_id: session.id, page: state.name, step: session.step, items: session.items}
  order_placed:
    actor: user
    refs: {item: product}
    fields:
      order_id: uuid
      sku: item.sku
      qty: {poisson: {mean: 1.4}, min: 1}
      total: {expr: "round(item.price * qty, 2)"}
      balance: actor.balance
  heartbeat: {fields: {n: {integer: {min: 1, max: 6}}}}
flows:
  visit:
    actor: user
    session: {gap: 2m, max: 15m}
    set: {session.items: 0}
    states:
      landing: {emit: page_viewed, dwell: {lognormal: {median: 12s, sigma: 0.8}}, next: {browse: 62, exit: 38}}
      browse:
        emit: page_viewed
        times: {poisson: {mean: 1.5}, min: 1}
        dwell: {lognormal: {median: 25s, sigma: 0.9}}
        next: {browse: 35, cart: 35, exit: 30}
      cart:
        emit: page_viewed
        set: {session.items: {expr: "session.items + 1"}}
        dwell: {lognormal: {median: 40s, sigma: 0.7}}
        next: {paid: GUARD, browse: 25, exit: 30}
      paid: {emit: [order_placed, page_viewed], SET next: exit}
arrivals:
  visit: {rate: 60/min}
  heartbeat: {rate: 10/min}
"""


def shop(*, shared: bool = False, guarded: bool = False, cap: str = "", layers: str = "") -> Plan:
    """A shop; ``shared``: orders change the balance of the user; ``guarded``: and the balance decides who may order.

    ``cap``: on the sessions that go on at once, and what happens at it. ``layers``: imperfections, as a list in YAML.
    """
    text = SHOP.replace("visit: {rate: 60/min}", f"visit: {{rate: 60/min, concurrency: {cap}}}") if cap else SHOP
    text = text.replace("GUARD", '{weight: 45, when: "actor.balance > 60"}' if guarded else "45")
    change = 'set: {actor.balance: {expr: "actor.balance - total"}},'
    text += f"imperfections: {layers}\n" if layers else ""
    return compile_plan(loads(text.replace("SET", change if shared else "")))


def told(slabs: Sequence[Slab]) -> list[tuple[object, ...]]:
    """All that a spine knows of its events, one tuple each."""
    found = []
    for slab in slabs:
        rows = slab.rows
        columns = [rows.time, rows.due, rows.kind, rows.address, rows.ordinal, *rows.facts.values()]
        found += list(zip(*(np.asarray(column).tolist() for column in columns), strict=True))
    return [tuple("nan" if value != value else value for value in row) for row in found]


def windows(plan: Plan, seconds: float) -> Spine:
    """A spine whose windows are all so long."""
    spine = plan.spine()
    length = int(seconds * 1e6)
    spine._window = lambda events: min(spine._next + length, spine._end)  # type: ignore[method-assign]
    return spine


def position_after(plan: Plan, events: int, size: int) -> Position:
    """Where a stream stands after so many events, taken so many at a time."""
    spine, left, slab = plan.spine(), events, None
    while left:
        slab = spine.take(min(size, left))
        left -= len(slab)
    assert slab is not None
    return replace(slab.after)
