"""Completion in flows: states after next, events after emit, what can be set and what can be read."""

from __future__ import annotations

import pytest

from synthwb.guide import complete
from synthwb.guide.candidate import Candidate
from synthwb.scenario import Severity, parse

HEAD = """\
entities:
  user: {count: 5, key: user_id, fields: {user_id: uuid, age: 30, balance: 5.5}}
  driver: {count: 5, fields: {driver_id: uuid, rides: 0}}
events:
  page_viewed: {actor: user, fields: {page: url}}
  order_placed: {fields: {total: {const: 2.5}}}
"""
FLOW = """\
flows:
  visit:
    actor: user
    with: {driver: driver}
    set: {session.items: 0}
    states:
      landing: {emit: page_viewed, next: {cart: 60, exit: 40}}
"""
TEXT = HEAD + FLOW
CART = f"{TEXT}      cart: {{emit: order_placed, #}}\n"


def offered(text: str) -> dict[str, Candidate]:
    offset = text.index("|")
    found = complete(text[:offset] + text[offset + 1 :], offset)
    return {candidate.label: candidate for candidate in found.candidates}


def accepted(text: str, label: str) -> str:
    offset = text.index("|")
    plain = text[:offset] + text[offset + 1 :]
    found = complete(plain, offset)
    return plain[: found.start] + offered(text)[label].insert + plain[found.end :]


def errors(text: str) -> list[str]:
    return [problem.render() for problem in parse(text).diagnostics if problem.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("inside", "labels"),
    [
        ("next: |", ["landing", "cart", "exit"]),
        ("next: {|}", ["landing", "cart", "exit"]),
        ("next: {landing: 3, |}", ["cart", "exit"]),
        ("next: {exit: {|}}", ["weight", "when", "expr"]),
        ("fields: {|}", ["total"]),
    ],
)
def test_what_is_offered_in_a_state(inside: str, labels: list[str]) -> None:
    assert list(offered(CART.replace("#", inside))) == labels


@pytest.mark.parametrize("label", ["page_viewed", "order_placed"])
def test_events_after_emit(label: str) -> None:
    for inside in ("{emit: |}", "{emit: [|]}", "{emit: [order_placed, |]}"):
        assert label in offered(f"{TEXT}      cart: {inside}\n")


def test_states_where_a_flow_starts() -> None:
    text = TEXT.replace("    states:", "    start: |\n    states:")
    assert list(offered(text)) == ["landing"]


def test_what_can_be_set_stays_right_once_it_is_inserted() -> None:
    text = CART.replace("#", "dwell: 1s, set: {|}")
    names = ["session.items", "actor.user_id", "actor.age", "actor.balance", "driver.driver_id", "driver.rides"]
    assert list(offered(text)) == names
    for label in ("session.items", "actor.age", "actor.balance", "driver.rides"):
        assert errors(accepted(text, label)) == []


@pytest.mark.parametrize(
    "inside", ['next: {exit: {when: "|"}}', 'set: {session.items: {expr: "|"}}', 'dwell: {expr: "|"}']
)
def test_every_name_that_is_offered_in_a_state_can_be_read(inside: str) -> None:
    text = CART.replace("#", inside)
    found = [label for label, each in offered(text).items() if each.kind.value == "path"]
    assert {"total", "actor.age", "driver.rides", "session.items", "state.visits", "event.time"} <= set(found)
    for label in found:
        assert not any("unknown-name" in problem.code for problem in parse(accepted(text, label)).diagnostics), label


def test_fields_of_an_event_read_what_its_flows_know() -> None:
    text = TEXT.replace("{page: url}", "{page: url, x: |}") + "      cart: {dwell: 1s}\n"
    found = offered(text)
    for label in ("session.id", "session.items", "state.name", "driver.rides", "actor.age"):
        assert errors(accepted(text, label)) == [], label
    assert "session.id" not in offered(TEXT.replace("{total: {const: 2.5}}", "{total: |}"))
    assert "session_id" in offered(TEXT.replace("{page: url}", "{page: url, |}"))
    assert found["session.items"].doc == "A variable of the session."


def test_a_chain_is_known_like_states() -> None:
    text = (
        f"{HEAD}flows:\n  signup:\n    actor: user\n    steps: [page_viewed, {{event: order_placed, state: paid, |}}]\n"
    )
    assert {"dwell", "times", "set", "fields", "exit"} <= set(offered(text))
    assert "total" in offered(text.replace("|", 'times: {expr: "|"}'))


def test_arrivals_of_flows() -> None:
    assert offered(f"{TEXT}arrivals:\n  |\n")["visit"].insert == "visit: 120/min"
