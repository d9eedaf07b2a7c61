"""What the cursor stands on."""

from __future__ import annotations

import pytest

from synthwb.scenario import loads
from synthwb.tui.place import NOWHERE, Place, column_of, place_of

SHOP = loads(
    """\
synthwb: 1
entities:
  user: {count: 9, key: id, fields: {id: uuid, tier: {choice: [a, b]}, age: {integer: {min: 1, max: 9}}}}
events:
  sale:
    actor: user
    refs: {giver: user}
    fields:
      level: giver.tier
      old: {expr: "actor.age + 1"}
      total: {lognormal: {median: 25, sigma: 1}}
      to: {object: {city: {choice: [x, y]}, at: {object: {lat: {uniform: {min: 0, max: 1}}}}}}
flows:
  visit: {actor: user, states: {cart: {emit: sale, next: {paid: 1, exit: 1}}, paid: {emit: sale}}}
  tour: {actor: user, steps: [sale, {event: sale, state: again, dwell: 2m}]}
arrivals: {sale: 2/s, visit: 1/s, tour: 1/s}
"""
)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", NOWHERE),
        ("pacing", NOWHERE),
        ("sale", Place(event="sale")),
        ("arrivals.sale", Place(event="sale")),
        ("sale.refs.giver", Place(event="sale")),
        ("sale.total", Place(event="sale", field="total", generator="lognormal")),
        ("sale.total.median", Place(event="sale", field="total", generator="lognormal")),
        ("sale.to.city", Place("sale", "", "to", ("city",), "choice")),
        ("sale.to.at.lat.min", Place("sale", "", "to", ("at", "lat"), "uniform")),
        ("user.tier", Place(entity="user", field="tier", generator="choice")),
        ("user.count", Place(entity="user")),
        ("visit", Place(flow="visit")),
        ("flows.visit.actor", Place(flow="visit")),
        ("arrivals.visit.rate", Place(flow="visit")),
        ("visit.cart", Place(flow="visit", state="cart")),
        ("visit.cart.next.paid.weight", Place(flow="visit", state="cart")),
        ("tour.steps", Place(flow="tour")),
        ("tour.steps.1.dwell", Place(flow="tour", state="again")),
        ("tour.steps.9", Place(flow="tour")),
    ],
)
def test_a_path_is_read_as_far_as_it_goes(path: str, place: Place) -> None:
    assert place_of(path, SHOP) == place


@pytest.mark.parametrize(
    ("path", "column"),
    [("sale.total", "total"), ("sale.to.city", "to"), ("user.tier", "level"), ("user.age", "old"), ("user.id", "")],
)
def test_the_column_of_an_entity_s_field_is_where_it_comes_out(path: str, column: str) -> None:
    assert column_of(place_of(path, SHOP), SHOP) == column


def test_a_flow_has_no_values_of_its_own() -> None:
    place = place_of("visit.cart", SHOP)
    assert place.path == ""
    assert column_of(place, SHOP) == ""
