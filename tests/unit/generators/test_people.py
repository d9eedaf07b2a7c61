"""Names, places and addresses: grammars read from Faker, and what they promise."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction

import faker
import numpy as np
import pytest
from generator_driver import SPAN, BareSite, block_of, named

from synthwb.engine.columns import Column
from synthwb.engine.text.grammar import (
    Either,
    Grammar,
    Joined,
    TooWide,
    Words,
    alternatives,
    first_word,
    literal,
    mapped,
    with_symbols,
)
from synthwb.engine.text.tracing import PART, Untraceable, grammar_of
from synthwb.engine.text.wording import compile_grammar
from synthwb.scenario import parse
from synthwb.scenario.model import Call

METHODS = ["first_name", "last_name", "name", "email", "company", "job", "city", "country", "street_address", "phone"]
METHODS += ["phone_number", "ipv4", "url"]


def column(method: str, rows: int = 2000, *, locale: str = "en_US", first: int = 0) -> Column:
    site = BareSite(42, "e.x", {})
    site.locales = ((locale, Fraction(1)),)
    return named(method).bind(Call(method, {}, SPAN), site)(block_of(rows, first))


def law(grammar: Grammar) -> dict[str, float]:
    """Every text with its probability."""
    found: dict[str, float] = {}
    for weight, parts in alternatives(grammar):
        texts = {"": weight}
        for words in parts:
            texts = {
                a + b: p * share / words.total for a, p in texts.items() for b, share in law_of_list(words).items()
            }
        for text, share in texts.items():
            found[text] = found.get(text, 0.0) + share
    return found


def law_of_list(words: Words) -> dict[str, float]:
    found: dict[str, float] = {}
    for text, weight in words.weighted():
        found[text] = found.get(text, 0.0) + weight
    return found


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "ja_JP", "ru_RU", "zh_CN", "es_ES", "en_PH"])
@pytest.mark.parametrize("method", METHODS)
def test_every_type_gives_text_in_many_locales(locale: str, method: str) -> None:
    found = column(method, locale=locale)
    values = found.series()
    assert values.null_count() == 0
    assert values.n_unique() > 20
    assert values.str.len_chars().min() > 0
    assert not values.str.contains("[\ue000\ue001{}]|Q\\d{4}").any(), "a mark of the tracing was left"
    whole = "".join(values)
    assert found.ascii_safe <= (whole.isascii() and '"' not in whole and "\\" not in whole)
    assert column(method, 0, locale=locale).series().dtype == values.dtype


def test_english_lists_are_pools_that_need_no_escape() -> None:
    for method in ("first_name", "last_name", "job", "country"):
        first, second = column(method), column(method, 10)
        assert first.pool is second.pool is not None
    assert column("name").ascii_safe
    assert not column("country", locale="fr_FR").ascii_safe


@pytest.mark.parametrize("method", METHODS)
def test_a_value_depends_on_its_row_alone(method: str) -> None:
    whole = column(method, 300).series().to_list()
    parts = [value for first in range(0, 300, 75) for value in column(method, 75, first=first).series()]
    assert parts == whole
    assert column(method, 1, first=123).series().to_list() == [whole[123]]


def test_random_states_are_neither_read_nor_changed() -> None:
    faker.Faker.seed(1)
    random.seed(1)
    before = column("name").series().to_list(), faker.Faker().name(), random.random()
    faker.Faker.seed(1)
    random.seed(1)
    fresh = "from generator_driver import *; from synthwb.scenario.model import Call\n"
    fresh += "site = BareSite(42, 'e.x', {})\n"
    fresh += "print(*named('name').bind(Call('name', {}, SPAN), site)(block_of(2000)).series(), sep='\\n')"
    folder = next(path for path in sys.path if path.endswith("drivers"))
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r})\n{fresh}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == before[0]
    assert (faker.Faker().name(), random.random()) == before[1:]


def test_two_fields_of_one_type_differ() -> None:
    one, two = (
        named("name").bind(Call("name", {}, SPAN), BareSite(42, f"e.{field}", {}))(block_of(500)).series()
        for field in ("a", "b")
    )
    assert (one == two).sum() < 5


def test_an_unknown_locale_is_a_diagnostic_at_its_place() -> None:
    (found,) = parse("locale: xx_YY\nevents: {e: {fields: {a: name}}}\n").diagnostics
    assert (found.line, found.column, found.code) == (1, 9, "unknown-locale")


def test_what_looks_into_its_values_cannot_be_traced() -> None:
    with pytest.raises(Untraceable):
        grammar_of("ru_RU", "street_name")
    parts = [parts for _, parts in alternatives(grammar_of("ru_RU", "street_address"))]
    assert max(len(words.texts) for each in parts for words in each) == PART


AB = Words(("a", "b"), (3.0, 1.0))


@pytest.mark.parametrize(
    ("grammar", "wanted"),
    [
        (literal("x"), {"x": 1.0}),
        (AB, {"a": 0.75, "b": 0.25}),
        (Joined((AB, literal("-"), AB)), {"a-a": 9 / 16, "a-b": 3 / 16, "b-a": 3 / 16, "b-b": 1 / 16}),
        (Either((literal("x"), AB), (1.0, 3.0)), {"x": 0.25, "a": 9 / 16, "b": 3 / 16}),
        (Either((literal("x"), literal("x"), AB), (1.0, 1.0, 2.0)), {"x": 0.5, "a": 3 / 8, "b": 1 / 8}),
        (Either((literal("x"), AB), (1.0, 0.0)), {"x": 1.0}),
        (Joined(()), {"": 1.0}),
        (
            with_symbols(literal("%!")),
            {f"{a}{b}": (0.5 if b == "" else 0.05) / 9 for a in "123456789" for b in ["", *"0123456789"]},
        ),
        (with_symbols(literal("?$"), "xy"), {f"{a}{b}": 1 / 16 for a in "xy" for b in "23456789"}),
        (with_symbols(literal("?")), {"?": 1.0}),
        (mapped(Joined((AB, literal("!"))), str.upper), {"A!": 0.75, "B!": 0.25}),
        (first_word(Joined((Words(("a", "b c")), literal(" d")))), {"a": 0.5, "b": 0.5}),
        (
            first_word(Joined((Words(("a", "b c"), (1.0, 3.0)), literal("-"), AB))),
            {"a-a": 3 / 16, "a-b": 1 / 16, "b": 0.75},
        ),
    ],
)
def test_the_law_of_a_grammar(grammar: Grammar, wanted: dict[str, float]) -> None:
    found = law(grammar)
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    "grammar",
    [
        Either(
            (Joined((Words(tuple(f"n{i}" for i in range(3000))), Words(tuple("xyz"), (1.0, 2.0, 5.0)), AB)), AB),
            (2.0, 1.0),
        ),
        Joined((Words(tuple(f"{i:04}" for i in range(5000))), Words(tuple(f"-{i:03}" for i in range(900))))),
        Either(
            (
                Joined((Words(tuple(f"{i:03}" for i in range(700))), Words(tuple(f"/{i:02}" for i in range(99))))),
                Joined((literal("tel "), Words(tuple(f"{i}" for i in range(9))))),
            ),
            (1.0, 2.0),
        ),
    ],
    ids=["slots", "digits of one form", "digits of two forms"],
)
def test_texts_are_drawn_with_the_probability_of_the_grammar(grammar: Grammar) -> None:
    wording = compile_grammar(grammar)
    block = block_of(200_000)
    values = wording.column([block.bits(number) for number in range(wording.draws)]).series()
    wanted = law(grammar)
    assert set(values) <= set(wanted)
    for feature in (lambda text: text[:1], lambda text: text[-1:], len, lambda text: text[:3]):
        shares: dict[object, float] = {}
        for text, share in wanted.items():
            shares[feature(text)] = shares.get(feature(text), 0.0) + share
        observed = np.array([sum(1 for text in values if feature(text) == cell) for cell in list(shares)[:12]])
        expected = np.array(list(shares.values())[:12]) * len(values)
        assert (np.abs(observed - expected) < 5 * np.sqrt(expected + 1)).all()


def test_too_many_alternatives_are_refused() -> None:
    many = Either(tuple(Joined((Words(tuple(f"{n}{i}" for i in range(99))),) * 2) for n in range(600)), (1.0,) * 600)
    with pytest.raises(TooWide):
        alternatives(many, merged=1)
