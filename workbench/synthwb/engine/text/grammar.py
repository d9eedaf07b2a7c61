"""Grammars of text: words from weighted lists, put together by weighted choices.

A grammar says what a text provider draws from, without drawing: `synthwb.engine.text.provider` reads it from Faker,
`synthwb.engine.text.wording` evaluates it column by column. The functions here change all texts of a grammar at once.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "Either",
    "Grammar",
    "Joined",
    "Matcher",
    "TooWide",
    "Words",
    "alternatives",
    "first_word",
    "lexified",
    "literal",
    "mapped",
    "with_symbols",
]

_MERGED = 4096  # combinations up to which neighbouring lists become one list
_ALTERNATIVES = 512


@dataclass(frozen=True, slots=True)
class Words:
    """One of ``texts``, with these weights (None: all alike). ``sampled``: they stand for more of their kind."""

    texts: tuple[str, ...]
    weights: tuple[float, ...] | None = None
    sampled: bool = False

    def __hash__(self) -> int:
        """Cheap: lists are long, and two with the same ends are rarely different."""
        return hash((len(self.texts), self.texts[0], self.texts[-1], self.weights is None))

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(len(self.texts)) if self.weights is None else sum(self.weights)

    def weighted(self) -> Iterator[tuple[str, float]]:
        """Each text with its weight."""
        return zip(self.texts, self.weights or (1.0,) * len(self.texts), strict=True)


@dataclass(frozen=True, slots=True)
class Joined:
    """All parts, one after the other, drawn independently."""

    parts: tuple[Grammar, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the options, with these weights."""

    options: tuple[Grammar, ...]
    weights: tuple[float, ...]


Grammar: TypeAlias = Words | Joined | Either


class Matcher:
    """Whether texts can be given by a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._known: dict[int, tuple[frozenset[str], frozenset[int]]] = {}  # texts and their lengths, by list

    def accepts(self, text: str) -> bool:
        """Whether the grammar can give this text."""
        return len(text) in self._ends(self._grammar, text, {0})

    def _ends(self, grammar: Grammar, text: str, starts: set[int]) -> set[int]:
        """Where a part of the text that the grammar gives can end, if it begins at one of these places."""
        if isinstance(grammar, Either):
            return {end for option in grammar.options for end in self._ends(option, text, starts)}
        if isinstance(grammar, Joined):
            for part in grammar.parts:
                starts = self._ends(part, text, starts)
            return starts
        found = self._known.get(id(grammar))
        if found is None:
            found = self._known[id(grammar)] = frozenset(grammar.texts), frozenset(map(len, grammar.texts))
        texts, lengths = found
        ends = {(start, start + size) for start in starts for size in lengths if start + size <= len(text)}
        return {end for start, end in ends if grammar.sampled or text[start:end] in texts}


class TooWide(Exception):
    """A grammar with more alternatives than can be held side by side."""


def literal(text: str) -> Words:
    """Always this text."""
    return Words((text,))


_SYMBOLS = {
    "#": Words(tuple(string.digits)),
    "%": Words(tuple(string.digits[1:])),
    "$": Words(tuple(string.digits[2:])),
    "!": Words((*string.digits, ""), (1.0,) * 10 + (10.0,)),
    "@": Words((*string.digits[1:], ""), (1.0,) * 9 + (9.0,)),
}
"""Faker's signs for digits: any, not 0, above 1, any or none, not 0 or none."""


def with_symbols(grammar: Grammar, letters: str = "") -> Grammar:
    """Faker's ``numerify``: every sign for a digit drawn; with ``letters``, its ``bothify``: ``?`` is one of them."""
    signs = {**_SYMBOLS, "?": Words(tuple(letters))} if letters else _SYMBOLS
    return _replaced(grammar, signs)


def lexified(grammar: Grammar, letters: str) -> Grammar:
    """Faker's ``lexify``: every ``?`` one of the letters drawn."""
    return _replaced(grammar, {"?": Words(tuple(letters))})


def _replaced(grammar: Grammar, signs: Mapping[str, Words]) -> Grammar:
    """Each sign in a text becomes its list; what stands between signs stays in one piece."""
    if isinstance(grammar, Joined):
        return Joined(tuple(_replaced(part, signs) for part in grammar.parts))
    if isinstance(grammar, Either):
        return Either(tuple(_replaced(option, signs) for option in grammar.options), grammar.weights)
    if not any(sign in text for text in grammar.texts for sign in signs):
        return grammar
    any_sign = re.compile(f"([{re.escape(''.join(signs))}])")
    options, weights = [], []
    for text, weight in grammar.weighted():
        pieces = [piece for piece in any_sign.split(text) if piece]
        options.append(Joined(tuple(signs.get(piece) or literal(piece) for piece in pieces)))
        weights.append(weight)
    return Either(tuple(options), tuple(weights))


