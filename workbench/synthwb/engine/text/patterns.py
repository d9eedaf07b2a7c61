"""Patterns such as ``AB-####``: fixed-width text as a matrix of bytes, drawn a few symbols at a time.

Symbols and the literals between them are joined into groups of at most 10,000 texts. A group is one table of its
texts; a row is one table look-up per group, not one per character.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.bijection import digits
from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, Pool, text_of
from synthwb.engine.draws import Bits
from synthwb.engine.laws.discrete import below
from synthwb.engine.text.mosaic import Mosaic

__all__ = [
    "LARGEST_DOMAIN",
    "LARGEST_TABLE",
    "Pattern",
    "column_of",
    "drawn_by",
    "pattern_of",
    "pattern_of_alphabets",
    "symbols",
]

ALPHABETS = {"#": string.digits, "?": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}
"""What each symbol of a pattern stands for."""

LARGEST_DOMAIN = 1 << 62
"""More values than this are not counted."""

LARGEST_TABLE = 10_000
"""Texts of a table: two of them fit the second-level cache with room to spare."""

_POOLED = 4096  # texts up to which all of them are made beforehand
_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def symbols(pattern: str) -> list[str]:
    """The alphabet of each position; a literal is an alphabet of one.

    Raises ValueError for a backslash with nothing after it.
    """
    found: list[str] = []
    escaped = False
    for letter in pattern:
        if not escaped and letter == "\\":
            escaped = True
            continue
        found.append(letter if escaped else ALPHABETS.get(letter, letter))
        escaped = False
    if escaped:
        raise ValueError("the pattern ends in a backslash; a backslash itself is written \\\\")
    return found


class Pattern:
    """Text of one width, made from the alphabet of each position: ``width`` bytes, ``domain`` different texts.

    The signs of an alphabet take the same number of bytes each, and there are at most 10,000 of them. ``safe`` says
    that all of it is printable ASCII without quote and backslash.
    """

    def __init__(self, alphabets: Sequence[str]) -> None:
        letters = set().union(*alphabets)
        together = "".join(letters)
        self.safe = together.isascii() and together.isprintable() and not {'"', "\\"} & letters
        tables = [["".join(letters).encode() for letters in product(*group)] for group in _grouped(alphabets)]
        self.width = sum(len(texts[0]) for texts in tables)
        self._mosaic = Mosaic(tables, self.width)
        self.domain = math.prod(self._mosaic.sizes)

    @property
    def draws(self) -> int:
        """How many draws of 64 bits a row needs."""
        return (len(self._mosaic.sizes) + 1) // 2

    @cached_property
    def pool(self) -> Pool:
        """All texts, in the order of their numbers; only sensible for a small domain."""
        matrix = self.numbered(np.arange(self.domain, dtype=np.uint64), 0)
        return Pool(text_of(matrix))

    def drawn(self, bits: Sequence[Bits]) -> NDArray[np.uint8]:
        """Random texts: a (rows, width) matrix from `draws` arrays of bits.

        32 bits choose among at most 10,000 texts, so no text is favoured by more than 2**-18 of its share.
        """
        choices = []
        for number, size in enumerate(self._mosaic.sizes):
            part = bits[number // 2]
            half = part >> _S32 if number % 2 == 0 else part & _LOW
            np.multiply(half, np.uint64(size), out=half)
            choices.append(np.right_shift(half, _S32, out=half).view(np.int64))
        return self._matrix(choices)

    def numbered(self, numbers: Bits, key: int) -> NDArray[np.uint8]:
        """The texts with these numbers: one to one below `domain`.

        Beyond `LARGEST_DOMAIN` the groups that are left over follow from the number under ``key``.
        """
        found = digits(numbers, self._mosaic.sizes, key, LARGEST_DOMAIN)
        return self._matrix([each.view(np.int64) for each in found])

    def _matrix(self, choices: Sequence[NDArray[np.int64]]) -> NDArray[np.uint8]:
        rows = len(choices[0])
        matrix = np.empty(rows * self.width, np.uint8)
        self._mosaic.write(matrix, choices)
        return matrix.reshape(rows, self.width)


@lru_cache(maxsize=512)
def pattern_of(text: str) -> Pattern:
    """The compiled pattern; its tables take milliseconds, and a plan is made anew at every key."""
    return Pattern(symbols(text))


@lru_cache(maxsize=512)
def pattern_of_alphabets(alphabets: tuple[str, ...]) -> Pattern:
    """The compiled pattern of these alphabets."""
    return Pattern(alphabets)


def drawn_by(pattern: Pattern, key: Callable[[str], int]) -> Draw:
    """A column of random texts: a pool of all for a few, a matrix of bytes for many. ``key`` is that of a `Site`."""
    keys = [key(str(number) if number else "") for number in range(pattern.draws)]
    if pattern.domain > _POOLED:
        return lambda block: column_of(pattern.drawn([block.bits(each) for each in keys]), safe=pattern.safe)

    def draw(block: Block) -> Column:
        bits = block.bits(keys[0])
        return Column.coded(pattern.pool, below(bits, pattern.domain, bits.copy), ascii_safe=pattern.safe)

    return draw


def column_of(matrix: NDArray[np.uint8], *, safe: bool) -> Column:
    """Rows of bytes as a column."""
    return Column.fixed(matrix) if safe else Column.of(text_of(matrix))


def _grouped(alphabets: Sequence[str]) -> list[list[str]]:
    """Neighbouring positions together, up to so many texts a group."""
    groups: list[list[str]] = []
    current: list[str] = []
    size = 1
    for letters in alphabets:
        if size * len(letters) > LARGEST_TABLE:
            groups.append(current)
            current, size = [], 1
        current.append(letters)
        size *= len(letters)
    return [*groups, current]
