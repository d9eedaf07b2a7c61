"""What a session does: its steps, its ids, its state, whoever takes part."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from synthwb.engine import Plan, compile_plan
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

HEAD = """
seed: 11
clock: {end: +20m}
entities:
  user: {count: 30, fields: {name: {sequence: {}}, age: {integer: {min: 18, max: 80}}}}
  driver: {count: 9, fields: {plate: {pattern: "??-####"}, rides: 0}}
"""


def _plan(text: str) -> Plan:
    return compile_plan(loads(HEAD + text))


def _frames(text: str, events: int = 50_000) -> dict[str, pl.DataFrame]:
    plan = _plan(text)
    return plan.realise(plan.spine().take(events)).frames


def test_a_chain_of_steps_is_walked_to_its_end() -> None:
    frames = _frames(
        """
events:
  a: {fields: {sid: session.id, step: session.step, at: session.start, flow: session.flow, state: state.name}}
  b: {fields: {sid: session.id, step: session.step, visits: state.visits}}
flows: {chain: {steps: [a, {event: b, times: 3, dwell: 2s}]}}
arrivals: {chain: 10/min}
clock: {end: +10m}
""".replace("clock: {end: +10m}\n", "")
    )
    a, b = frames["a"], frames["b"]
    assert set(a["flow"]) == {"chain"}
    assert set(a["state"]) == {"a"}
    assert (a["step"] == 0).all()
    assert (a["at"] == a["time"]).all()
    whole = b.group_by("sid").agg(pl.col("step").sort(), pl.col("visits"), pl.col("time").sort())
    done = whole.filter(pl.col("step").list.len() == 3)
    assert len(done) > 100
    for row in done.iter_rows(named=True):
        assert row["step"] == [1, 2, 3]
        assert row["visits"] == [1, 1, 1]
        first, second, third = row["time"]
        assert (second - first).total_seconds() == (third - second).total_seconds() == 2.0


def test_a_state_is_entered_again_and_counts_it() -> None:
    frames = _frames("""
events: {tick: {fields: {sid: session.id, visits: state.visits}}}
flows:
  loop: {states: {s: {emit: tick, dwell: 1s, next: {s: {weight: 1, when: "state.visits < 4"}, exit: 0.0001}}}}
arrivals: {loop: 20/min}
""")
    counts = frames["tick"].group_by("sid").agg(pl.col("visits"))["visits"].to_list()
    whole = [visits for visits in counts if len(visits) == 4]
    assert len(whole) > 0.9 * len(counts)
    assert all(visits == [1, 2, 3, 4] for visits in whole)


def test_a_long_dwell_starts_another_id_and_a_maximum_ends_the_walk() -> None:
    frames = _frames("""
events: {tick: {fields: {sid: session.id, began: session.start, step: session.step, who: actor.name}, actor: user}}
flows:
  loop:
    actor: user
    session: {gap: 10s, max: 60s}
    states: {s: {emit: tick, dwell: {uniform: {min: 5, max: 15}}, next: {s: 1, exit: 0}}}
arrivals: {loop: 5/min}
""")
    tick = frames["tick"].sort("time")
    assert tick["sid"].n_unique() > tick.filter(pl.col("step") == 0).height
    for part in tick.partition_by("sid"):
        times = part["time"].to_list()
        assert all((later - earlier).total_seconds() <= 10 for earlier, later in pairwise(times))
        assert part["began"].n_unique() == 1
        assert part["began"][0] == times[0]
    starts = tick.filter(pl.col("step") == 0).height
    longest = tick.filter(pl.col("step") >= 12).height
    assert starts > 50
    assert longest == 0  # sixty seconds hold at most twelve steps of five


def test_walks_side_by_side_share_the_session() -> None:
    frames = _frames("""
events: {left: {fields: {sid: session.id}}, right: {fields: {sid: session.id}}}
flows: {both: {start: [l, r], states: {l: {emit: left}, r: {emit: right, times: 2, dwell: 1s}}}}
arrivals: {both: 10/min}
""")
    left, right = frames["left"], frames["right"].group_by("sid").len()
    assert left["sid"].n_unique() == len(left)
    assert set(right["sid"]) <= set(left["sid"])
    assert (right["len"] == 2).sum() >= len(left) - 1


def test_a_partner_is_held_on_to_and_changes() -> None:
    frames = _frames("""
events:
  asked: {actor: user, fields: {sid: session.id, who: actor.name, plate: driver.plate}}
  driven: {actor: driver, fields: {sid: session.id, plate: actor.plate, nth: actor.rides}}
flows:
  ride:
    actor: user
    with: {driver: driver}
    states:
      ask: {emit: asked, dwell: {exponential: {mean: 20s}}, next: drive}
      drive: {emit: driven, set: {driver.rides: {expr: "driver.rides + 1"}}}
