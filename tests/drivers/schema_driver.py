"""Documents against the JSON Schema, by a validator that knows nothing of the language."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from synthwb.guide import json_schema
from synthwb.scenario.document import compose
from synthwb.scenario.tree import Node, NodeKind

__all__ = ["refusals"]


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(json_schema())


def _as_json(node: Node) -> Any:
    """A document as JSON has it: keys are texts."""
    if node.kind is NodeKind.MAPPING:
        return {entry.name: _as_json(entry.value) for entry in node.entries}
    if node.kind is NodeKind.SEQUENCE:
        return [_as_json(item) for item in node.items]
    return node.value


def refusals(text: str) -> list[str]:
    """What the schema has against a text, each with its place."""
    document, problems = compose(text)
    assert document.root is not None
    assert not problems
    found = _validator().iter_errors(_as_json(document.root))
    return [f"{'.'.join(str(step) for step in error.absolute_path)}: {error.message}" for error in found]
