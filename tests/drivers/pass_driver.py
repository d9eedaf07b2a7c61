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
