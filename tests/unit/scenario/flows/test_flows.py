"""Flows as they are written: states and chains, what a session carries, what its events read, how they begin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from synthwb.scenario import Scenario, loads, parse
from synthwb.scenario.flows.model import EXIT, Concurrency, Flow, Setting, Variable
from synthwb.scenario.model import DType, Expression, Field

ROWS = """\
entities:
  user: {count: 5, key: user_id, fields: {user_id: uuid, age: 30, balance: 5.5, name: {const: a}}}
  driver: {count: 4, fields: {driver_id: uuid, rides: 0}}
"""
EVENTS = """\
events:
  viewed: {actor: user, fields: {page: {const: a}, note: page}}
  rated: {actor: driver, fields: {stars: 4}}
  paid: {fields: {total: 2.5}}
"""
HEAD = ROWS + EVENTS
VISIT = f"""{HEAD}flows:
  visit:
    actor: user
    with: {{driver: {{entity: driver, pick: {{zipf: {{exponent: 1.2}}}}}}}}
    start: {{landing: 3, cart: 1}}
    session: {{gap: 30m, max: 4h}}
    one_at_a_time: true
    set: {{session.items: 0, session.total: 0.0, session.who: actor.name}}
    doc: A visit
    states:
      landing: {{emit: viewed, dwell: 12s, next: {{cart: 62, exit: 38}}}}
      cart:
        emit: [viewed, rated, paid]
        times: {{poisson: {{mean: 2}}}}
        dwell: {{expr: "total * 2 + paid.total + driver.rides"}}
        set: {{session.items: {{expr: "session.items + stars"}}, actor.balance: 3}}
        fields: {{page: {{const: cart}}, viewed.new: 3}}
        next: {{landing: {{weight: 45, when: "actor.balance > total"}}, cart: 50%, exit: {{expr: "30 * actor.age"}}}}
