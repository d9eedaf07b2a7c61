"""Reads grammars from Faker's providers.

Faker's methods put texts together from lists, formats and weights. They are run once with tracing tools in place of
the random ones: every draw leaves a mark in the text instead of a value, and the marks are read back as a grammar. A
method that does anything else with its values (looks into them, counts, loops) cannot be traced; its values are then
drawn from a pool, made with a random state of its own.

Faker's own random state is neither read nor changed, and the values that come out depend on addressed bits alone.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NoReturn

from faker.factory import Factory
from faker.providers.internet import Provider as Internet
from faker.utils.text import slugify

from synthwb.engine.draws import key_of
from synthwb.engine.text.grammar import (
    Either,
    Grammar,
    Joined,
    TooWide,
    Words,
    first_word,
    lexified,
    literal,
    mapped,
    with_symbols,
)
from synthwb.engine.text.wording import Wording, compile_grammar

__all__ = ["POOL", "grammar_of", "ipv4_networks", "wording_of"]

POOL = 4096
"""Values drawn for a method that cannot be traced."""

_MARK = re.compile("\ue000(Q\\d{4} 'q|q\\d{4} 'q|Q\\d{4} 'Q)\ue001|(q\\d{4}-q)")
_REST = re.compile(r"[Qq]\d{4}|[\ue000\ue001]")  # what is left of a mark that was taken apart
_TOKEN = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_CHANGES: dict[str, Callable[[str], str]] = {"q 'q": str.lower, "Q 'Q": str.upper, "q-q": slugify}
# what was done to a text, by what became of its mark; a mark without a private sign at each end was slugified


@lru_cache(maxsize=256)
def wording_of(locale: str, method: str) -> Wording:
    """What ``Faker(locale).method()`` gives, weights included; a plan that is made at every keystroke only adds keys.

    Where the locale has no such method, that of en_US is used, as Faker does where a locale has no such provider.
    """
    try:
        return compile_grammar(grammar_of(locale, method))
    except TooWide:
        return compile_grammar(_pool(locale, method))


def grammar_of(locale: str, method: str) -> Grammar:
    """The grammar of a method; it may have more alternatives than can be compiled."""
    tracer = _tracer(locale)
    return tracer.method(method) if tracer.has(method) else _tracer("en_US").method(method)


@lru_cache(maxsize=8)
def _tracer(locale: str) -> _Tracer:
    return _Tracer(locale)


@lru_cache(maxsize=256)
def _pool(locale: str, method: str) -> Words:
    """Values of a method that is code rather than formats."""
    faker = Factory.create(locale)
    faker.seed_instance(key_of(0, "pool", locale, method))
    draw = faker.get_formatter(method)
    return Words(tuple(str(draw()) for _ in range(POOL)))


@cache
def ipv4_networks() -> list[tuple[int, int]]:
    """First address and size of the networks that Faker draws IPv4 addresses from, each by its size."""
    networks, _ = Internet(Factory.create("en_US", providers=[]))._get_all_networks_and_weights()
    return [(int(network.network_address), network.num_addresses) for network in networks]


class _Untraceable(Exception):
    """The method does more than put texts together."""


_YEARS = tuple(str(year) for year in range(1970, 2026))
_GIVE_UP = (_Untraceable, AttributeError, IndexError, KeyError, TypeError, ValueError)
# what foreign code raises when it meets a mark where it expects a value


class _Mark(str):
    """A text that stands for a grammar. It may be put into other texts; looking into it ends the tracing."""

    __slots__ = ()

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _Untraceable(str(self))

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __contains__ = __getitem__ = __len__ = __iter__ = _refuse
    startswith = endswith = find = index = count = split = _refuse


class _NoRandom:
    """In place of a random state: whoever draws from it cannot be traced."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _Untraceable(name)


