"""Which names a mapping of fields gives, found before any of them is read: fields may read what stands below them."""

from __future__ import annotations

from collections.abc import Iterator

from synthwb.generators.registry import Generator, Kind, generator
from synthwb.scenario.fields import field_name_problem
from synthwb.scenario.keys import MODIFIERS
from synthwb.scenario.paths import join, names_parameters
from synthwb.scenario.tree import Node, NodeKind

__all__ = ["scan"]


def scan(node: Node | None, prefix: str = "", inside: str = "") -> dict[str, str]:
    """The dotted names of all fields below a mapping of fields, each with the list or branch it stands in."""
    found: dict[str, str] = {}
    if node is None or node.kind is not NodeKind.MAPPING:
        return found
    for entry in node.entries:
        if not field_name_problem(entry.name):
            name = join(prefix, entry.name)
            found[name] = inside
            found.update(_nested(entry.value, name, inside))
    return found


def _nested(node: Node, name: str, inside: str) -> dict[str, str]:
    """What is nested in one field."""
    owner = next((e for e in node.entries if e.name not in MODIFIERS and generator(e.name) is not None), None)
    if owner is None or owner.value.kind is NodeKind.SCALAR:
        return {}
    generator_ = generator(owner.name)
    assert generator_ is not None
    found: dict[str, str] = {}
    for kind, step, value in _written(generator_, owner.value):
        here = join(name, step)
        if kind is Kind.FIELDS:
            found.update(scan(value, name, inside))
        elif kind is Kind.FIELD:
            found.update(_nested(value, here, here))
        elif kind is Kind.COLUMNS and len(value.items) > 1:
            found.update((join(name, item.text), inside) for item in value.items if item.kind is NodeKind.SCALAR)
    return found


def _written(found: Generator, value: Node) -> Iterator[tuple[Kind, str, Node]]:
    """Nested fields below a generator's key, each with the step that its path has more."""
    kinds = {parameter.name: parameter.kind for parameter in found.parameters}
    shorthand = found.shorthand or ""
    if value.kind is NodeKind.MAPPING and (not found.whole or names_parameters(found, value)):
        written = [(entry.name, entry.value) for entry in value.entries if entry.name in kinds]
    else:
        written = [(shorthand, value)] if shorthand in kinds else []
    for name, node in written:
        kind, step = kinds[name], "" if name == shorthand else name
        if kind is Kind.ARMS:
            for i, item in enumerate(node.items):
                inner = item.get("then") or item.get("else")
                if inner is not None:
                    yield Kind.FIELD, join(step, i), inner
        elif kind is Kind.CASES:
            for entry in node.entries:
                yield Kind.FIELD, join(step, entry.name), entry.value
        else:
            yield kind, step, node
