"""Patterns such as ``AB-####``: fixed-width text as a matrix of bytes, drawn a few symbols at a time.

Symbols and the literals between them are joined into groups of at most 10,000 texts. A group is one table of its
texts; a row is one table look-up per group, not one per character.
"""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.columns import Pool, text_of
from synthwb.engine.draws import Bits, mix
from synthwb.engine.text.mosaic import Mosaic

__all__ = ["LARGEST_DOMAIN", "Pattern", "pattern_of", "symbols"]

ALPHABETS = {"#": string.digits, "?": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}
"""What each symbol of a pattern stands for."""

LARGEST_DOMAIN = 1 << 62
"""More values than this are not counted."""

_GROUP = 10_000  # texts of a table: two of them fit the second-level cache with room to spare
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
    """A compiled pattern: ``width`` bytes, ``domain`` different texts.

    ``safe`` says that all of it is printable ASCII without quote and backslash.
    """

    def __init__(self, pattern: str) -> None:
        alphabets = symbols(pattern)
        literals = "".join(letters for letters in alphabets if len(letters) == 1)
        self.safe = literals.isascii() and literals.isprintable() and not {'"', "\\"} & set(literals)
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

        Beyond `LARGEST_DOMAIN` the groups that are left over follow from a hash of the number under ``key``.
        """
        sizes = self._mosaic.sizes
        choices = [numbers.view(np.int64)] * len(sizes)
        left, counted = numbers.copy(), 1
        for number in reversed(range(len(sizes))):
            size = np.uint64(sizes[number])
            chosen = left % size if counted < LARGEST_DOMAIN else mix(numbers, key + number) % size
            choices[number] = chosen.view(np.int64)
            left //= size
            counted *= sizes[number]
        return self._matrix(choices)

    def _matrix(self, choices: Sequence[NDArray[np.int64]]) -> NDArray[np.uint8]:
        rows = len(choices[0])
        matrix = np.empty(rows * self.width, np.uint8)
        self._mosaic.write(matrix, choices)
        return matrix.reshape(rows, self.width)


@lru_cache(maxsize=512)
def pattern_of(text: str) -> Pattern:
    """The compiled pattern; its tables take milliseconds, and a plan is made anew at every key."""
    return Pattern(text)


def _grouped(alphabets: Sequence[str]) -> list[list[str]]:
    """Neighbouring positions together, up to so many texts a group."""
    groups: list[list[str]] = []
    current: list[str] = []
    size = 1
    for letters in alphabets:
        if size * len(letters) > _GROUP:
            groups.append(current)
            current, size = [], 1
        current.append(letters)
        size *= len(letters)
    return [*groups, current]
