"""Engagement of entities: a hidden factor that decays, is boosted and wanders, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthwb.scenario import literals
from synthwb.scenario.keys import ENGAGEMENT
from synthwb.scenario.living import Engagement
from synthwb.scenario.model import Field
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["read_engagement", "read_share"]

_EXAMPLES = {
    "start": "such as 80% or {uniform: {min: 0.3, max: 1}}",
    "decay": "such as 5% or {uniform: {min: 0, max: 0.1}}",
    "boost": "such as {mixture: [{weight: 9, const: 0}, {weight: 1, const: 0.5}]}",
    "noise": "such as 5%, or a law of what is added",
}
_WHAT = {"start": "a start", "decay": "a decay", "boost": "a boost", "noise": "noise"}


def read_engagement(values: Values, node: Node, path: str, scope: Scope) -> Engagement | None:
    """The ``engagement`` of an entity whose fields ``scope`` knows; None after a problem was reported."""
    keys = values.report.keys(node, ENGAGEMENT, path, "an engagement")
    if node.kind is not NodeKind.MAPPING:
        return None
    reader = _Reader(values, keys, path, scope)
    laws = {name: reader.law(name) for name in _WHAT}
    every = reader.every()
    least: float | None = 1e-4
    if "inactive_below" in keys:
        least = values.probability(keys["inactive_below"].value, join(path, "inactive_below"))
    resurrection = None
    if "resurrection" in keys:
        resurrection = read_share(values, keys["resurrection"].value, join(path, "resurrection"), "1%/day")
    complete = all(law is not None for name, law in laws.items() if name in keys)
    if not complete or every is None or least is None or ("resurrection" in keys and resurrection is None):
        return None
    if all(entry.name in ("start", "every", "inactive_below", "resurrection") for entry in node.entries):
        message = "an engagement that neither decays nor is boosted nor wanders stays as it is"
        values.report.warning("no-effect", message, node, path, "such as {start: 80%, decay: 5%}")
    return Engagement(
        laws["start"], every, laws["decay"], laws["boost"], laws["noise"], max(least, 1e-12), resurrection
    )


def read_share(values: Values, node: Node, path: str, example: str) -> tuple[float, int] | None:
    """The share of those who are there to whom something happens in a span of time, such as ``0.4%/day``."""
    report = values.report
    found = literals.growth(node.value) if isinstance(node.value, str) else None
    if found is None:
        edit = None
        if isinstance(node.value, str) and literals.percentage(node.value) is not None:
            edit = report.replace(node, node.text, f"{node.text}/day")
        report.expected(node, f"a share over time such as {example}", path, "", edit)
        return None
    if not 0 <= found[0] < 1:
        message = f"{node.text} is no share of those who are there: from 0% to below 100%"
        report.error("range", message, node, path, "shorten the time, such as 50%/h")
        return None
    return found


@dataclass(slots=True)
class _Reader:
    values: Values
    keys: Mapping[str, Entry]
    path: str
    scope: Scope

    def law(self, name: str) -> Field | None:
        """A share from 0 to 1, or a law of it."""
        if name not in self.keys:
            return None
        report, node, path = self.values.report, self.keys[name].value, join(self.path, name)
        share = literals.percentage(node.value) if isinstance(node.value, str) else None
        if share is not None:
            node = Node.scalar(share, node.start, node.end, node.text)
        field = Quantities(self.values, "", _WHAT[name], self.scope, signed=name == "noise").read(
            node, path, _EXAMPLES[name]
        )
        if field is not None and field.call.generator == "const":
            low, high = support(field)
            if high > 1 or low < 0:
                hint = f"write {node.text}%" if share is None and 1 < high <= 100 else "engagement lies between 0 and 1"
                report.error("range", f"{node.text} is no share of 1", node, path, hint)
                return None
        return field

    def every(self) -> int | None:
        """The length of a period."""
        if "every" not in self.keys:
            return literals.DAY
        node, path = self.keys["every"].value, join(self.path, "every")
        every = self.values.duration(node, path)
        if every is not None and every < literals.SECOND:
            self.values.report.error("range", "engagement changes every 1s at most", node, path, "such as 1d")
            return None
        return every