def mapped(grammar: Grammar, change: Callable[[str], str]) -> Grammar:
    """The grammar of ``change(text)``, for a change that may be made part by part."""
    if isinstance(grammar, Joined):
        return Joined(tuple(mapped(part, change) for part in grammar.parts))
    if isinstance(grammar, Either):
        return Either(tuple(mapped(option, change) for option in grammar.options), grammar.weights)
    return Words(tuple(change(text) for text in grammar.texts), grammar.weights, grammar.sampled)


def first_word(grammar: Grammar) -> Grammar:
    """The grammar of ``text.split(" ")[0]``."""
    options = []
    weights = []
    for weight, parts in alternatives(grammar):
        for share, words in _cut(parts):
            options.append(Joined(words))
            weights.append(weight * share)
    return Either(tuple(options), tuple(weights))


def _cut(parts: Sequence[Words]) -> Iterator[tuple[float, tuple[Words, ...]]]:
    """Texts with a blank end there; those without one go on with the next part."""
    if not parts:
        yield 1.0, ()
        return
    head = parts[0]
    ending = [(text.partition(" ")[0], weight) for text, weight in head.weighted() if " " in text]
    going = [(text, weight) for text, weight in head.weighted() if " " not in text]
    if ending:
        yield sum(weight for _, weight in ending) / head.total, (_words(ending),)
    if going:
        share = sum(weight for _, weight in going) / head.total
        for rest_share, rest in _cut(parts[1:]):
            yield share * rest_share, (_words(going), *rest)


def _words(weighted: Sequence[tuple[str, float]]) -> Words:
    texts, weights = zip(*weighted, strict=True)
    return Words(texts, None if min(weights) == max(weights) else weights)


def alternatives(grammar: Grammar, *, merged: int = _MERGED) -> list[tuple[float, tuple[Words, ...]]]:
    """The grammar without nested choices: weighted sequences of lists, neighbours merged up to so many combinations.

    Raises TooWide beyond 512 of them.
    """
    return _Flattener(merged).flat(grammar)


class _Flattener:
    """Flattens one grammar. Equal pairs of neighbours, which come again and again, are merged once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[tuple[int, int], tuple[Words, Words, Words]] = {}  # by identity: both parts, and the whole

    def flat(self, grammar: Grammar) -> list[tuple[float, tuple[Words, ...]]]:
        """See `alternatives`."""
        if isinstance(grammar, Words):
            return [(1.0, (grammar,))]
        if isinstance(grammar, Either):
            total = sum(grammar.weights)
            options = [(weight / total, self.flat(option)) for option, weight in _options(grammar)]
            found = [(share * inner, parts) for share, option in options for inner, parts in option]
        else:
            found = [(1.0, ())]
            for part in grammar.parts:
                step = self.flat(part)
                if len(found) * len(step) > _ALTERNATIVES:
                    raise TooWide
                found = [(w * v, (*before, *after)) for w, before in found for v, after in step]
            found = [(weight, self._merged(parts)) for weight, parts in found]
        if all(len(parts) == 1 for _, parts in found):
            return [(1.0, (_union([(weight, parts[0]) for weight, parts in found]),))]
        if len(found) > _ALTERNATIVES:
            raise TooWide
        return found

    def _merged(self, parts: Sequence[Words]) -> tuple[Words, ...]:
        """Neighbours become one list of combinations while that stays short; a literal always joins its neighbour."""
        found: list[Words] = []
        for part in parts:
            last = found[-1] if found else None
            small = last is not None and len(last.texts) * len(part.texts) <= self._most
            if last is not None and (small or len(last.texts) == 1 or len(part.texts) == 1):
                found[-1] = self._combined(last, part)
            else:
                found.append(part)
        return tuple(found) or (literal(""),)

    def _combined(self, left: Words, right: Words) -> Words:
        key = id(left), id(right)
        if key not in self._known:
            self._known[key] = left, right, _combined(left, right)
        return self._known[key][2]


def _options(grammar: Either) -> Iterator[tuple[Grammar, float]]:
    """Options with equal ones put together."""
    weights: dict[Grammar, float] = {}
    for option, weight in zip(grammar.options, grammar.weights, strict=True):
        weights[option] = weights.get(option, 0.0) + weight
    yield from ((option, weight) for option, weight in weights.items() if weight > 0.0)


def _combined(left: Words, right: Words) -> Words:
    texts = tuple(a + b for a in left.texts for b in right.texts)
    if left.weights is None and right.weights is None:
        return Words(texts)
    return Words(texts, tuple(v * w for _, v in left.weighted() for _, w in right.weighted()))


def _union(shares: Sequence[tuple[float, Words]]) -> Words:
    """One list from several, each with its share of the whole."""
    if len(shares) == 1:
        return shares[0][1]
    weighted = [(text, share * weight / words.total) for share, words in shares for text, weight in words.weighted()]
    return _words(weighted)
