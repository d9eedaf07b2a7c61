"""Scenarios whose fields remember, with flows and without, and what a test asks of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from synthwb.engine import Plan, Stream, compile_plan
from synthwb.scenario import loads

ALONE = """
seed: 11
clock: {start: 2026-03-02T00:00, end: +20m}
entities:
  user: {count: 40, key: id, fields: {id: {sequence: {}}, tier: {choice: [free, pro]}}, activity: {zipf: {exponent: 1}}}
events:
  paid:
    actor: user
    fields:
      who: actor.id
      amount: {lognormal: {median: 20, sigma: 0.8}, round: 2, nullable: 5%}
      number: {sequence: {per: actor, start: 10, step: 5}}
      before: {previous: {field: amount, default: 0}}
      longer: {previous: before}
      at: {previous: event.time}
      state: {markov: {start: {ok: 1}, next: {ok: {ok: 8, down: 2}, down: {down: 1, ok: 1, off: 1}, off: {ok: 1}}}}
      last: {previous: {field: state, default: none}}
      inside: {object: {n: {sequence: {per: actor}}, m: {previous: inside.n}}}
      text: {template: "{number} {last}"}
      place: {geo_path: {latitude: 48.8566, longitude: 2.3522, radius: 5}}
  beat:
    fields:
      load: {markov: {next: {1: {1: 8, 2: 2}, 2: {1: 1, 2: 5, 3: 4}, 3: {2: 1}}}}
      jump: {expr: "load - coalesce(was, load)"}
      was: {previous: load}
arrivals: {paid: 3/s, beat: {process: constant, rate: 1/s}}
"""

WALKING = """
flows:
  visit:
    actor: user
    set: {session.total: 0.0}
    states:
      look: {emit: beat, dwell: {exponential: {mean: 8s}}, next: {look: 3, pay: 2, exit: 1}}
      pay: {emit: [paid, beat], dwell: 2s, set: {session.total: {expr: "session.total + 1"}}, next: {look: 1, exit: 1}}
"""


def remembering(*, walking: bool) -> Plan:
    """Two events that remember: by themselves, or also from the sessions of a flow."""
    text = ALONE
    if walking:
        text = text.replace("paid: 3/s,", "visit: 90/min, paid: 1/s,") + WALKING
    return compile_plan(loads(text))


def frames(plan: Plan, **how: Any) -> dict[str, pl.DataFrame]:
    """All events of a stream, by type."""
    batches = list(Stream(plan, **how))
    names = {name for batch in batches for name in batch.frames}
    return {name: pl.concat([batch.frames[name] for batch in batches if name in batch.frames]) for name in names}


REFERRING = """
seed: 5
clock: {start: 2026-03-02T00:00, end: +20m}
entities: {user: {count: 30, key: id, fields: {id: {sequence: {}}}, activity: {zipf: {exponent: 1}}}}
events:
  refund:
    actor: user
    refs: {order: {event: order, within: 90s, pick: PICK, of: OF, none: NONE}}
    fields:
      who: actor.id
      whose: order.who
      order_id: order.id
      at: order.time
      total: order.total
      note: order.note
      city: order.place.city
      number: {sequence: {per: actor}}
      before: {previous: total}
  order:
    actor: user
    fields:
      who: actor.id
      n: {sequence: {per: actor}}
      total: {expr: "n * 10.0"}
      note: {word: , missing: 20%}
      place: {object: {city: city}}
  reply:
    refs:
      parent: {event: reply, within: 20s, pick: latest, none: null}
      about: {event: refund, within: 60s, of: anyone}
    fields: {to: parent.id, after: parent.time, about: about.who}
arrivals: {order: 2/s, refund: 1/s, reply: 30/min}
"""

SESSIONS = """
flows:
  visit:
    actor: user
    states:
      look: {dwell: {exponential: {mean: 8s}}, next: {look: 3, buy: 3, back: 1, exit: 1}}
      buy: {emit: [order, refund], dwell: 3s, next: {look: 1, buy: 2, back: 2}}
      back: {emit: refund, dwell: 2s, next: {look: 2, back: 2, exit: 1}}
"""


def referring(pick: str = "any", of: str = "actor", none: str = "skip", *, walking: bool = False) -> Plan:
    """Refunds of orders, and replies that refer to each other; by themselves, or also from the sessions of a flow."""
    text = REFERRING.replace("PICK", pick).replace("OF", of).replace("NONE", none)
    if walking:
        text = text.replace("order: 2/s, refund: 1/s", "visit: 20/min, order: 20/min, refund: 20/min") + SESSIONS
        text = text.replace("      who: actor.id\n", "      who: actor.id\n      session: session.id\n")
    return compile_plan(loads(text))


def in_order(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """All events in their order, each with its type."""
    slab = plan.spine().take(1_000_000)
    rows = {name: iter(frame.rows(named=True)) for name, frame in plan.realise(slab).frames.items()}
    names = list(plan.events)
    return [(names[kind], next(rows[names[kind]])) for kind in slab.kind.tolist()]
