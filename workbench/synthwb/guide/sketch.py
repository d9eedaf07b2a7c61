"""A document read with tolerance, while it is being typed: what stands where, and where the cursor stands in it.

No parser of YAML accepts ``x: {logno``. This one reads indentation, dashes, keys and brackets line by line; what it
does not understand it takes for text, and a bracket that is left open ends where a line stands further left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Cursor", "Place", "Sketch", "Step", "Twig", "sketch"]

Step = str | int
"""One step of a document path: a key, or the number of an item."""

_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\[\]{}#&*!|>'"%@`,-][^\n]*?|-[^\s][^\n]*?)\s*:(?=[ \t]|$)"""
)
_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*[ \t]*")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#.*")
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


class Place(Enum):
    """What the cursor is about to write: a key, the value of a key, or an item of a list (perhaps its first key)."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"


@dataclass(slots=True)
class Twig:
    """A value: a mapping with ``entries``, a list with ``items``, or ``text`` (empty where nothing is written yet)."""

    entries: dict[str, Twig] | None = None
    items: list[Twig] | None = None
    text: str = ""
    flow: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is written yet."""
        return self.entries is None and self.items is None and not self.text

    def at(self, path: tuple[Step, ...]) -> Twig | None:
        """What stands below at a path."""
        node: Twig | None = self
        for step in path:
            if node is None:
                return None
            if isinstance(step, int):
                node = node.items[step] if node.items is not None and step < len(node.items) else None
            else:
                node = (node.entries or {}).get(step)
        return node


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor stands.

    ``path`` leads to the mapping of a key, to the value, or to the item. ``word`` is what was typed of it before the
    cursor, ``start`` and ``end`` the offsets of the whole word. ``column`` is the indentation of the line, ``key`` the
    key that is being changed (empty where a new one is typed).
    """

    place: Place
    path: tuple[Step, ...]
    word: str
    start: int
    end: int
    column: int
    flow: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The document as far as it was understood, and the cursor in it; None inside of comments and the like."""

    root: Twig
    cursor: Cursor | None


@dataclass(slots=True)
class _Level:
    """An open mapping or list in block style. ``last``: the key or item that was written last."""

    indent: int
    node: Twig
    path: tuple[Step, ...]
    last: Step | None = None


@dataclass(slots=True)
class _Frame:
    """An open bracket. ``key``: the key whose value comes; ``implied``: a mapping without braces, as in ``[a: 1]``."""

    node: Twig
    path: tuple[Step, ...]
    key: str | None = None
    implied: bool = False


def sketch(text: str, offset: int = -1) -> Sketch:
    """Read a text; ``offset`` is the cursor as a number of characters from its start (-1: nowhere)."""
    reader = _Reader(text, offset)
    reader.read()
    return Sketch(reader.root, reader.cursor)


