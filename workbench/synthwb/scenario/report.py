"""Collects the problems of a document while it is read: all of them, each where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity, Span, nearest
from synthwb.scenario.document import Document
from synthwb.scenario.keys import Key
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node, NodeKind

__all__ = ["Report"]

_CAUSES = frozenset({"alias", "tag", "unknown-param", "params", "environment", "key"})
"""Problems after which a value cannot be what it should be: nothing else is said about that place."""
_COMPARISONS = 50_000  # words compared with names in search of a near one, before that is given up


class Report:
    """The problems found so far, and the ways to record one more."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Diagnostic] = []
        self._comparisons = _COMPARISONS

    @property
    def failed(self) -> bool:
        """Whether there is an error among the problems."""
        return any(problem.severity is Severity.ERROR for problem in self.found)

    def span(self, node: Node) -> Span:
        """Where a node stands. A block of several lines is shown by its first line."""
        span = self.document.span(node)
        if span.end_line == span.line:
            return span
        stop = self.document.text.find("\n", span.start)
        text = self.document.text[span.start : stop].rstrip()
        return self.document.lines.span(span.start, span.start + len(text))

    def error(
        self,
        code: str,
        message: str,
        where: Node | Span,
        path: str,
        hint: str = "",
        edit: Edit | None = None,
    ) -> None:
        """Record an error at a node or a span."""
        span = where if isinstance(where, Span) else self.span(where)
        self.found.append(Diagnostic(Severity.ERROR, code, message, span, path, hint, edit))

    def warning(self, code: str, message: str, where: Node, path: str, hint: str = "") -> None:
        """Record a warning at a node."""
        self.found.append(Diagnostic(Severity.WARNING, code, message, self.span(where), path, hint))

    def expected(self, node: Node, what: str, path: str, hint: str = "", edit: Edit | None = None) -> None:
        """A value of the wrong type."""
        self.error("type", f"expected {what}, not {node.describe()}", node, path, hint, edit)

    def nearest(self, word: str, known: Sequence[str], others: Sequence[str] = ()) -> str | None:
        """The known name most like a word; none any more once a document has cost too many comparisons.

        ``others`` are known as well, but come second (see `diagnostics.nearest`).
        """
        self._comparisons -= len(known) + len(others)
        return nearest(word, known, others) if self._comparisons > 0 else None

    def unknown(
        self,
        what: str,
        node: Node,
        word: str,
        known: Iterable[str],
        path: str,
        hint: str = "",
        *,
        others: Iterable[str] = (),
    ) -> None:
        """A word that is none of those that may stand here; the nearest one is offered (see `nearest`)."""
        known = tuple(known)
        near = self.nearest(word, known, tuple(others))
        edit = self.replace(node, word, near) if near else None
        if near:
            hint = f"did you mean {near!r}?"
        elif not hint:
            hint = f"known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}" if known else ""
        code = f"unknown-{what.split()[-1]}"
        self.error(code, f"unknown {what} {word!r}", node, path, hint, edit)

    def replace(self, node: Node, old: str, new: str, title: str = "") -> Edit | None:
        """Put another text in the place of a scalar, inside the quotes it has; None where that is not safe."""
        written = self.document.text[node.start : node.end]
        at = written.find(old)
        if at < 0 or written.strip("\"'") != old:
            return None
        start = node.start + at
        return Edit(start, start + len(old), new, title or f"change {old!r} to {new!r}")

    def keys(
        self, node: Node, table: Mapping[str, Key], path: str, what: str, *, free: bool = False
    ) -> dict[str, Entry]:
        """The entries of a block by key: unknown and missing keys are reported, and so is what is no mapping."""
        if node.kind is not NodeKind.MAPPING:
            example = ", ".join(key.name for key in table.values() if not key.later)
            self.expected(node, f"{what}: a mapping with {example}", path)
            return {}
        found: dict[str, Entry] = {}
        for entry in node.entries:
            key = table.get(entry.name)
            here = join(path, entry.name)
            if key is None:
                if not (free and entry.name.startswith("x-")):
                    known = [known.name for known in table.values() if not known.later]
                    self.unknown("key", entry.key, entry.name, known, here)
            elif key.later:
                self.later(entry, here, key.doc)
            else:
                found[entry.name] = entry
        for key in table.values():
            if key.required and key.name not in found and not any(e.name == key.name for e in node.entries):
                hint = f"{key.doc[0].lower()}{key.doc[1:]}"
                self.error("missing-key", f"{what} needs {key.name!r}, {key.kind}", node, path, hint)
        return found

    def later(self, entry: Entry, path: str, doc: str) -> None:
        """A word that belongs to the language but not yet to this version."""
        hint = f"{doc[0].lower()}{doc[1:]}; remove it for now" if doc else "remove it for now"
        self.error("not-yet", f"{entry.name!r} comes with a later version of synthwb", entry.key, path, hint)

    def done(self) -> tuple[Diagnostic, ...]:
        """All problems in document order, none twice; what follows only from another one at its place is left out."""
        causes = {problem.span.start for problem in self.found if problem.code in _CAUSES}
        unique: dict[Any, Diagnostic] = {}
        for problem in self.found:
            if problem.code in _CAUSES or problem.span.start not in causes:
                unique.setdefault((problem.span, problem.code, problem.message), problem)
        return tuple(sorted(unique.values(), key=lambda problem: (problem.span.start, problem.span.end)))
