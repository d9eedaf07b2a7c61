"""A Markov chain against its weights, a million steps at fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine import compile_plan
from synthwb.scenario import loads

TEXT = """
seed: {seed}
entities: {{user: {{count: {users}, fields: {{id: uuid}}}}}}
events:
  e:
    actor: user
    fields:
      s: {{markov: {{start: {{a: 1, c: 3}}, next: {{a: {{a: 6, b: 4}}, b: {{a: 1, b: 2, c: 7}}, c: {{a: 1, c: 1}}}}}}}}
      p: {{previous: {{field: s, default: none}}}}
arrivals: {{e: 1000/s}}
"""
WEIGHTS = {"none": (1 / 4, 0, 3 / 4), "a": (0.6, 0.4, 0), "b": (0.1, 0.2, 0.7), "c": (0.5, 0, 0.5)}


@pytest.mark.parametrize(("seed", "users"), [(1, 1), (2, 300_000)])
def test_transitions_have_the_shares_of_their_weights(seed: int, users: int) -> None:
    plan = compile_plan(loads(TEXT.format(seed=seed, users=users)))
    frame = plan.realise(plan.spine().take(1_000_000)).frames["e"]
    for before, shares in WEIGHTS.items():
        found = frame.filter(frame["p"] == before)["s"]
        rows = len(found)
        if rows < 1_000:
            continue
        counts = np.array([(found == state).sum() for state in "abc"])
        expected = np.array(shares) * rows
        assert (counts[expected == 0] == 0).all()
        chi = (((counts - expected) ** 2)[expected > 0] / expected[expected > 0]).sum()
        assert chi < 16.0  # two degrees of freedom at most: one time in 3,000
    assert frame["p"].n_unique() == 4
