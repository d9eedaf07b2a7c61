"""Fields that remember: what they accept, and what is refused with a mend."""

from __future__ import annotations

import pytest

from synthwb.engine import compile_plan
from synthwb.errors import ScenarioError
from synthwb.scenario import loads, parse

TEXT = """
entities: {{user: {{count: 9, fields: {{id: uuid, n: {entity}}}}}}}
events:
  e:
    {actor}
    fields:
      x: {field}
      amount: {{uniform: {{min: 1, max: 2}}}}
      tags: {{list: word, length: 2}}
      price: {{const: 2, as: decimal}}
      k: sequence
"""


def problems(field: str, actor: str = "actor: user", entity: str = "uuid") -> list[str]:
    found = parse(TEXT.format(field=field, actor=actor, entity=entity)).diagnostics
    return [f"{each.message}; {each.hint}" for each in found]


@pytest.mark.parametrize(
    "field",
    [
        "{previous: amount}",
        "{previous: {field: amount, default: 1}}",
        "{previous: actor.id}",
        "{previous: event.name}",
        "{markov: {next: {a: {a: 1}}}}",
        "{markov: {next: {true: {false: 1}, false: {true: 1}}}}",
        "{sequence: {per: actor}, missing: 5%}",
        "{object: {y: {object: {z: {previous: amount}}}}}",
    ],
)
def test_what_is_accepted(field: str) -> None:
    assert problems(field) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("{previous: x}", "set: {actor.total"),
        ("{previous: tags}", "is a list"),
        ("{previous: price}", "as: float"),
        ("{previous: k}", "goes by the number"),
        ("{previous: event.ordinal}", "goes by the number"),
        ("{previous: {field: amount, default: many}}", "default is no float"),
        ("{previous: {field: event.time, default: 3}}", "default is no timestamp"),
        ("previous.amount", "{previous: amount}"),
        ("{list: {previous: amount}}", "hidden: true"),
        ("{list: word, length: {sequence: {per: actor}}}", "hidden: true"),
        ("{previous: amount, repeat: 5%}", "repeat together with previous"),
        ("{object: {z: {previous: amount}}, repeat: 5%}", "repeat together with previous"),
        ("{object: {z: {previous: amount}}, cardinality: 5}", "cardinality together with previous"),
        ("{previous: amount, unique: true}", "unique together with previous"),
        ("{previous: amount, min: 1, bounds: redraw}", "not drawn again"),
        ("{markov: {next: {}}}", "by value"),
        ("{markov: {next: {a: {b: 1}}}}", "'b', which has no row of its own; 'b': {'b': 1} stays there"),
        ("{markov: {next: {a: {a: 1}, b: {a: 1}}, start: {a: 1}}}", "'b', which nothing leads to"),
        ("{markov: {next: {a: {a: 1}}, start: {c: 1}}}", "start is 'c'"),
        ("{markov: {next: {a: {a: 0}}}}", "sum to nothing (0 = 0)"),
        ("{markov: {next: {a: {a: -1}}}}", "at least 0"),
    ],
)
def test_what_is_refused(field: str, said: str) -> None:
    assert any(said in problem for problem in problems(field)), problems(field)


def test_an_actors_sequence_needs_an_actor() -> None:
    (problem,) = problems("{sequence: {per: actor}}", actor="doc: nobody's")
    assert "'e' has none; add actor:" in problem


def test_rows_of_entities_have_nothing_before_them() -> None:
    for entity in ("{sequence: {per: actor}}", "{previous: id}", "{markov: {next: {a: {a: 1}}}}"):
        (problem,) = problems("uuid", entity=entity)
        assert "there are none here; write it among the fields of an event" in problem


def test_what_follows_from_earlier_events_is_not_repeated() -> None:
    (problem,) = problems('{previous: amount}\n      y: {expr: "x + 1", repeat: 5%}')
    assert "x follows from those before them" in problem


FLOW = """
entities: {{user: {{count: 9, fields: {{id: uuid}}}}}}
events: {{e: {{actor: user, fields: {{a: {field}, b: {{previous: {{field: a, default: 0}}}}}}}}}}
flows: {{f: {{actor: user, states: {{s: {{emit: e, {state}}}}}}}}}
"""


@pytest.mark.parametrize(
    ("field", "state", "said"),
    [
        ("{uniform: }", 'dwell: {exponential: {mean: {expr: "1 + b"}}}', "reads e.b, which follows from the events"),
        ("{uniform: }", "fields: {a: {previous: event.time}}", "there are none here; write it among the fields"),
        ("{uniform: , repeat: 5%}", "dwell: 2s", "come from flows; cardinality: 100"),
        ("{integer: {min: 1, max: 6}}", "fields: {a: sequence}", "a goes by the number"),
    ],
)
def test_flows_cannot_look_at_what_is_known_later(field: str, state: str, said: str) -> None:
    text = FLOW.format(field=field, state=state)
    with pytest.raises(ScenarioError) as refused:
        compile_plan(loads(text))
    assert any(said in f"{each.message}; {each.hint}" for each in refused.value.diagnostics)