"""


def visit(body: str, head: str = HEAD) -> Flow:
    return loads(f"{head}flows: {{visit: {{{body}}}}}\n").flows["visit"]


def problems(body: str, head: str = HEAD) -> list[tuple[str, str]]:
    found = parse(f"{head}flows: {{visit: {{{body}}}}}\n").diagnostics
    return [(problem.code, problem.path) for problem in found if problem.code != "no-effect"]


def test_a_whole_flow() -> None:
    flow = loads(VISIT).flows["visit"]
    assert (flow.actor, flow.gap, flow.longest, flow.one_at_a_time, flow.doc) == (
        "user",
        30 * 60_000_000,
        4 * 3_600_000_000,
        True,
        "A visit",
    )
    assert [(ref.name, ref.entity, ref.pick is not None) for ref in flow.partners] == [("driver", "driver", True)]
    assert [(way.to, way.weight) for way in flow.start] == [("landing", 3), ("cart", 1)]
    assert not flow.parallel
    cart = flow.states["cart"]
    assert (cart.name, cart.path, cart.emit) == ("cart", "visit.cart", ("viewed", "rated", "paid"))
    assert isinstance(cart.times, Field)
    assert (cart.times.call.generator, cart.times.path) == ("poisson", "visit.cart.times")
    landing = flow.states["landing"]
    assert landing.dwell is not None
    assert (landing.dwell.call.args["value"], landing.times, landing.fields, landing.settings) == (12, 1, {}, ())


def test_names_are_canonical() -> None:
    """Fields of events in full, so that the engine need not know which state reads them."""
    cart = loads(VISIT).flows["visit"].states["cart"]
    assert cart.dwell is not None
    assert cart.dwell.reads == ("paid.total", "driver.rides")
    assert cart.settings[0].field.reads == ("session.items", "rated.stars")
    guard = cart.branches[0].when
    assert guard is not None
    assert (guard.text, guard.names) == ('actor.balance > "paid"."total"', ("actor.balance", "paid.total"))


def test_ways_on() -> None:
    ways = loads(VISIT).flows["visit"].states["cart"].branches
    assert [way.to for way in ways] == ["landing", "cart", EXIT]
    assert [ways[0].weight, ways[1].weight] == [45, 0.5]
    assert isinstance(ways[2].weight, Expression)
    assert [way.when is None for way in ways] == [False, True, True]


def test_variables() -> None:
    flow = loads(VISIT).flows["visit"]
    assert flow.variables == {
        "session.items": Variable("session.items", "session", None, DType.INTEGER),
        "session.total": Variable("session.total", "session", None, DType.FLOAT),
        "session.who": Variable("session.who", "session", None, DType.STRING),
        "actor.balance": Variable("actor.balance", "actor", "user", DType.FLOAT),
    }
    assert [setting.variable.name for setting in flow.settings] == ["session.items", "session.total", "session.who"]
    assert [setting.field.path for setting in flow.states["cart"].settings] == [
        "visit.cart.set.session.items",
        "visit.cart.set.actor.balance",
    ]


def test_values_that_only_one_state_gives() -> None:
    fields = loads(VISIT).flows["visit"].states["cart"].fields
    assert {event: [(each.name, each.path) for each in given] for event, given in fields.items()} == {
        "viewed": [("page", "visit.cart.page"), ("new", "visit.cart.viewed.new")]
    }


def test_a_value_called_like_a_key_of_the_state_has_a_path_of_its_own() -> None:
    state = visit("states: {a: {emit: paid, dwell: 3s, fields: {dwell: 4}}}").states["a"]
    assert state.dwell is not None
    assert (state.dwell.path, state.fields["paid"][0].path) == ("visit.a.dwell", "visit.a.fields.dwell")


def test_an_event_is_ordered_for_what_states_put_in_its_place() -> None:
    text = f"{ROWS}events: {{e: {{fields: {{a: 1, b: 2, c: {{expr: a}}}}}}}}\n"
    states = '{s: {emit: e, fields: {a: {expr: "b"}}}}'
    scenario = loads(f"{text}flows: {{visit: {{states: {states}}}}}\n")
    assert [field.name for field in scenario.events["e"].fields] == ["b", "a", "c"]
    circle = '{s: {emit: e, fields: {a: {expr: "c"}}}}'
    (problem,) = parse(f"{text}flows: {{visit: {{states: {circle}}}}}\n").diagnostics
    assert (problem.code, problem.path) == ("cycle", "visit.s.a")
    assert "a -> c -> a" in problem.message


def test_an_optional_field_is_of_one_type() -> None:
    states = "states: {a: {emit: paid, fields: {x: 1}, next: b}, b: {emit: paid, fields: {x: {const: t}}}}"
    assert problems(states) == [("type", "visit.b.x")]


def test_states_side_by_side() -> None:
    flow = visit("start: [b, a], states: {a: {emit: paid}, b: {emit: paid}}")
    assert flow.parallel
    assert [way.to for way in flow.start] == ["b", "a"]
    assert [way.to for way in visit("states: {a: {emit: paid, next: b}, b: {}}").start] == ["a"]


def test_a_chain_becomes_states() -> None:
    chain = "[paid, {event: [viewed, rated], state: seen, dwell: 2m, exit: 30%}, {event: viewed, times: 2}]"
    flow = visit(f"actor: user, with: {{driver: driver}}, steps: {chain}")
    assert [(name, state.path, state.emit, state.times) for name, state in flow.states.items()] == [
        ("paid", "visit.paid", ("paid",), 1),
        ("seen", "visit.seen", ("viewed", "rated"), 1),
        ("viewed", "visit.viewed", ("viewed",), 2),
    ]
    assert [[(way.to, way.weight) for way in state.branches] for state in flow.states.values()] == [
        [("seen", 1.0)],
        [("viewed", 0.7), (EXIT, 0.3)],
        [(EXIT, 1.0)],
    ]


def test_a_chain_and_its_states_mean_the_same() -> None:
    chain = visit("steps: [paid, {event: paid, state: again, dwell: 2m, set: {session.n: 2}}], set: {session.n: 1}")
    states = visit(
        "states: {paid: {emit: paid, next: again}, again: {emit: paid, dwell: 2m, set: {session.n: 2}, next: exit}},"
        " set: {session.n: 1}"
    )
    assert _meaning(chain) == _meaning(states)


def _meaning(flow: Flow) -> object:
    from synthwb.engine.fingerprint import fingerprint

    return fingerprint(replace(flow, span=None))


def test_settings_are_fields() -> None:
    flow = visit("set: {session.n: 1}, states: {a: {emit: paid, set: {session.n: {integer: {min: 1, max: 6}}}}}")
    (setting,) = flow.states["a"].settings
    assert isinstance(setting, Setting)
    assert (setting.field.call.generator, setting.field.dtype) == ("integer", DType.INTEGER)


# Arrivals


def arrivals(text: str) -> Scenario:
    return loads(f"{HEAD}flows: {{visit: {{actor: user, states: {{a: {{emit: viewed}}}}}}}}\n{text}")


def test_what_a_flow_emits_does_not_come_by_itself() -> None:
    found = arrivals("").arrivals
    assert [(each.event, each.process, each.rate) for each in found] == [("visit", "constant", Fraction(1))]
    found = arrivals("arrivals: {viewed: 5/s, paid: 1/s, visit: {process: renewal, gap: 2s}}").arrivals
    assert [(each.event, each.process) for each in found] == [
        ("viewed", "poisson"),
        ("paid", "poisson"),
        ("visit", "renewal"),
    ]


def test_an_event_beside_flows_that_never_happens_is_said() -> None:
    text = f"{HEAD}flows: {{visit: {{states: {{a: {{emit: paid}}}}}}}}\narrivals: {{rated: 1/s}}\n"
    (problem,) = parse(text).diagnostics
    assert (problem.code, problem.path, problem.severity) == ("no-effect", "viewed", "warning")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", Concurrency(100)),
        ("{limit: 7, at_cap: drop}", Concurrency(7, "drop")),
        ("{limit: 7, at_cap: poll, every: 2s}", Concurrency(7, "poll", 2_000_000)),
    ],
)
def test_a_cap(text: str, expected: Concurrency) -> None:
    assert arrivals(f"arrivals: {{visit: {{rate: 5/s, concurrency: {text}}}}}").arrivals[0].concurrency == expected
    process = f"{{process: schedule, cron: '@hourly', concurrency: {text}}}"
    assert arrivals(f"arrivals: {{visit: {process}}}").arrivals[0].concurrency == expected


# Names


@pytest.mark.parametrize(
    ("field", "dtype"),
    [
        ("session.id", DType.STRING),
        ("session.start", DType.TIMESTAMP),
        ("session.step", DType.INTEGER),
        ("session.flow", DType.STRING),
        ("session.items", DType.INTEGER),
        ("state.name", DType.STRING),
        ("state.visits", DType.INTEGER),
        ("driver.rides", DType.INTEGER),
        ('{expr: "session.items + state.visits * 0.5"}', DType.FLOAT),
        ('{template: "{session.id}/{state.name}"}', DType.STRING),
    ],
)
def test_what_an_event_of_a_flow_reads(field: str, dtype: DType) -> None:
    scenario = loads(VISIT.replace("note: page", f"note: {field}"))
    (note,) = (each for each in scenario.events["viewed"].fields if each.name == "note")
    assert note.dtype is dtype


def test_a_partner_is_readable_where_all_flows_have_it() -> None:
    text = VISIT.replace("note: page", "note: driver.rides")
    other = "  other: {actor: user, with: {#}, states: {a: {emit: viewed}}}\n"
    assert parse(text + other.replace("#", "driver: driver")).scenario is not None
    for partner in ("driver: user", "rider: driver"):
        (problem,) = parse(text + other.replace("#", partner)).diagnostics
        assert (problem.code, problem.path) == ("unknown-name", "viewed.note")
        assert "add with: {driver: driver} to other" in problem.hint


def test_a_variable_is_readable_where_all_flows_have_it_with_one_type() -> None:
    text = VISIT.replace("note: page", "note: session.items")
    other = "  other: {actor: user, set: {#}, states: {a: {emit: viewed}}}\n"
    assert parse(text + other.replace("#", "session.items: 4")).scenario is not None
    for first in ("session.items: 4.5", "session.n: 4"):
        (problem,) = parse(text + other.replace("#", first)).diagnostics
        assert (problem.code, problem.path) == ("unknown-name", "viewed.note")


def test_an_event_belongs_to_the_actor_or_to_one_partner() -> None:
    states = "states: {a: {emit: rated}}"
    assert visit(f"with: {{driver: driver}}, {states}").partners[0].name == "driver"
    assert visit(f"actor: driver, with: {{other: driver}}, {states}").actor == "driver"
    for head in ("actor: user, ", "with: {one: driver, two: driver}, ", ""):
        assert problems(head + states) == [("contradiction", "visit.a")]


def test_rows_from_outside_are_taken_on_trust(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id,balance\n1,2.5\n")
    text = """\
