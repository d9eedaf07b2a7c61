"""Flow style, read with tolerance: braces and brackets that may still be open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthwb.guide.twigs import Cursor, Place, Step, Twig, unquoted

__all__ = ["Brackets"]

_FLOW = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
    | (?P<comment>(?<![^\s])\#[^\n]*)
    | (?P<mark>[{}\[\],])
    | (?P<colon>:(?=[\s,\[\]{}]|$))
    | (?P<word>"(?:[^"\\\n]|\\.)*"? | '(?:[^'\n]|'')*'?
        | (?:[^\s,\[\]{}:] | :(?![\s,\[\]{}]|$) | (?<=\S)[ ](?=[^\s,\[\]{}:\#]))+)
    | (?P<other>.)""",
    re.VERBOSE,
)


@dataclass(slots=True)
class _Frame:
    """An open bracket. ``key``: the key whose value comes; ``implied``: a mapping without braces, as in ``[a: 1]``."""

    node: Twig
    path: tuple[Step, ...]
    key: str | None = None
    implied: bool = False


@dataclass(slots=True)
class Brackets:
    """Reads from one opening bracket on, into ``base``, which stands at ``path``.

    A line that stands no further right than ``column`` ends what is left open. ``offset`` is the cursor; once it is
    found, or known to be nowhere, it is ``settled``.
    """

    text: str
    offset: int
    base: Twig
    path: tuple[Step, ...]
    column: int
    settled: bool
    cursor: Cursor | None = None

    def here(self, start: int, stop: int) -> bool:
        """Whether the cursor stands between these offsets, and nothing is known of it yet."""
        return not self.settled and start <= self.offset <= stop

    def settle(self, cursor: Cursor | None) -> None:
        """The cursor is found."""
        self.cursor, self.settled = cursor, True

    def read(self, position: int) -> int:
        """Read from an opening bracket to where it closes, or to a line that stands too far left; where that is."""
        frames: list[_Frame] = []
        word = ""
        while position < len(self.text):
            found = _FLOW.match(self.text, position)
            assert found is not None
            kind, token, position = found.lastgroup, found[0], found.end()
            if frames:
                self.look(frames[-1], found, kind or "", word)
            if kind == "blank" and "\n" in token and _left(self.text, position) <= self.column:
                return found.start() + token.index("\n")
            if kind == "word":
                word = token
            elif kind == "colon" and frames and frames[-1].key is None:
                self.key(frames, unquoted(word))
                word = ""
            elif kind == "mark":
                self.mark(frames, token, word)
                word = ""
                if not frames:
                    stop = self.text.find("\n", position)
                    return len(self.text) if stop < 0 else stop
        if frames and self.here(position, position):
            self.settle(self._cursor(frames[-1], "", position, position))
        return position

    def key(self, frames: list[_Frame], key: str) -> None:
        """A colon: what stood before it is a key."""
        frame = frames[-1]
        if frame.node.items is not None:
            frame.node.items.append(Twig(entries={}, flow=True))
            frame = _Frame(frame.node.items[-1], (*frame.path, len(frame.node.items) - 1), implied=True)
            frames.append(frame)
        assert frame.node.entries is not None
        frame.node.entries[key], frame.key = Twig(), key

    def mark(self, frames: list[_Frame], sign: str, word: str) -> None:
        """A bracket or a comma: the word before it is finished."""
        if sign in "{[":
            node, path = (self.base, self.path) if not frames else _slot(frames[-1])
            node.flow = True
            node.entries, node.items = ({}, None) if sign == "{" else (None, [])
            frames.append(_Frame(node, path))
            return
        frame = frames[-1]
        if word:
            _write(frame, word)
        frame.key = None
        if frame.implied:
            frames.pop()
        if sign in "}]":
            frames.pop()
            if frames:
                frames[-1].key = None

    def look(self, frame: _Frame, found: re.Match[str], kind: str, word: str) -> None:
        """Whether the cursor stands at this token, and what it is about to write there."""
        start, end = found.span()
        if kind == "word" and self.here(start, end):
            self.settle(self._cursor(frame, self.text[start : self.offset], start, end))
        elif kind == "comment" and self.here(start + 1, end):
            self.settle(None)
        elif kind == "blank" and not self.settled and start <= self.offset < end:
            if "\n" not in self.text[start : self.offset] or _left(self.text, self.offset) >= 0:
                self.settle(self._cursor(frame, "", self.offset, self.offset) if not word else None)
        elif kind in ("mark", "colon") and self.here(start, start):
            self.settle(self._cursor(frame, "", start, start) if not word else None)

    def _cursor(self, frame: _Frame, word: str, start: int, end: int) -> Cursor:
        if frame.node.items is not None:
            path: tuple[Step, ...] = (*frame.path, len(frame.node.items))
            return Cursor(Place.ITEM, path, word, start, end, self.column, flow=True)
        if frame.key is None:
            colon = re.compile(r"[ \t]*:(?=[\s,\[\]{}]|$)").match(self.text, end)
            key = unquoted(self.text[start:end]) if colon else ""
            return Cursor(Place.KEY, frame.path, word, start, end, self.column, flow=True, key=key)
        return Cursor(Place.VALUE, (*frame.path, frame.key), word, start, end, self.column, flow=True)


def _slot(frame: _Frame) -> tuple[Twig, tuple[Step, ...]]:
    """Where a bracket inside of brackets belongs."""
    if frame.node.items is not None:
        frame.node.items.append(Twig())
        return frame.node.items[-1], (*frame.path, len(frame.node.items) - 1)
    assert frame.node.entries is not None
    return frame.node.entries.setdefault(frame.key or "", Twig()), (*frame.path, frame.key or "")


def _write(frame: _Frame, word: str) -> None:
    """A finished word: a value, an item, or a key without a value."""
    if frame.node.items is not None:
        frame.node.items.append(Twig(text=word))
    elif frame.node.entries is not None and frame.key is not None:
        frame.node.entries[frame.key].text = word
    elif frame.node.entries is not None:
        frame.node.entries.setdefault(unquoted(word), Twig())


def _left(text: str, position: int) -> int:
    """The indentation of the line that an offset stands in, if anything but blanks is on it."""
    start = text.rfind("\n", 0, position) + 1
    stop = text.find("\n", position)
    line = text[start : len(text) if stop < 0 else stop]
    return len(line) - len(line.lstrip(" ")) if line.strip() else 1 << 30
