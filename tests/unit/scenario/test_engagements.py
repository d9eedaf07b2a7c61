"""Engagement as it is written, and what cannot be."""

from __future__ import annotations

import pytest

from synthwb.engine import compile_plan
from synthwb.scenario import loads, parse
from synthwb.scenario.living import Engagement
from synthwb.scenario.model import DType

REST = "\nevents: {e: {actor: user, fields: {a: actor.engagement}}}\n"


def engagement(text: str) -> Engagement:
    found = loads(f"entities: {{user: {{count: 9, fields: {{a: 3}}, engagement: {text}}}}}{REST}").entities["user"]
    assert found.engagement is not None
    return found.engagement


def test_an_engagement_is_read() -> None:
    found = engagement(
        "{start: 80%, every: 12h, decay: 5%, boost: 0.1, noise: 3%, inactive_below: 2%, resurrection: 1%/day}"
    )
    assert [field.call.args["value"] for field in (found.start, found.decay, found.boost, found.noise) if field] == [
        0.8,
        0.05,
        0.1,
        0.03,
    ]
    assert (found.every, found.inactive_below, found.resurrection) == (43_200_000_000, 0.02, (0.01, 86_400_000_000))


def test_what_is_not_said_has_a_value() -> None:
    assert engagement("{decay: 5%}") == Engagement(None, 86_400_000_000, engagement("{decay: 5%}").decay)


def test_laws_read_the_row_and_noise_may_be_negative() -> None:
    found = engagement("{decay: {expr: 'a / 100'}, noise: {uniform: {min: -0.2, max: 0.1}}}")
    assert found.decay is not None
    assert found.decay.reads == ("a",)
    assert found.noise is not None
    assert found.noise.call.generator == "uniform"


def test_it_can_be_read_as_a_number_of_the_actor() -> None:
    scenario = loads(f"entities: {{user: {{count: 9, fields: {{a: 3}}, engagement: {{decay: 5%}}}}}}{REST}")
    assert scenario.events["e"].fields[0].dtype is DType.FLOAT
    plan = compile_plan(scenario)
    assert str(plan.schemas["e"].fields["a"]) == "Float64"


@pytest.mark.parametrize(
    ("text", "code", "path", "words"),
    [
        ("{begin: 5%}", "unknown-key", "begin", "unknown key"),
        ("{}", "no-effect", "", "stays as it is"),
        ("{start: 5%}", "no-effect", "", "stays as it is"),
        ("7", "type", "", "mapping"),
        ("{decay: 120%}", "range", "decay", "between 0 and 1"),
        ("{decay: 5}", "range", "decay", "write 5%"),
        ("{decay: {uniform: {min: -1, max: 1}}}", "contradiction", "decay", "min: 0"),
        ("{decay: city}", "type", "decay", "a number"),
        ("{decay: 5%, every: 1ms}", "range", "every", "every 1s at most"),
        ("{decay: 5%, resurrection: 5%}", "type", "resurrection", "1%/day"),
        ("{decay: 5%, resurrection: 100%/day}", "range", "resurrection", "below 100%"),
        ("{decay: 5%, inactive_below: x2}", "type", "inactive_below", "probability"),
        ("{boost: {mixture: [{weight: 9, const: now}, {weight: 1, const: 3}]}}", "type", "boost.0", "a number"),
        ("{decay: {expr: b}}", "unknown-name", "decay", "there are a"),
    ],
)
def test_what_cannot_be_is_reported_where_it_stands(text: str, code: str, path: str, words: str) -> None:
    problems = parse(f"entities: {{user: {{count: 9, fields: {{a: 3}}, engagement: {text}}}}}{REST}").diagnostics
    assert (problems[0].code, problems[0].path) == (code, f"user.engagement.{path}".rstrip("."))
    assert words in f"{problems[0].message} {problems[0].hint}"


def test_a_field_of_this_name_clashes() -> None:
    text = f"entities: {{user: {{count: 9, fields: {{engagement: 3}}, engagement: {{decay: 5%}}}}}}{REST}"
    assert [problem.code for problem in parse(text).diagnostics] == ["name-clash"]
