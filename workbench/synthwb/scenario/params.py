"""Parameters and overrides: one document for many runs.

``${params.name}`` is replaced by the parameter's value, which keeps its type where it stands alone. ``path=value``
replaces what stands at a path. Both change the tree before it is read, never the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity, Span, nearest
from synthwb.scenario.document import MOST_NODES, Document, compose
from synthwb.scenario.keys import ROOT
from synthwb.scenario.report import Report
from synthwb.scenario.tree import Entry, Node, NodeKind, resolve

__all__ = ["override", "substitute"]

_HOLE = re.compile(r"\$\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"[A-Z_][A-Z0-9_]*")
_TOP = Span(0, 0, 1, 1, 1, 1)
_FREE_TO_ADD = frozenset(ROOT) - {"entities", "events", "arrivals", "sinks", "checks"}
_TALLEST = 16  # levels of a parameter that is filled in
_LONGEST = 100_000  # characters of one text after substitution


def override(report: Report, overrides: Mapping[str, str]) -> None:
    """Replace values by path. What cannot be replaced is reported at the top of the document."""
    document = report.document
    for path, written in overrides.items():
        value = _value(written)
        if value is None:
            _refuse(report, path, f"{path}={written[:40]}: this is not a YAML value", "quote it for your shell")
            continue
        place = document.place(path)
        if place is not None:
            _become(place.value, value)
        elif not _add(document, path, value):
            near = nearest(path, document.paths)
            hint = f"did you mean {near!r}?" if near else "a path looks like order_placed.total.median"
            _refuse(report, path, f"cannot set {path!r}: nothing stands there", hint)


def _refuse(report: Report, path: str, message: str, hint: str) -> None:
    report.found.append(Diagnostic(Severity.ERROR, "override", message, _TOP, path, hint))


def _value(written: str) -> Node | None:
    """What was written after the equals sign, as YAML; None if it is not."""
    stripped = written.strip()
    if not stripped.startswith(("{", "[", '"', "'")):
        return Node.scalar(resolve(stripped), 0, 0, stripped)
    inner, problems = compose(f"value: {stripped}")
    root = inner.root
    return root.get("value") if root is not None and not problems else None


def _become(node: Node, value: Node) -> None:
    """Take over a value; the node keeps its place in the text."""
    start, end = node.start, node.end
    for inside in _below(value):
        inside.start, inside.end = start, end
    for name in ("kind", "value", "text", "plain", "entries", "items", "size", "height"):
        setattr(node, name, getattr(value, name))
    node.flow = False


def _below(node: Node) -> list[Node]:
    """A node and everything in it, keys included."""
    found = [node]
    for item in node.items:
        found += _below(item)
    for entry in node.entries:
        found += [entry.key, *_below(entry.value)]
    return found


def _add(document: Document, path: str, value: Node) -> bool:
    """Add a key that is not written yet, such as ``seed`` or ``limit.events``; False where that is no place."""
    root = document.root
    steps = path.split(".")
    if root is None or steps[0] not in _FREE_TO_ADD or not all(steps) or steps[0] == "params" or len(steps) > 3:
        return False
    node = root
    for step in steps[:-1]:
        inner = node.get(step)
        if inner is None:
            inner = Node(NodeKind.MAPPING, 0, 0)
            node.entries.append(Entry(Node.scalar(step, 0, 0), inner))
        if inner.kind is not NodeKind.MAPPING:
            return False
        node = inner
    for inside in _below(value):
        inside.start = inside.end = 0
    node.entries.append(Entry(Node.scalar(steps[-1], 0, 0), value))
    return True


def substitute(report: Report) -> None:
    """Replace every ``${params.name}``; an environment variable outside of sinks is reported."""
    root = report.document.root
    block = root.get("params") if root is not None else None
    if block is not None and not block.is_null and block.kind is not NodeKind.MAPPING:
        report.expected(block, "values by name", "params", "such as {rate: 5/s}")
    if root is None or "${" not in report.document.text:
        return
    filler = _Filler(report)
    for entry in block.entries if block is not None else ():
        filler.fill_all(entry.value, "params")
        filler.params[entry.name] = entry.value
    for entry in root.entries:
        if entry.name != "params" and not entry.name.startswith("x-"):
            filler.fill_all(entry.value, entry.name)


class _Filler:
    """Fills the holes of scalars. A parameter may use those above it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.params: dict[str, Node] = {}
        self.added = 0

    def fill_all(self, node: Node, block: str) -> None:
        """Everything in one top-level block."""
        for scalar in node.scalars():
            if isinstance(scalar.value, str) and "${" in scalar.value:
                self._fill(scalar, block)

    def _fill(self, node: Node, block: str) -> None:
        """The holes of one scalar."""
        whole = _HOLE.fullmatch(node.text)
        if whole and whole[1].strip().startswith("params."):
            self._whole(node, whole[1].strip(), block)
            return
        text = _HOLE.sub(lambda found: self._hole(found, node, block), node.text)
        if len(text) > _LONGEST:
            self._error("too-large", f"longer than {_LONGEST:,} characters once parameters are filled in", node)
            return
        node.value = resolve(text) if node.plain else text
        node.text = text

    def _whole(self, node: Node, name: str, block: str) -> None:
        """A parameter that stands alone keeps its type; it may be a mapping or a list, except inside ``params``."""
        value = self._param(name, node)
        if value is None:
            return
        self.added += value.size
        if value.kind is not NodeKind.SCALAR and block == "params":
            self._error("params", f"{name} is {value.describe()}, which other parameters cannot use", node)
        elif value.height > _TALLEST or self.added > MOST_NODES:
            self._error("too-large", f"too much is filled in through {name}", node, "use it in fewer places")
        else:
            for slot in ("kind", "value", "text", "plain", "entries", "items", "size", "height"):
                setattr(node, slot, getattr(value, slot))

    def _hole(self, found: re.Match[str], node: Node, block: str) -> str:
        """What one hole inside a text becomes."""
        name = found[1].strip()
        if not name.startswith("params."):
            if _ENVIRONMENT.fullmatch(name) and block not in ("sinks", "events", "entities"):
                message = f"{found[0]} reads the environment, which only sinks may do"
                self._error("environment", message, node, "use a parameter: ${params.name}")
            return found[0]
        value = self._param(name, node)
        if value is not None and value.kind is not NodeKind.SCALAR:
            self._error("params", f"{name} is {value.describe()} and cannot stand inside a text", node)
            return found[0]
        return found[0] if value is None else value.text

    def _param(self, name: str, node: Node) -> Node | None:
        """The value of a parameter, or None after it was reported missing."""
        wanted = name.removeprefix("params.")
        found = self.params.get(wanted)
        if found is None:
            near = self.report.nearest(wanted, tuple(self.params))
            hint = f"did you mean ${{params.{near}}}?" if near else f"add params: {{{wanted[:40]}: ...}}"
            edit = self.report.replace(node, node.text, node.text.replace(name, f"params.{near}")) if near else None
            self._error("unknown-param", f"there is no parameter {wanted!r}", node, hint, edit)
        return found

    def _error(self, code: str, message: str, node: Node, hint: str = "", edit: Edit | None = None) -> None:
        path = self.report.document.path_at(node.start)
        self.report.error(code, message, node, path, hint, edit)
