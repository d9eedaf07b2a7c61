"""The JSON Schema: it knows every word of the language, accepts what is right and refuses what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator
from schema_driver import refusals

from synthwb.generators import faker_index
from synthwb.generators.registry import Kind, generator, names
from synthwb.guide import json_schema
from synthwb.guide.grammar import TABLES, Shape, form_of, modifier, of_parameter, table
from synthwb.scenario import Severity, parse, presets
from synthwb.scenario.keys import ENVELOPES, MODIFIERS

EVENT = "events:\n  e:\n    fields:\n      x: "
EXAMPLES = [(name, example) for name in names() for example in generator(name).examples]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def test_it_is_a_schema_of_draft_7_and_plain_json(schema: dict[str, Any]) -> None:
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert json.loads(json.dumps(schema)) == schema


def test_it_is_the_same_every_time(schema: dict[str, Any]) -> None:
    assert json.dumps(json_schema()) == json.dumps(schema)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_every_preset_is_accepted(preset: Any) -> None:
    assert refusals(preset.text) == []


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_of_the_registry_is_accepted(name: str, example: str) -> None:
    assert refusals(f"{EVENT}{example}\n") == []


def _properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the schema that is declared with a schema of its own."""
    if isinstance(schema, dict):
        for name, inside in (schema.get("properties") or {}).items():
            if isinstance(inside, dict):
                yield f"{path}.{name}", inside
                yield from _properties(inside, f"{path}.{name}")
        for key, inside in schema.items():
            if key != "properties":
                yield from _properties(inside, f"{path}.{key}")
    elif isinstance(schema, list):
        for i, inside in enumerate(schema):
            yield from _properties(inside, f"{path}.{i}")


def test_every_key_and_parameter_is_described(schema: dict[str, Any]) -> None:
    silent = []
    for path, inside in _properties(schema):
        target = schema["definitions"][inside["$ref"].rpartition("/")[2]] if "$ref" in inside else inside
        renamed = "enum" in inside or (set(ENVELOPES) - {"template"}) & set(path.split(".")[-3:])
        if not renamed and not (inside.get("description") or target.get("description")):
            silent.append(path)
    assert silent == []


def test_every_generator_has_its_parameters_and_no_others(schema: dict[str, Any]) -> None:
    mapping = schema["definitions"]["mapping"]
    beside = {name for each in names() for name in generator(each).beside}  # type: ignore[union-attr]
    now = {name for name, key in MODIFIERS.items() if not key.later}
    assert set(mapping["properties"]) == {*names(), *now, *beside, *faker_index.methods()}
    words = mapping["allOf"][0]["if"]["propertyNames"]["enum"]
    assert len(words) == len(set(words)), "a word that is two things at once"
    assert mapping["additionalProperties"] is False
    for name in names():
        found = generator(name)
        assert found is not None
        written = json.dumps(schema["definitions"][f"generator-{name}"])
        for parameter in found.parameters:
            if parameter.kind is not Kind.CONSTANT:
                assert f'"{parameter.name}": {{' in written, f"{name} does not say {parameter.name}"


