"""Checks: what they look at, what they expect, and the words for it. What is refused is in the golden files."""

from __future__ import annotations

from fractions import Fraction

import pytest

from synthwb.scenario import parse
from synthwb.scenario.checks.model import (
    Between,
    Check,
    Matches,
    NotNull,
    OneOf,
    Order,
    Rate,
    Rule,
    Share,
    Unique,
    rate_text,
    share_text,
)

EVENTS = """\
clock: {start: 2026-03-02T00:00}
events:
  order_placed:
    fields:
      order_id: uuid
      user_id: {integer: {min: 1, max: 9}}
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      coupon: {pattern: "C-####", missing: 70%}
      status: {choice: [new, paid]}
      fraud: {bernoulli: 2%}
      at: timestamp
      box: {object: {wide: {uniform: }, "deep": {object: {er: uuid}}}}
      risk: {uniform: , hidden: true}
checks:
"""
SECOND = 1_000_000
START = 1_772_409_600 * SECOND


def checks(*written: str) -> tuple[Check, ...]:
    parsed = parse(EVENTS + "".join(f"  - {each}\n" for each in written))
    assert parsed.scenario is not None, [found.render() for found in parsed.diagnostics]
    return parsed.scenario.checks


def test_without_checks_nothing_is_expected() -> None:
    parsed = parse("events: {e: {fields: {a: uuid}}}")
    assert parsed.scenario is not None
    assert parsed.scenario.checks == ()


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("{field: order_placed.total, between: [0, 5000]}", Between(0, 5000)),
        ("{field: order_placed.total, between: [null, 2.5]}", Between(None, 2.5)),
        (
            "{field: order_placed.at, between: [+1h, 2026-03-03]}",
            Between(START + 3600 * SECOND, START + 86_400 * SECOND, True),
        ),
        ("{field: order_placed.coupon, not_null: true}", NotNull()),
        ("{field: order_placed.status, in: [new, paid]}", OneOf(("new", "paid"))),
        ("{field: order_placed.user_id, in: [1, 2.0]}", OneOf((1, 2.0))),
        ('{field: order_placed.coupon, matches: "C-\\\\d{4}"}', Matches(r"C-\d{4}")),
        ("{unique: order_placed.order_id}", Unique()),
        ("{unique: order_placed.order_id, within: 1h}", Unique(3600 * SECOND)),
        ("{share: order_placed.fraud, of: true, between: [0.1%, 5%]}", Share(True, Fraction(1, 1000), Fraction(1, 20))),
        ("{share: order_placed.coupon, of: null, between: [0.5, null]}", Share(None, Fraction(1, 2), None)),
        ("{rate: order_placed, between: [20/s, 40/s]}", Rate(Fraction(20), Fraction(40), 60 * SECOND)),
        ("{rate: order_placed, between: [120/min, null], over: 10s}", Rate(Fraction(2), None, 10 * SECOND)),
        ("{order: order_placed}", Order()),
        ("{order: order_placed, key: user_id}", Order("user_id")),
    ],
)
def test_every_rule(written: str, rule: Rule) -> None:
    (check,) = checks(written)
    assert check.rule == rule
    assert check.event == "order_placed"
    assert check.at_least == 1
    assert check.when is None


def test_paths_reach_into_objects_and_may_say_events() -> None:
    found = checks(
        "{field: order_placed.box.wide, between: [0, 1]}",
        "{unique: order_placed.box.deep.er}",
        "{field: events.order_placed.total, not_null: true}",
        "{field: order_placed.box, not_null: true}",
    )
    assert [check.field for check in found] == ["box.wide", "box.deep.er", "total", "box"]
    assert [check.path for check in found][:2] == ["order_placed.box.wide", "order_placed.box.deep.er"]


def test_a_share_that_must_pass_is_exact() -> None:
    (check,) = checks("{field: order_placed.total, between: [0, 5000], at_least: 99.9%}")
    assert check.at_least == Fraction(999, 1000)


def test_names_are_given_or_made_and_never_the_same() -> None:
    found = checks(
        "{field: order_placed.total, between: [0, 1]}",
        '{field: order_placed.total, between: [0, 2], when: "fraud"}',
        "{name: no doubles, unique: order_placed.order_id}",
        "{field: order_placed.coupon, not_null: true}",
    )
    names = [check.name for check in found]
    assert names == [
        "order_placed.total between",
        "order_placed.total between 2",
        "no doubles",
        "order_placed.coupon not null",
    ]


