"""Texts of a regular expression by the column: random ones, and those with given numbers.

A tree is compiled part by part. What has one form is a pattern (`synthwb.engine.text.patterns`), what has few texts a
pool of them; options are drawn for the rows that chose them, repeated parts for all their repetitions at once. The work
grows with the number of parts, not with a loop over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.bijection import digits
from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, Pool, text_of
from synthwb.engine.draws import Bits
from synthwb.engine.laws.discrete import below, table_of
from synthwb.engine.nested import list_of
from synthwb.engine.text.patterns import LARGEST_TABLE, drawn_by, pattern_of_alphabets
from synthwb.scenario.regextree import (
    COUNTED,
    Joined,
    Letters,
    Node,
    OneOf,
    Repeated,
    all_letters,
    count,
    texts,
)

__all__ = ["drawn", "numbered"]

Keys = Callable[[str], int]

_COPIES = 16  # repetitions that are written side by side


def drawn(tree: Node, key: Keys) -> Draw:
    """A column of random texts. ``key`` is that of a `Site`: every part has keys of its own, by its place."""
    safe = _safe(tree)
    draw = _Drawing(key).of(tree, "")
    return lambda block: _promised(draw(block), safe=safe)


def _promised(column: Column, *, safe: bool) -> Column:
    return column if column.ascii_safe == safe else Column.of(column.series(), ascii_safe=safe)


def _safe(tree: Node) -> bool:
    signs = set().union(*all_letters(tree))
    return not signs & {'"', "\\"} and "".join(signs).isascii() and "".join(signs).isprintable()


def _alphabets(node: Node) -> tuple[str, ...] | None:
    """The alphabet of each position, of a node whose texts all have one form in bytes; None of any other."""
    if isinstance(node, Letters):
        even = len({len(letter.encode()) for letter in node.letters}) == 1
        return (node.letters,) if even and len(node.letters) <= LARGEST_TABLE else None
    if isinstance(node, OneOf):
        return None
    if isinstance(node, Repeated):
        inner = _alphabets(node.part)
        return inner * node.low if inner is not None and node.low == node.high else None
    parts = [_alphabets(part) for part in node.parts]
    return None if None in parts else tuple(letters for part in parts if part for letters in part)


def _literal(node: Node) -> str:
    """The only text of a node; empty if there are others."""
    alphabets = _alphabets(node) or ()
    return "".join(alphabets) if all(len(letters) == 1 for letters in alphabets) else ""


def _flat(node: Joined) -> list[Node]:
    """The parts, those of joined parts too; neighbours of one form as one part."""
    found: list[Node] = []
    for part in node.parts:
        for each in _flat(part) if isinstance(part, Joined) else [part]:
            if found and _alphabets(each) is not None and _alphabets(found[-1]) is not None:
                found[-1] = Joined((found[-1], each))
            else:
                found.append(each)
    return found


class _Drawing:
    """Compiles the parts of one expression; ``place`` tells them apart."""

    def __init__(self, key: Keys) -> None:
        self._key = key

    def of(self, node: Node, place: str) -> Draw:
        """How the texts of a node are drawn."""

        def key(aspect: str) -> int:
            return self._key(f"{place}:{aspect}" if place else aspect)

        alphabets = _alphabets(node)
        if alphabets:
            return drawn_by(pattern_of_alphabets(alphabets), key)
        listed = texts(node)
        if listed is not None:
            pool, safe = Pool(pl.Series(list(listed), dtype=pl.String)), _safe(node)
            law, law_key = table_of(tuple(listed.values())), key("")
            return lambda block: Column.coded(pool, law(block.bits(law_key)), ascii_safe=safe)
        if isinstance(node, Letters):
            return self._sign(node, key(""))
        if isinstance(node, OneOf):
            return self._one_of(node, place, key("option"))
        if isinstance(node, Repeated):
            return self._repeated(node, place, key)
        return self._joined(_flat(node), place)

    def _sign(self, node: Letters, key: int) -> Draw:
        """One sign of a class with more of them than a table has."""
        pool, size = Pool(pl.Series(list(node.letters))), len(node.letters)

        def draw(block: Block) -> Column:
            bits = block.bits(key)
            return Column.coded(pool, below(bits, size, bits.copy))

        return draw

    def _joined(self, parts: Sequence[Node], place: str) -> Draw:
        made = [_literal(part) or self.of(part, f"{place}.{number}") for number, part in enumerate(parts)]
        safe = all(map(_safe, parts))
        return lambda block: Column.together(
            [each if isinstance(each, str) else each(block) for each in made], ascii_safe=safe
        )

    def _one_of(self, node: OneOf, place: str, key: int) -> Draw:
        draws = [self.of(option, f"{place}.{number}") for number, option in enumerate(node.options)]
        size = len(draws)

        def draw(block: Block) -> Column:
            bits = block.bits(key)
            chosen = below(bits, size, bits.copy)
            rows = [np.flatnonzero(chosen == number) for number in range(size)]
            made = [option(block.part(part, ())).series() for option, part in zip(draws, rows, strict=True)]
            return Column.of(_put_back(made, rows))

        return draw

    def _repeated(self, node: Repeated, place: str, key: Keys) -> Draw:
        if node.low == node.high <= _COPIES:
            return self._joined(list(repeat(node.part, node.low)), place)
        alphabets = _alphabets(node.part)
        size, low, number_key = node.high - node.low + 1, node.low, key("number")

        def numbers(block: Block) -> NDArray[np.int64]:
            bits = block.bits(number_key)
            return below(bits, size, bits.copy).astype(np.int64) + low

        if alphabets is not None:
            pattern = pattern_of_alphabets(alphabets * node.high)
            keys = [key(str(each)) for each in range(pattern.draws)]
            width = pattern.width // node.high
            return lambda block: Column.of(
                text_of(pattern.drawn([block.bits(each) for each in keys]), numbers(block) * width)
            )
        part = self.of(node.part, f"{place}.0")

        def draw(block: Block) -> Column:
            counts = numbers(block)
            parent = np.repeat(np.arange(len(block)), counts)
            index = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
            return Column.of(_in_rows(part(block.children(parent, index)).series(), counts, node.high))

        return draw


def _in_rows(elements: pl.Series, counts: NDArray[np.int64], most: int) -> pl.Series:
    """The first ``counts[0]`` texts as one, the next ``counts[1]``, and so on; ``most``: the largest count there is."""
    if most > _COPIES:
        return list_of(elements, counts).list.join("")
    nothing = len(elements)
    filled = elements.clone().append(pl.Series([""]))
    starts = np.cumsum(counts) - counts
    places = [np.where(counts > number, starts + number, nothing) for number in range(most)]
    return pl.select(pl.concat_str([filled[pl.Series(place)] for place in places])).to_series()


def numbered(tree: Node, key: Keys) -> Callable[[Bits], pl.Series]:
    """The texts with these numbers, one to one below `synthwb.scenario.regextree.count`, which must give one.

    Beyond `COUNTED` the parts that are left over follow from the number under the key.
    """
    return _numbered(tree, key, "")


def _numbered(node: Node, key: Keys, place: str) -> Callable[[Bits], pl.Series]:
    listed = texts(node)
    if listed is not None:
        values = pl.Series(sorted(listed), dtype=pl.String)
        return lambda numbers: values[pl.Series(numbers)]
    alphabets = _alphabets(node)
    if alphabets is not None:
        pattern, rest = pattern_of_alphabets(alphabets), key(f"{place}:rest")
        return lambda numbers: text_of(pattern.numbered(numbers, rest))
    if isinstance(node, Letters):
        signs = pl.Series(list(node.letters))
        return lambda numbers: signs[pl.Series(numbers)]
    if isinstance(node, Repeated) and node.low == node.high:
        node = Joined((node.part,) * node.low)
    if isinstance(node, Joined):
        return _numbered_parts(node.parts, key, place)
    if isinstance(node, Repeated):
        node = OneOf(tuple(Repeated(node.part, number, number) for number in range(node.low, node.high + 1)))
    return _numbered_options(node.options, key, place)


def _numbered_parts(parts: Sequence[Node], key: Keys, place: str) -> Callable[[Bits], pl.Series]:
    """A number has a digit for each part, of which the last one counts fastest."""
    sizes = [count(part) or 1 for part in parts]
    made = [_numbered(part, key, f"{place}.{number}") for number, part in enumerate(parts)]
    rest = key(f"{place}:rest")

    def found(numbers: Bits) -> pl.Series:
        pieces = zip(made, digits(numbers, sizes, rest, COUNTED), strict=True)
        return pl.select(pl.concat_str([each(digit) for each, digit in pieces])).to_series()

    return found


def _numbered_options(options: Sequence[Node], key: Keys, place: str) -> Callable[[Bits], pl.Series]:
    """Options one after the other, each with at most its share of what is counted."""
    sizes = [min(count(option) or 1, COUNTED // len(options)) for option in options]
    made = [_numbered(option, key, f"{place}.{number}") for number, option in enumerate(options)]
    ends = np.cumsum(np.array(sizes, np.uint64))
    starts = np.concatenate((np.zeros(1, np.uint64), ends[:-1]))

    def found(numbers: Bits) -> pl.Series:
        chosen = np.searchsorted(ends, numbers, side="right")
        rows = [np.flatnonzero(chosen == number) for number in range(len(options))]
        parts = [each(numbers[part] - start) for each, part, start in zip(made, rows, starts, strict=True)]
        return _put_back(parts, rows)

    return found


def _put_back(parts: Sequence[pl.Series], rows: Sequence[NDArray[np.int64]]) -> pl.Series:
    """One series from parts of it; ``rows`` says where the values of each belong."""
    back = np.empty(sum(map(len, rows)), np.uint32)
    back[np.concatenate(rows)] = np.arange(len(back), dtype=np.uint32)
    return pl.concat(parts)[pl.Series(back)]
