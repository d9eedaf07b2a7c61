"""Reads grammars from Faker's providers.

Faker's methods put texts together from lists, formats and weights. They are run once with tracing tools in place of
the random ones: every draw leaves a mark in the text instead of a value, and the marks are read back as a grammar. A
method that does anything else with its values (looks into them, counts, loops) cannot be traced. Where such a method
is only a part of a format, a list of 4,096 of its values stands for it.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

from faker.providers.internet import Provider as Internet
from faker.utils.text import slugify

from synthwb.engine.draws import key_of
from synthwb.engine.text.anchored import REFUSALS, AnchoredFaker, AsksForTime, anchored_faker
from synthwb.engine.text.grammar import (
    Either,
    Grammar,
    Joined,
    Matcher,
    Words,
    first_word,
    lexified,
    literal,
    mapped,
    with_symbols,
)

__all__ = ["PART", "Untraceable", "grammar_of"]

PART = 4096
"""Values drawn for a part of a format that cannot be traced."""

_MARK = re.compile("\ue000(Q\\d{4} 'q|q\\d{4} 'q|Q\\d{4} 'Q)\ue001|(q\\d{4}-q)")
_REST = re.compile(r"[Qq]\d{4}|[\ue000\ue001]")  # what is left of a mark that was taken apart
_TOKEN = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_CHANGES: dict[str, Callable[[str], str]] = {"q 'q": str.lower, "Q 'Q": str.upper, "q-q": slugify}
# what was done to a text, by what became of its mark; a mark without a private sign at each end was slugified


class Untraceable(BaseException):
    """The method does more than put texts together. No `Exception`: some of Faker's code catches all of those."""


def grammar_of(locale: str, method: str, args: Mapping[str, Any] | None = None) -> Grammar:
    """The grammar of a method's texts; it may have more alternatives than can be compiled. Raises Untraceable."""
    return _tracer(locale).whole(method, args or {})


@lru_cache(maxsize=8)
def _tracer(locale: str) -> _Tracer:
    return _Tracer(locale)


@lru_cache(maxsize=256)
def _part(locale: str, method: str) -> Words:
    """Values of a method that is code rather than formats. Raises AsksForTime."""
    state = random.Random(key_of(0, "pool", locale, method))  # noqa: S311
    with anchored_faker(locale).at(None, state) as faker:
        draw = faker.get_formatter(method)
        return Words(tuple(str(draw()) for _ in range(PART)), sampled=True)


_TRIALS = 48  # values that a grammar must be able to give
_MOST_MARKS = 10_000  # as many as four digits can number
_GIVE_UP = (Untraceable, *REFUSALS)
# what foreign code raises when it meets a mark where it expects a value


class _Mark(str):
    """A text that stands for a grammar. It may be put into other texts; looking into it ends the tracing."""

    __slots__ = ()

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Untraceable(str(self))

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __contains__ = __getitem__ = __len__ = __iter__ = _refuse
    startswith = endswith = find = index = count = split = _refuse


