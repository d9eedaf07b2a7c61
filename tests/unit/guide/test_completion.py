"""Completion: what is offered where, in which order, with what it means; and everything that is inserted is right."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest
from language_mutations import mutated

from synthwb.generators.registry import generator, names
from synthwb.guide import Completion, complete
from synthwb.guide.candidate import Candidate, Kind
from synthwb.guide.grammar import laws, table
from synthwb.guide.snippets import SNIPPETS
from synthwb.scenario import Severity, parse, presets
from synthwb.scenario.formats import FORMATS
from synthwb.scenario.functions import FUNCTIONS
from synthwb.scenario.keys import ENVELOPES, MODIFIERS

ENTITIES = """\
entities:
  user: {count: 5, key: user_id, fields: {user_id: uuid, first_name: first_name, home: {object: {city: city}}}}
  product:
    count: 5
    fields:
      sku: uuid
      price: uniform
"""
EVENT = f"{ENTITIES}events:\n  sale:\n    actor: user\n    refs: {{item: product}}\n    fields:\n"


def at(text: str, **options: object) -> Completion:
    offset = text.index("|")
    return complete(text[:offset] + text[offset + 1 :], offset, **options)  # type: ignore[arg-type]


def labels(text: str) -> list[str]:
    return [candidate.label for candidate in at(text).candidates]


def of(text: str, label: str) -> Candidate:
    return next(candidate for candidate in at(text).candidates if candidate.label == label)


def accepted(text: str, candidate: Candidate) -> str:
    """The text with a candidate in it."""
    offset = text.index("|")
    text = text[:offset] + text[offset + 1 :]
    found = complete(text, offset)
    start, end = candidate.span or (found.start, found.end)
    return text[:start] + candidate.insert + text[end:]


def errors(text: str) -> list[str]:
    return [problem.render() for problem in parse(text).diagnostics if problem.severity is Severity.ERROR]


# What is offered


def test_the_keys_of_a_document_in_their_order() -> None:
    assert labels("|")[: len(table("scenario"))] == list(table("scenario"))


def test_keys_that_are_there_are_left_out() -> None:
    assert "seed" not in labels("seed: 1\n|")
    assert "count" not in labels("entities:\n  user: {count: 5, |}")
    assert "fields" not in labels("events:\n  e:\n    |\n    fields: {a: uuid}\n"), "also when it comes later"


def test_a_key_begins_its_value() -> None:
    assert of("|", "events").insert == "events:\n  "
    assert of("events:\n  e:\n    |", "fields").insert == "fields:\n      "
    candidate = of("events: {e: {|}}", "fields")
    assert candidate.insert == "fields: {}"
    assert candidate.caret == len("fields: {")
    assert of("|", "sinks").insert == "sinks:\n  - "
    assert of("|", "seed").insert == "seed: "


def test_a_key_with_a_value_is_only_renamed() -> None:
    assert of("see|: 5", "seed").insert == "seed"


def test_the_name_of_a_generator_may_be_changed() -> None:
    candidate = of(f"{EVENT}      x: {{logn|ormal: {{median: 3, sigma: 1}}}}", "lognormal")
    assert candidate.insert == "lognormal"
    assert "datetime" in labels(f"{EVENT}      x: {{date|}}"), "a whole name may be the beginning of another"


def test_every_generator_and_modifier_in_a_field() -> None:
    found = labels(f"{EVENT}      x: {{|}}")
    assert set(names()) <= set(found)
    assert {name for name, key in MODIFIERS.items() if not key.later} <= set(found)
    assert labels(f"{EVENT}      x:\n        |") == found


def test_a_field_has_one_generator() -> None:
    found = labels(f"{EVENT}      x: {{uuid: , |}}")
    assert "missing" in found
    assert not set(names()) & set(found) - set(MODIFIERS)


def test_what_stands_beside_a_generator_is_offered_there() -> None:
    assert "length" in labels(f"{EVENT}      x: {{list: uuid, |}}")
    assert "length" not in labels(f"{EVENT}      x: {{uuid: , |}}")


def test_parameters_and_of_alternatives_only_one() -> None:
    assert labels(f"{EVENT}      x: {{lognormal: {{|}}}}") == ["median", "mean", "mu", "sigma"]
    assert labels(f"{EVENT}      x: {{lognormal: {{mean: 3, |}}}}") == ["sigma"]
    assert labels(f"{EVENT}      x:\n        lognormal:\n          me|") == ["median", "mean"]
    assert "south" not in labels(f"{EVENT}      x: {{geo_point: {{latitude: 3, |}}}}")
    assert labels(f"{EVENT}      x: {{geo_point: {{part: |}}}}") == ["latitude", "longitude"]


def test_running_text_is_ours_before_it_is_fakers() -> None:
    assert labels(f"{EVENT}      x: {{paragraph: {{|}}}}") == ["sentences", "words", "locale"]
    assert labels(f"{EVENT}      x: sent|")[0] == "sentence"
    assert of(f"{EVENT}      x: {{sent|}}", "sentence").example == "sentence"
    assert labels(f"{EVENT}      x: rege|") == ["regex"]


def test_names_that_can_be_read_come_first_among_values() -> None:
    found = labels(f"{EVENT}      price: item.price\n      x: |")
    assert found[:3] == ["price", "actor.user_id", "actor.first_name"]
    assert {"actor.home.city", "item.sku", "item.price", "event.time", "uuid", "lognormal"} <= set(found)
    assert "x" not in found, "a field does not read itself"


def test_paths_by_their_source() -> None:
    assert labels(f"{EVENT}      x: item.|") == ["item.sku", "item.price"]
    assert labels(f"{EVENT}      x: pri|")[0] == "item.price"


def test_an_entity_reads_its_own_fields_only() -> None:
    found = labels(f"{ENTITIES}      label: |")
    assert found[:2] == ["sku", "price"]
    assert not [name for name in found if name.startswith(("actor.", "event."))]


def test_names_and_functions_inside_of_an_expression() -> None:
    text = f'{EVENT}      x: {{expr: "round(it|em.price * 2, 1)"}}'
    found = at(text)
    assert labels(text)[:2] == ["item.sku", "item.price"]
    assert (found.word, found.end - found.start) == ("it", len("item.price"))
    assert "sigmoid" in labels(f'{EVENT}      x: {{expr: "si|"}}')
    candidate = of(f'{EVENT}      x: {{expr: "rou|"}}', "round")
    assert (candidate.insert, candidate.caret) == ("round()", 6)
    assert FUNCTIONS["round"].example == candidate.example
    assert labels(EVENT + """      x: {expr: "if(a = 'it|"}""") == [], "a text is no name"
    assert "item.price" in labels(f"{EVENT}      x: {{normal: {{mean: {{expr: ite|}}}}}}")
    assert "item.price" in labels(f"{EVENT}      x: {{uuid: , when: ite|}}")
    assert "item.price" in labels(f"{EVENT}      x:\n        expr: >\n          2 * ite|")


def test_names_in_the_holes_of_a_template_only() -> None:
    assert labels(f'{EVENT}      x: {{template: "a {{item.|"}}') == ["item.sku", "item.price"]
    assert labels(f'{EVENT}      x: {{template: "it|"}}') == []
    assert labels(f'{EVENT}      x: {{template: "{{{{it|"}}') == [], "a brace written twice is a brace"


def test_names_of_entities_events_and_fields() -> None:
    assert labels(f"{ENTITIES}events:\n  sale:\n    actor: |") == ["user", "product"]
    assert labels(f"{ENTITIES}events:\n  sale:\n    refs:\n      item: pro|") == ["product"]
    assert labels(f"{EVENT}      a: uuid\n      b: uuid\n    key: |") == ["a", "b"]
    assert labels("events: {sale: {fields: {a: uuid}}}\narrivals:\n  |")[0] == "sale"
    assert labels("events: {sale: {fields: {a: uuid}}}\nsinks:\n  - events: [|]") == ["sale"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arrivals: {e: {process: po|}}", ["poisson"]),
        (f"{EVENT}      x: {{city: , case: |}}", ["upper", "lower", "title"]),
        (f"{EVENT}      x: {{city: , unique: |}}", ["true", "false"]),
        ("envelope: |", list(ENVELOPES)),
        ("envelope: {flat: {|}}", ["event", "id", "time", "schema_version"]),
        ("locale: de_|", ["de_AT", "de_CH", "de_DE", "de_LI", "de_LU"]),
        ("clock: {zone: europe/par|}", ["Europe/Paris"]),
        ("sinks:\n  - file: {path: a, format: |}", list(FORMATS)),
        (f"{EVENT}      x: {{timestamp: epo|}}", ["epoch_s", "epoch_ms", "epoch_us"]),
        (f"{EVENT}      x: {{choice: {{|}}}}", []),
        ("name: sh|", []),
        ("nonsense: {|}", []),
    ],
)
def test_words_to_choose_from(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_a_law_of_picks_is_one_of_those_that_give_ranks() -> None:
    text = "entities:\n  user:\n    activity: {|}"
    assert labels(text) == list(laws())
    assert of("entities:\n  user:\n    activity: |", "zipf").insert.startswith("{zipf: {")


def test_a_sink_begins_with_a_word_or_a_key() -> None:
    found = labels("sinks:\n  - |")
    assert {"stdout", "file", "events", "files of JSON lines"} <= set(found)
    assert of("sinks: [|]", "files of Parquet").insert == '{file: "out/{event}.parquet"}'


# In which order, and when by itself


def test_the_beginning_of_a_word_goes_before_its_middle() -> None:
    found = labels(f"{EVENT}      x: na|")
    assert found[0] == "name"
    assert found.index("name") < found.index("first_name") < found.index("actor.first_name") + 99
    assert labels(f"{EVENT}      x: lgnrml|") == ["lognormal"], "letters left out"


@pytest.mark.parametrize(
    ("text", "automatic"),
    [
        ("ev|", True),
        (f"{EVENT}      x: u|", True),
        (f"{EVENT}      x: {{lognormal: {{me|", True),
        ("|", False),
        (f"{EVENT}      x: |", False),
        (f"{EVENT}      x: uuid|", False),
        (f"{EVENT}      x: u|niform", False),
        (f"{EVENT}      to|", False),
        ("events:\n  or|", False),
        ("name: sh|", False),
        (f"{EVENT}      x: 12|", False),
    ],
)
def test_it_is_offered_while_typing_where_that_makes_sense(text: str, automatic: bool) -> None:
    assert at(text).automatic is automatic


def test_every_candidate_says_what_it_is() -> None:
    silent = {
        candidate.label
        for text in ("|", "events:\n  e:\n    |", f"{EVENT}      x: {{|}}", f"{EVENT}      x: |", f"{EVENT}      |")
        for candidate in at(text).candidates
        if not candidate.doc
    }
    assert silent == set()
    card = of(f"{EVENT}      x: {{|}}", "lognormal")
    assert card.doc.startswith("The lognormal law")
    assert card.example == "{lognormal: {median: 25, sigma: 0.7}, round: 2}"


# Mends


def test_the_mend_of_a_problem_comes_first() -> None:
    text = f"{EVENT}      x: {{lognrmal: {{median: 2, sigma: 1}}}}\n"
    problems = parse(text).diagnostics
    offset = text.index("lognrmal") + 2
    found = complete(text, offset, problems)
    first = found.candidates[0]
    assert (first.kind, first.insert) == (Kind.FIX, "lognormal")
    assert first.span is not None
    start, end = first.span
    assert errors(text[:start] + first.insert + text[end:]) == []
    assert complete(text, 3, problems).candidates[0].kind is not Kind.FIX, "not on another line"
    assert complete(text[: offset - 20], offset - 20, problems).candidates[:1] != (first,), "not of another text"


# What is inserted is right


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("text", [f"{EVENT}      x: |\n", f"{EVENT}      x: {{|}}\n", f"{EVENT}      x:\n        |\n"])
def test_every_generator_that_is_inserted_checks_clean(text: str, name: str) -> None:
    found = [each for each in at(text).candidates if each.kind is Kind.GENERATOR and each.label == name]
    if name == "path":
        return  # a path stands for itself
    assert errors(accepted(text, found[0])) == []


WALKED = f"{ENTITIES}events: {{page_viewed: {{fields: {{page: url}}}}, order_placed: {{fields: {{total: uniform}}}}}}\n"
PIECES = [(block, i) for block, snippets in SNIPPETS.items() for i in range(len(snippets))]


@pytest.mark.parametrize(("block", "number"), PIECES)
def test_every_snippet_checks_clean(block: str, number: int) -> None:
    snippet = SNIPPETS[block][number]
    around = {
        "scenario": "events: {e: {fields: {a: uuid}}}\n|",
        "event": f"{ENTITIES}events:\n  |\n",
        "entity": "entities:\n  |\nevents: {e: {fields: {a: uuid}}}\n",
        "flow": f"{WALKED}flows:\n  |\n",
        "state": f"{WALKED}flows:\n  visit:\n    states:\n      |\n",
        "sink": "events: {e: {fields: {a: uuid}}}\nsinks:\n  - |\n",
        "imperfection": "events: {e: {fields: {a: uuid}}}\nimperfections:\n  - |\n",
        "field": f"{EVENT}      price: item.price\n      |\n",
        "check": "events: {order_placed: {fields: {order_id: uuid, total: {uniform: }}}}\nchecks:\n  - |\n",
    }[block]
    candidate = of(around, snippet.label)
    text = accepted(around, candidate)
    if snippet.label == "formula":
        text = text.replace('expr: ""', 'expr: "2 * price"')
    assert errors(text) == []
    assert candidate.caret is not None
    assert candidate.example.replace("$", "") == candidate.example


def test_every_name_that_is_offered_can_be_read() -> None:
    text = f"{EVENT}      price: item.price\n      box: {{object: {{wide: uniform}}}}\n      x: |\n"
    paths = [each for each in at(text).candidates if each.kind is Kind.PATH]
    assert len(paths) > 8
    for candidate in paths:
        if candidate.label != "actor.home.city":  # only whole fields of an entity can be read
            assert errors(accepted(text, candidate)) == [], candidate.label


CHECKED = """\
events:
  order_placed: {fields: {user_id: uuid, total: {uniform: }, box: {object: {wide: {uniform: }}}}}
  page_viewed: {fields: {page: url}}
