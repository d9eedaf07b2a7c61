"""References to earlier events: what they say, and what is refused with a mend."""

from __future__ import annotations

import pytest

import synthwb
from synthwb.scenario import loads, parse

TEXT = """
entities: {{user: {{count: 9, fields: {{id: uuid}}}}, shop: {{count: 3, fields: {{id: uuid}}}}}}
events:
  refund:
    actor: user
    refs: {{order: {ref}}}
    fields: {{x: {read}}}
  order:
    actor: user
    fields:
      total: {{uniform: {{min: 1, max: 2}}}}
      place: {{object: {{city: city}}}}
      tags: {{list: word, length: 2}}
      price: {{const: 2, as: decimal}}
      k: sequence
      text: {{template: "no. {{k}}"}}
  opened: {{actor: shop, fields: {{a: uuid}}}}
"""
GOOD = "{event: order, within: 30d}"


def problems(ref: str = GOOD, read: str = "order.total") -> list[str]:
    return [f"{each.message}; {each.hint}" for each in parse(TEXT.format(ref=ref, read=read)).diagnostics]


def test_defaults() -> None:
    refund = loads(TEXT.format(ref=GOOD, read="order.total")).events["refund"]
    (order,) = refund.earlier
    assert (order.event, order.within, order.pick, order.of, order.skip) == (
        "order",
        30 * 86_400_000_000,
        "any",
        "actor",
        True,
    )
    assert refund.refs == ()
    (opened,) = loads(TEXT.format(ref="{event: opened, within: 1s}", read="order.a")).events["refund"].earlier
    assert opened.of == "anyone"


@pytest.mark.parametrize(
    ("ref", "read"),
    [
        ("{event: order, within: 30d, none: null}", "order.id"),
        ("{event: order, within: 30d, none: skip, of: anyone, pick: latest}", "order.time"),
        ("{event: order, within: 1s, pick: once}", "order.place.city"),
        ("{event: refund, within: 1s, none: null}", "order.id"),
        (GOOD, '{expr: "order.total * 2"}'),
        (GOOD, '{template: "for {order.total}"}'),
    ],
)
def test_what_is_accepted(ref: str, read: str) -> None:
    assert problems(ref, read) == []


@pytest.mark.parametrize(
    ("ref", "read", "said"),
    [
        ("{event: order}", "order.total", "needs 'within', a duration; how far back"),
        ("{event: order, within: 0s}", "order.total", "within 0s nothing lies before"),
        ("{event: ordr, within: 3s}", "order.total", "did you mean 'order'?"),
        ("{event: order, within: 3s, entity: user}", "order.total", "entity and event together"),
        ("{entity: user, within: 3s}", "order.id", "within is for references to earlier events"),
        ("{pick: once}", "order.id", "needs 'entity', an entity, or event: an earlier one"),
        ("{event: order, within: 3s, pick: oldest}", "order.total", "did you mean 'latest'?"),
        ("{event: order, within: 3s, of: session}", "order.total", "no flow emits both"),
        (
            "{event: opened, within: 3s, of: actor}",
            "order.a",
            "'refund' has user and 'opened' has shop; write of: anyone",
        ),
        ("{event: refund, within: 3s}", "order.id", "none could be the first; add none: null"),
        ("{event: refund, within: 3s, none: null}", "order.x", "'refund' has no field 'x'"),
        (GOOD, "order.totl", "did you mean 'order.total'?"),
        (GOOD, "order.tags", "tags is list, and single values are remembered"),
        (GOOD, "order.price", "as: float beside it"),
        (GOOD, "order.place", "place is object"),
        (GOOD, "order.k", "goes by the number of the event"),
        (GOOD, "order.text", "goes by the number of the event"),
        (GOOD, "opened.a", "refs: {it: {event: opened, within: 1h}}"),
        (GOOD, "{uniform: , repeat: 5%}", "known later; cardinality: 100"),
        ("{event: order, within: 1s, none: null}", '{expr: "order.total", repeat: 5%}', "order.total follows from"),
    ],
)
def test_what_is_refused(ref: str, read: str, said: str) -> None:
    assert any(said in problem for problem in problems(ref, read)), problems(ref, read)


def test_circles_are_refused() -> None:
    ref = "refs: {{it: {{event: {}, within: 1s}}}}, fields: {{x: it.id}}"
    (problem,) = parse(
        f"events: {{a: {{{ref.format('b')}}}, b: {{{ref.format('c')}}}, c: {{{ref.format('a')}}}}}"
    ).diagnostics
    assert problem.message == "these events refer to each other: a -> b -> c -> a"


def test_partners_of_a_flow_are_rows() -> None:
    text = "events: {e: {fields: {x: uuid}}}\nflows: {f: {with: {w: {event: e, within: 3s}}, states: {s: {emit: e}}}}"
    messages = [each.message for each in parse(text).diagnostics]
    assert "unknown key 'event'" in messages


def test_layers_may_read_what_is_remembered() -> None:
    layer = 'imperfections: [{missing: {rate: 100%, fields: [refund.y], when: "order.total > 1.5"}}]'
    text = TEXT.format(ref=GOOD, read="order.id, y: 5") + layer
    frame = synthwb.preview(text, 60)["refund"]
    assert 0 < frame["y"].null_count() < len(frame)


def test_beside_a_reference_other_fields_may_repeat() -> None:
    ref = "{event: order, within: 30d, none: null}"
    text = TEXT.format(ref=ref, read='order.id, y: {expr: "actor.id", repeat: 50%}')
    frame = synthwb.preview(text, 60)["refund"]
    assert frame["y"].null_count() == 0