@dataclass(slots=True)
class _Reader:
    """Reads line by line; inside of brackets the brackets count, elsewhere the indentation."""

    text: str
    offset: int
    root: Twig = field(default_factory=Twig)
    cursor: Cursor | None = None
    settled: bool = False
    levels: list[_Level] = field(default_factory=list)

    def read(self) -> None:
        """Read all lines."""
        self.levels = [_Level(-1, Twig(entries={"": self.root}), (), "")]
        position = 0
        while position <= len(self.text):
            stop = self.text.find("\n", position)
            stop = len(self.text) if stop < 0 else stop
            position = self.line(position, stop) + 1

    def here(self, start: int, stop: int) -> bool:
        """Whether the cursor stands between these offsets, and nothing is known of it yet."""
        return not self.settled and start <= self.offset <= stop

    def settle(self, cursor: Cursor | None) -> None:
        """The cursor is found."""
        self.cursor, self.settled = cursor, True

    # Block style

    def line(self, start: int, stop: int) -> int:
        """Read the line between two offsets, and what its brackets or its text hold; where that ends."""
        line = self.text[start:stop].rstrip("\r")
        comment = _comment(line)
        body = line if comment < 0 else line[:comment]
        indent = len(body) - len(body.lstrip(" "))
        if comment >= 0 and self.here(start + comment + 1, stop):
            self.settle(None)
        if not body.strip() or body.startswith(("---", "...", "%")):
            if self.here(start, stop):
                self.settle(self.on_blank(self.offset - start))
            return stop
        if self.here(start, start + indent) and self.offset < start + indent:
            self.settle(None)  # in front of what is there already
        return self.content(start, stop, body.rstrip(), indent)

    def content(self, start: int, stop: int, body: str, column: int) -> int:
        """Read dashes, a key, and what follows them; where that ends."""
        while body[column : column + 1] == "-" and body[column + 1 : column + 2] in ("", " "):
            level = self.level(column, Twig(items=[]))
            assert level.node.items is not None
            level.node.items.append(Twig())
            level.last = len(level.node.items) - 1
            after = column + 1 + len(body[column + 1 :]) - len(body[column + 1 :].lstrip(" "))
            if after >= len(body) and self.here(start + column + 2, stop):
                self.settle(Cursor(Place.ITEM, self.child_path(), "", self.offset, self.offset, column + 2))
            if after >= len(body):
                return stop
            column = after
        found = _KEY.match(body, column)
        if found is None:
            return self.value(start, stop, body, column, column)
        level = self.level(column, Twig(entries={}))
        key = _unquoted(found[1])
        assert level.node.entries is not None
        level.node.entries[key], level.last = Twig(), key
        if self.here(start + column, start + found.end(1)):
            word = self.text[start + column : self.offset]
            end = start + found.end(1)
            self.settle(Cursor(Place.KEY, level.path, word, start + column, end, column, key=key))
        return self.value(start, stop, body, found.end(), column)

    def value(self, start: int, stop: int, body: str, at: int, column: int) -> int:
        """Read what stands behind a key or a dash, or by itself; where that ends."""
        by_itself = at == column
        at += len(body[at:]) - len(body[at:].lstrip(" \t"))
        while (found := _PROPERTY.match(body, at)) is not None:
            at = found.end()
        if self.levels[-1].indent >= column and by_itself:
            self.level(column, Twig())
        if at >= len(body):
            if self.here(start + len(body), stop) and not by_itself:
                self.settle(Cursor(Place.VALUE, self.child_path(), "", self.offset, self.offset, column))
            return stop
        if body[at] in "{[":
            return self.brackets(start + at, column if not by_itself else column - 1)
        if _BLOCK_TEXT.match(body, at):
            return self.block_text(stop, self.levels[-1].indent)
        if self.here(start + at, max(start + len(body), stop)):
            self.settle(self.on_word(start + at, start + len(body), column, by_itself=by_itself))
        if not by_itself or self.levels[-1].indent < column:
            self.child().text = body[at:]
        return stop

    def on_word(self, start: int, end: int, column: int, *, by_itself: bool) -> Cursor | None:
        """The cursor in a word: a value, the beginning of an item, or a key whose colon is not typed yet."""
        word, end = self.text[start : self.offset], max(end, self.offset)
        top = self.levels[-1]
        if not by_itself:
            return Cursor(Place.VALUE, self.child_path(), word, start, end, column)
        if top.indent == column and top.node.entries is not None:
            return Cursor(Place.KEY, top.path, word, start, end, column)
        if not self.child().blank:
            return None  # the next line of a text
        place = Place.ITEM if isinstance(top.last, int) else Place.KEY
        return Cursor(place, self.child_path(), word, start, end, column)

    def on_blank(self, column: int) -> Cursor | None:
        """The cursor on a line without anything: its column says where it stands."""
        levels = [level for level in self.levels if level.indent <= column]
        here = self.offset
        for level in reversed(levels):
            if level.indent == column and level.node.entries is not None and level.indent >= 0:
                return Cursor(Place.KEY, level.path, "", here, here, column)
        top = levels[-1]
        if top.last is None or top.indent == column:
            return None
        path = (*top.path, top.last) if top.indent >= 0 else ()
        node = self.root.at(path)
        return Cursor(Place.KEY, path, "", here, here, column) if node is not None and node.blank else None

    def block_text(self, stop: int, indent: int) -> int:
        """Read a text of several lines: all that stand further right."""
        path, parts, first = self.child_path(), [], stop + 1
        while stop < len(self.text):
            end = self.text.find("\n", stop + 1)
            end = len(self.text) if end < 0 else end
            line = self.text[stop + 1 : end]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                break
            parts.append(line)
            stop = end
        if parts and self.here(first, stop):
            word = self.text[first : self.offset]
            self.settle(Cursor(Place.VALUE, path, word, first, stop, indent))
        self.child().text = "\n".join(parts) or " "
        return stop

    def level(self, column: int, fresh: Twig) -> _Level:
        """The open mapping or list at this column; a fresh one if there is none."""
        while len(self.levels) > 1 and (
            self.levels[-1].indent > column
            or (self.levels[-1].indent == column and not self._alike(self.levels[-1], fresh))
        ):
            if self.levels[-1].indent == column and fresh.items is not None and self.child().blank:
                break  # a list may stand right below the key it belongs to
            self.levels.pop()
        top = self.levels[-1]
        if top.indent == column and self._alike(top, fresh):
            return top
        if fresh.entries is None and fresh.items is None:
            return top
        node = self.child()
        node.entries, node.items = fresh.entries, fresh.items
        made = _Level(column, node, self.child_path())
        self.levels.append(made)
        return made

    def _alike(self, level: _Level, fresh: Twig) -> bool:
        if fresh.entries is None and fresh.items is None:
            return level.node.items is None
        return (level.node.entries is None) == (fresh.entries is None)

    def child(self) -> Twig:
        """The value that was opened last."""
        top = self.levels[-1]
        if isinstance(top.last, int):
            assert top.node.items is not None
            return top.node.items[top.last]
        return (top.node.entries or {}).get(top.last or "", Twig())

    def child_path(self) -> tuple[Step, ...]:
        """Its path."""
        top = self.levels[-1]
        return top.path if top.indent < 0 or top.last is None else (*top.path, top.last)

    # Flow style

    def brackets(self, position: int, column: int) -> int:
        """Read from an opening bracket to where it closes, or to a line no further right than ``column``."""
        base = self.child()
        frames: list[_Frame] = []
        word = ""
        while position < len(self.text):
            found = _FLOW.match(self.text, position)
            assert found is not None
            kind, token, position = found.lastgroup, found[0], found.end()
            if frames:
                self.look(frames[-1], found, kind or "", word, column)
            if kind == "blank" and "\n" in token and _left(self.text, position) <= column:
                return found.start() + token.index("\n")
            if kind == "word":
                word = token
            elif kind == "colon" and frames and frames[-1].key is None:
                self.key(frames, _unquoted(word))
                word = ""
            elif kind == "mark":
                self.mark(frames, token, word, base)
                word = ""
                if not frames:
                    stop = self.text.find("\n", position)
                    return len(self.text) if stop < 0 else stop
        if frames and self.here(position, position):
            self.settle(self._cursor(frames[-1], "", position, position, column))
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

    def mark(self, frames: list[_Frame], sign: str, word: str, base: Twig) -> None:
        """A bracket or a comma: the word before it is finished."""
        if sign in "{[":
            node, path = (base, self.child_path()) if not frames else _slot(frames[-1])
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

    def look(self, frame: _Frame, found: re.Match[str], kind: str, word: str, column: int) -> None:
        """Whether the cursor stands at this token, and what it is about to write there."""
        start, end = found.span()
        if kind == "word" and self.here(start, end):
            self.settle(self._cursor(frame, self.text[start : self.offset], start, end, column))
        elif kind == "comment" and self.here(start + 1, end):
            self.settle(None)
        elif kind == "blank" and not self.settled and start <= self.offset < end:
            if "\n" not in self.text[start : self.offset] or _left(self.text, self.offset) >= 0:
                self.settle(self._cursor(frame, "", self.offset, self.offset, column) if not word else None)
        elif kind in ("mark", "colon") and self.here(start, start):
            self.settle(self._cursor(frame, "", start, start, column) if not word else None)

    def _cursor(self, frame: _Frame, word: str, start: int, end: int, column: int) -> Cursor:
        if frame.node.items is not None:
            path: tuple[Step, ...] = (*frame.path, len(frame.node.items))
            return Cursor(Place.ITEM, path, word, start, end, column, flow=True)
        if frame.key is None:
            colon = re.compile(r"[ \t]*:(?=[\s,\[\]{}]|$)").match(self.text, end)
            key = _unquoted(self.text[start:end]) if colon else ""
            return Cursor(Place.KEY, frame.path, word, start, end, column, flow=True, key=key)
        return Cursor(Place.VALUE, (*frame.path, frame.key), word, start, end, column, flow=True)


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
        frame.node.entries.setdefault(_unquoted(word), Twig())


def _left(text: str, position: int) -> int:
    """The indentation of the line that an offset stands in, if anything but blanks is on it."""
    start = text.rfind("\n", 0, position) + 1
    stop = text.find("\n", position)
    line = text[start : len(text) if stop < 0 else stop]
    return len(line) - len(line.lstrip(" ")) if line.strip() else 1 << 30


def _comment(line: str) -> int:
    """Where the comment of a line begins, or -1; a ``#`` inside of quotes is none."""
    quote = ""
    for i, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and (i == 0 or line[i - 1] in " \t[{,:-"):
            quote = letter
        elif letter == "#" and (i == 0 or line[i - 1] in " \t"):
            return i
    return -1


def _unquoted(word: str) -> str:
    word = word.strip()
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word