entities: {user: {from: users.csv}}
events: {e: {actor: user, fields: {a: actor.balance}}}
flows:
  visit:
    actor: user
    set: {session.b: #}
    states:
      a: {emit: e, set: {actor.balance: {expr: "actor.balance - 1"}, session.b: 3}, dwell: actor.balance}
"""
    flow = loads(text.replace("#", "{path: actor.balance, as: float}"), folder=tmp_path).flows["visit"]
    assert {name: variable.dtype for name, variable in flow.variables.items()} == {
        "session.b": DType.FLOAT,
        "actor.balance": DType.UNKNOWN,
    }
    (problem,) = parse(text.replace("#", "actor.balance"), folder=tmp_path).diagnostics
    assert (problem.code, problem.path) == ("type", "visit.set.session.b"), "a session has no table to look it up in"


# Contradictions, one at a time


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ("states: {a: {emit: paid, next: a}}", "contradiction", "visit.a"),
        ("states: {a: {emit: paid}, b: {emit: paid}}", "contradiction", "visit.b"),
        ("states: {a: {emit: paid, dwell: 1s, next: b}, b: {dwell: 1s, next: a}}", "contradiction", "visit.a"),
        ("states: {a: {emit: paid, dwell: 1s, next: {a: 1, exit: 0}}}", "contradiction", "visit.a"),
        ("states: {a: {emit: paid, next: {b: 0, exit: 1}}, b: {}}", "contradiction", "visit.b"),
        ("states: {a: {emit: paid, next: {exit: 0}}}", "contradiction", "visit.a.next"),
        ("states: {a: {emit: paid, next: {exit: -1}}}", "range", "visit.a.next.exit"),
        ("states: {a: {emit: paid, next: {exit: many}}}", "type", "visit.a.next.exit"),
        ("states: {a: {emit: paid, next: {exit: {}}}}", "type", "visit.a.next.exit"),
        ("states: {a: {emit: paid, next: b}}", "unknown-state", "visit.a.next"),
        ("states: {a: {emit: paid, next: [a, exit]}}", "type", "visit.a.next"),
        ("states: {a: {emit: []}, b: {emit: paid}}, start: [a, b]", "type", "visit.a.emit"),
        ("states: {a: {emit: {paid: 1}}}", "type", "visit.a.emit"),
        ("states: {a: {emit: paid, times: 0}}", "contradiction", "visit.a.times"),
        ("states: {a: {emit: paid, times: -1}}", "range", "visit.a.times"),
        ("states: {a: {emit: paid, times: {const: 0}}}", "contradiction", "visit.a.times"),
        ("states: {a: {emit: paid, times: {normal: {mean: 3}}}}", "contradiction", "visit.a.times"),
        ("states: {a: {emit: paid, dwell: {normal: {mean: 3s, std: 1s}}}}", "contradiction", "visit.a.dwell"),
        ("states: {a: {emit: paid, dwell: {exponential: {mean: 3s}, missing: 5%}}}", "type", "visit.a.dwell"),
        ("states: {exit: {emit: paid}, a: {emit: paid}}, start: a", "name", "visit.exit"),
        ("states: {a: {emit: paid}}, start: exit", "contradiction", "visit.start"),
        ("states: {a: {emit: paid}}, start: []", "type", "visit.start"),
        ("states: {}", "type", "visit"),
        ("steps: []", "type", "visit"),
        ("steps: [paid, paid]", "name-clash", "visit.paid"),
        ("steps: [{event: paid, exit: 30%}, paid, {}]", "missing-key", "visit.steps.2"),
        ("actor: nobody, states: {a: {emit: paid}}", "unknown-entity", "visit.actor"),
        ("with: {session: driver}, states: {a: {emit: paid}}", "name", "visit.with.session"),
        ("with: {paid: driver}, states: {a: {emit: paid}}", "name-clash", "visit.with.paid"),
        ("set: {session.n: null}, states: {a: {emit: paid}}", "missing-value", "visit.set.session.n"),
        ("set: {session.n: {const: null}}, states: {a: {emit: paid}}", "type", "visit.set.session.n"),
        ("set: [a], states: {a: {emit: paid}}", "type", "visit.set"),
        ("set: {session.a-b.c: 3}, states: {a: {emit: paid}}", "name", "visit.set.session.a-b.c"),
        ("states: {a: {emit: paid, set: {session.n: 3}}}", "unknown-name", "visit.a.set.session.n"),
        ("states: {a: {emit: paid, set: [n]}}", "type", "visit.a.set"),
        ("states: {a: {emit: paid, fields: {total: {const: t}}}}", "type", "visit.a.total"),
        ("states: {a: {emit: paid, fields: 3}}", "type", "visit.a"),
        ("states: {a: {emit: paid, fields: {time: 3}}}", "name-clash", "visit.a.time"),
        ("session: {max: 0s}, states: {a: {emit: paid}}", "contradiction", "visit.session.max"),
    ],
)
def test_contradictions(body: str, code: str, path: str) -> None:
    found = problems(body)
    assert (code, path) in found
    assert len(found) <= 2, found


def test_a_flow_may_go_round_where_time_ends_it() -> None:
    body = "session: {max: 1h}, states: {a: {emit: paid, dwell: 1s, next: a}}"
    assert visit(body).longest == 3_600_000_000
    assert visit("states: {a: {emit: paid, dwell: {uniform: {min: 0s, max: 1s}}, next: {a: 9, exit: 1}}}").states


def test_names_of_flows_are_their_own() -> None:
    for name in ("user", "paid", "events", "actor", "a b"):
        text = f"{HEAD}flows: {{{name}: {{states: {{a: {{emit: paid}}}}}}}}\n"
        assert parse(text).scenario is None, name


def test_nothing_written_is_no_flow() -> None:
    for flows in ("flows: {}", "flows:", ""):
        scenario = loads(f"{HEAD}{flows}\n")
        assert scenario.flows == {}
        assert [arrival.event for arrival in scenario.arrivals] == ["viewed", "rated", "paid"]


def test_paths_lead_into_flows() -> None:
    again = "{event: paid, state: again, dwell: {exponential: {mean: 2m}}, exit: 30%}"
    chain = f"  chain: {{steps: [paid, {again}, {{event: paid, state: last}}]}}\n"
    overrides = {
        "visit.landing.next.cart": "70",
        "visit.cart.next.landing.weight": "3",
        "visit.cart.times.mean": "5",
        "visit.session.gap": "1h",
        "visit.set.session.items": "7",
        "chain.again.exit": "10%",
        "flows.chain.steps.1.dwell.exponential.mean": "1m",
    }
    flows = loads(VISIT + chain, overrides=overrides).flows
    assert flows["visit"].states["landing"].branches[0].weight == 70
    assert flows["visit"].states["cart"].branches[0].weight == 3
    assert flows["visit"].gap == 3_600_000_000
    assert flows["visit"].settings[0].field.call.args["value"] == 7
    assert [way.weight for way in flows["chain"].states["again"].branches] == [0.9, 0.1]
    dwell = flows["chain"].states["again"].dwell
    assert dwell is not None
    assert dwell.call.args["mean"] == 60


def test_a_field_may_be_called_like_what_it_copies() -> None:
    fields = "{session: session.id, state: state.name, actor: actor.name, shop: shop.name}"
    text = f"events: {{seen: {{actor: user, fields: {fields}}}}}\n"
    text += "entities: {user: {count: 3, fields: {name: first_name}}, store: {count: 3, fields: {name: company}}}\n"
    text += "flows: {visit: {actor: user, with: {shop: store}, states: {a: {emit: seen}}}}\n"
    parsed = parse(text)
    assert parsed.scenario is not None, parsed.diagnostics


# What goes by itself, and what is settled before flows go

LIVING = """
clock: {start: 2026-03-02T00:00, end: +9d}
entities:
  user:
    count: 9
    fields: {lift: 0.0, name: first_name}
    population: {churn: 1%/day}
    engagement: {start: START, decay: 5%}
events: {seen: {actor: user, fields: {lift: actor.lift}}}
flows: {visit: {actor: user, states: {look: {emit: seen, set: {SET}}}}}
arrivals: {visit: {process: per_actor, COMES}}
"""


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"SET": "actor.engagement: 1.0"}, "visit.look.set.actor.engagement", "start, decay, boost and noise"),
        ({"SET": "actor.born: {path: session.start}"}, "visit.look.set.actor.born", "begins to live"),
        ({"COMES": "count: 1, chance: {expr: actor.lift}"}, "arrivals.visit.chance", "is set by the flow 'visit'"),
        ({"COMES": "count: {expr: 1 + actor.lift}"}, "arrivals.visit.count", "is set by the flow 'visit'"),
        ({"COMES": "gap: {exponential: {mean: {expr: 60 + actor.lift}}}"}, "arrivals.visit.gap", "actor.lift in the"),
        ({"START": "{expr: lift}"}, "user.engagement.start", "how engaged a row is"),
    ],
)
def test_what_goes_by_itself_is_not_set_and_reads_nothing_that_is(given: dict[str, str], path: str, words: str) -> None:
    text = LIVING
    for name, plain in {"SET": "actor.lift: 1.0", "COMES": "rate: 1/h", "START": "50%"}.items():
        text = text.replace(name, given.get(name, plain))
    (problem,) = parse(text).diagnostics
    assert (problem.code, problem.path) == ("contradiction", path)
    assert words in f"{problem.message} {problem.hint}"


def test_what_no_flow_sets_may_be_read_ahead() -> None:
    text = LIVING.replace("SET", "actor.lift: 1.0").replace("START", '{expr: "length(name) / 20"}')
    text = text.replace("COMES", 'count: 1, chance: {expr: "0.05 * length(actor.name)"}')
    assert parse(text).diagnostics == ()
