"""Text of many records cut into requests of a few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["Lines", "cut"]

_NEWLINE = ord("\n")


@dataclass(frozen=True, slots=True)
class Lines:
    """Some whole lines: a view of the text, and how many they are."""

    text: memoryview
    count: int

    def records(self) -> list[bytes]:
        """The single lines, without their newlines."""
        return bytes(self.text).split(b"\n")[: self.count]


def cut(text: bytes | memoryview, count: int, size: int) -> Iterator[Lines]:
    r"""Pieces of ``size`` lines, the last one of the rest; ``count`` is how many there are. Nothing is copied.

    >>> [bytes(piece.text) for piece in cut(b"a\nb\nc\n", 3, 2)]
    [b'a\nb\n', b'c\n']
    """
    view = memoryview(text).cast("B")
    if count <= size:
        yield Lines(view, count)
        return
    ends = np.flatnonzero(np.frombuffer(view, np.uint8) == _NEWLINE)[size - 1 :: size] + 1
    start = 0
    for end in ends.tolist():
        yield Lines(view[start:end], size)
        start = end
    if start < len(view):
        yield Lines(view[start:], count - size * len(ends))
