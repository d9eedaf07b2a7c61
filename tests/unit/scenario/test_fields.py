"""Fields: every way to write one, and what each means to the engine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from synthwb.scenario import Scenario, Severity, parse
from synthwb.scenario.model import DType, Expression, Field, Template

ENTITIES = "entities: {user: {count: 10, fields: {id: uuid, age: {integer: {min: 1, max: 90}}}}}\n"


def read(fields: str) -> Scenario:
    """A scenario with one event ``e`` that has an actor."""
    parsed = parse(f"{ENTITIES}events:\n  e:\n    actor: user\n    fields: {{{fields}}}\n")
    assert parsed.scenario is not None, parsed.diagnostics
    return parsed.scenario


def field(fields: str, name: str = "x") -> Field:
    return next(each for each in read(fields).events["e"].fields if each.name == name)


def problems(fields: str) -> list[tuple[str, str]]:
    parsed = parse(f"{ENTITIES}events:\n  e:\n    actor: user\n    fields: {{{fields}}}\n")
    return [(each.code, each.path) for each in parsed.diagnostics]


@pytest.mark.parametrize(
    ("written", "generator", "args", "dtype"),
    [
        ("uuid", "uuid", {"version": 4, "time": None}, DType.STRING),
        ("{uuid: {}}", "uuid", {"version": 4, "time": None}, DType.STRING),
        ("{uuid: }", "uuid", {"version": 4, "time": None}, DType.STRING),
        ("actor.age", "path", {"path": "actor.age"}, DType.INTEGER),
        ("event.time", "path", {"path": "event.time"}, DType.TIMESTAMP),
        ("event.ordinal", "path", {"path": "event.ordinal"}, DType.INTEGER),
        ("5", "const", {"value": 5}, DType.INTEGER),
        ("2.5", "const", {"value": 2.5}, DType.FLOAT),
        ("true", "const", {"value": True}, DType.BOOLEAN),
        ("{const: web}", "const", {"value": "web"}, DType.STRING),
        ("{const: null}", "const", {"value": None}, DType.NULL),
        ("{const: {a: [1, 2]}}", "const", {"value": {"a": [1, 2]}}, DType.OBJECT),
        ('{pattern: "A-##"}', "pattern", {"pattern": "A-##"}, DType.STRING),
        ("{pattern: 0000}", "pattern", {"pattern": "0000"}, DType.STRING),
        ("{bernoulli: 25%}", "bernoulli", {"p": 0.25}, DType.BOOLEAN),
        ("{bernoulli: {p: 0.25}}", "bernoulli", {"p": 0.25}, DType.BOOLEAN),
        ("{timestamp: epoch_ms}", "timestamp", {"format": "epoch_ms"}, DType.INTEGER),
        ("{timestamp: {format: '%Y'}}", "timestamp", {"format": "%Y"}, DType.STRING),
    ],
)
def test_ways_to_write_a_field(written: str, generator: str, args: dict[str, Any], dtype: DType) -> None:
    found = field(f"x: {written}")
    assert (found.call.generator, dict(found.call.args), found.dtype) == (generator, args, dtype)


@pytest.mark.parametrize(
    ("written", "weights"),
    [
        ("[a, b, a]", (("a", 1), ("b", 1), ("a", 1))),
        ("{a: 80, b: 20}", (("a", 80), ("b", 20))),
        ("{1: 0.1, 2.5: 20%}", ((1, Fraction(1, 10)), (2.5, Fraction(1, 5)))),
        ("{true: 1, ~: 0}", ((True, 1), (None, 0))),
    ],
)
def test_weights_are_exact_and_values_keep_their_types(written: str, weights: tuple[tuple[Any, Any], ...]) -> None:
    (found,) = field(f"x: {{choice: {written}}}").call.args.values()
    assert found == weights
    assert [type(value) for value, _ in found] == [type(value) for value, _ in weights]
    assert all(isinstance(weight, Fraction) for _, weight in found)


def test_numbers_may_be_expressions_with_names_resolved() -> None:
    found = field('n: {integer: {min: 1, max: 2}}, x: {normal: {mean: {expr: "3 * actor.age + e.n"}, std: 5}}')
    mean = found.call.args["mean"]
    assert isinstance(mean, Expression)
    assert (mean.text, mean.names) == ('3 * actor.age + "n"', ("actor.age", "n"))
    assert found.reads == ("actor.age", "n")


def test_a_probability_may_be_an_expression_by_itself() -> None:
    found = field('x: {bernoulli: {expr: "actor.age / 100"}}').call.args["p"]
    assert isinstance(found, Expression)


def test_templates_are_cut_at_their_holes() -> None:
    template = field('x: {template: "{{{actor.age}}} of { e.y }!"}, y: uuid').call.args["template"]
    assert isinstance(template, Template)
    assert template.parts == ("{", "actor.age", "} of ", "y", "!")
    assert template.names == ("actor.age", "y")


def test_modifiers() -> None:
    found = field(
        "x: {normal: {mean: 1, std: 2}, missing: 5%, nullable: {expr: 'actor.age / 100'}, min: 0, max: 9, round: 2,"
        " bounds: redraw, as: decimal, when: 'actor.age > 3', hidden: true, doc: what}"
    )
    modifiers = found.modifiers
    assert (modifiers.missing, modifiers.minimum, modifiers.maximum, modifiers.round) == (0.05, 0, 9, 2)
    assert (modifiers.bounds, modifiers.as_type, modifiers.hidden, modifiers.doc) == (
        "redraw",
        DType.DECIMAL,
        True,
        "what",
    )
    assert isinstance(modifiers.nullable, Expression)
    assert modifiers.when is not None
    assert found.reads == ("actor.age",)
    assert found.dtype is DType.DECIMAL


def test_nested_fields_have_paths_and_names_of_their_own() -> None:
    found = field(
        'q: {integer: {min: 1, max: 2}}, x: {object: {a: {expr: "b + q"}, b: {integer: {min: 1, max: 2}}, c: x.b}}'
    )
    assert found.path == "e.x"
    assert found.dtype is DType.OBJECT
    assert found.reads == ("q",)
    inner = {each.name: each for each in found.call.args["fields"]}
    assert list(inner) == ["b", "a", "c"]
    assert found.call.args["order"] == ("a", "b", "c")
    assert {each.path for each in inner.values()} == {"e.x.a", "e.x.b", "e.x.c"}
    assert inner["a"].call.args["expression"].names == ("x.b", "q")
    assert inner["a"].dtype is DType.INTEGER
    assert inner["c"].dtype is DType.INTEGER


def test_a_field_of_an_object_is_read_from_outside() -> None:
    assert field('x: {expr: "o.p + 1"}, o: {object: {p: {integer: {min: 1, max: 2}}}}').reads == ("o.p",)


def test_lists_keep_their_elements_to_themselves() -> None:
    found = field("x: {list: {object: {a: uuid, b: a}}, length: {poisson: {mean: 2}}}")
    assert found.dtype is DType.LIST
    element = found.call.args["of"]
    assert element.path == "e.x"
    assert [each.path for each in element.call.args["fields"]] == ["e.x.a", "e.x.b"]
    assert found.call.args["length"].path == "e.x.length"
    assert ("unknown-name", "e.y") in problems("x: {list: {object: {a: uuid}}}, y: x.a")


def test_evaluation_order_and_document_order() -> None:
    event = read('c: {expr: "b + 1"}, a: uuid, b: {integer: {min: 1, max: 2}}').events["e"]
    assert [each.name for each in event.fields] == ["b", "c", "a"]
    assert event.order == ("c", "a", "b")


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ("x: lognormal", "missing-key", "e.x"),
        ("x: {lognormal: 5}", "type", "e.x"),
        ("x: {min: 3}", "missing-key", "e.x"),
        ("x: {a: 1}", "unknown-generator", "e.x"),
        ("x: {choice: {a: -1}}", "range", "e.x.a"),
        ("x: {choice: {a: .nan}}", "range", "e.x.a"),
        ("x: {choice: [[a]]}", "type", "e.x"),
        ("x: {choice: [999999999999999999999]}", "range", "e.x"),
        ("x: {const: 999999999999999999999}", "contradiction", "e.x.value"),
        ("x: {const: .inf}", "contradiction", "e.x.value"),
        ("x: {object: {}}", "missing-key", "e.x"),
        ("x: {list: uuid, length: 2.5}", "contradiction", "e.x.length"),
        ("x: {list: uuid, length: {pattern: '#'}}", "type", "e.x.length"),
        ("x: {uuid: {}, case: upper, round: 2}", "type", "e.x.round"),
        ("x: {integer: {min: 1, max: 2}, case: upper}", "type", "e.x.case"),
        ("x: {timestamp: iso, as: integer}", "type", "e.x.as"),
        ("x: {uuid: {}, bounds: clip}", "no-effect", "e.x.bounds"),
        ("x: {template: '{x}'}", "cycle", "e.x"),
        ("x: {template: 'a } b'}", "template", "e.x"),
        ("x: {template: '{}'}", "template", "e.x"),
        ("x: {path: 5}", "unknown-name", "e.x"),
        ("x: {integer: {min: 1, max: 99}, unique: true, round: 1}", "contradiction", "e.x.unique"),
        ("x: {normal: {mean: 1, std: 1}, max: {expr: 'actor.id'}}", "type", "e.x.max"),
    ],
)
def test_problems_of_fields(fields: str, code: str, path: str) -> None:
    assert (code, path) in problems(fields)


def test_an_object_cannot_be_called_like_a_row() -> None:
    assert ("name-clash", "e.actor") in problems("actor: {object: {id: uuid}}")


def test_a_warning_does_not_stop_a_scenario() -> None:
    parsed = parse("events: {e: {fields: {x: {uuid: {}, bounds: clip}}}}")
    assert [each.severity for each in parsed.diagnostics] == [Severity.WARNING]
    assert parsed.scenario is not None
