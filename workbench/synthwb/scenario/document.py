"""Text in, tree of nodes out, with every problem of form: syntax, size, encoding, duplicate keys, aliases, tags."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity, Span
from synthwb.scenario.mistakes import explain
from synthwb.scenario.paths import Place, index, place_at
from synthwb.scenario.tree import Entry, Lines, Node, NodeKind, resolve

__all__ = ["LARGEST", "Document", "compose"]

LARGEST = 1024 * 1024
"""The most bytes that a scenario may have: nobody needs to read more of a file than one byte beyond it."""

DEEPEST = 64  # levels: everything after this module may recurse
MOST_NODES = 200_000  # with aliases expanded

_SCALAR, _SEQUENCE = NodeKind.SCALAR, NodeKind.SEQUENCE
_UNPRINTABLE = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_TAG = re.compile(r"!\S*")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*)+")
_CORE = "tag:yaml.org,2002:"
_NO_BREAKS = "\x85\u2028\u2029"
_BOM = "\ufeff"


class Document:
    """The text of a scenario and its tree. ``root`` is None when there is no mapping to read."""

    def __init__(self, text: str, root: Node | None = None) -> None:
        self.text = text
        self.root = root
        self.lines = Lines(text)

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        return self.lines.span(node.start, node.end)

    def path_at(self, offset: int) -> str:
        """The language path under the cursor (``order_placed.total``), or an empty text."""
        place = self.place_at(offset)
        return place.path if place else ""

    def place_at(self, offset: int) -> Place | None:
        """The innermost place of the document under the cursor: its paths, what it is, and of which generator."""
        return place_at(self.root, offset, self.text) if self.root else None

    def place(self, path: str) -> Place | None:
        """What stands at a language path or a document path."""
        return self._places.get(path)

    def span_of(self, path: str) -> Span | None:
        """Where the value of a path stands."""
        place = self.place(path)
        return self.span(place.value) if place else None

    def key_span_of(self, path: str) -> Span | None:
        """Where the key (or the list item) of a path stands."""
        place = self.place(path)
        return self.span(place.key) if place else None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All language paths of the document, outer ones first."""
        return tuple(dict.fromkeys(place.path for place in index(self.root))) if self.root else ()

    @cached_property
    def _places(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for place in index(self.root) if self.root else ():
            found.setdefault(place.path, place)
        for place in tuple(found.values()):
            found.setdefault(place.document_path, place)
        return found


class _Stop(Exception):
    """Composing cannot go on; the diagnostic is recorded already."""


class _Frame:
    """A mapping or sequence that is still open.

    ``seen``: its keys; ``merges``: what ``<<`` brings, and where; ``broken``: it was meant as text (``{{a}}``).
    """

    __slots__ = ("anchor", "broken", "key", "merges", "node", "seen")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Node | None = None
        self.broken = False
        self.seen: dict[str, Entry] = {}
        self.merges: list[tuple[int, Node]] = []


class _Composer:
    """Builds the tree from libyaml's events, without recursion."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.base = 1 if text.startswith(_BOM) else 0
        self.stand_ins = _stand_ins(text)
        self.originals = {stand_in: breaking for breaking, stand_in in self.stand_ins.items()}
        self.problems: list[Diagnostic] = []
        self.anchors: dict[str, Node | None] = {}
        self.open: list[_Frame] = []
        self.root: Node | None = None

    def error(self, code: str, message: str, start: int, end: int, hint: str = "", edit: Edit | None = None) -> None:
        """Record an error between two offsets."""
        span = self.lines.span(start, end)
        self.problems.append(Diagnostic(Severity.ERROR, code, message, span, hint=hint, edit=edit))

    def too_deep(self, start: int, end: int) -> None:
        """Record that more levels are open than a scenario may have."""
        hint = "no scenario needs that; is a bracket left open?"
        self.error("too-deep", f"nested deeper than {DEEPEST} levels", start, end, hint)

    def run(self) -> None:
        """Compose the first document of the text."""
        loader = yaml.CLoader(self.text[self.base :].translate(self.stand_ins))
        try:
            while (event := loader.get_event()) is not None:
                self.take(event)
        except yaml.MarkedYAMLError as error:
            if "nesting depth" in str(error.problem):  # libyaml reads ahead, and its own limit is 1,000 levels
                start = (error.problem_mark.index if error.problem_mark else 0) + self.base
                self.too_deep(start, start + 1)
            else:
                self.problems.append(explain(error, self.text, self.lines, self.base))
        except _Stop:
            return
        finally:
            loader.dispose()

    def take(self, event: Any) -> None:
        """One event of libyaml."""
        kind = type(event)
        start, end = event.start_mark.index + self.base, event.end_mark.index + self.base
        if kind is ScalarEvent:
            self.scalar(event, start, end)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self.begin(event, start, end)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self.finish(end)
        elif kind is AliasEvent:
            self.alias(event.anchor, start, end)
        elif kind is DocumentStartEvent and self.root is not None:
            hint = "one file holds one scenario: move this one into a file of its own"
            self.error("several-documents", "a second document starts here", start, max(end, start + 1), hint)
            raise _Stop

    def scalar(self, event: Any, start: int, end: int) -> None:
        """A scalar; the trailing line break of a block scalar is not part of it."""
        node = Node(_SCALAR, start, end)
        node.text = event.value.translate(self.originals) if self.originals else event.value
        style = event.style
        if event.anchor is not None or event.tag is not None:
            found = _PROPERTIES.match(self.text, start)
            node.start = min(found.end(), end) if found else start
        node.plain = not style
        if style in ("|", ">"):
            node.end = start + len(self.text[start:end].rstrip())
        tag = event.tag
        plain = (node.plain and tag is None) or (tag is not None and self.tag(tag, start))
        node.value = resolve(node.text) if plain else node.text
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        self.place(node)

    def tag(self, tag: str, start: int) -> bool:
        """Whether a tagged scalar is resolved like a plain one. Tags that would make an object are refused."""
        name = tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag
        if name in ("!", "str", "map", "seq"):
            return False
        if name in ("int", "float", "bool", "null"):
            return True
        found = _TAG.search(self.text, start)
        start, end = found.span() if found else (start, start)
        self.error("tag", f"the tag {tag!r} would make an object; a scenario is data", start, end, "remove the tag")
        return False

    def begin(self, event: Any, start: int, end: int) -> None:
        """A mapping or a sequence starts."""
        if len(self.open) >= DEEPEST:
            self.too_deep(start, end)
            raise _Stop
        if event.tag is not None:
            self.tag(event.tag, start)
        mapping = type(event) is MappingStartEvent
        node = Node(NodeKind.MAPPING if mapping else NodeKind.SEQUENCE, start, end)
        node.flow = bool(event.flow_style)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(_Frame(node, event.anchor))

    def finish(self, end: int) -> None:
        """The innermost mapping or sequence ends. One in block style ends where its last child does."""
        frame = self.open.pop()
        node = frame.node
        if node.flow:
            node.end = end
        elif node.kind is NodeKind.MAPPING:
            node.end = max((entry.value.end for entry in node.entries), default=node.start)
        else:
            node.end = max((item.end for item in node.items), default=node.start)
        shift = 0
        for at, source in frame.merges:
            new = [entry for entry in source.entries if entry.name not in frame.seen]
            node.entries[at + shift : at + shift] = [Entry(entry.key, entry.value, merged=True) for entry in new]
            frame.seen.update((entry.name, entry) for entry in new)
            shift += len(new)
        if frame.broken:
            text = self.text[node.start : node.end]
            node = Node.scalar(text, node.start, node.end, text)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = node
        self.place(node)

    def alias(self, name: str, start: int, end: int) -> None:
        """A value written elsewhere."""
        if name not in self.anchors:
            edit = Edit(start, end, f'"*{name}"', f'quote it: "*{name}"')
            hint = f'write &{name} before the value that is meant, or quote it: "*{name}"'
            self.error("alias", f"nothing is anchored as &{name}", start, end, hint, edit)
            self.place(Node.scalar(f"*{name}", start, end))
            return
        target = self.anchors[name]
        if target is None:
            self.error("alias", f"*{name} stands inside its own anchor", start, end, "an alias cannot contain itself")
            raise _Stop
        if len(self.open) + target.height > DEEPEST:
            self.error("too-deep", f"nested deeper than {DEEPEST} levels through *{name}", start, end)
            raise _Stop
        self.place(target.at(start, end))

    def place(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        parent = frame.node
        parent.size += node.size
        if node.height >= parent.height:
            parent.height = node.height + 1
        if parent.size > MOST_NODES:
            hint = "aliases inside aliases multiply" if self.anchors else "draw values instead of listing them"
            message = f"more than {MOST_NODES:,} values once aliases are expanded"
            self.error("too-large", message, node.start, node.end, hint)
            raise _Stop
        if parent.kind is _SEQUENCE:
            parent.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            self.entry(frame, key, node)

    def entry(self, frame: _Frame, key: Node, value: Node) -> None:
        """A key with its value."""
        if key.kind is not _SCALAR:
            frame.broken = frame.node.flow
            start, end = self.braces(key, value)
            written = self.text[start:end]
            simple = "\n" not in written and '"' not in written and "\\" not in written
            edit = Edit(start, end, f'"{written}"', "quote it") if simple and start < key.start else None
            hint = "quote the whole value if it is meant as text"
            self.error("key", f"a key must be a word, not {key.describe()}", start, end, hint, edit)
        elif key.plain and key.text == "<<":
            self.merge(frame, value)
        elif key.text in frame.seen:
            line = self.lines.place(frame.seen[key.text].key.start)[0]
            message = f"duplicate key {key.text!r}: it is on line {line} already"
            self.error("duplicate-key", message, key.start, key.end, "remove or rename one of them")
        else:
            entry = Entry(key, value)
            frame.seen[key.text] = entry
            frame.node.entries.append(entry)

    def braces(self, key: Node, value: Node) -> tuple[int, int]:
        """Where a mapping with a mapping for a key stands: with its own braces in ``{{a}}``."""
        start, end = key.start, max(key.end, value.end)
        if self.text[start - 1 : start] == "{" and self.text[end : end + 1] == "}":
            return start - 1, end + 1
        return key.start, key.end

    def merge(self, frame: _Frame, value: Node) -> None:
        """``<<: *anchor``, or a list of anchors: the first that has a key wins."""
        sources = value.items if value.kind is NodeKind.SEQUENCE else [value]
        for source in sources:
            if source.kind is NodeKind.MAPPING:
                frame.merges.append((len(frame.node.entries), source))
            else:
                hint = "write <<: *name, where &name stands before a mapping"
                self.error("merge", f"<< merges mappings, not {source.describe()}", source.start, source.end, hint)


def _stand_ins(text: str) -> dict[int, int]:
    """Private characters for those that YAML 1.2 does not take for line breaks, but libyaml does."""
    found = [char for char in _NO_BREAKS if char in text]
    free = (code for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    return {ord(char): next(free) for char in found}


def compose(text: str | bytes) -> tuple[Document, list[Diagnostic]]:
    """The tree of a text and what is wrong with its form. Never raises for a bad text."""
    problems: list[Diagnostic] = []
    if isinstance(text, bytes):
        text, problem = _decode(text)
        if problem is not None:
            return Document(text), [problem]
    document = Document(text)
    problem = _unfit(text, document.lines)
    if problem is not None:
        return document, [problem]
    composer = _Composer(text, document.lines)
    composer.run()
    problems = composer.problems
    root = composer.root
    if root is not None and root.kind is NodeKind.MAPPING:
        document.root = root
    elif not problems:
        problems.append(_no_mapping(root, document))
    return document, problems


def _decode(data: bytes) -> tuple[str, Diagnostic | None]:
    """UTF-8 (or UTF-16 with its mark) as text."""
    if len(data) > LARGEST:
        return "", _whole(_TOO_LARGE, "too-large", _SMALLER)
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16"), None
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        if b"\0" in data[:4096]:
            return "", _whole("this is a binary file", "encoding", "a scenario is a YAML text in UTF-8")
        text = data.decode("utf-8", "replace")
        at = len(data[: error.start].decode("utf-8", "replace"))
        span = Lines(text).span(at, at + 1)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return text, Diagnostic(Severity.ERROR, "encoding", message, span, hint="save the file as UTF-8")


_TOO_LARGE = f"larger than the {LARGEST:,} bytes that a scenario may have"
_SMALLER = "move data into a file of its own, and keep the scenario to what describes it"


def _whole(message: str, code: str, hint: str) -> Diagnostic:
    """A problem of the text as a whole, shown at its start."""
    return Diagnostic(Severity.ERROR, code, message, Span(0, 0, 1, 1, 1, 1), hint=hint)


def _unfit(text: str, lines: Lines) -> Diagnostic | None:
    """Why a text cannot be composed at all: its size, or characters that no text has."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        return _whole(_TOO_LARGE, "too-large", _SMALLER)
    found = _UNPRINTABLE.search(text)
    if found is None:
        return None
    span = lines.span(found.start(), found.end())
    code = ord(found[0])
    if code == 0:
        return Diagnostic(Severity.ERROR, "encoding", "a NUL character: is this a binary file?", span, hint="remove it")
    message = f"the character U+{code:04X} cannot be shown and is not allowed"
    hint = f'remove it, or write it as "\\u{code:04x}" in double quotes'
    edit = Edit(found.start(), found.end(), "", "remove the character")
    return Diagnostic(Severity.ERROR, "encoding", message, span, hint=hint, edit=edit)


def _no_mapping(root: Node | None, document: Document) -> Diagnostic:
    """A document that is empty, or something else than a mapping."""
    example = "the smallest scenario is: events: {page_viewed: {fields: {user_id: uuid, url: url}}}"
    if root is None or root.is_null:
        return _whole("an empty scenario", "empty", example)
    span = document.span(root)
    message = f"a scenario is a mapping of keys such as events and entities, not {root.describe()}"
    return Diagnostic(Severity.ERROR, "type", message, span, hint=example)