def test_a_condition_reads_what_is_sent_and_the_facts_of_the_event() -> None:
    (check,) = checks(
        '{unique: order_placed.total, when: "order_placed.fraud or box.wide > 0.5 or event.time is null"}'
    )
    assert check.when is not None
    assert check.when.names == ("fraud", "box.wide", "event.time")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "{field: order_placed.total, between: [0, 5000], at_least: 99.9%}",
            "0 to 5,000, in at least 99.9% of records",
        ),
        ("{field: order_placed.total, between: [0.5, null]}", "at least 0.5"),
        ('{field: order_placed.status, in: [new], when: "total > 5"}', "one of new, where total > 5"),
        (
            "{field: order_placed.user_id, in: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}",
            "one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more",
        ),
        ("{unique: order_placed.order_id, within: 90s}", "no value twice within 90s"),
        ("{share: order_placed.fraud, of: true, between: [0.1%, 5%]}", "true in 0.1% to 5% of records"),
        (
            "{rate: order_placed, between: [120/min, 40/s], at_least: 90%}",
            "2/s to 40/s in each 1m, in at least 90% of windows",
        ),
        ("{order: order_placed, key: user_id}", "event times in order for each user_id"),
        ("{field: order_placed.at, between: [null, +1d]}", "at most 2026-03-03T00:00:00Z"),
    ],
)
def test_the_words_for_it(written: str, words: str) -> None:
    assert checks(written)[0].expected == words


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert share_text(Fraction(99_999_999, 10**8)) == "99.999999%"
    assert share_text(Fraction(1, 10**6)) == "0.0001%"
    assert (share_text(1), share_text(0)) == ("100%", "0%")


def test_rates_are_told_in_a_unit_that_people_use() -> None:
    assert [rate_text(Fraction(n, 86_400)) for n in (1, 48, 86_400, 0)] == ["1/day", "2/h", "1/s", "0/s"]


@pytest.mark.parametrize(
    "pattern", ["a(b", "(?=a)b", "(?<!a)b", r"(a)\\1", "a++", "[[a]", "[a&&b]", "", "(?P=x)", r"a\\Z"]
)
def test_patterns_that_are_not_taken(pattern: str) -> None:
    text = f'{EVENTS}  - {{field: order_placed.coupon, matches: "{pattern}"}}\n'
    assert [found.code for found in parse(text).diagnostics] == ["regex"]


@pytest.mark.parametrize("pattern", ["[^]x]+", r"\\[a\\]", r"[(?=]+", r"(?:a|b)*?", r"\\\\1"])
def test_patterns_that_look_like_those_and_are_taken(pattern: str) -> None:
    assert checks(f'{{field: order_placed.coupon, matches: "{pattern}"}}')


def test_a_mistake_in_an_event_is_told_once() -> None:
    text = "events:\n  e: {fields: {a: uudi}}\nchecks: [{unique: e.a}, {rate: e, between: [1/s, 2/s]}]\n"
    assert [found.code for found in parse(text).diagnostics] == ["unknown-generator"]


def test_fields_that_only_a_state_gives() -> None:
    text = """\
entities: {user: {count: 5, fields: {user_id: uuid}}}
events: {viewed: {fields: {page: {const: home}, n: {integer: {min: 0, max: 9}}}}}
flows:
  visit:
    actor: user
    states:
      landing: {emit: viewed, fields: {n: 5, extra: {const: x}}, next: exit}
arrivals: {visit: 5/s}
checks:
  - {field: viewed.extra, in: [x, y]}
  - {field: viewed.n, between: [0.5, 2]}
"""
    assert [found.render() for found in parse(text).diagnostics] == []


def test_parameters_stand_in_checks() -> None:
    text = EVENTS.replace("clock:", "params: {most: 100}\nclock:")
    parsed = parse(f'{text}  - {{field: order_placed.total, between: [0, "${{params.most}}"]}}\n')
    assert parsed.scenario is not None
    assert parsed.scenario.checks[0].rule == Between(0, 100)
