"""A reference picks evenly among all earlier events within reach."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine import Plan, Slab, compile_plan
from synthwb.engine.block import Block
from synthwb.engine.draws import Ints
from synthwb.scenario import loads

TEXT = """
seed: {seed}
clock: {{end: +20000s}}
entities: {{user: {{count: 3, fields: {{id: {{sequence: {{}}}}}}}}}}
events:
  order: {{actor: user, fields: {{n: {{sequence: {{per: {per}}}}}}}}}
  refund:
    actor: user
    refs: {{order: {{event: order, within: 64s, of: {of}}}}}
    fields: {{who: actor.id, n: order.n}}
arrivals: {{order: {{process: constant, rate: 1/s}}, refund: {{process: constant, rate: 8/s}}}}
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_any_is_even_among_all_within_reach(seed: int) -> None:
    """Orders come once a second, so that the number of one tells how far back it lies: 65 of them are within reach."""
    text = TEXT.format(seed=seed, per="type", of="anyone").replace(
        "sequence: {per: type}", 'expr: "epoch(event.time) - 1767225600"'
    )
    plan = compile_plan(loads(text))
    frame = plan.realise(plan.spine().take(200_000)).frames["refund"]
    time = frame["time"].to_physical().to_numpy() // 1_000_000 - 1_767_225_600
    back = (time - frame["n"].to_numpy())[time >= 64].astype(int)
    exact = (frame["time"].to_physical().to_numpy() % 1_000_000 == 0)[time >= 64]
    assert back.min() == 0
    assert back.max() == 64
    assert (back[~exact] <= 63).all()  # 64 s and a part of one lie too far back
    counts = np.bincount(back[~exact], minlength=64)
    expected = counts.sum() / 64
    assert expected > 1_500
    chi = ((counts - expected) ** 2 / expected).sum()
    assert chi < 118  # 63 degrees of freedom: one time in 30,000


@pytest.mark.parametrize("seed", [3, 4])
def test_any_is_even_among_those_of_the_actor(seed: int) -> None:
    plan = compile_plan(loads(TEXT.format(seed=seed, per="actor", of="actor")))
    slab = plan.spine().take(200_000)
    frames = plan.realise(slab).frames
    refunds, orders = frames["refund"], frames["order"]
    order_time = orders["time"].to_physical().to_numpy()
    number = orders["n"].to_numpy()
    who = _owners(plan, slab)
    shares = []
    for actor in range(3):
        mine = refunds.filter(refunds["who"] == actor + 1)
        times = order_time[who == actor]
        assert (np.diff(number[who == actor]) == 1).all()
        at = mine["time"].to_physical().to_numpy()
        first = np.searchsorted(times, at - 64_000_000)
        last = np.searchsorted(times, at, side="right")
        place = mine["n"].to_numpy() - 1 - first
        assert ((place >= 0) & (place <= last - first)).all()
        inner = at % 1_000_000 != 0
        shares.append(((place + 0.5) / (last - first))[inner & (last - first >= 10)])
    whole = np.concatenate(shares)
    assert len(whole) > 50_000
    assert abs(whole.mean() - 0.5) < 4 * 0.2887 / np.sqrt(len(whole))
    assert abs(whole.var() - 1 / 12) < 0.002


def _owners(plan: Plan, slab: Slab) -> Ints:
    """The actor of each order, which no field of it tells."""
    order_pass = next(each for each in plan.memories if each.kind == 0)
    return order_pass.owner(Block.of(slab.rows.take(np.flatnonzero(slab.kind == 0))))
