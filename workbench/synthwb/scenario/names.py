"""Names that are read: in expressions, templates and paths. Each is resolved where it stands."""

from __future__ import annotations

from synthwb.scenario.diagnostics import Edit, Span
from synthwb.scenario.drafts import Draft
from synthwb.scenario.model import Expression, Template
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import Missing, Scope
from synthwb.scenario.templates import TemplateError, compose_template, split
from synthwb.scenario.tree import Node, NodeKind

__all__ = ["Names"]


class Names:
    """Reads expressions, templates and paths in one scope, and notes what each draft reads."""

    def __init__(self, report: Report, scope: Scope) -> None:
        self.report = report
        self.scope = scope

    def inside(self, node: Node, start: int, end: int) -> Span:
        """Where a stretch of a scalar's text stands in the document; the whole scalar if quoting moved it."""
        written = self.report.document.text[node.start : node.end]
        at = written.find(node.text) if node.text else -1
        if at < 0 or at > 1:
            return self.report.span(node)
        return self.report.document.lines.span(node.start + at + start, node.start + at + end)

    def resolve(self, name: str, where: Span, node: Node, path: str, draft: Draft | None, inner: str) -> str | None:
        """The canonical form of a name, noted in the draft if there is one; None after a problem was reported."""
        found = self.scope.resolve(name, inner)
        if isinstance(found, Missing):
            self.missing(found, name, where, path)
            return None
        if draft is not None:
            draft.reads.setdefault(found, node)
        return found

    def missing(self, found: Missing, name: str, where: Span, path: str) -> None:
        """Report a name that refers to nothing."""
        edit, hint = None, found.hint
        near = self.report.nearest(found.word, found.known) if found.word else None
        mend = f"{found.prefix}{near}" if near else found.mend
        if near:
            hint = f"did you mean {mend!r}?"
        if mend and self.report.document.text[where.start : where.end] == name:
            edit = Edit(where.start, where.end, mend, f"change {name!r} to {mend!r}")
        code = "not-yet" if "later version" in found.message else "unknown-name"
        self.report.error(code, found.message, where, path, hint, edit)

    def expression(self, node: Node, path: str, draft: Draft | None, inner: str) -> Expression | None:
        """A scalar SQL expression with all its names resolved."""
        if node.kind is not NodeKind.SCALAR or node.value is None:
            self.report.expected(node, 'an SQL expression, such as "price * qty"', path)
            return None
        from synthwb.scenario.expressions import examine, rewrite

        text = node.value if isinstance(node.value, str) else node.text
        checked = examine(text)
        for flaw in checked.flaws:
            where = self.inside(node, flaw.start, flaw.end)
            edit = None
            if flaw.replacement and where.end - where.start == flaw.end - flaw.start:
                edit = Edit(where.start, where.end, flaw.replacement, f"change to {flaw.replacement!r}")
            self.report.error(flaw.code, flaw.message, where, path, flaw.hint, edit)
        names: dict[str, str] = {}
        complete = True
        for name in checked.names:
            where = self.inside(node, name.start, name.end)
            found = self.resolve(name.path, where, node, path, draft, inner)
            complete = complete and found is not None
            names[name.path] = found or name.path
        if checked.tree is None or not complete:
            return None
        reads = tuple(dict.fromkeys(names.values()))
        return Expression(rewrite(text, names), reads, self.report.span(node))

    def template(self, node: Node, path: str, draft: Draft, inner: str) -> Template | None:
        """Text with the names in its braces resolved."""
        text = node.value if isinstance(node.value, str) else node.text
        try:
            literals, holes = split(text)
        except TemplateError as error:
            where = self.inside(node, error.start, error.end)
            self.report.error("template", str(error), where, path, "braces hold the path of a field")
            return None
        paths: list[str] = []
        for hole in holes:
            where = self.inside(node, hole.start, hole.end)
            found = self.resolve(hole.path, where, node, path, draft, inner)
            paths.append(found or "")
        if not all(paths):
            return None
        return Template(text, compose_template(literals, paths), self.report.span(node))
