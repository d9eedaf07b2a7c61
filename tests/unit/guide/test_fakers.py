"""Completion of Faker's methods: after ours, by the beginning of a word, in the place's locales, with arguments."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest

from synthwb.generators import faker_index
from synthwb.generators.registry import names
from synthwb.guide import Completion, complete
from synthwb.guide.candidate import Candidate, Kind
from synthwb.guide.grammar import faker_names
from synthwb.scenario import Severity, parse
from synthwb.scenario.keys import MODIFIERS

EVENT = "events:\n  e:\n    fields:\n"


def at(text: str) -> Completion:
    offset = text.index("|")
    return complete(text[:offset] + text[offset + 1 :], offset)


def labels(text: str) -> list[str]:
    return [candidate.label for candidate in at(text).candidates]


def fakers(text: str) -> list[str]:
    return [candidate.label for candidate in at(text).candidates if candidate.kind is Kind.FAKER]


def of(text: str, label: str) -> Candidate:
    return next(candidate for candidate in at(text).candidates if candidate.label == label)


def accepted(text: str, candidate: Candidate) -> str:
    found, offset = at(text), text.index("|")
    text = text[:offset] + text[offset + 1 :]
    return text[: found.start] + candidate.insert + text[found.end :]


@pytest.mark.parametrize("text", [f"{EVENT}      x: da|", f"{EVENT}      x: {{da|}}", f"{EVENT}      x:\n        da|"])
def test_they_come_after_ours_that_begin_alike(text: str) -> None:
    found = labels(text)
    assert {"date", "datetime"} == set(found[:2])
    assert found[2:5] == ["date_between", "date_between_dates", "date_object"]
    assert at(text).automatic


def test_they_come_before_what_only_contains_the_word() -> None:
    found = labels(f"{EVENT}      x: ss|")
    assert found.index("ssn") < found.index("poisson")


def test_a_part_of_a_name_may_be_typed_but_no_letters_left_out() -> None:
    assert fakers(f"{EVENT}      x: birth|") == ["date_of_birth"]
    assert fakers(f"{EVENT}      x: dtfbrth|") == []
    assert "color_name" in fakers(f"{EVENT}      x: COL|"), "in any case"


def test_without_a_word_only_ours_are_listed() -> None:
    for text in (f"{EVENT}      x: |", f"{EVENT}      x: {{|}}"):
        assert fakers(text) == []
    assert at(f"{EVENT}      x: 8|").candidates == (), "a number is no name"


def test_a_field_has_one_generator() -> None:
    assert fakers(f"{EVENT}      x: {{uuid: , da|}}") == []
    assert fakers(f"{EVENT}      x: {{color_name: , da|}}") == []
    assert fakers(f"{EVENT}      x: {{normal: {{mean: da|}}}}") == []


def test_the_card_says_what_it_gives_with_a_value() -> None:
    card = of(f"{EVENT}      x: date_of|", "date_of_birth")
    assert card.doc.startswith("A random date of birth")
    assert "a pool of 16,384" in card.doc
    assert card.example.startswith("date_of_birth  # ")
    assert card.example.removeprefix("date_of_birth  # ") in card.doc
    assert (card.insert, of(f"{EVENT}      x: {{date_of|}}", "date_of_birth").insert) == (
        "date_of_birth",
        "date_of_birth: ",
    )


def test_an_example_is_one_line_of_yaml() -> None:
    found = [each for each in at(f"{EVENT}      x: {{fake: |}}").candidates if each.kind is Kind.FAKER]
    assert [each.example for each in found if not each.example.isprintable()] == []
    assert "credit_card_full" in [each.label for each in found], "whose values have several lines"
    assert all(each.doc for each in found)


def test_only_methods_that_the_locale_has_are_offered() -> None:
    assert "department" not in fakers(f"{EVENT}      x: dep|")
    assert "department" in fakers(f"locale: fr_FR\n{EVENT}      x: dep|")
    assert "department" in fakers(f"locale: fr\n{EVENT}      x: dep|"), "by its short name"
    assert "department" in fakers(f"locale: [fr_FR, es_CO]\n{EVENT}      x: dep|")
    assert "department" not in fakers(f"locale: {{fr_FR: 9, en_US: 1}}\n{EVENT}      x: dep|"), "all locales have it"
    assert "department" in fakers(f"{EVENT}      x: {{locale: fr_FR, dep|}}"), "the field's own locale"
    assert "department" not in fakers(f"locale: fr_FR\n{EVENT}      x: {{locale: en_US, dep|}}")
    assert "department" in fakers(f"{EVENT}      x: {{fake: dep|, locale: fr_FR}}")
    assert "department" not in fakers(f"{EVENT}      locale: locale\n      x: dep|"), "a field that is called so"


def test_what_a_locale_borrows_is_marked() -> None:
    borrowed = of(f"locale: de_DE\n{EVENT}      x: invalid_s|", "invalid_ssn")
    assert "That of en_US: de_DE has none of its own." in borrowed.doc.partition("\n\n")[0]
    assert "none of its own" not in of(f"{EVENT}      x: invalid_s|", "invalid_ssn").doc
    assert "none of its own" not in of(f"locale: de_DE\n{EVENT}      x: ssn|", "ssn").doc


def test_arguments_inside_of_a_method() -> None:
    expected = ["tzinfo", "minimum_age", "maximum_age"]
    assert labels(f"{EVENT}      x: {{date_of_birth: {{|}}}}") == [*expected, "locale"]
    assert labels(f"{EVENT}      x:\n        date_of_birth:\n          minimum_age: 1\n          ma|") == [
        "maximum_age"
    ]
    assert labels(f"{EVENT}      x: {{fake: {{method: date_of_birth, args: {{|}}}}}}") == expected
    assert labels(f"{EVENT}      x: {{fake: {{args: {{mi|}}, method: date_of_birth}}}}") == ["minimum_age"]
    assert labels(f"{EVENT}      x: {{fake: {{method: nonsense, args: {{|}}}}}}") == []
    assert "default `0`" in of(f"{EVENT}      x: {{date_of_birth: {{|}}}}", "minimum_age").doc


def test_arguments_are_those_of_the_locale() -> None:
    assert "thai_digit" in labels(f"locale: th_TH\n{EVENT}      x: {{time: {{|}}}}")
    assert "thai_digit" in labels(f"{EVENT}      x: {{time: {{locale: th_TH, |}}}}")
    assert "thai_digit" not in labels(f"{EVENT}      x: {{time: {{|}}}}")
    assert "thai_digit" not in labels(f"locale: [th_TH, en_US]\n{EVENT}      x: {{time: {{|}}}}")


def test_fake_reaches_every_method() -> None:
    there = {name for name, method in faker_index.methods().items() if not method.missing_in("en_US")}
    assert set(fakers(f"{EVENT}      x: {{fake: |}}")) == there
    assert fakers(f"{EVENT}      x: {{fake: {{method: first_name_f|}}}}") == ["first_name_female"]
    assert "first_name" in fakers(f"{EVENT}      x: {{fake: first|}}"), "also where we have one of that name"
    assert "first_name" not in fakers(f"{EVENT}      x: first|")


def test_a_locale_alone_leaves_the_generator_open() -> None:
    assert set(names()) <= set(labels(f"{EVENT}      x: {{locale: de_DE, |}}"))
    assert labels(f"{EVENT}      x: {{locale: fr_F|}}") == ["fr_FR"]
    assert labels(f"{EVENT}      x: {{locale: fr_F|, color_name: }}") == ["fr_FR"]


@pytest.mark.parametrize("text", [f"{EVENT}      x: |\n", f"{EVENT}      x: {{|}}\n"])
def test_every_method_that_is_inserted_checks_clean(text: str) -> None:
    for name in faker_names():
        if "{" in text and name in ("locale", *MODIFIERS):
            continue  # a key of that name means something else
        only = faker_index.methods()[name].only
        around = f"locale: {only[0]}\n{text}" if only else text
        typed = around.replace("|", f"{name}|")
        written = accepted(typed, of(typed, name))
        problems = [each for each in parse(written).diagnostics if each.severity is Severity.ERROR]
        assert problems == [], f"{name}: {problems}"


def test_it_is_quick_and_knows_faker_only_from_the_index() -> None:
    program = (
        "import sys; from synthwb.guide import complete; text = 'events:\\n  e:\\n    fields:\\n      x: date_o';"
        "found = complete(text, len(text)).candidates;"
        "print([each.label for each in found][1], [m for m in ('faker', 'numpy', 'polars') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "date_of_birth []"


def test_a_letter_costs_little_more_than_without_faker() -> None:
    """Hundreds of names are looked through for each letter: measured against the check of a document of one screen."""
    field = "{lognormal: {median: 25, sigma: 0.7}, round: 2, missing: 5%}"
    text = EVENT + "".join(f"      f{i}: {field}\n" for i in range(40)) + "      x: s"
    ratios = []
    for _ in range(7):
        start = time.perf_counter()
        complete(text, len(text))
        middle = time.perf_counter()
        parse(text)
        ratios.append((middle - start) / (time.perf_counter() - middle))
    assert statistics.median(ratios) < 1.5