def test_every_key_of_every_block_is_there_and_no_other_may_be(schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == set(table("scenario"))
    assert schema["additionalProperties"] is False
    assert list(schema["patternProperties"]) == ["^x-"]
    event = schema["properties"]["events"]["additionalProperties"]
    assert set(event["properties"]) == set(table("event"))
    assert event["additionalProperties"] is False


def test_the_form_of_every_value_is_known() -> None:
    """A new kind of value needs a form, or editors cannot say what stands there."""
    free = {("scenario", "definitions")}
    unknown = [
        (block, key.name)
        for block in TABLES
        for key in table(block).values()
        if (block, key.name) not in free and form_of(block, key.name).shape is Shape.ANYTHING
    ]
    unknown += [("modifier", name) for name, key in MODIFIERS.items() if not key.later and _is_open(modifier(name))]
    for name in names():
        for parameter in generator(name).parameters:  # type: ignore[union-attr]
            if parameter.kind is not Kind.CONSTANT and _is_open(of_parameter(parameter)):
                unknown.append((name, parameter.name))
    assert unknown == []


def _is_open(form: Any) -> bool:
    return bool(form.shape is Shape.ANYTHING)


ACCEPTED = [
    f"{EVENT}{{color_name: , missing: 5%}}\n",
    f"{EVENT}color_name\n",
    f"{EVENT}{{iban: {{}}, locale: de_DE}}\n",
    f"{EVENT}{{first_name: {{}}, locale: de_DE}}\n",
    f"{EVENT}5\n",
    f"{EVENT}true\n",
    f"{EVENT}other\n      other: uuid\n",
    f"{EVENT}{{list: {{of: uuid, length: 3}}}}\n",
    f"{EVENT}{{list: uuid, length: {{poisson: 3}}}}\n",
    f"{EVENT}{{object: {{fields: {{a: uuid}}}}}}\n",
    f"{EVENT}{{choice: {{values: 3, b: 1}}}}\n",
    f"{EVENT}{{choice: {{values: [a, b]}}}}\n",
    f'{EVENT}{{normal: {{mean: {{expr: "2 * event.ordinal"}}, std: 5%}}, missing: {{expr: "0.5"}}}}\n',
    f"{EVENT}{{uuid: , when: true}}\n",
    f"{EVENT}{{template: 5}}\n",
    f"{EVENT}{{regex: 5}}\n",
    f"{EVENT}{{location: }}\n",
    f"{EVENT}{{sentence: }}\n",
    f"{EVENT}{{words: {{expr: '2 + 1'}}}}\n",
    f"{EVENT}{{words: {{count: {{poisson: {{mean: 3}}}}, separator: ', '}}, locale: fr_FR}}\n",
    f"{EVENT}{{paragraph: {{sentences: 2, words: {{integer: {{min: 1, max: 3}}}}}}}}\n",
    f"{EVENT}{{geo_point: {{latitude: {{expr: '0.5'}}, longitude: 5, radius: 2, part: latitude}}}}\n",
    f'{EVENT}{{choice: "${{params.c}}", missing: "${{params.m}}"}}\nparams: {{c: [a, b], m: 5%}}\n',
    f'{EVENT}{{lognormal: "${{params.law}}"}}\nparams: {{law: {{median: 2, sigma: 1}}}}\n',
    f'{EVENT}uuid\narrivals: {{e: "${{params.n}}/s"}}\nparams: {{n: 5}}\n',
    f'{EVENT}uuid\nclock: "${{params.c}}"\nparams: {{c: {{start: 2026-01-01}}}}\n',
    f"x-mine: [1, 2]\ndefinitions: &d {{missing: 5%}}\n{EVENT}{{uuid: , <<: *d}}\n",
    f"{EVENT}uuid\nsinks: [{{stdout: , name: a, envelope: nested}}, {{file: {{path: a, format: csv}}}}]\n",
    f"{EVENT}uuid\nsinks: [stdout, file: a.csv]\n",
    f"{EVENT}uuid\nenvelope: {{flat: {{time: ts, id: false, event: true}}}}\n",
    f"{EVENT}uuid\nenvelope: {{cloudevents: }}\n",
    f"{EVENT}uuid\npacing: {{rate: 5/s, ramp: 1h 30m}}\nlimit: {{events: 3.0, for: 10 min}}\n",
    f"{EVENT}uuid\nclock: {{start: 2026-03-02T09:00+01:00, end: +3d 18:00, speed: 60}}\nlocale: de\n",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_the_language_accepts_is_accepted(text: str) -> None:
    assert [each for each in parse(text).diagnostics if each.severity is Severity.ERROR] == []
    assert refusals(text) == []


REFUSED = [
    "flows: {v: {}}\nevents: {e: {fields: {a: uuid}}}\n",
    "flows: {v: {states: {s: {emit: e}}, steps: [e]}}\nevents: {e: {fields: {a: uuid}}}\n",
    "evens: {}\n",
    "events: {}\n",
    f"synthwb: 2\n{EVENT}uuid\n",
    f"drift: []\n{EVENT}uuid\n",
    "events: {e: {fields: {a: uuid}, acter: x}}\n",
    "events: {event: {fields: {a: uuid}}}\n",
    "events: {a b: {fields: {a: uuid}}}\n",
    "events: {e: {fields: {}}}\n",
    f"{EVENT}\n",
    f"{EVENT}[a, b]\n",
    f"{EVENT}{{}}\n",
    f"{EVENT}{{chioce: [a]}}\n",
    f"{EVENT}{{missing: 5%}}\n",
    f"{EVENT}{{uniform: , normal: }}\n",
    f"{EVENT}{{uuid: , length: 3}}\n",
    f"{EVENT}{{uuid: , repeet: 3}}\n",
    f"{EVENT}{{uuid: {{verzion: 4}}}}\n",
    f"{EVENT}{{uniform: {{min: low}}}}\n",
    f"{EVENT}{{lognormal: {{median: 2, sigma: -1}}}}\n",
    f"{EVENT}{{lognormal: {{median: 2, mean: 2, sigma: 1}}}}\n",
    f"{EVENT}{{lognormal: {{sigma: 1}}}}\n",
    f"{EVENT}{{lognormal: }}\n",
    f"{EVENT}{{bernoulli: 3}}\n",
    f"{EVENT}{{regex: }}\n",
    f"{EVENT}{{regex: [a]}}\n",
    f"{EVENT}{{regex: {{regex: a, flags: i}}}}\n",
    f"{EVENT}{{sentence: {{nb_words: 3}}}}\n",
    f"{EVENT}{{sentence: {{words: -1}}}}\n",
    f"{EVENT}{{geo_point: {{latitude: 95, longitude: 5, radius: 2}}}}\n",
    f"{EVENT}{{geo_point: {{radius: 2}}}}\n",
    f"{EVENT}{{geo_point: {{latitude: 1, south: 2}}}}\n",
    f"{EVENT}{{bernoulli: 130%x}}\n",
    f"{EVENT}{{bernoulli: {{}}}}\n",
    f"{EVENT}{{choice: }}\n",
    f"{EVENT}{{choice: a}}\n",
    f"{EVENT}{{choice: {{a: -1}}}}\n",
    f"{EVENT}{{choice: [[a]]}}\n",
    f"{EVENT}{{uuid: , round: 99}}\n",
    f"{EVENT}{{uuid: , case: Upper}}\n",
    f"{EVENT}{{uuid: , unique: yes}}\n",
    f"{EVENT}{{first_name: {{a: 1}}}}\n",
    f"{EVENT}{{list: {{chioce: [a]}}, length: 3}}\n",
    f"{EVENT}{{object: {{a: {{uuid: {{a: 1}}}}}}}}\n",
    f"{EVENT}{{timestamp: sometimes}}\n",
    f"{EVENT}{{datetime: {{min: yesterday, max: +1d}}}}\n",
    f"entities: {{u: {{count: 0, fields: {{a: uuid}}}}}}\n{EVENT}uuid\n",
    f"entities: {{u: {{count: 5, fields: {{a: uuid}}, activity: {{uuid: }}}}}}\n{EVENT}uuid\n",
    f"{EVENT}uuid\narrivals: {{e: 5}}\n",
    f"{EVENT}uuid\narrivals: {{e: {{process: poison, rate: 5/s}}}}\n",
    f"{EVENT}uuid\nsinks: [{{file: a.csv, stdout: }}]\n",
    f"{EVENT}uuid\nsinks: [{{events: [e]}}]\n",
    f"{EVENT}uuid\nsinks: [{{file: {{path: a.csv, format: xml}}}}]\n",
    f"{EVENT}uuid\nenvelope: flatt\n",
    f"{EVENT}uuid\nenvelope: {{flat: {{tme: ts}}}}\n",
    f"{EVENT}uuid\nenvelope: {{cloudevents: {{id: false}}}}\n",
    f"{EVENT}uuid\nseed: -1\n",
    f"{EVENT}uuid\nclock: {{start: today}}\n",
    f"{EVENT}uuid\nlimit: {{events: 0}}\n",
    f"{EVENT}uuid\npacing: 50\n",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_schema_refuses_the_language_refuses_too(text: str) -> None:
    assert refusals(text) != []
    assert any(problem.severity is Severity.ERROR for problem in parse(text).diagnostics)
