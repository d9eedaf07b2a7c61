"""The JSON Schema in the language server that editors run: completion, hover, and problems where ours are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from language_server import LanguageServer, install

from synthwb.generators.registry import generator, names
from synthwb.guide import json_schema
from synthwb.guide.grammar import table
from synthwb.guide.wording import summary
from synthwb.scenario import Severity, parse, presets
from synthwb.scenario.keys import MODIFIERS

MODELINE = "# yaml-language-server: $schema=synthwb.schema.json\n"
FIELD = "events:\n  e:\n    fields:\n      x: "
BLOCK = "events:\n  e:\n    fields:\n      x:\n"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """The server at the version of the lock file, in a folder that holds the schema."""
    program = install(Path(__file__).parent, tmp_path_factory.mktemp("server"))
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "synthwb.schema.json").write_text(json.dumps(json_schema()))
    with LanguageServer(program, folder) as server:
        yield server


def _at_bar(text: str) -> tuple[str, int, int]:
    """A text with the modeline in front and without its bar, and the bar's line and column."""
    before, _, after = (MODELINE + text).partition("|")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def complete(server: LanguageServer, text: str) -> dict[str, dict[str, Any]]:
    """The candidates at the bar, by label."""
    return {item["label"]: item for item in server.complete(*_at_bar(text))}


def documentation(item: dict[str, Any]) -> str:
    written = item.get("documentation", "")
    return str(written["value"] if isinstance(written, dict) else written)


def words(text: str) -> list[str]:
    """The words of a text, without the signs of Markdown."""
    return text.replace("`", "").replace("\\", "").split()


def problems(server: LanguageServer, text: str) -> set[tuple[int, int, int, int]]:
    """Where the server sees problems: line and column of start and end, from 1."""
    spans = [found["range"] for found in server.problems(MODELINE + text)]
    return {
        (
            span["start"]["line"] + 1,
            span["start"]["character"] + 1,
            span["end"]["line"] + 1,
            span["end"]["character"] + 1,
        )
        for span in spans
    }


def our_problems(text: str) -> set[tuple[int, int, int, int]]:
    found = [each.span for each in parse(MODELINE + text).diagnostics if each.severity is Severity.ERROR]
    return {(span.line, span.column, span.end_line, span.end_column) for span in found}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_no_problem_in_a_preset(server: LanguageServer, preset: Any) -> None:
    assert problems(server, preset.text) == set()


def test_no_problem_in_any_example_of_the_registry(server: LanguageServer) -> None:
    fields = "".join(
        f"      {name}_{i}: {example}\n"
        for name in names()
        for i, example in enumerate(generator(name).examples)  # type: ignore[union-attr]
    )
    assert problems(server, f"events:\n  e:\n    fields:\n{fields}") == set()


def test_the_keys_of_a_document_are_offered_with_what_they_mean(server: LanguageServer) -> None:
    offered = complete(server, "|\n")
    assert set(table("scenario")) <= set(offered)
    assert documentation(offered["seed"]).startswith("The same seed gives the same stream")
    assert "drift" not in offered, "what comes later is not offered"


def test_the_keys_of_an_event_are_offered(server: LanguageServer) -> None:
    offered = complete(server, "events:\n  e:\n    |\n")
    assert set(table("event")) <= set(offered)


def test_every_generator_and_modifier_is_offered_below_a_field(server: LanguageServer) -> None:
    offered = complete(server, f"{BLOCK}        |\n")
    now = {name for name, key in MODIFIERS.items() if not key.later}
    assert {*names(), *now} <= set(offered)
    found = generator("lognormal")
    assert found is not None
    assert words(summary(found)) == words(documentation(offered["lognormal"]))[: len(words(summary(found)))]


def test_the_names_that_stand_alone_are_offered_as_a_value(server: LanguageServer) -> None:
    offered = complete(server, f"{FIELD}|\n")
    assert {"uuid", "first_name", "sequence"} <= set(offered)
    assert "lognormal" not in offered, "lognormal needs parameters"
    assert documentation(offered["uuid"])


@pytest.mark.parametrize("name", ["lognormal", "uniform", "datetime", "zipf"])
def test_the_parameters_of_a_generator_are_offered(server: LanguageServer, name: str) -> None:
    offered = complete(server, f"{BLOCK}        {name}:\n          |\n")
    found = generator(name)
    assert found is not None
    expected = {parameter.name: parameter.doc for parameter in found.parameters}
    assert set(offered) - {name} == set(expected), "the parameters and nothing else"
    for parameter, doc in expected.items():
        assert words(documentation(offered[parameter]))[:3] == words(doc)[:3]


def test_words_to_choose_from_are_offered(server: LanguageServer) -> None:
    assert set(complete(server, f"{FIELD}uuid\narrivals:\n  e:\n    process: |\n")) >= {"poisson", "constant"}
    assert {"upper", "lower", "title"} <= set(complete(server, f"{BLOCK}        city:\n        case: |\n"))
    assert {"5/s", "120/min"} <= set(complete(server, f"{FIELD}uuid\npacing: |\n"))


def test_hover_tells_what_a_generator_a_parameter_and_a_key_mean(server: LanguageServer) -> None:
    text = f"{FIELD}{{lognormal: {{median: 25, sigma: 0.7}}, missing: 5%}}\n"
    shown = {
        word: server.hover(*_at_bar(text.replace(word, f"|{word}", 1)))
        for word in ("lognormal", "median", "missing", "fields")
    }
    assert "#### lognormal" in shown["lognormal"]
    assert "Half of the values lie below the median" in shown["lognormal"]
    assert "Johnson, Kotz, Balakrishnan" in shown["lognormal"]
    assert "median: 25\nsigma: 0.7" in shown["lognormal"], "an example"
    assert "in the unit of the value" in shown["median"]
    assert "above 0" in shown["median"]
    assert "left out with this probability" in shown["missing"]
    assert "The fields of the record" in shown["fields"]