"""


def test_a_check_is_offered_the_fields_that_are_sent() -> None:
    text = f"{CHECKED}checks:\n  - {{field: |}}\n"
    offered = [each.label for each in at(text).candidates if each.kind is Kind.PATH]
    assert {"order_placed.total", "order_placed.box.wide", "page_viewed.page"} <= set(offered)
    assert labels(f"{CHECKED}checks:\n  - {{rate: |}}\n")[:2] == ["order_placed", "page_viewed"]
    assert labels(f"{CHECKED}checks:\n  - {{order: order_placed, key: |}}\n") == ["user_id", "total", "box"]
    condition = labels(f'{CHECKED}checks:\n  - {{field: order_placed.total, not_null: true, when: "|"}}\n')
    assert {"total", "box.wide", "event.time", "coalesce"} <= set(condition)
    assert "page" not in condition
    assert {"between", "not_null", "at_least"} <= set(
        labels(f"{CHECKED}checks:\n  - {{field: order_placed.total, |}}\n")
    )


def test_copies_of_the_actors_fields() -> None:
    candidate = of(f"{EVENT}      |\n", "user_id")
    assert candidate.insert == "user_id: actor.user_id"
    assert errors(accepted(f"{EVENT}      |\n", candidate)) == []


def test_no_text_and_no_place_raises() -> None:
    texts = [preset.text for preset in presets()]
    for seed in range(150):
        text = mutated(seed, texts[seed % len(texts)])
        problems = parse(text).diagnostics
        for offset in range(0, len(text) + 2, 1 + len(text) // 11):
            found = complete(text, offset, problems)
            assert 0 <= found.start <= found.end <= len(text)
            for candidate in found.candidates:
                assert candidate.label
                assert candidate.caret is None or 0 <= candidate.caret <= len(candidate.insert)


def test_it_costs_less_than_checking() -> None:
    """A candidate list is made while somebody types, beside the check of the same text."""
    field = "{lognormal: {median: 25, sigma: 0.7}, round: 2, missing: 5%}"
    fields = "".join(f"      f{i}: {field}\n" for i in range(20))
    text = "events:\n" + "".join(f"  e{k}:\n    fields:\n{fields}" for k in range(20))
    complete(text, len(text)), parse(text)
    ratios = []
    for _ in range(7):
        start = time.perf_counter()
        complete(text, len(text) - 9)
        middle = time.perf_counter()
        parse(text)
        ratios.append((middle - start) / (time.perf_counter() - middle))
    assert statistics.median(ratios) < 1.5


def test_it_needs_no_engine() -> None:
    program = (
        "import sys; from synthwb.guide import complete; complete('events:\\n  e:\\n    fields:\\n      x: u', 99);"
        "print([m for m in ('numpy', 'polars', 'faker', 'sqlglot', 'textual', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_parameters_of_every_generator_are_offered_and_documented() -> None:
    for name in names():
        found = generator(name)
        assert found is not None
        found_there = at(f"{EVENT}      x:\n        {name}:\n          |\n").candidates
        offered = {each.label: each for each in found_there}
        assert len(offered) == len(found_there), "nothing is offered twice"
        for parameter in found.parameters:
            hidden = found.whole and parameter.name in (found.shorthand, *found.beside)
            if not hidden:
                assert parameter.name in offered, f"{name}.{parameter.name}"
                assert offered[parameter.name].doc.startswith(parameter.doc[:12].replace("``", "`"))
