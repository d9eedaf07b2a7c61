"""Imperfections against what they promise: shares within binomial bounds, delays by their law, dependence as written.

Seeds are fixed; the bounds are those of a two-sided test at about 1 in 10,000.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthwb.engine import Part, Slab, compile_plan, sample
from synthwb.engine.rows import DROPPED
from synthwb.scenario import loads

ROWS = 200_000
HEAD = """
clock: {start: 2026-03-02T00:00}
entities: {user: {count: 20000, fields: {user_id: {pattern: "######", unique: true}}}}
events:
  a:
    actor: user
    fields:
      user_id: actor.user_id
      x: uniform
      y: {normal: {mean: 0, std: 1}}
      z: {integer: {min: 1, max: 6}}
arrivals: {a: 100/s}
"""
Z = 3.9


def slab(layers: str) -> Slab:
    """All rows of a stream, drained to its end."""
    text = f"{HEAD}limit: {{events: {ROWS}}}\nimperfections: [{layers}]\n"
    return compile_plan(loads(text)).spine().take(10 * ROWS)


def part(layers: str) -> Part:
    return sample(compile_plan(loads(f"{HEAD}imperfections: [{layers}]\n")), ROWS).parts[0]


CLEAN = sample(compile_plan(loads(HEAD)), ROWS).parts[0]


def near(count: int, trials: int, p: float) -> bool:
    return abs(count - trials * p) <= Z * math.sqrt(trials * p * (1 - p)) + 0.5


@pytest.mark.parametrize("p", [0.001, 0.05, 0.5])
def test_shares_of_records(p: float) -> None:
    late = slab(f"late: {{rate: {p}, delay: 1ms}}")
    assert near(int(np.count_nonzero(late.due > late.time)), len(late), p)
    dropped = slab(f"drop: {{rate: {p}}}")
    assert near(int(np.count_nonzero(dropped.rows.facts[DROPPED])), len(dropped), p)
    copied = slab(f"duplicate: {{rate: {p}}}")
    copies = int(np.count_nonzero(copied.rows.facts["copy 0"]))
    assert near(copies, len(copied) - copies, p)


@pytest.mark.parametrize("p", [0.001, 0.05, 0.5])
def test_shares_of_values(p: float) -> None:
    for layer in (f"missing: {{rate: {p}}}", f"outlier: {{rate: {p}, shift: 1000}}"):
        for change in part(layer).changes:
            assert near(len(change.rows), ROWS, p), change.path
    ways = part(f"corrupt: {{rate: {p}, how: [wrong_type, truncate, empty]}}")
    assert ways.damage is not None
    wrong = sum(len(change.rows) for change in ways.changes)
    assert near(wrong + len(ways.damage.rows), ROWS, p)
    assert near(wrong, ROWS, p / 3)
    assert near(int(np.count_nonzero(ways.damage.how == 0)), ROWS, p / 3)


def test_hits_of_layers_are_independent() -> None:
    first, second = (np.zeros(ROWS, np.bool_) for _ in range(2))
    found = part("{missing: {rate: 30%, fields: [x]}}, {missing: {rate: 30%, fields: [x], name: again}}")
    first[found.changes[0].rows] = True
    second[found.changes[1].rows] = True
    assert not (first & second).any(), "a key that is gone cannot go again"
    assert near(int(second.sum()), int((~first).sum()), 0.3)
    both = part("{missing: {rate: 30%, fields: [x, y]}}")
    gone = [both.columns[name].absent for name in ("x", "y")]
    assert near(int((gone[0] & gone[1]).sum()), ROWS, 0.09)  # type: ignore[operator]


def test_delays_follow_their_law() -> None:
    """Kolmogorov's distance of an exponential law with a maximum: D < 2.23 / sqrt(n) at 1 in 10,000."""
    late = slab("late: {rate: 100%, delay: {exponential: {mean: 40s}, max: 10m}}")
    delay = np.sort((late.due - late.time) / 1e6)
    law = np.where(delay >= 600.0, 1.0, 1.0 - np.exp(-delay / 40.0))
    steps = np.arange(1, len(delay) + 1) / len(delay)
    assert np.abs(law - steps).max() < 2.23 / math.sqrt(len(delay))
    overtaken = slab("reorder: {rate: 100%, within: 5s}")
    delay = np.sort((overtaken.due - overtaken.time) / 5e6)
    assert np.abs(delay - steps).max() < 2.23 / math.sqrt(len(delay))


def test_delays_do_not_depend_on_the_hits_of_another_layer() -> None:
    late = slab("{late: {rate: 50%, delay: {uniform: {min: 0s, max: 1s}}}}, {drop: {rate: 50%}}")
    delay, kept = late.due - late.time, late.rows.facts[DROPPED] == 0
    means = [delay[(delay > 0) & where].mean() for where in (kept, ~kept)]
    assert abs(means[0] - means[1]) < Z * 1e6 / math.sqrt(12) / math.sqrt(ROWS / 8)


def test_missing_at_random_depends_on_another_field() -> None:
    found = part('missing: {rate: {expr: "x"}, fields: [y]}')
    gone = found.columns["y"].absent
    assert gone is not None
    x = CLEAN.columns["x"].series().to_numpy()
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (x >= low) & (x < low + 0.1)
        assert near(int(gone[inside].sum()), int(inside.sum()), float(x[inside].mean()))
    y = CLEAN.columns["y"].series().to_numpy()
    assert abs(y[gone].mean() - y[~gone].mean()) < Z * math.sqrt(4 / ROWS), "and not on the value itself"


def test_missing_not_at_random_depends_on_the_value() -> None:
    found = part('missing: {rate: 50%, fields: [y], when: "y > 1"}')
    gone = found.columns["y"].absent
    assert gone is not None
    y = CLEAN.columns["y"].series().to_numpy()
    assert not gone[y <= 1].any()
    assert near(int(gone[y > 1].sum()), int((y > 1).sum()), 0.5)


def test_offsets_of_clocks_follow_their_law() -> None:
    found = part("skew: {by: user_id, offset: {normal: {mean: 1s, std: 2s}}, rate: 50%}")
    names, first = np.unique(CLEAN.columns["user_id"].series().to_numpy(), return_index=True)
    shift = (found.time - CLEAN.time)[first] / 1e6
    wrong = shift[shift != 0]
    assert near(len(wrong), len(names), 0.5)
    assert abs(wrong.mean() - 1) < Z * 2 / math.sqrt(len(wrong))
    assert abs(wrong.std() / 2 - 1) < Z / math.sqrt(2 * len(wrong))


def test_outliers_by_a_law() -> None:
    found = part("outlier: {rate: 100%, to: {normal: {mean: 50, std: 5}}, fields: [y]}")
    values = found.columns["y"].series().to_numpy()
    assert abs(values.mean() - 50) < Z * 5 / math.sqrt(ROWS)
    assert abs(np.corrcoef(values, CLEAN.columns["y"].series().to_numpy())[0, 1]) < Z / math.sqrt(ROWS)
