"""Whose turn it is: only steps that read or change what several sessions share wait for one another."""

from __future__ import annotations

import numpy as np
import pytest
from flow_driver import SHOP, shop, told, windows

from synthwb.engine import Plan, compile_plan
from synthwb.engine.flows.crowd import Crowd
from synthwb.scenario import loads


def _waiting(plan: Plan) -> set[str]:
    """The states in which a step waits for its turn."""
    assert plan.crowd is not None
    (flow,) = plan.crowd.flows
    numbers = np.flatnonzero(flow.touching).tolist()
    return {name for name, state in zip(flow.flow.states, sorted(flow.states), strict=True) if state in numbers}


def _guarded(more: str, change: str = "actor.balance: {expr: actor.balance - total}") -> Plan:
    text = SHOP.replace("GUARD", '{weight: 45, when: "actor.balance > 60"}').replace("SET", f"set: {{{change}}},")
    return compile_plan(loads(text.replace("items: session.items}", f"items: session.items{more}}}")))


@pytest.mark.parametrize(
    ("plan", "waiting"),
    [
        (shop(), set()),
        (shop(shared=True), set()),  # settled in the ledger
        (shop(shared=True, guarded=True), {"cart", "paid"}),
        (_guarded(", left: actor.balance"), {"landing", "browse", "cart", "paid"}),  # its event shows the balance
        (_guarded("", "actor.balance: 5.0"), {"cart", "paid"}),
    ],
)
def test_which_steps_wait(plan: Plan, waiting: set[str]) -> None:
    assert _waiting(plan) == waiting


def test_steps_that_wait_for_nobody_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = shop(shared=True, guarded=True)
    together = told(list(windows(plan, 60).slabs(500)))
    rounds = [0, 0]

    def counted(crowd: Crowd, due: object, original: object = Crowd._turns) -> object:
        rounds[0] += 1
        return original(crowd, due)  # type: ignore[operator]

    monkeypatch.setattr(Crowd, "_turns", counted)
    list(windows(plan, 60).slabs(500))
    assert plan.crowd is not None
    plan.crowd.flows[0].touching[:] = True
    rounds.reverse()
    assert told(list(windows(plan, 60).slabs(500))) == together
    assert rounds[0] > 2 * rounds[1]
