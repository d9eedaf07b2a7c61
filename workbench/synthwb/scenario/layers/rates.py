"""How often a layer alters something: a share, or expressions over the clean record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthwb.generators.registry import generator
from synthwb.scenario.drafts import Draft
from synthwb.scenario.model import DType, Expression
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Rates"]

_OPEN = (DType.UNKNOWN, DType.NULL)
_NUMBERS = (DType.INTEGER, DType.FLOAT, DType.DECIMAL, *_OPEN)
_COMPUTING = ("missing", "outlier")


class Rates:
    """Reads ``rate`` and ``when``; ``scopes`` hold what the fields of each event can read."""

    def __init__(self, values: Values, scopes: Mapping[str, Scope]) -> None:
        self.values = values
        self.report = values.report
        self.scopes = scopes

    def rate(self, keys: Mapping[str, Entry], path: str, events: Sequence[str]) -> float | dict[str, Expression] | None:
        """A probability, or an expression for each event; None after a problem was reported. Without one: always."""
        if "rate" not in keys:
            return 1.0
        node, here = keys["rate"].value, join(path, "rate")
        if node.kind is NodeKind.MAPPING:
            inside = node.get("expr")
            if inside is None or len(node.entries) != 1:
                self.report.expected(node, "a share such as 5%", here, "or {expr: ...} for missing and outlier")
                return None
            if path.rpartition(".")[2] not in _COMPUTING:
                message = "which records are hit is decided before there is a record to read"
                self.report.error("type", message, node, here, "write a share such as 5%")
                return None
            return self._expressions(inside, here, events, _NUMBERS, "a number")
        found = self.values.probability(node, here)
        if found == 0.0:
            self.report.warning("no-effect", "at a rate of 0 nothing is ever altered", node, here)
        return found

    def when(self, keys: Mapping[str, Entry], path: str, events: Sequence[str]) -> dict[str, Expression]:
        """The condition, for each event."""
        if "when" not in keys:
            return {}
        wanted = (DType.BOOLEAN, *_OPEN)
        return self._expressions(keys["when"].value, join(path, "when"), events, wanted, "true or false") or {}

    def _expressions(
        self, node: Node, path: str, events: Sequence[str], wanted: Sequence[DType], what: str
    ) -> dict[str, Expression] | None:
        """One expression, with its names as each event has them."""
        found: dict[str, Expression] = {}
        for event in events:
            scope = self.scopes.get(event)
            constant = generator("const")
            if scope is None or constant is None:
                continue
            names = Names(self.report, scope)
            read = names.expression(node, path, Draft("", path, "", constant, node, node), "")
            if read is None:
                return None  # the same flaw would be found for each event
            self._check(read, node, path, scope, wanted, what)
            found[event] = read
        return found

    def _check(
        self, expression: Expression, node: Node, path: str, scope: Scope, wanted: Sequence[DType], what: str
    ) -> None:
        from synthwb.scenario.expressions import parse_expression
        from synthwb.scenario.typecheck import TypeFlaw, infer

        try:
            dtype = infer(parse_expression(expression.text), scope.dtype_of)
        except TypeFlaw as problem:
            flaw = problem.flaw(expression.text)
            self.report.error(flaw.code, flaw.message, node, path, flaw.hint)
            return
        if dtype not in wanted:
            word = path.rpartition(".")[2]
            self.report.error("type", f"this gives {dtype.value}, and {word} must be {what}", node, path)
