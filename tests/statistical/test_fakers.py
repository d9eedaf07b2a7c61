"""Methods that have formats or lists, in the locales' own words, against Faker's real providers.

For each family of Faker some methods are chosen by a seed, in locales whose provider is their own. Faker is seeded, so
are we, and p must exceed 10^-7 for about a thousand comparisons: a failure is a fault, not chance.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest
from generator_driver import SPAN, BareSite, block_of
from likeness import differences, real

from synthwb.engine.text.pools import Pooled
from synthwb.engine.text.provider import Request, wording_of
from synthwb.engine.text.wording import Listed
from synthwb.generators import faker_index
from synthwb.generators.fakers import faker_method
from synthwb.scenario.model import Call

ALPHA = 1e-7
REAL, OURS = 5_000, 20_000
NOW = 1_767_225_600_000_000
TRIED, LISTS, FORMATS = 30, 2, 4  # of a family: methods that are looked at, lists and formats that are compared


def pairs(family: str) -> list[tuple[str, str]]:
    """The methods of a family whose values are texts or whole numbers, with locales that have them themselves."""
    found = []
    for method in faker_index.methods().values():
        if method.family == family and method.shape in ("string", "integer"):
            own = [each for each in faker_index.locales() if not method.missing_in(each) and method.home(each) == each]
            found += [(method.name, each) for each in own if each in method.own] or [(method.name, own[0])]
    return found


@cache
def chosen(family: str) -> tuple[tuple[str, str], ...]:
    """Some of them that are no code: few whose values are a list, more that are put together."""
    return tuple(_chosen(family))


def _chosen(family: str) -> Iterator[tuple[str, str]]:
    state = random.Random(f"{family} of 2026")
    known = pairs(family)
    left = {True: LISTS, False: FORMATS}
    for method, locale in state.sample(known, min(TRIED, len(known))):
        about = faker_index.methods()[method]
        wording = wording_of(Request(locale, method, shape=json.dumps(about.shape), size=1), 42, NOW, "UTC")
        listed = isinstance(wording, Listed)
        if not isinstance(wording, Pooled) and left[listed]:
            left[listed] -= 1
            yield method, locale


def ours(locale: str, method: str) -> list[str]:
    """Values of our generator, as text."""
    site = BareSite(42, f"e.{method}", {})
    site.locales = ((locale, Fraction(1)),)
    found = faker_method(method)
    assert found is not None
    args = {parameter.name: parameter.default for parameter in found.parameters}
    values = found.bind(Call(method, args, SPAN), site)(block_of(OURS)).series()
    return [str(value) for value in values]


FAMILIES = sorted({method.family for method in faker_index.methods().values() if method.pool is None})


@pytest.mark.parametrize("family", FAMILIES)
def test_formats_and_lists_give_what_faker_gives_and_as_often(family: str) -> None:
    compared = {
        each: differences(real(each[1], each[0], REAL), ours(each[1], each[0]), ALPHA) for each in chosen(family)
    }
    assert {each: wrong for each, wrong in compared.items() if wrong} == {}
    assert compared, "nothing of this family was compared"


def test_many_locales_are_among_them() -> None:
    locales = {locale for family in FAMILIES for _, locale in chosen(family)}
    assert len(locales) > 30


def test_another_law_is_told_apart() -> None:
    """The same words by other weights, and another format of the same digits."""
    assert differences(real("en_US", "first_name", REAL), sorted({*real("en_US", "first_name", REAL)}) * 5, ALPHA)
    assert differences(real("en_US", "phone_number", REAL), ours("de_DE", "phone_number"), ALPHA)
