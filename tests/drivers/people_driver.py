"""Scenarios whose populations live, and what tests look at in them."""

from __future__ import annotations

import polars as pl

from synthwb.engine import Plan, Stream, compile_plan
from synthwb.scenario import loads

DAY = 86_400_000_000

PEOPLE = """
seed: 11
clock: {start: 2026-03-02T00:00, end: +4d}
entities:
  user:
    count: 60
    fields: {user_id: uuid, profile: {choice: {loyal: 1, fickle: 3}}, balance: 10}
    activity: {zipf: {exponent: 1.1}}
    population:
      births: {rate: 40/day, daily: {floor: 20%, peaks: [{at: "12:00", width: 6h}]}}
      churn: 20%/day
      lifetime: {exponential: {mean: {expr: "if(profile = 'loyal', 9, 1) * 86400"}}}
      age: {uniform: {min: 0s, max: 3d}}
    engagement:
      start: {uniform: {min: 0.2, max: 1}}
      every: 9h
      decay: {expr: "if(profile = 'loyal', 0.01, 0.2)"}
      noise: 5%
      inactive_below: 10%
      resurrection: 5%/day
  device: {count: 30, fields: {device_id: uuid, site: {choice: [a, b, c]}}}
events:
  seen: {actor: user, refs: {on: device}, fields: {user_id: actor.user_id, born: actor.born, device: on.device_id}}
  signed_up: {actor: user, fields: {user_id: actor.user_id, born: actor.born, name: first_name}}
  measured: {actor: device, fields: {device: actor.device_id, value: {normal: {mean: 20, std: 2}}}}
  joined: {actor: user, fields: {user_id: actor.user_id, name: {path: actor.user_id, repeat: 20%}}}
  rated: {actor: user, fields: {user_id: actor.user_id, name: {path: actor.profile, repeat: 20%}}}
  paid: {actor: user, fields: {user_id: actor.user_id, balance: actor.balance, engaged: actor.engagement}}
  ticked: {actor: device, fields: {device: actor.device_id}}
flows:
  onboarding:
    actor: user
    steps: [signed_up, {event: seen, dwell: {exponential: {mean: 2h}}, times: 4}]
  visit:
    actor: user
    session: {gap: 20m}
    states:
      look:
        emit: seen
        set: {actor.balance: {expr: "actor.balance - 1"}}
        dwell: {exponential: {mean: 10m}}
        next: {look: 70, exit: 30}
  shop:
    actor: user
    states: {s: {emit: paid, dwell: {exponential: {mean: 1m}}, next: {s: {expr: "2 * actor.engagement"}, exit: 1}}}
  beat: {actor: device, states: {beat: {emit: measured, dwell: {exponential: {mean: 1h}}, next: beat}}}
arrivals:
  visit: {rate: 200/day, daily: {floor: 10%, peaks: [{at: "20:00", width: 3h}]}}
  onboarding: {process: births, jitter: 10m}
  beat: {process: once, jitter: 1h}
  seen: 100/day
  joined: {process: once, jitter: 2d}
  shop: {process: per_actor, rate: 2/day, daily: {floor: 10%, peaks: [{at: "20:00", width: 3h}]}}
  rated: {process: per_actor, count: {integer: {min: 1, max: 3}}, chance: 40%, every: 12h, weekly: {wed: 0%}}
  ticked: {process: per_actor, gap: {gamma: {shape: 4, mean: {expr: "if(actor.site = 'a', 1800, 7200)"}}}, jitter: 1h}
"""


def people(**replaced: str) -> Plan:
    """The plan of `PEOPLE`, with some words replaced by others."""
    text = PEOPLE
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return compile_plan(loads(text))


def frames(plan: Plan, **how: int) -> dict[str, pl.DataFrame]:
    """All events of a stream, by type."""
    batches = list(Stream(plan, **how))  # type: ignore[arg-type]
    names = {name for batch in batches for name in batch.frames}
    return {name: pl.concat([batch.frames[name] for batch in batches if name in batch.frames]) for name in names}
