"""Laws of who is picked how often: ``activity`` of an entity, ``pick`` of a reference and of a fixed set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.generators.registry import Generator, generator, names
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.keys import FIXED_SET
from synthwb.scenario.model import Call, Expression, FixedSet
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.fields import FieldReader

__all__ = ["read_fixed_set", "read_law"]

_LARGEST_SET = 1_000_000


def read_law(reader: FieldReader, node: Node, path: str) -> Call | None:
    """A call of a generator that gives ranks; None after a problem was reported.

    ``reader`` reads fields in a scope without names: a law has fixed parameters.
    """
    report = reader.report
    example = "such as {zipf: {exponent: 1.1}}"
    if node.kind is not NodeKind.MAPPING:
        report.expected(node, "a law of who is picked", path, example)
        return None
    draft = reader.read("", node, node, path, "", "")
    if draft is None:
        return None
    if type(draft.generator).ranks is Generator.ranks:
        known = [name for name in names() if type(generator(name)).ranks is not Generator.ranks]  # type: ignore[union-attr]
        hint = f"{example}; known: {', '.join(known)}"
        report.error("type", f"{draft.generator.name} is not a law of who is picked", draft.key, path, hint)
        return None
    field = Finisher(reader.names, None).all([draft])
    if any(isinstance(value, Expression) for value in draft.args.values()):
        report.error("type", "a law of who is picked has fixed parameters", node, path)
        return None
    return field[0].call if field else None


def read_fixed_set(reader: FieldReader, node: Node, path: str) -> FixedSet | None:
    """``cardinality: 50``, or with a law: ``{size: 50, pick: {zipf: {exponent: 1.1}}}``."""
    report, values = reader.report, reader.values
    where, law = node, None
    if node.kind is NodeKind.MAPPING:
        keys = report.keys(node, FIXED_SET, path, "cardinality")
        if "pick" in keys:
            law = read_law(reader, keys["pick"].value, join(path, "pick"))
        if "size" not in keys or ("pick" in keys and law is None):
            return None
        where, path = keys["size"].value, join(path, "size")
    size = values.integer(where, path, (1, _LARGEST_SET, None, None), "a number of values")
    return None if size is None else FixedSet(size, law, report.span(node))
