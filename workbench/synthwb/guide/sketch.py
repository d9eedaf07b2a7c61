"""A document read with tolerance, while it is being typed: what stands where, and where the cursor stands in it.

No parser of YAML accepts ``x: {logno``. This one reads indentation, dashes, keys and brackets line by line; what it
does not understand it takes for text, and a bracket that is left open ends where a line stands further left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from synthwb.guide.brackets import Brackets
from synthwb.guide.twigs import Cursor, Place, Step, Twig, unquoted

__all__ = ["Sketch", "sketch"]

_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\[\]{}#&*!|>'"%@`,-][^\n]*?|-[^\s][^\n]*?)\s*:(?=[ \t]|$)"""
)
_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*[ \t]*")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")


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
        key = unquoted(found[1])
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

    def brackets(self, position: int, column: int) -> int:
        """Read what a bracket holds; where it closes, or is given up."""
        reader = Brackets(self.text, self.offset, self.child(), self.child_path(), column, self.settled)
        stop = reader.read(position)
        if reader.settled and not self.settled:
            self.settle(reader.cursor)
        return stop


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
