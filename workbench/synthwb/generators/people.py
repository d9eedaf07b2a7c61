"""People, companies, places and addresses of the net, with the lists, formats and weights of Faker's providers.

Values are drawn from Faker's data by our own addressed bits, in the scenario's locale, with Faker's own weights and
full variety. Faker's random state plays no part. Where a locale's method is code rather than lists and formats, values
come from a pool. These are the methods that most records need; `synthwb.generators.fakers` has all of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from synthwb.generators.fakers import LOCALE, FromFaker
from synthwb.generators.registry import Kind, Parameter, register

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column, Pool
    from synthwb.scenario.model import Call

__all__: list[str] = []


@register
class FirstName(FromFaker):
    """A first name, as often as the locale has it."""

    name = method = "first_name"
    examples = ("first_name",)


@register
class LastName(FromFaker):
    """A last name, as often as the locale has it."""

    name = method = "last_name"
    examples = ("last_name",)


@register
class FullName(FromFaker):
    """A full name, now and then with a prefix or a suffix.

    It does not agree with a ``first_name`` beside it; a template of both does.
    """

    name = method = "name"
    examples = ("name",)


@register
class Email(FromFaker):
    """An e-mail address at example.com, example.org or example.net, which reach nobody.

    For one that agrees with a name, lower a template: ``{template: "{first_name}@example.com", case: lower}``.
    """

    name = method = "email"
    parameters = (
        Parameter("safe", Kind.BOOLEAN, "Whether the domain is one that reaches nobody.", True),
        Parameter("domain", Kind.TEXT, "The domain, such as example.com.", None),
        LOCALE,
    )
    examples = ("email", "{email: {domain: shop.example}}")


@register
class Company(FromFaker):
    """A company's name, made of last names and a legal form."""

    name = method = "company"
    examples = ("company",)


@register
class Job(FromFaker):
    """A job title."""

    name = method = "job"
    examples = ("job",)


@register
class City(FromFaker):
    """A city; invented in locales whose provider invents them (en_US), real in others."""

    name = method = "city"
    examples = ("city",)


@register
class Country(FromFaker):
    """A country's name in the language of the locale, all equally likely."""

    name = method = "country"
    examples = ("country",)


@register
class StreetAddress(FromFaker):
    """House number and street, sometimes with a flat."""

    name = method = "street_address"
    examples = ("street_address",)


@register
class PhoneNumber(FromFaker):
    """A telephone number in one of the forms that the locale writes."""

    name = method = "phone_number"
    examples = ("phone_number",)


@register
class Phone(PhoneNumber):
    """A telephone number; the short name of ``phone_number``."""

    name = "phone"
    examples = ("phone",)


@register
class Url(FromFaker):
    """The address of a company's home page, http or https."""

    name = method = "url"
    parameters = (
        Parameter("schemes", Kind.CONSTANT, "A list of schemes, one of which is drawn; http and https without.", None),
        LOCALE,
    )
    examples = ("url", "{url: {schemes: [https]}}")


@register
class IPv4(FromFaker):
    """An IPv4 address outside the special ranges (loopback, link-local, multicast, documentation, reserved).

    As Faker's, it may be private (10.0.0.0/8 and so on): each remaining address is equally likely.
    """

    name = method = "ipv4"
    parameters = (
        Parameter("network", Kind.BOOLEAN, "Whether it is a network, such as 10.0.0.0/8.", False),
        Parameter("address_class", Kind.ENUM, "The class: a, b or c.", None, choices=("a", "b", "c")),
        Parameter("private", Kind.TEXT, "Only private addresses, if it is not empty.", None),
    )
    beside = ()
    examples = ("ipv4", "{ipv4: {address_class: c}}")

    def bind(self, call: Call, site: Site) -> Draw:
        """A number among all allowed addresses, written as two halves; with arguments, Faker's own."""
        if self._written(call.args):
            return super().bind(call, site)
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