class _Tracer:
    """Runs the methods of one locale with tracing tools."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._grammars: list[Grammar] = []
        self._methods: dict[str, Grammar] = {}
        faker = Factory.create(locale)
        tools: dict[str, Callable[..., Any]] = {
            "random_element": self._element,
            "random_elements": self._elements,
            "random_choices": self._elements,
            "numerify": lambda text="###": self.mark(with_symbols(self._read(text))),
            "bothify": lambda text="## ??", letters=string.ascii_letters: self.mark(
                with_symbols(self._read(text), letters)
            ),
            "lexify": lambda text="????", letters=string.ascii_letters: self.mark(lexified(self._read(text), letters)),
            "random_digit": lambda: self.mark(Words(tuple(string.digits))),
            "random_digit_not_null": lambda: self.mark(Words(tuple(string.digits[1:]))),
        }
        for provider in faker.providers:
            for name, tool in tools.items():
                setattr(provider, name, tool)
        for name, tool in tools.items():
            faker.set_formatter(name, tool)
        faker.parse = lambda text: self.mark(self._parsed(self._read(text)))  # type: ignore[method-assign]
        faker.random = _NoRandom()  # type: ignore[assignment]
        self._faker = faker

    def has(self, name: str) -> bool:
        """Whether the locale's providers have this method."""
        return hasattr(self._faker, name)

    def method(self, name: str) -> Grammar:
        """The grammar of one method: by its law where we know it, traced, or a pool."""
        found = self._methods.get(name)
        if found is None:
            try:
                found = self._known(name) or self._read(self._faker.get_formatter(name)())
            except _GIVE_UP:
                found = _pool(self.locale, name)
            self._methods[name] = found
        return found

    def _known(self, name: str) -> Grammar | None:
        """Methods of Faker's internet provider that work on finished text: what they do, done to the grammar.

        Only where the locale has not replaced them: lowering, transliterating and slugifying may be done part by part.
        Years, which Faker draws up to today, end where the default clock starts: a stream may not depend on the day.
        """
        if name == "year":
            return Words(_YEARS)
        provider = next(p for p in self._faker.providers if isinstance(p, Internet))
        if getattr(type(provider), name, None) is not getattr(Internet, name, self):
            return None
        ascii_of = provider._to_ascii
        if name == "user_name":
            formats = self._parsed(self._words(provider.user_name_formats))
            text = with_symbols(formats, string.ascii_letters)
            return mapped(text, lambda part: slugify(ascii_of(part.lower()), allow_unicode=True))
        if name == "domain_word":
            word = first_word(self.method("company"))
            return mapped(word, lambda part: slugify(ascii_of(part), allow_unicode=True).lower())
        if name == "domain_name":
            parts = (self.method("domain_word"), literal("."), self.method("tld"))
            return mapped(Joined(parts), str.lower)
        if name == "email":
            return mapped(Joined((self.method("user_name"), literal("@"), self.method("safe_domain_name"))), str.lower)
        return None

    def mark(self, grammar: Grammar) -> str:
        """A mark that stands for this grammar in a text."""
        self._grammars.append(grammar)
        return _Mark(f"\ue000Q{len(self._grammars) - 1:04d} 'q\ue001")

    def _read(self, text: Any) -> Grammar:
        """Marks in a text back to grammars. Raises _Untraceable if one was taken apart."""
        if not isinstance(text, str):
            raise _Untraceable(type(text).__name__)
        text = str(text)  # a mark itself refuses to be looked into
        parts: list[Grammar] = []
        end = 0
        for found in _MARK.finditer(text):
            parts.append(literal(text[end : found.start()]))
            mark = found.group(1) or found.group(2)
            grammar = self._grammars[int(mark[1:5])]
            change = _CHANGES.get(mark[0] + mark[5:])
            if change is slugify and not _ascii(grammar):
                raise _Untraceable("slugify may keep letters or drop them")
            parts.append(grammar if change is None else mapped(grammar, change))
            end = found.end()
        parts.append(literal(text[end:]))
        if any(isinstance(part, Words) and _REST.search(part.texts[0]) for part in parts[0::2]):
            raise _Untraceable(text)
        kept = tuple(part for part in parts if part != literal(""))
        return kept[0] if len(kept) == 1 else Joined(kept)

    def _words(self, elements: Any) -> Grammar:
        """The grammar of an element of a collection of texts."""
        if isinstance(elements, Mapping):
            return Words(tuple(str(key) for key in elements), tuple(float(weight) for weight in elements.values()))
        texts = tuple(str(text) for text in elements if isinstance(text, str))
        if not texts or len(texts) < len(elements):
            raise _Untraceable("elements that are not text")
        if any("\ue000" in text for text in texts):
            return Either(tuple(self._read(text) for text in texts), (1.0,) * len(texts))
        return Words(texts)

    def _element(self, elements: Any = ("a", "b", "c")) -> Any:
        if isinstance(elements, _Choice):
            return self.mark(Either(tuple(self._words(part) for part in elements.parts), elements.weights))
        parts = tuple(elements)
        even = (1.0,) * len(parts)
        if parts and all(callable(part) for part in parts):
            return lambda: self.mark(Either(tuple(self._read(part()) for part in parts), even))
        if parts and not isinstance(parts[0], str):
            return _Choice(self, parts, tuple(elements.values()) if isinstance(elements, Mapping) else even)
        return self.mark(self._words(elements))

    def _elements(self, elements: Any = ("a", "b", "c"), length: int | None = None, unique: bool = False) -> list[Any]:
        if length is None or unique:
            raise _Untraceable("random_elements")
        return [self._element(elements) for _ in range(length)]

    def _parsed(self, grammar: Grammar) -> Grammar:
        """Faker's ``parse``: each ``{{token}}`` replaced by the method of that name."""
        if isinstance(grammar, Joined):
            return Joined(tuple(self._parsed(part) for part in grammar.parts))
        if isinstance(grammar, Either):
            return Either(tuple(self._parsed(option) for option in grammar.options), grammar.weights)
        if not any("{{" in text for text in grammar.texts):
            return grammar
        options, weights = [], []
        for text, weight in grammar.weighted():
            pieces = _TOKEN.split(text)
            options.append(
                Joined(tuple(self.method(p) if i % 2 else literal(p) for i, p in enumerate(pieces) if i % 2 or p))
            )
            weights.append(weight)
        return Either(tuple(options), tuple(weights))


class _Choice:
    """An element that is itself a collection: one of its columns may be read, or an element drawn from it."""

    def __init__(self, tracer: _Tracer, parts: Sequence[Any], weights: tuple[float, ...]) -> None:
        self.parts = parts
        self.weights = weights
        self._tracer = tracer
        self._column: int | str | None = None

    def __getitem__(self, column: int | str) -> str:
        """The texts of this column; another column of the same element would have to agree, so it is refused."""
        if self._column not in (None, column):
            raise _Untraceable("two columns of one element")
        self._column = column
        return self._tracer.mark(Words(tuple(str(part[column]) for part in self.parts), self.weights))

    def __iter__(self) -> NoReturn:
        raise _Untraceable("a loop over an element")


def _ascii(grammar: Grammar) -> bool:
    if isinstance(grammar, Words):
        return "".join(grammar.texts).isascii()
    return all(_ascii(part) for part in (grammar.parts if isinstance(grammar, Joined) else grammar.options))
