"""What Faker can give, known without importing it: an index of its methods that ships with the package.

`methods` lists them all (for the reference), `names` their names alone, `method` finds one. The index is written by
``make faker-index`` from the installed Faker and read when it is first needed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from locale import normalize
from typing import Any

__all__ = ["EXCLUDED", "MAIN", "Argument", "Method", "canonical", "locales", "method", "methods", "names", "version"]

MAIN = "en_US"
"""The locale whose methods stand in where another locale has none of that name."""

_FILES = "it gives a file, and a field of a record holds one value"
_MIXED = "its values have mixed Python types, and a column has one; use list and object"
_PARTS = "it is a part of Faker's machinery and gives no value"
EXCLUDED: Mapping[str, str] = {
    **dict.fromkeys(("image", "zip", "tar", "csv", "dsv", "psv", "tsv", "fixed_width", "xml"), _FILES),
    **dict.fromkeys(("json", "json_bytes"), "it gives a whole JSON document as text; use object and list"),
    **dict.fromkeys(("pydict", "pylist", "pyset", "pytuple", "pyiterable", "pystruct", "pyobject"), _MIXED),
    "binary": "it gives bytes, which JSON and CSV cannot hold; use {hash: ...} or {pattern: ...}",
    "enum": "it needs a Python class; use choice",
    "time_series": "it gives a series, and a field holds one value; a stream is a series by itself",
    "pytimezone": "it gives a Python object; use timezone, which gives the zone's name",
    "get_words_list": "it gives a whole list of words; use word or words",
    "license_plate_regex_formats": "it gives a list of patterns; use license_plate",
    **dict.fromkeys(("add_provider", "set_formatter", "get_formatter", "get_providers", "provider"), _PARTS),
    **dict.fromkeys(("format", "parse", "set_arguments", "get_arguments", "del_arguments", "items"), _PARTS),
    **dict.fromkeys(("seed", "seed_instance"), "the seed belongs to the scenario: write seed: at the top"),
    "unique": "uniqueness is asked for beside a generator: {pattern: ..., unique: true}",
    "optional": "absence is asked for beside a generator: {first_name: {}, missing: 10%}",
    "random": "it is Faker's random state, which plays no part here",
}
"""Names of Faker that cannot be fields, and why."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a method. ``kind``: text, integer, number, boolean, enum, moment, zone or constant (any value)."""

    name: str
    kind: str
    doc: str = ""
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A method of Faker: what it takes and what it gives.

    ``family`` is the provider's (``address``), ``shape`` the type of its values (see `synthwb.engine.text.typed`),
    ``pool`` how many values there are where it is code, or None where its formats or all its outcomes are known.
    ``only``: the locales that have it, where en_US has not; ``lacking``: the locales that do not have what en_US has.
    ``own``: the locales whose provider of this family is their own. ``variants``: parameters by locale, where they
    differ from ``parameters``.
    """

    name: str
    family: str
    doc: str
    example: str
    parameters: tuple[Argument, ...] = ()
    shape: Any = "string"
    pool: int | None = None
    only: tuple[str, ...] = ()
    lacking: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()
    variants: Mapping[str, tuple[Argument, ...]] = field(default_factory=dict)

    @property
    def sample(self) -> str:
        """The example on one line."""
        return self.example if self.example.isprintable() else json.dumps(self.example, ensure_ascii=False)

    def parameters_in(self, locale: str) -> tuple[Argument, ...]:
        """The parameters that it has in a locale."""
        return self.variants.get(self.home(locale), self.parameters)

    def home(self, locale: str) -> str:
        """The locale whose method is used for this one: en_US where it has none itself."""
        name = canonical(locale)
        return MAIN if name in self.lacking else name

    def missing_in(self, locale: str) -> bool:
        """Whether neither the locale nor en_US has it."""
        return bool(self.only) and canonical(locale) not in self.only


def canonical(locale: str) -> str:
    """A locale as Faker's folders spell it: ``fr`` is fr_FR."""
    return normalize(locale).partition(".")[0]


def names() -> Collection[str]:
    """The names of all methods that can be fields."""
    found: Collection[str] = _written()["methods"].keys()
    return found


@cache
def methods() -> Mapping[str, Method]:
    """All methods that can be fields, by name."""
    return {name: method(name) for name in names()}  # type: ignore[misc]


@cache
def method(name: str) -> Method | None:
    """The method of this name, or None. A name that no method can have does not load the index."""
    entry = _written()["methods"].get(name) if name.isidentifier() else None
    return None if entry is None else _method(name, entry)


def locales() -> Sequence[str]:
    """All locales, by name."""
    found: Sequence[str] = _written()["locales"]
    return found


def version() -> str:
    """The version of Faker that the index was written from."""
    found: str = _written()["faker"]
    return found


@cache
def _written() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files(__package__).joinpath("faker_index.json").read_bytes())
    return found


def _method(name: str, entry: Mapping[str, Any]) -> Method:
    return Method(
        name,
        entry["family"],
        entry["doc"],
        entry["example"],
        _arguments(entry.get("parameters", {})),
        entry.get("shape", "string"),
        entry.get("pool"),
        tuple(entry.get("only", ())),
        frozenset(entry.get("lacking", ())),
        tuple(_written()["families"].get(entry["family"], ())),
        {locale: _arguments(theirs) for locale, theirs in entry.get("variants", {}).items()},
    )


def _arguments(written: Mapping[str, Mapping[str, Any]]) -> tuple[Argument, ...]:
    return tuple(
        Argument(
            name,
            each["kind"],
            each.get("doc", ""),
            each.get("default"),
            each.get("required", False),
            tuple(each.get("choices", ())),
        )
        for name, each in written.items()
    )