arrivals: {ride: 30/min}
""")
    joined = frames["asked"].join(frames["driven"], on="sid")
    assert len(joined) > 300
    assert (joined["plate"] == joined["plate_right"]).all()
    for part in frames["driven"].sort("time").partition_by("plate"):
        assert part["nth"].to_list() == list(range(len(part)))


def test_fields_of_a_state_take_the_place_of_the_events_or_stand_beside_them() -> None:
    frames = _frames("""
events: {seen: {fields: {page: {const: home}, twice: {expr: "page || page"}, n: {integer: {min: 1, max: 9}}}}}
flows:
  visit:
    states:
      home: {emit: seen, next: {cart: 1, exit: 1}}
      cart: {emit: seen, fields: {page: {const: cart}, items: {integer: {min: 1, max: 3}}}}
arrivals: {visit: 60/min}
""")
    seen = frames["seen"]
    assert list(seen.columns) == ["time", "id", "page", "twice", "n", "items"]
    cart, home = seen.filter(pl.col("page") == "cart"), seen.filter(pl.col("page") == "home")
    assert len(cart) > 100 < len(home)
    assert set(cart["twice"]) == {"cartcart"}
    assert cart["items"].null_count() == 0
    assert home["items"].null_count() == len(home)
    assert (
        "items"
        in _plan("""
events: {seen: {fields: {page: {const: home}}}}
flows: {visit: {states: {home: {emit: seen, fields: {items: {const: 1}}}}}}
""")
        .schemas["seen"]
        .optional
    )


def test_settings_are_made_in_order_and_nothing_keeps_what_there_is() -> None:
    frames = _frames("""
events: {seen: {fields: {sid: session.id, step: session.step, a: session.a, b: session.b}}}
flows:
  visit:
    set: {session.a: 1, session.b: {expr: "session.a * 10"}}
    states:
      one:
        emit: seen
        dwell: 1s
        set: {session.a: {expr: "session.a + 1"}, session.b: {expr: "session.a * 10"}}
        next: two
      two: {emit: seen, dwell: 1s, set: {session.a: {integer: {min: 50, max: 60}, missing: 100%}}, next: three}
      three: {emit: seen}
arrivals: {visit: 30/min}
""")
    for part in frames["seen"].sort("step").partition_by("sid"):
        wanted = [(1, 10), (2, 20), (2, 20)][: len(part)]
        assert list(zip(part["a"], part["b"], strict=True)) == wanted


def test_an_event_that_also_comes_by_itself_belongs_to_no_session_then() -> None:
    frames = _frames("""
events:
  seen:
    actor: user
    fields:
      {sid: session.id, at: session.start, state: state.name, flow: session.flow, n: session.n, who: actor.name}
flows: {visit: {actor: user, set: {session.n: 5}, states: {s: {emit: seen}}}}
arrivals: {visit: 30/min, seen: 30/min}
""")
    seen = frames["seen"]
    alone = seen.filter(pl.col("sid").is_null())
    assert 200 < len(alone) < len(seen) - 200
    for name in ("at", "state", "flow", "n"):
        assert alone[name].null_count() == len(alone)
        assert seen.filter(pl.col("sid").is_not_null())[name].null_count() == 0
    assert seen["who"].null_count() == 0


def test_a_state_cannot_look_at_what_counts_all_events() -> None:
    with pytest.raises(ScenarioError, match="counts the events of all sessions"):
        _plan("""
events: {seen: {fields: {n: {sequence: {}}}}}
flows: {visit: {set: {session.n: 0}, states: {s: {emit: seen, set: {session.n: {expr: "seen.n"}}}}}}
""")


def test_an_edit_to_a_flow_leaves_other_events_as_they_are() -> None:
    text = """
events:
  seen: {actor: user, fields: {who: actor.name, x: {uniform: {min: 0, max: 1}}}}
  other: {fields: {x: {uniform: {min: 0, max: 1}}}}
  bought: {fields: {y: {normal: {mean: 0, std: 1}}}}
flows:
  visit: {actor: user, states: {a: {emit: seen, dwell: 9s, next: {b: 1, exit: 1}}, b: {emit: bought}}}
  more: {states: {c: {emit: bought, dwell: 3s}}}
arrivals: {visit: 30/min, other: 30/min, more: 5/min}
"""
    before = _frames(text)
    after = _frames(
        text.replace("dwell: 3s", "dwell: 4s, next: {d: 1}}, d: {emit: bought").replace("more: 5", "more: 9")
    )
    assert before["other"].equals(after["other"])
    assert before["seen"].equals(after["seen"])
    assert set(before["bought"]["id"]) < set(after["bought"]["id"])
