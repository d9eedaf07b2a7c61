"""The recipes keep their word: each is checked and run, gives the record that it shows, and covers a kind of value."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

import synthwb
from synthwb.encode import encoder, record_json
from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
ROWS = 4_000


class Recipe(NamedTuple):
    """A heading with one scenario and the record that it gives."""

    title: str
    text: str
    shown: str


def _recipes() -> list[Recipe]:
    found = []
    for section in PAGE.split("\n## ")[1:]:
        (text,) = re.findall(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        (shown,) = re.findall(r"^```json\n(.*?)\n```$", section, re.MULTILINE | re.DOTALL)
        found.append(Recipe(section.partition("\n")[0], text, shown))
    return found


RECIPES = _recipes()


@cache
def records(title: str) -> Sequence[dict[str, Any]]:
    """The first records of a recipe, as a sink would write them; their wrapping is left in."""
    (recipe,) = (each for each in RECIPES if each.title == title)
    plan = compile_plan(loads(recipe.text))
    payloads = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, ROWS))
    return [json.loads(line) for payload in payloads for line in bytes(payload.data).splitlines()]  # type: ignore[arg-type]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_it_checks_clean_and_gives_the_record_that_it_shows(recipe: Recipe) -> None:
    assert synthwb.check(recipe.text) == ()
    plan = compile_plan(loads(recipe.text))
    assert record_json(sample(plan, 1), 0, plan.scenario.envelope) == recipe.shown


def test_headings_differ() -> None:
    assert len({recipe.title for recipe in RECIPES}) == len(RECIPES) > 10


# The same fields and kinds as three schemas of flat tables

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def text(pattern: str) -> Callable[[list[Any]], bool]:
    return lambda values: all(isinstance(value, str) and re.fullmatch(pattern, value) for value in values)


def whole(low: int, high: int) -> Callable[[list[Any]], bool]:
    """Whole numbers, as even as a die: their mean is in the middle, and they go nearly from end to end."""

    def fits(values: list[Any]) -> bool:
        inside = all(type(value) is int and low <= value <= high for value in values)
        span = high - low
        middle = abs(fmean(values) - (low + high) / 2) < 0.02 * span
        return inside and middle and min(values) <= low + 0.01 * span and max(values) >= high - 0.01 * span

    return fits


def shares(expected: dict[Any, float]) -> Callable[[list[Any]], bool]:
    def fits(values: list[Any]) -> bool:
        counted = Counter(values)
        return set(counted) == set(expected) and all(
            abs(counted[value] / len(values) - share) < 0.03 for value, share in expected.items()
        )

    return fits


def bell(mean: float, spread: float) -> Callable[[list[Any]], bool]:
    """Numbers of which none is negative, about normal: those below 0 are put there."""

    def fits(values: list[Any]) -> bool:
        middle = sorted(values)[len(values) // 2]
        return (
            all(isinstance(value, float) and value >= 0 for value in values)
            and abs(middle - mean) < 0.1 * spread
            and 0.85 * spread < stdev(values) < 1.1 * spread
        )

    return fits


def moments(first: str, last: str) -> Callable[[list[Any]], bool]:
    return lambda values: all(MOMENT.fullmatch(each) and first <= each[:10] <= last for each in values)


NAME, EMAIL = text(r"[^\W\d].*"), text(r"[^@\s]+@[^@\s]+\.\w+")
SCHEMAS: dict[str, dict[str, Callable[[list[Any]], bool]]] = {
    "Customers of a shop": {
        "customer_id": whole(10_000, 99_999),
        "name": NAME,
        "email": EMAIL,
        "age": whole(18, 85),
        "gender": shares({"M": 0.48, "F": 0.48, "Other": 0.04}),
        "location": shares(dict.fromkeys(("North", "South", "East", "West", "Central"), 0.2)),
        "signup_date": moments("2020-01-01", "2023-12-31"),
        "is_premium": shares({True: 0.25, False: 0.75}),
        "lifetime_value": bell(500, 300),
    },
    "A table of people with an income": {
        "id": whole(1000, 9999),
        "name": NAME,
        "email": EMAIL,
        "age": whole(18, 90),
        "income": bell(50_000, 20_000),
        "created_at": moments("2020-01-01", "2023-12-31"),
        "status": shares({"active": 0.7, "inactive": 0.2, "pending": 0.1}),
    },
    "A measurement every five minutes": {
        "timestamp": moments("2024-01-01", "2024-01-14"),
        "value": bell(100.7, 15),
        "count": whole(0, 1000),
        "category": shares({"A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}),
    },
}


@pytest.mark.parametrize("title", SCHEMAS)
def test_a_flat_table_has_the_fields_and_kinds_of_its_schema(title: str) -> None:
    rows = records(title)
    assert all(list(row) == list(SCHEMAS[title]) for row in rows)
    wrong = [name for name, fits in SCHEMAS[title].items() if not fits([row[name] for row in rows])]
    assert wrong == []


def test_the_measurement_comes_every_five_minutes() -> None:
    times = [datetime.fromisoformat(row["timestamp"]) for row in records("A measurement every five minutes")]
    assert {(b - a).total_seconds() for a, b in pairwise(times)} == {300.0}


# One value of each class of field


def numbers(low: float, high: float) -> Callable[[list[Any]], bool]:
    return lambda values: all(isinstance(value, float) and low <= value < high for value in values)


def repeated(low: float, high: float) -> Callable[[list[Any]], bool]:
    """Which share of the values has been there before."""
    return lambda values: low < 1 - len(set(values)) / len(values) < high


def lists(low: int, high: int, kinds: tuple[type, ...]) -> Callable[[list[Any]], bool]:
    return lambda values: (
        {len(value) for value in values} == set(range(low, high + 1))
        and {type(inner) for value in values for inner in value} == set(kinds)
    )


def nulls(low: float, high: float) -> Callable[[list[Any]], bool]:
    return lambda values: low <= values.count(None) / len(values) <= high


def url(value: Any) -> bool:
    parts = urlsplit(value)
    return parts.scheme == "https" and parts.path.count("/") == 2 and set(parse_qs(parts.query)) == {"q", "page"}


UUID = text(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
IDENTITY, PERSON = "Identities, some of which come again", "Names, an e-mail address and a place"
COUNTED, CHOSEN, NESTED = "Numbers of every kind", "One of several", "Objects and lists"
NOTHING, CODES, WEB = "Null, absent, and only sometimes there", "Codes and keys", "A URL with a path and a query"
WHEN, FIXED = "Times in every form", "Fixed values"
CLASSES: dict[str, tuple[str, str, Callable[[list[Any]], bool]]] = {
    "a UUID": (IDENTITY, "request_id", UUID),
    "a UUID, new each time": (IDENTITY, "request_id", lambda values: len(set(values)) == len(values)),
    "a UUID that comes again": (IDENTITY, "visitor_id", repeated(0.45, 0.55)),
    "a UUID out of a few": (IDENTITY, "device_id", lambda values: len(set(values)) <= 200),
    "a given name": (PERSON, "given_name", NAME),
    "a family name": (PERSON, "family_name", NAME),
    "a full name": (PERSON, "full_name", text(r"\S+ .*\S")),
    "an e-mail address": (PERSON, "email", EMAIL),
    "an e-mail address of nobody": (PERSON, "other_email", EMAIL),
    "city, country": (PERSON, "location", text(r"[^,]+, .+")),
    "an integer": (COUNTED, "small", whole(0, 100)),
    "a long": (COUNTED, "large", lambda values: max(values) > 2**62 and all(type(value) is int for value in values)),
    "a float": (COUNTED, "ratio", numbers(0, 100)),
    "a decimal": (COUNTED, "amount", lambda values: all(round(value, 2) == value for value in values)),
    "a decimal as text": (COUNTED, "amount_text", text(r"\d{1,3}\.\d{1,2}")),
    "one of several": (CHOSEN, "method", shares(dict.fromkeys(("card", "cash", "transfer"), 1 / 3))),
    "one of several, by weight": (CHOSEN, "currency", shares({"EUR": 0.8, "USD": 0.15, "CHF": 0.05})),
    "one of several numbers": (CHOSEN, "rating", shares(dict.fromkeys(range(1, 6), 0.2))),
    "one of several fields": (
        CHOSEN,
        "contact",
        lambda values: {"none", "@"} <= {*values, *"".join(values)},
    ),
    "an object": (NESTED, "first_line", lambda values: all(set(value) == {"sku", "quantity"} for value in values)),
    "an object in an object": (NESTED, "sender", lambda values: all(value["address"]["city"] for value in values)),
    "a list, perhaps empty": (NESTED, "lines", lists(0, 4, (dict,))),
    "a list with nulls": (NESTED, "weights", lists(3, 3, (float, type(None)))),
    "a null sometimes": (NOTHING, "answer", nulls(0.27, 0.33)),
    "a null always": (NOTHING, "reserved", nulls(1, 1)),
    "a SKU": (CODES, "sku", text(r"[A-Z0-9]{8}")),
    "hexadecimal digits": (CODES, "checksum", text(r"[0-9a-f]{30}")),
    "a URL": (WEB, "url", lambda values: all(map(url, values))),
    "a POSIX time": (WHEN, "posix", numbers(1_772_438_400, 1_772_438_400 + ROWS)),
    "a POSIX time in a range": (WHEN, "opened", whole(1_735_689_600, 1_767_139_200)),
    "an ISO time": (WHEN, "iso", text(MOMENT.pattern)),
    "a time in a form of one's own": (WHEN, "local", text(r"2026-03-02 \d\d:\d\d:\d\d \+0100")),
    "a date": (WHEN, "due", lambda values: {type(date.fromisoformat(value)) for value in values} == {date}),
    "a literal text": (FIXED, "channel", lambda values: set(values) == {"web"}),
    "a literal integer": (FIXED, "schema", lambda values: {(type(value), value) for value in values} == {(int, 3)}),
    "a literal float": (FIXED, "scale", lambda values: set(values) == {0.5}),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_of_field_can_be_written(kind: str) -> None:
    title, name, fits = CLASSES[kind]
    assert fits([row[name] for row in records(title)])


def test_a_person_agrees_and_what_is_absent_is_no_key() -> None:
    assert all(row["full_name"] == f"{row['given_name']} {row['family_name']}" for row in records(PERSON))
    answers = records(NOTHING)
    assert 0.17 < sum("comment" not in row for row in answers) / ROWS < 0.23
    assert all(("reason" in row) is (row["answer"] == "no") for row in answers)
