"""Parameters and overrides: one document, many runs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from synthwb.scenario import Scenario, loads, parse, preset
from synthwb.scenario.model import Field

TEXT = """
params:
  rate: 5/s
  n: 7
  table: {a: 1, b: 3}
  both: ${params.n}0
  text: "${params.n}0"
seed: ${params.n}
limit: {events: "${params.both}"}
events:
  e:
    fields:
      x: {choice: "${params.table}"}
      y: {expr: "${params.n} + 1"}
      z: {const: "n=${params.n}, ${PRICE} ${other}"}
arrivals: {e: "${params.rate}"}
"""


def coupon(scenario: Scenario) -> Field:
    return next(each for each in scenario.events["order_placed"].fields if each.name == "coupon")


def test_a_parameter_that_stands_alone_keeps_its_type() -> None:
    scenario = loads(TEXT)
    fields = {each.name: each for each in scenario.events["e"].fields}
    assert scenario.seed == 7
    assert scenario.arrivals[0].rate == 5
    (weights,) = fields["x"].call.args.values()
    assert weights == (("a", Fraction(1)), ("b", Fraction(3)))
    assert fields["y"].call.args["expression"].text == "7 + 1"
    assert fields["z"].call.args["value"] == "n=7, ${PRICE} ${other}"


def test_quotes_around_more_than_a_parameter_make_text() -> None:
    assert loads(TEXT).limit.events == 70
    (problem,) = parse(TEXT.replace("params.both", "params.text")).diagnostics
    assert problem.path == "limit.events"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("seed: ${params.x}", "unknown-param"),
        ("params: {x: 1}\nname: ${params.y}", "unknown-param"),
        ("params: [1]", "type"),
        ("params: {a: [1], b: '${params.a}'}", "params"),
        ("params: {a: [1]}\nname: 'x ${params.a}'", "params"),
        ("name: ${HOME}", "environment"),
        ("params: {a: '${params.b}', b: 1}", "unknown-param"),
    ],
)
def test_problems_of_parameters(text: str, code: str) -> None:
    found = parse(f"{text}\nevents: {{e: {{fields: {{a: uuid}}}}}}").diagnostics
    assert [each.code for each in found] == [code]


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("seed", "9", lambda s: s.seed == 9),
        ("limit.events", "5", lambda s: s.limit.events == 5),
        ("limit.for", "10m", lambda s: s.limit.duration == 600_000_000),
        ("pacing", "5/s", lambda s: s.pacing.rate == 5),
        ("clock.end", "+1d", lambda s: s.clock.end is not None),
        ("user.count", "12", lambda s: s.entities["user"].count == 12),
        ("arrivals.visit", "1/s", lambda s: s.arrivals[-1].rate == 1),
        ("entities.user.count", "12", lambda s: s.entities["user"].count == 12),
        ("order_placed.coupon.missing", "5%", lambda s: coupon(s).modifiers.missing == 0.05),
    ],
)
def test_overrides(path: str, value: str, read: Any) -> None:
    parsed = parse(preset("web-shop").text, overrides={path: value})
    assert parsed.scenario is not None, parsed.diagnostics
    assert read(parsed.scenario)


def test_an_override_of_a_parameter_reaches_its_uses() -> None:
    assert loads(TEXT, overrides={"params.n": "8"}).seed == 8


def test_an_override_leaves_the_text_alone() -> None:
    parsed = parse("seed: 1\nevents: {e: {fields: {a: uuid}}}", overrides={"seed": "2"})
    assert parsed.document.text.startswith("seed: 1")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("order_placed.totl", "5", "did you mean 'order_placed.total'"),
        ("params.x", "5", "nothing stands there"),
        ("", "5", "nothing stands there"),
        ("seed", "{a", "not a YAML value"),
        ("seed", "abc", "expected a whole number"),
        ("nonsense.at.all", "5", "nothing stands there"),
    ],
)
def test_overrides_that_reach_nothing(path: str, value: str, said: str) -> None:
    parsed = parse(preset("web-shop").text, overrides={path: value})
    assert parsed.scenario is None
    (problem,) = parsed.diagnostics
    assert said in f"{problem.message} {problem.hint}"
    assert problem.span.end <= len(parsed.document.text)


def test_parameters_do_not_multiply_without_bound() -> None:
    big = ", ".join(str(i) for i in range(1000))
    uses = ", ".join("'${params.a}'" for _ in range(1000))
    parsed = parse(f"params: {{a: [{big}]}}\ndefinitions: [{uses}]\nevents: {{e: {{fields: {{a: uuid}}}}}}")
    assert "too-large" in [each.code for each in parsed.diagnostics]
