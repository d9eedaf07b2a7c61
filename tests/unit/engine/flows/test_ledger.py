"""What actors carry comes out the same whether it is settled afterwards or along with the walk."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import polars as pl
import pytest
from flow_driver import shop, told, windows

from synthwb.engine import Plan, compile_plan
from synthwb.engine.flows.links import Links
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

BANK = """
seed: 5
clock: {end: +30m}
entities:
  user:
    count: 40
    fields:
      name: {sequence: {start: 0}}
      balance: 100.0
      visits: 0
      plan: {choice: [free, pro]}
      vip: {const: false}
    activity: {zipf: {exponent: 1.2}}
events:
  paid:
    actor: user
    fields:
      who: actor.name
      sum: {exponential: {mean: 20}, round: 2}
      before: actor.balance
      plan: actor.plan
      vip: actor.vip
      nth: actor.visits
  looked: {actor: user, fields: {who: actor.name, balance: actor.balance, nth: actor.visits}}
  topped_up: {actor: user, fields: {who: actor.name, balance: actor.balance}}
flows:
  shopping:
    actor: user
    set: {session.n: 0}
    states:
      look:
        emit: looked
        dwell: 10s
        set: {session.n: {expr: "session.n + 1"}, actor.visits: {expr: "actor.visits + session.n"}}
        next: {look: 30, pay: 50, exit: 20}
      pay:
        emit: paid
        set:
          actor.balance: {expr: "if(actor.balance < paid.sum, actor.balance, actor.balance - paid.sum)"}
          actor.vip: {expr: "actor.visits > 5 AND session.n > 1"}
          actor.plan: {choice: {free: 3, pro: 1, team: 1}}
        next: exit
  saving:
    actor: user
    states: {save: {emit: topped_up, set: {actor.balance: {expr: "actor.balance + 40"}}}}
arrivals: {shopping: 40/min, saving: 20/min, looked: 30/min}
"""


@pytest.fixture
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ledger: the steps of an actor are taken one after the other."""
    nothing = cached_property(lambda self: None)
    nothing.__set_name__(Links, "deferred")
    monkeypatch.setattr(Links, "deferred", nothing)


def _frames(plan: Plan) -> dict[str, pl.DataFrame]:
    return plan.realise(plan.spine().take(100_000)).frames


def test_a_shop_is_settled_as_if_it_walked_in_turn(request: pytest.FixtureRequest) -> None:
    settled = shop(shared=True)
    assert settled.links.deferred is not None
    found = _frames(settled)
    request.getfixturevalue("in_turn")
    turned = shop(shared=True)
    assert turned.links.deferred is None
    wanted = _frames(turned)
    assert found.keys() == wanted.keys()
    for event in wanted:
        assert found[event].equals(wanted[event])


def test_a_bank_keeps_its_books() -> None:
    """Against the books kept by hand, one event after the other."""
    plan = compile_plan(loads(BANK))
    assert plan.links.deferred is not None
    frames = _frames(plan)
    rows = sorted(
        (row["time"], order, event, row)
        for order, event in enumerate(("paid", "looked", "topped_up"))
        for row in frames[event].iter_rows(named=True)
    )
    assert len(rows) > 2_000
    balance: dict[int, float] = {}
    for _, _, event, row in rows:
        held = balance.setdefault(row["who"], 100.0)
        assert row["before" if event == "paid" else "balance"] == held
        if event == "paid" and held >= row["sum"]:
            balance[row["who"]] = held - row["sum"]
        if event == "topped_up":
            balance[row["who"]] = held + 40
    assert set(frames["paid"]["plan"]) == {"free", "pro", "team"}
    assert set(frames["paid"]["vip"]) == {False, True}
    assert frames["paid"]["nth"].min() == 1


def test_a_bank_is_settled_as_if_it_walked_in_turn(request: pytest.FixtureRequest) -> None:
    found = _frames(compile_plan(loads(BANK)))
    request.getfixturevalue("in_turn")
    turned = compile_plan(loads(BANK))
    assert set(turned.links.heard["user"]) >= {"visits", "balance"}
    wanted = _frames(turned)
    for event in wanted:
        assert found[event].equals(wanted[event])


@pytest.mark.parametrize("more", ["", "one_at_a_time: true"])
@pytest.mark.parametrize("cap", ["3", "{limit: 3, at_cap: drop}", "{limit: 2, at_cap: poll}"])
def test_doors_let_in_whom_the_queue_lets_in(cap: str, more: str, request: pytest.FixtureRequest) -> None:
    text = BANK.replace("shopping: 40/min", f"shopping: {{rate: 20/min, concurrency: {cap}}}")
    text = text.replace("+30m", "+10m").replace("    set: {session.n: 0}\n", f"    set: {{session.n: 0}}\n    {more}\n")
    found = _frames(compile_plan(loads(text)))
    request.getfixturevalue("in_turn")
    turned = compile_plan(loads(text))
    wanted = _frames(turned)
    assert len(found["looked"]) > 100
    for event in wanted:
        assert found[event].equals(wanted[event])
    whole = told(list(windows(turned, 600).slabs(10_000)))
    for seconds in (3, 40):
        assert told(list(windows(turned, seconds).slabs(100))) == whole


def test_what_people_from_outside_carry_has_the_type_of_its_column(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,balance\nann,10\nben,20\n")
    text = """
entities: {user: {from: people.csv}}
events: {paid: {actor: user, fields: {who: actor.name, before: actor.balance}}}
flows: {pay: {actor: user, states: {s: {emit: paid, set: {actor.balance: {expr: "actor.balance + 1"}}}}}}
arrivals: {pay: 1/s}
"""
    frame = _frames(compile_plan(loads(text + "clock: {end: +1m}\n", folder=tmp_path)))["paid"]
    for who, begin in (("ann", 10), ("ben", 20)):
        found = frame.filter(pl.col("who") == who)["before"].to_list()
        assert found == list(range(begin, begin + len(found)))
    wrong = text.replace("actor.balance: {", "actor.money: {")
    with pytest.raises(ScenarioError, match="has no column 'money'"):
        compile_plan(loads(wrong, folder=tmp_path))
