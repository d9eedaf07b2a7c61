"""People, companies, places and addresses of the net, with the lists, formats and weights of Faker's providers.

Values are drawn from Faker's data by our own addressed bits, in the scenario's locale, with Faker's own weights and
full variety. Faker's random state plays no part. Where a locale's method is code rather than lists and formats, values
come from a pool of 4,096 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from locale import normalize
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from synthwb.generators.registry import Generator, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column, Pool
    from synthwb.scenario.model import Call

__all__ = ["knows", "locales"]


@cache
def locales() -> frozenset[str]:
    """The locales that Faker has providers for, read from its folders without importing it."""
    found = find_spec("faker")
    if found is None or found.origin is None:
        return frozenset({"en_US"})
    folders = Path(found.origin).with_name("providers").glob("*/*/__init__.py")
    return frozenset(folder.parent.name for folder in folders)


def knows(locale: str) -> bool:
    """Whether Faker has this locale, or one for this language (``fr`` means fr_FR)."""
    return normalize(locale).partition(".")[0] in locales()


class _Person(Generator):
    """What the generators of this family share: no parameters, text, one method of Faker."""

    family = "people"
    source = "Faker's providers, https://faker.readthedocs.io"
    method: ClassVar[str]

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """The provider's grammar for the locale, compiled once per process."""
        from synthwb.engine.text.provider import wording_of

        wording = wording_of(site.locale, self.method)
        keys = [site.key(str(number) if number else "") for number in range(wording.draws)]
        return lambda block: wording.column([block.bits(key) for key in keys])


@register
class FirstName(_Person):
    """A first name, as often as the locale has it."""

    name = method = "first_name"
    examples = ("first_name",)


@register
class LastName(_Person):
    """A last name, as often as the locale has it."""

    name = method = "last_name"
    examples = ("last_name",)


@register
class FullName(_Person):
    """A full name, now and then with a prefix or a suffix.

    It does not agree with a ``first_name`` beside it; a template of both does.
    """

    name = method = "name"
    examples = ("name",)


@register
class Email(_Person):
    """An e-mail address at example.com, example.org or example.net, which reach nobody.

    For one that agrees with a name, lower a template: ``{template: "{first_name}@example.com", case: lower}``.
    """

    name = method = "email"
    examples = ("email",)


@register
class Company(_Person):
    """A company's name, made of last names and a legal form."""

    name = method = "company"
    examples = ("company",)


@register
class Job(_Person):
    """A job title."""

    name = method = "job"
    examples = ("job",)


@register
class City(_Person):
    """A city; invented in locales whose provider invents them (en_US), real in others."""

    name = method = "city"
    examples = ("city",)


@register
class Country(_Person):
    """A country's name in the language of the locale, all equally likely."""

    name = method = "country"
    examples = ("country",)


@register
class StreetAddress(_Person):
    """House number and street, sometimes with a flat."""

    name = method = "street_address"
    examples = ("street_address",)


@register
class PhoneNumber(_Person):
    """A telephone number in one of the forms that the locale writes."""

    name = method = "phone_number"
    examples = ("phone_number",)


@register
class Phone(PhoneNumber):
    """A telephone number; the short name of ``phone_number``."""

    name = "phone"
    examples = ("phone",)


@register
class Url(_Person):
    """The address of a company's home page, http or https."""

    name = method = "url"
    examples = ("url",)


@register
class IPv4(_Person):
    """An IPv4 address outside the special ranges (loopback, link-local, multicast, documentation, reserved).

    As Faker's, it may be private (10.0.0.0/8 and so on): each remaining address is equally likely.
    """

    name = method = "ipv4"
    examples = ("ipv4",)

    def bind(self, call: Call, site: Site) -> Draw:
        """A number among all allowed addresses, written as two halves."""
        import numpy as np

        from synthwb.engine.columns import Column
        from synthwb.engine.laws.discrete import below
        from synthwb.engine.text.provider import ipv4_networks

        networks = np.array(sorted(ipv4_networks()), np.int64)
        ends = np.cumsum(networks[:, 1])
        shifts = networks[:, 0] - (ends - networks[:, 1])  # from the number of an address to the address
        first, second = _halves("."), _halves("")
        key, count = site.key(), int(ends[-1])

        def draw(block: Block) -> Column:
            bits = block.bits(key)
            number = below(bits, count, bits.copy).view(np.int64)
            address = number + shifts[np.searchsorted(ends, number, side="right")]
            halves = ((first, address >> 16), (second, address & 0xFFFF))
            return Column.together([Column.coded(*half, ascii_safe=True) for half in halves], ascii_safe=True)

        return draw


@cache
def _halves(end: str) -> Pool:
    """The 65,536 texts of two bytes of an address, each with this end."""
    import polars as pl

    from synthwb.engine.columns import Pool

    return Pool(pl.Series([f"{number >> 8}.{number & 255}{end}" for number in range(1 << 16)]))
