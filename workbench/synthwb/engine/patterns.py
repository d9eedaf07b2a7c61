"""Patterns such as ``AB-####``: fixed-width text as a matrix of bytes, drawn a few symbols at a time.

Symbols and the literals between them are joined into groups of at most 65,536 texts. A group is one table of its
texts; a row is one table look-up per group, not one per character.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, mix

__all__ = ["LARGEST_DOMAIN", "Pattern", "symbols"]

ALPHABETS = {"#": string.digits, "?": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}
"""What each symbol of a pattern stands for."""

LARGEST_DOMAIN = 1 << 62
"""More values than this are not counted."""

_GROUP = 1 << 16
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


@dataclass(frozen=True)
class _Group:
    """Some neighbouring positions; ``size`` is the number of their texts."""

    alphabets: tuple[str, ...]
    size: int

    @cached_property
    def texts(self) -> NDArray[np.bytes_]:
        return np.array(["".join(letters).encode() for letters in product(*self.alphabets)])


class Pattern:
    """A compiled pattern: ``width`` bytes, ``domain`` different texts.

    ``safe`` says that all of it is printable ASCII without quote and backslash.
    """

    def __init__(self, pattern: str) -> None:
        alphabets = symbols(pattern)
        literals = "".join(letters for letters in alphabets if len(letters) == 1)
        self.safe = literals.isascii() and literals.isprintable() and not {'"', "\\"} & set(literals)
        self._groups = _grouped(alphabets)
        self.width = sum(group.texts.dtype.itemsize for group in self._groups)
        self.domain = 1
        for group in self._groups:
            self.domain *= group.size

    @property
    def draws(self) -> int:
        """How many draws of 64 bits a row needs."""
        return (len(self._groups) + 1) // 2

    def texts(self) -> list[str]:
        """All texts, in the order of their numbers; only sensible for a small domain."""
        numbers = np.arange(self.domain, dtype=np.uint64)
        return [bytes(row).decode() for row in self.numbered(numbers, 0)]

    def drawn(self, bits: Sequence[Bits]) -> NDArray[np.uint8]:
        """Random texts: a (rows, width) matrix from `draws` arrays of bits.

        32 bits choose among at most 65,536 texts, so no text is favoured by more than 2**-16 of its share.
        """
        rows = self._empty(len(bits[0])) if bits else self._empty(0)
        for number, group in enumerate(self._groups):
            part = bits[number // 2]
            half = part >> _S32 if number % 2 == 0 else part & _LOW
            np.multiply(half, np.uint64(group.size), out=half)
            np.right_shift(half, _S32, out=half)
            rows[f"group{number}"] = group.texts[half.view(np.int64)]
        return self._matrix(rows)

    def numbered(self, numbers: Bits, key: int) -> NDArray[np.uint8]:
        """The texts with these numbers: one to one below `domain`.

        Beyond `LARGEST_DOMAIN` the groups that are left over follow from a hash of the number under ``key``.
        """
        rows = self._empty(len(numbers))
        left, counted = numbers.copy(), 1
        for number in reversed(range(len(self._groups))):
            group = self._groups[number]
            size = np.uint64(group.size)
            chosen = left % size if counted < LARGEST_DOMAIN else mix(numbers, key + number) % size
            left //= size
            counted *= group.size
            rows[f"group{number}"] = group.texts[chosen.view(np.int64)]
        return self._matrix(rows)

    def _empty(self, count: int) -> NDArray[np.void]:
        fields = [(f"group{number}", group.texts.dtype) for number, group in enumerate(self._groups)]
        return np.empty(count, np.dtype(fields))

    def _matrix(self, rows: NDArray[np.void]) -> NDArray[np.uint8]:
        return rows.view(np.uint8).reshape(len(rows), self.width)


def _grouped(alphabets: Sequence[str]) -> list[_Group]:
    groups: list[_Group] = []
    current: list[str] = []
    size = 1
    for letters in alphabets:
        if size * len(letters) > _GROUP:
            groups.append(_Group(tuple(current), size))
            current, size = [], 1
        current.append(letters)
        size *= len(letters)
    return [*groups, _Group(tuple(current), size)]
