"""Faker's methods in completion: those that the locales of a place have, by the beginning of a word in their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from synthwb.generators import faker_index
from synthwb.generators.fakers import FromFaker, faker_method
from synthwb.generators.registry import Generator
from synthwb.guide.candidate import BEGINS, Candidate, Kind, fit
from synthwb.guide.grammar import faker_names
from synthwb.guide.twigs import Step, Twig, unquoted
from synthwb.guide.wording import documentation
from synthwb.scenario.keys import MODIFIERS

__all__ = ["arguments_in", "field_methods", "locales_at", "methods"]

_TAKEN = ("locale", *MODIFIERS)  # keys of a field that mean something else


def locales_at(root: Twig, path: tuple[Step, ...]) -> tuple[str, ...]:
    """The locales in which the text of a place is made: of the field, or of the scenario."""
    for end in range(len(path), -1, -1):
        node = root.at(path[:end])
        found = _named(node.at(("locale",))) if node is not None else ()
        if found:
            return found
    return (faker_index.MAIN,)


def _named(node: Twig | None) -> tuple[str, ...]:
    """The locales that a value names; none where a field is only called so."""
    if node is None:
        return ()
    words = [*(node.entries or {}), *(item.text for item in node.items or ()), node.text]
    known = faker_index.locales()
    return tuple(word for each in words if faker_index.canonical(word := unquoted(each)) in known)


def field_methods(word: str, locales: Iterable[str], *, key: bool) -> Iterator[Candidate]:
    """Methods for a field, once something was typed; as its value, or as the ``key`` of its mapping."""
    word = word.lstrip("\"'").lower()
    names = [name for name in faker_names() if not (key and name in _TAKEN)] if word else []
    yield from _candidates(names, word, tuple(locales), BEGINS, ": " if key else "")


def methods(word: str, locales: Iterable[str]) -> Iterator[Candidate]:
    """Methods for ``fake``, which reaches all of them."""
    yield from _candidates(faker_index.names(), word.lstrip("\"'").lower(), tuple(locales))


def _candidates(
    names: Iterable[str], word: str, locales: tuple[str, ...], worst: int | None = None, colon: str = ""
) -> Iterator[Candidate]:
    for name in names:
        score = fit(word, name)
        if score is None or (worst is not None and score > worst):
            continue
        about = faker_index.method(name)
        if about is not None and not any(map(about.missing_in, locales)):
            yield Candidate(name, Kind.FAKER, f"{name}{colon}", _documented(name, locales), _example(about))


@lru_cache(maxsize=2048)
def _documented(name: str, locales: tuple[str, ...]) -> str:
    """What a method gives, with a mark where a locale borrows it."""
    found, about = faker_method(name), faker_index.method(name)
    assert found is not None
    assert about is not None
    first, _, rest = documentation(found).partition("\n\n")
    borrowing = [each for each in locales if about.home(each) != faker_index.canonical(each)]
    mark = f" That of en_US: {' and '.join(borrowing)} has none of its own." if borrowing else ""
    return f"{first}{mark}\n\n{rest}"


def _example(about: faker_index.Method) -> str:
    """Its name, and a value behind it as a comment."""
    return f"{about.name}  # {about.sample}" if about.sample else about.name


def arguments_in(call: Generator, locales: Iterable[str]) -> frozenset[str] | None:
    """The arguments that a method of Faker takes in all of these locales, and ``locale``; None for what is ours."""
    if not isinstance(call, FromFaker) or call.entry is None:
        return None
    about = call.entry
    taken = (frozenset(argument.name for argument in about.parameters_in(locale)) for locale in locales)
    return frozenset.intersection(*taken) | {"locale"}
