"""Names: what can be read where, and what is said of a name that cannot."""

from __future__ import annotations

import pytest

from synthwb.scenario import Diagnostic, parse

TEXT = """
entities:
  user: {{count: 9, fields: {{id: uuid, home: {{object: {{city: city}}}}}}}}
  product: {{count: 9, fields: {{sku: uuid}}}}
events:
  other: {{fields: {{z: uuid}}}}
  sold:
    actor: user
    refs: {{item: product}}
    fields:
      qty: {{integer: {{min: 1, max: 3}}}}
      address: {{object: {{street: street_address, label: {{template: "{{street}}"}}}}}}
      order: {{sequence: {{}}}}
      x: {field}
"""


def problems(field: str) -> tuple[Diagnostic, ...]:
    return parse(TEXT.format(field=field)).diagnostics


@pytest.mark.parametrize(
    "field",
    [
        "qty",
        "sold.qty",
        "address.street",
        "sold.address.street",
        "actor.id",
        "actor.home",
        "item.sku",
        "event.name",
        '{expr: "\\"order\\" + sold.qty"}',
        '{template: "{address.label} {item.sku} {event.time}"}',
    ],
)
def test_names_that_can_be_read(field: str) -> None:
    assert problems(field) == ()


@pytest.mark.parametrize(
    ("name", "said", "mend"),
    [
        ("qtty", "nothing is called", "qty"),
        ("address.streat", "nothing is called", "address.street"),
        ("actor.idd", "'user' has no field 'idd'", "actor.id"),
        ("item.skuu", "'product' has no field", "item.sku"),
        ("event.tim", "an event has no", "event.time"),
        ("user.id", "is a population; one row of it is 'actor'", "actor.id"),
        ("product.sku", "is a population; one row of it is 'item'", "item.sku"),
        ("other.z", "another event", None),
        ("actor.home.city", "only whole fields", None),
        ("session.id", "no flow emits", None),
        ("state.name", "no flow emits", None),
        ("previous.id", "is no path", None),
        ("nowhere.at_all", "nothing is called", None),
    ],
)
def test_names_that_cannot(name: str, said: str, mend: str | None) -> None:
    for field in (f'{{expr: "{name}"}}', f'{{template: "a {{{name}}}"}}'):
        (problem,) = problems(field)
        assert said in problem.message
        text = TEXT.format(field=field)
        assert text[problem.span.start : problem.span.end] == name
        assert (problem.edit.new if problem.edit else None) == mend


def test_entities_read_their_own_fields_only() -> None:
    text = "entities: {{u: {{count: 1, fields: {{a: uuid, b: {field}}}}}}}\nevents: {{e: {{fields: {{x: uuid}}}}}}"
    assert parse(text.format(field="a")).diagnostics == ()
    for field in ("event.time", "actor.id", "u.c"):
        (problem,) = parse(text.format(field=field)).diagnostics
        assert problem.code == "unknown-name"


@pytest.mark.parametrize(
    ("fields", "cycle"),
    [
        ('a: {expr: "b"}, b: {expr: "a"}', "a -> b -> a"),
        ('a: {expr: "b"}, b: c, c: {template: "{a}"}', "a -> b -> c -> a"),
        ('a: {uuid: {}, when: "b"}, b: {expr: "a is null"}', "a -> b -> a"),
        ('o: {object: {p: q}}, q: {expr: "o.p"}', "o -> q -> o"),
        ('o: {object: {p: {expr: "r"}, r: p}}', "o.p -> o.r -> o.p"),
    ],
)
def test_cycles_are_spelled_out(fields: str, cycle: str) -> None:
    messages = [each.message for each in parse(f"events: {{e: {{fields: {{{fields}}}}}}}").diagnostics]
    assert any(message.endswith(cycle) for message in messages), messages


def test_an_unknown_actor_is_said_once() -> None:
    parsed = parse("events: {e: {actor: usr, fields: {a: actor.id, b: actor.name}}}\n")
    assert [each.code for each in parsed.diagnostics] == ["unknown-entity"]
