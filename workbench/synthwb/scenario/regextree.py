"""Regular expressions as trees, and what can be said of one without drawing: lengths, all texts, how many there are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

__all__ = ["COUNTED", "Joined", "Letters", "Node", "OneOf", "Repeated", "all_letters", "count", "lengths", "texts"]

COUNTED = 1 << 62
"""More texts than this are not counted."""

_LISTED = 512  # ways through an expression up to which its texts are listed


@dataclass(frozen=True, slots=True)
class Letters:
    """One of these different signs, all alike likely."""

    letters: str


@dataclass(frozen=True, slots=True)
class Joined:
    """All parts, one after the other; the empty text without any."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the options, all alike likely."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part ``low`` to ``high`` times, each number alike likely."""

    part: Node
    low: int
    high: int


Node: TypeAlias = Letters | Joined | OneOf | Repeated


def lengths(node: Node) -> tuple[int, int]:
    """How many signs the shortest and the longest text have."""
    if isinstance(node, Letters):
        return 1, 1
    if isinstance(node, Repeated):
        low, high = lengths(node.part)
        return low * node.low, high * node.high
    inner = [lengths(each) for each in (node.parts if isinstance(node, Joined) else node.options)]
    if isinstance(node, Joined):
        return sum(low for low, _ in inner), sum(high for _, high in inner)
    return min(low for low, _ in inner), max(high for _, high in inner)


def all_letters(node: Node) -> Iterator[str]:
    """Every sign that a text can have, a class at a time."""
    if isinstance(node, Letters):
        yield node.letters
    elif isinstance(node, Repeated):
        yield from all_letters(node.part)
    else:
        for each in node.parts if isinstance(node, Joined) else node.options:
            yield from all_letters(each)


def texts(node: Node) -> dict[str, Fraction] | None:
    """Every text with its probability, if there are not too many ways to make one."""
    return _listed(node) if _ways(node) <= _LISTED else None


def count(node: Node) -> int | None:
    """How many different texts there are, up to `COUNTED`; None where two ways may lead to the same text.

    Ways are told apart where at most one of the parts that are joined varies in length, where options begin
    differently or differ in length, and where what is repeated has one length; or by listing all texts.
    """
    listed = texts(node)
    if listed is not None:
        return len(listed)
    if isinstance(node, Letters):
        return len(node.letters)
    if isinstance(node, OneOf):
        apart = all(_apart(one, other) for one, other in combinations(node.options, 2))
        return _shared([count(option) for option in node.options]) if apart else None
    if isinstance(node, Repeated):
        low, high = lengths(node.part)
        if low != high:
            return None
        inner = count(node.part)
        times = range(node.low, node.high + 1)
        return None if inner is None else _shared([min(inner**number, COUNTED) for number in times])
    varying = sum(low != high for low, high in map(lengths, node.parts))
    inner_counts = [count(part) for part in node.parts]
    if varying > 1 or None in inner_counts:
        return None
    return min(math.prod(each for each in inner_counts if each is not None), COUNTED)


def _shared(counts: Sequence[int | None]) -> int | None:
    """How many there are in all: where they are more than are counted, each has its share of those that are."""
    if None in counts:
        return None
    most = COUNTED // len(counts)
    return counts[0] if len(counts) == 1 else sum(min(each, most) for each in counts if each is not None)


def _ways(node: Node) -> int:
    """Ways through an expression, or more than are listed."""
    if isinstance(node, Letters):
        return len(node.letters)
    if isinstance(node, OneOf):
        return sum(map(_ways, node.options))
    if isinstance(node, Joined):
        return _product(map(_ways, node.parts))
    inner, total, power = _ways(node.part), 0, 1
    for number in range(node.high + 1):
        total += power if number >= node.low else 0
        if total > _LISTED or (power > _LISTED and number < node.high):
            return _LISTED + 1
        power *= inner
    return total


def _product(numbers: Iterator[int]) -> int:
    total = 1
    for number in numbers:
        total *= number
        if total > _LISTED:
            return total
    return total


def _listed(node: Node) -> dict[str, Fraction]:
    if isinstance(node, Letters):
        return dict.fromkeys(node.letters, Fraction(1, len(node.letters)))
    if isinstance(node, Joined):
        found = {"": Fraction(1)}
        for part in node.parts:
            found = _after(found, _listed(part))
        return found
    if isinstance(node, OneOf):
        return _mixed([_listed(option) for option in node.options])
    inner, current, all_of_them = _listed(node.part), {"": Fraction(1)}, []
    for number in range(node.high + 1):
        if number >= node.low:
            all_of_them.append(current)
        if number < node.high:
            current = _after(current, inner)
    return _mixed(all_of_them)


def _after(first: dict[str, Fraction], then: dict[str, Fraction]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for start, share in first.items():
        for end, more in then.items():
            found[start + end] = found.get(start + end, Fraction(0)) + share * more
    return found


def _mixed(laws: Sequence[dict[str, Fraction]]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for law in laws:
        for text, share in law.items():
            found[text] = found.get(text, Fraction(0)) + share / len(laws)
    return found


def _apart(one: Node, other: Node) -> bool:
    """Whether no text is one of both, as far as lengths and first signs show."""
    (low, high), (other_low, other_high) = lengths(one), lengths(other)
    if high < other_low or other_high < low:
        return True
    return (low > 0 or other_low > 0) and not _first(one) & _first(other)


def _first(node: Node) -> frozenset[str]:
    """The signs with which a text can begin."""
    if isinstance(node, Letters):
        return frozenset(node.letters)
    if isinstance(node, Repeated):
        return _first(node.part) if node.high else frozenset()
    if isinstance(node, OneOf):
        return frozenset().union(*map(_first, node.options))
    found: frozenset[str] = frozenset()
    for part in node.parts:
        found |= _first(part)
        if lengths(part)[0]:
            break
    return found
