"""What is known before the run of keys that may be missing is what then happens."""

from __future__ import annotations

import numpy as np

from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

TEXT = """
entities:
  user: {count: 50, fields: {city: {city: , missing: 40%}, name: name}}
events:
  e:
    actor: user
    fields:
      city: actor.city
      name: actor.name
      coupon: {uuid: {}, missing: 30%}
      again: coupon
      same: {same_as: coupon}
      kind: {choice: [a, b]}
      branch: {switch: {on: kind, cases: {a: {uuid: {}, missing: 50%}}, else: {const: x}}}
      known: {lookup: {by: kind, table: {a: 1}, unknown: absent}}
      always: {switch: {on: kind, cases: {a: 1}}}
"""


def test_exactly_the_keys_that_are_missing_somewhere_are_optional() -> None:
    plan = compile_plan(loads(TEXT))
    columns = sample(plan, 500).parts[0].columns
    missing = {name for name, column in columns.items() if column.absent is not None and np.any(column.absent)}
    assert plan.schemas["e"].optional == missing
    assert missing == {"city", "coupon", "again", "same", "branch", "known"}
