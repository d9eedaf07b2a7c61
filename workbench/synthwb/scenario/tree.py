"""The document as a tree of nodes that remember where they stand in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from synthwb.scenario.diagnostics import Span

__all__ = ["Entry", "Lines", "Node", "NodeKind", "resolve"]


class NodeKind(IntEnum):
    """What a node is."""

    SCALAR = 0
    SEQUENCE = 1
    MAPPING = 2


class Node:
    """A value of the document: ``start`` and ``end`` are character offsets, end exclusive.

    ``value`` of a scalar is None, a bool, an int, a float or text by the core schema of YAML 1.2; ``text`` is what was
    written (without quotes), ``plain`` whether it had none. ``entries`` are those of a mapping, ``items`` those of a
    sequence. ``size`` counts nodes with aliases expanded, ``height`` the levels below.
    """

    __slots__ = ("end", "entries", "flow", "height", "items", "kind", "plain", "size", "start", "text", "value")

    def __init__(self, kind: NodeKind, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value: Any = None
        self.text = ""
        self.plain = True
        self.flow = False
        self.entries: list[Entry] = []
        self.items: list[Node] = []
        self.size = 1
        self.height = 0

    @staticmethod
    def scalar(value: Any, start: int, end: int, text: str | None = None) -> Node:
        """A scalar that was not composed from the text itself: a substituted parameter, an override."""
        node = Node(NodeKind.SCALAR, start, end)
        node.value = value
        node.text = str(value) if text is None else text
        return node

    @property
    def is_null(self) -> bool:
        """Whether it is a scalar without a value."""
        return self.kind is NodeKind.SCALAR and self.value is None

    def get(self, key: str) -> Node | None:
        """The value of a key of a mapping."""
        for entry in self.entries:
            if entry.name == key:
                return entry.value
        return None

    def at(self, start: int, end: int) -> Node:
        """The same value, standing elsewhere: where an alias is written."""
        node = Node(self.kind, start, end)
        for name in ("value", "text", "plain", "flow", "entries", "items", "size", "height"):
            setattr(node, name, getattr(self, name))
        return node

    def scalars(self) -> Iterator[Node]:
        """Every scalar value at or below this node (keys left out)."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.kind is NodeKind.SCALAR:
                yield node
            stack.extend(node.items)
            stack.extend(entry.value for entry in node.entries)

    def plain_value(self) -> Any:
        """The value as Python lists, dicts and scalars. Keys are what they resolve to."""
        if self.kind is NodeKind.MAPPING:
            return {entry.key.value: entry.value.plain_value() for entry in self.entries}
        if self.kind is NodeKind.SEQUENCE:
            return [item.plain_value() for item in self.items]
        return self.value

    def describe(self) -> str:
        """What it is, for messages: ``the text 'abc'``, ``a mapping``, ``nothing``."""
        if self.kind is NodeKind.MAPPING:
            return "a mapping" if self.entries else "an empty mapping"
        if self.kind is NodeKind.SEQUENCE:
            return "a list" if self.items else "an empty list"
        if self.value is None:
            return "nothing"
        if isinstance(self.value, str):
            short = self.value if len(self.value) <= 40 else self.value[:39] + "…"
            return f"the text {short!r}"
        return self.text if len(self.text) <= 40 else self.text[:39] + "…"


class Entry:
    """One line of a mapping: key and value. ``merged``: it came through ``<<``."""

    __slots__ = ("key", "merged", "name", "value")

    def __init__(self, key: Node, value: Node, *, merged: bool = False) -> None:
        self.key = key
        self.value = value
        self.name = key.text
        self.merged = merged


class Lines:
    """Offsets to lines and columns, as an editor counts them: lines end at a line feed, with or without return."""

    __slots__ = ("length", "starts")

    def __init__(self, text: str) -> None:
        self.length = len(text)
        self.starts = [0]
        find = text.find
        at = find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = find("\n", at + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets, brought inside the text."""
        start = min(max(start, 0), self.length)
        end = min(max(end, start), self.length)
        return Span(start, end, *self.place(start), *self.place(end))


_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_LONGEST_NUMBER = 400  # characters: longer digits are text


def resolve(text: str) -> Any:
    """The value of a plain scalar by the core schema of YAML 1.2 (section 10.3.2).

    So ``no`` and ``12:30:45`` are text and ``010`` is ten.

    >>> resolve("no"), resolve("010"), resolve("0x1F"), resolve("12:30:45")
    ('no', 10, 31, '12:30:45')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    based = _BASED.fullmatch(text)
    if based:
        return int(based[1], 8) if based[1] else int(based[2], 16)
    return text
