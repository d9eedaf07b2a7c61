"""Faker's methods to look up, family by family, from the index that ships with the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from synthwb.generators import faker_index
from synthwb.generators.faker_index import Method
from synthwb.generators.registry import names
from synthwb.reference.cells import code, header, line

__all__ = ["PAGE", "families", "marks", "page"]

PAGE = "faker-methods.md"
"""Where the page lies, seen from the reference."""

_INTRO = """\
# Methods of Faker

Each of these {count} methods is a generator by its own name: `color_name`, `{{date_of_birth: {{minimum_age: 18}}}}`,
`{{iban: {{locale: de_DE}}}}`. Where we have a generator of that name, `fake` reaches Faker's: `{{fake: first_name}}`.
`synthwb reference date_of_birth` tells all about one and draws values. [The reference](reference.md) has our own
generators.

- Values are those of the scenario's `locale`, or of one beside the method. Each of the {locales} locales has all
  methods without *only*; one that a locale does not have itself is that of en_US.
- *only*: other locales refuse it.
- *pool*: it is code and not formats. Its values come from a pool, of 16,384 where nothing else is said, that is drawn
  through Faker once, different for every seed. All others have Faker's own weights and full variety; where the method
  of one locale is code, that locale has a pool.
- Moments (`-30y`, `+2w`, `today`, `2020-01-31`) are relative to the start of the clock, never to today.

This page is made from the index that synthwb ships, of Faker {version}. An example is a value in en_US, or in the first
locale that has the method.
"""
_FULL = 16_384


def families() -> Mapping[str, Sequence[Method]]:
    """All methods by their family; in each, first those of every locale, then by name."""
    known = sorted(faker_index.methods().values(), key=lambda each: (each.family, bool(each.only), each.name))
    return {family: tuple(group) for family, group in groupby(known, lambda each: each.family)}


def marks(method: Method) -> Iterator[str]:
    """What is special about a method: how its values come about, where it is, how it is written."""
    if method.pool is not None:
        yield "pool" if method.pool == _FULL else f"pool of {method.pool:,}"
    if method.only:
        yield f"only {', '.join(method.only)}"
    if method.name in names():
        yield f"by {{fake: {method.name}}}"


def page() -> str:
    """``docs/faker-methods.md``."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    known = families()
    count = sum(map(len, known.values()))
    yield _INTRO.format(count=count, locales=len(faker_index.locales()), version=faker_index.version())
    yield " · ".join(f"[{family}](#{family}) {len(group)}" for family, group in known.items())
    for family, group in known.items():
        yield f"\n## {family}\n"
        yield from header("method", "gives", "such as", "takes", "marks")
        for method in group:
            takes = ", ".join(code(argument.name) for argument in method.parameters)
            shown = code(method.sample) if method.sample else ""
            yield line(code(method.name), method.doc, shown, takes, "; ".join(map(_written, marks(method))))


def _written(mark: str) -> str:
    """A mark in Markdown."""
    word, _, rest = mark.partition(" ")
    return f"by {code(rest)}" if word == "by" else f"*{word}* {rest}".rstrip()