class _NoRandom:
    """In place of a random state: whoever draws from it cannot be traced."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Untraceable(name)


class _Tracer:
    """Runs the methods of one locale with tracing tools."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._grammars: list[Grammar] = []
        self._read_before: set[int] = set()
        self._methods: dict[str, Grammar] = {}
        self._anchored = AnchoredFaker(locale)
        self._faker = faker = self._anchored.generator
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

    def whole(self, name: str, args: Mapping[str, Any]) -> Grammar:
        """The grammar of a method with these arguments. Raises Untraceable."""
        self._grammars.clear()
        self._read_before.clear()
        try:
            with self._anchored.at(None, _NoRandom()):
                return self._traced(name, args)
        except (*_GIVE_UP, AsksForTime) as error:
            raise Untraceable(f"{self.locale} {name}: {error!r}") from error

    def method(self, name: str) -> Grammar:
        """The grammar of a method that is part of a format: traced, or a list of its values."""
        found = self._methods.get(name)
        if found is None:
            try:
                found = self._traced(name, {})
            except _GIVE_UP:
                found = _part(self.locale, name)
            self._methods[name] = found
        return found

    def _traced(self, name: str, args: Mapping[str, Any]) -> Grammar:
        """The grammar, tried on real values: some code looks into a text in ways that no mark can notice."""
        known = None if args else self._known(name)
        found = known or self._read(self._faker.get_formatter(name)(**args))
        matcher = Matcher(found)
        state = random.Random(key_of(0, "trial", self.locale, name))  # noqa: S311
        with anchored_faker(self.locale).at(None, state) as faker:
            draw = faker.get_formatter(name)
            for _ in range(_TRIALS):
                if not matcher.accepts(draw(**args)):
                    raise Untraceable("a value that the grammar does not give")
        return found

    def _known(self, name: str) -> Grammar | None:
        """Methods of Faker's internet provider that work on finished text: what they do, done to the grammar.

        Only where the locale has not replaced them: lowering, transliterating and slugifying may be done part by part.
        """
        provider: Any = next(p for p in self._faker.providers if p.__provider__ == "faker.providers.internet")
        if _code(type(provider), name) is not _code(Internet, name):
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
        if len(self._grammars) == _MOST_MARKS:
            raise Untraceable("too many draws")
        self._grammars.append(grammar)
        return _Mark(f"\ue000Q{len(self._grammars) - 1:04d} 'q\ue001")

    def _read(self, text: Any) -> Grammar:
        """Marks in a text back to grammars. Raises Untraceable if one was taken apart."""
        if not isinstance(text, str):
            raise Untraceable(type(text).__name__)
        text = str(text)  # a mark itself refuses to be looked into
        parts: list[Grammar] = []
        end = 0
        for found in _MARK.finditer(text):
            parts.append(literal(text[end : found.start()]))
            mark = found.group(1) or found.group(2)
            number = int(mark[1:5])
            if number in self._read_before:
                raise Untraceable("one draw is used twice")
            self._read_before.add(number)
            grammar = self._grammars[number]
            change = _CHANGES.get(mark[0] + mark[5:])
            if change is slugify and not _ascii(grammar):
                raise Untraceable("slugify may keep letters or drop them")
            parts.append(grammar if change is None else mapped(grammar, change))
            end = found.end()
        parts.append(literal(text[end:]))
        if any(isinstance(part, Words) and _REST.search(part.texts[0]) for part in parts[0::2]):
            raise Untraceable(text)
        kept = tuple(part for part in parts if part != literal(""))
        return kept[0] if len(kept) == 1 else Joined(kept)

    def _words(self, elements: Any) -> Grammar:
        """The grammar of an element of a collection of texts."""
        if isinstance(elements, Mapping):
            return Words(tuple(str(key) for key in elements), tuple(float(weight) for weight in elements.values()))
        texts = tuple(str(text) for text in elements if isinstance(text, str))
        if not texts or len(texts) < len(elements):
            raise Untraceable("elements that are not text")
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
            raise Untraceable("random_elements")
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
    """An element that is no text: it may be written, or one of its columns read, or an element drawn from it; once."""

    def __init__(self, tracer: _Tracer, parts: Sequence[Any], weights: tuple[float, ...]) -> None:
        self.parts = parts
        self.weights = weights
        self._tracer = tracer
        self._used = False

    def _mark(self, values: Sequence[Any], form: str) -> str:
        """These values, written; what else is read from the same element would have to agree, so it is refused."""
        if self._used or not all(isinstance(value, str | int) for value in values):
            raise Untraceable("an element that is used twice, or is neither text nor a number")
        self._used = True
        return self._tracer.mark(Words(tuple(format(value, form) for value in values), self.weights))

    def __getitem__(self, column: Any) -> str:
        return self._mark([part[column] for part in self.parts], "")

    def __format__(self, form: str) -> str:
        return self._mark(self.parts, form)

    def __str__(self) -> str:
        return self.__format__("")

    def _refuse(self, *args: Any) -> NoReturn:
        raise Untraceable("an element is looked into")

    __iter__ = __repr__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __int__ = __index__ = __len__ = __bool__ = __contains__ = __getattr__ = _refuse


def _code(provider: type, name: str) -> Any:
    """What a method runs, the same for a class and for its copy."""
    function = getattr(provider, name, None)
    return getattr(getattr(function, "__wrapped__", function), "__code__", None)


def _ascii(grammar: Grammar) -> bool:
    if isinstance(grammar, Words):
        return "".join(grammar.texts).isascii()
    return all(_ascii(part) for part in (grammar.parts if isinstance(grammar, Joined) else grammar.options))
