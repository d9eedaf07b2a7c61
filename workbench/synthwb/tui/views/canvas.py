"""A sheet of characters, each with a style by name: what the views draw on before anything knows a colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from synthwb.tui.preview.cells import fit

__all__ = ["ASCII", "BOXES", "Canvas", "Line", "Signs", "beside", "in_ascii", "plain", "words"]

Line: TypeAlias = tuple[tuple[str, str], ...]
"""A line of text: pieces, each with the name of its style (empty: none)."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs that boxes and lines are drawn with.

    ``top`` and ``foot``: the left and the right corner. ``meet``: where a horizontal line that comes from the left ends
    at a vertical one, by whether that goes on up and down.
    """

    top: tuple[str, str]
    foot: tuple[str, str]
    across: str
    down: str
    left_tee: str
    right_tee: str
    meet: Mapping[tuple[bool, bool], str]
    cross: str
    into: str
    back: str
    start: str


_MEETINGS = ((True, True), (True, False), (False, True), (False, False))
BOXES = Signs(("╭", "╮"), ("╰", "╯"), "─", "│", "├", "┤", dict(zip(_MEETINGS, "┤╯╮─", strict=True)), "┼", "◀", "↑", "●")
ASCII = Signs(("+", "+"), ("+", "+"), "-", "|", "+", "+", dict.fromkeys(_MEETINGS, "+"), "|", "<", "^", "*")


_PLAIN = str.maketrans({"…": "~", "–": "-", "·": "."})


class Canvas:
    """``height`` lines of ``width`` cells. What is put outside of it is lost."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells = [[" "] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    def put(self, row: int, column: int, text: str, style: str = "") -> None:
        """Write text, one cell a character."""
        if not 0 <= row < self.height:
            return
        for offset, character in enumerate(text):
            if 0 <= column + offset < self.width:
                self._cells[row][column + offset] = character
                self._styles[row][column + offset] = style

    def at(self, row: int, column: int) -> str:
        """The character at a place."""
        return self._cells[row][column]

    def lines(self) -> list[Line]:
        """The lines, trailing blanks cut, neighbours of one style put together."""
        made: list[Line] = []
        for cells, styles in zip(self._cells, self._styles, strict=True):
            end = max((place + 1 for place, cell in enumerate(cells) if cell != " "), default=0)
            pieces: list[tuple[str, str]] = []
            for cell, style in zip(cells[:end], styles[:end], strict=True):
                if pieces and pieces[-1][1] == style:
                    pieces[-1] = (pieces[-1][0] + cell, style)
                else:
                    pieces.append((cell, style))
            made.append(tuple(pieces))
        return made


def in_ascii(lines: Iterable[Line]) -> list[Line]:
    """The same lines with the signs that words are cut and left out with in ASCII."""
    return [tuple((text.translate(_PLAIN), style) for text, style in line) for line in lines]


def plain(line: Line) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def words(text: str, width: int, style: str = "quiet") -> Line:
    """One line of words, cut where they do not fit."""
    return ((fit(text, width).rstrip(), style),)


def beside(left: Iterable[Line], right: Iterable[Line], width: int) -> list[Line]:
    """Two blocks side by side; the right one begins at cell ``width``."""
    first, second = list(left), list(right)
    rows = max(len(first), len(second))
    first += [()] * (rows - len(first))
    second += [()] * (rows - len(second))
    return [(*one, (" " * (width - cell_len(plain(one))), ""), *two) for one, two in zip(first, second, strict=True)]