SAME_PLACE = [
    "events: {e: {fields: {a: uuid}, acter: x}}\n",
    "seed: -1\nevents: {e: {fields: {a: uuid}}}\n",
    "seed: abc\nevents: {e: {fields: {a: uuid}}}\n",
    "flows: {v: {states: {s: {emitt: e}}}}\nevents: {e: {fields: {a: uuid}}}\n",
    "flows: {v: {steps: [e], gap: 5m}}\nevents: {e: {fields: {a: uuid}}}\n",
    "checks: [{field: e.a, between: [0, 1], at_lest: 99%}]\nevents: {e: {fields: {a: {integer: {min: 0, max: 9}}}}}\n",
    "events: {a b: {fields: {a: uuid}}}\n",
    "entities: {u: {count: 0, fields: {a: uuid}}}\nevents: {e: {fields: {a: uuid}}}\n",
    f"{FIELD}{{chioce: [a]}}\n",
    f"{BLOCK}        chioce: [a]\n        missing: 5%\n",
    f"{FIELD}[a, b]\n",
    f"{FIELD}{{uuid: , repeet: 3}}\n",
    f"{FIELD}{{uuid: , length: 3}}\n",
    f"{FIELD}{{uuid: {{verzion: 4}}}}\n",
    f"{FIELD}{{uniform: {{min: low}}}}\n",
    f"{FIELD}{{lognormal: {{median: 2, sigma: -1}}}}\n",
    f"{FIELD}{{lognormal: {{median: 0, sigma: 1}}}}\n",
    f"{FIELD}{{lognormal: {{sigma: 1}}}}\n",
    f"{FIELD}{{integer: {{min: 1}}}}\n",
    f"{FIELD}{{bernoulli: 3}}\n",
    f"{FIELD}{{uuid: , missing: lots}}\n",
    f"{FIELD}{{city: , round: 99}}\n",
    f"{FIELD}{{city: , case: Upper}}\n",
    f"{FIELD}{{choice: {{a: b}}}}\n",
    f"{FIELD}{{choice: []}}\n",
    f"{FIELD}{{choice: {{a: -1}}}}\n",
    f"{FIELD}{{list: {{chioce: [a]}}, length: 3}}\n",
    f"{FIELD}{{object: {{a: {{uniform: {{min: low}}}}}}}}\n",
    f"{FIELD}{{timestamp: sometimes}}\n",
    f"{FIELD}{{datetime: {{min: yesterday, max: +1d}}}}\n",
    f"{FIELD}uuid\n      a.b: uuid\n",
    f"{FIELD}uuid\narrivals: {{e: 5}}\n",
    f"{FIELD}uuid\narrivals: {{e: {{process: poison, rate: 5/s}}}}\n",
    f"{FIELD}uuid\nsinks: [{{file: {{path: a.csv, format: xml}}}}]\n",
    f"{FIELD}uuid\nenvelope: flatt\n",
    f"{FIELD}uuid\nenvelope: {{flat: {{tme: ts}}}}\n",
    f"{FIELD}uuid\nclock: {{start: today}}\n",
    f"{FIELD}uuid\nclock: {{strat: 2026-01-01}}\n",
    f"{FIELD}uuid\npacing: 50\n",
    f"{FIELD}uuid\narrivals: {{e: {{process: hawkes, rate: 5/s, branching: 1.5, decay: 3s}}}}\n",
    f"{FIELD}uuid\nentities: {{u: {{count: 5, fields: {{a: uuid}}, population: {{chrun: 1%/day}}}}}}\n",
    f"{FIELD}uuid\nentities: {{u: {{from: {{sql: {{url: 'sqlite:///a.db', table: u, qery: x}}}}}}}}\n",
]


@pytest.mark.parametrize("text", SAME_PLACE)
def test_a_problem_is_shown_where_ours_is(server: LanguageServer, text: str) -> None:
    found = problems(server, text)
    assert len(found) == 1
    assert found == our_problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "events: {e: {fields: {a: uuid}}}\nflows: {v: {}}\n",
        "events: {e: {fields: {a: uuid}}}\nflows: {v: {states: {s: {emit: e}}, steps: [e]}}\n",
        "events: {e: {}}\n",
        "events: {e: {fields: {a: uuid}}}\nentities: {u: {count: 5}}\n",
        "events: {e: {fields: {a: uuid}}}\nchecks: [{field: e.a}]\n",
        "events: {e: {fields: {a: uuid}}}\nentities: {u: {from: {sql: {}}}}\n",
    ],
)
def test_what_a_block_lacks_is_shown_in_the_line_in_which_ours_is(server: LanguageServer, text: str) -> None:
    found = {line for line, *_ in problems(server, text)}
    assert len(found) == 1
    assert found == {line for line, *_ in our_problems(text)}


def test_messages_say_what_was_expected(server: LanguageServer) -> None:
    text = f"{MODELINE}{FIELD}{{uniform: {{min: low}}, missing: lots}}\narrivals: {{e: {{rate: fast}}}}\n"
    found = [problem["message"] for problem in server.problems(text)]
    assert found == [
        "expected a number or {expr: ...}",
        "expected a probability such as 5% or 0.05 or {expr: ...}",
        "expected a rate such as 5/s, 120/min, 40/h or 40/day",
    ]
