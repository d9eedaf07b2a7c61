"""Where ``${params.name}`` may stand: in every value of a scenario, so in every type and pattern of its schema."""

from __future__ import annotations

from typing import Any

__all__ = ["HOLE", "JsonSchema", "allow_parameters", "pattern_of"]

JsonSchema = dict[str, Any]

HOLE = r"\$\{"  # ${params.name}, alone or inside
_TYPES = {"object": "a mapping", "array": "a list", "null": "nothing", "boolean": "true or false"}


def allow_parameters(schema: Any) -> None:
    """Let a text with ``${`` in it stand for a value of any type: the parameter may be a mapping or a list."""
    if isinstance(schema, list):
        for each in schema:
            allow_parameters(each)
    if not isinstance(schema, dict):
        return
    written = schema.get("type")
    types = [written] if isinstance(written, str) else written
    if isinstance(types, list) and "string" not in types:
        words = " or ".join(_TYPES[each] for each in types)
        schema |= {"type": [*types, "string"], "pattern": HOLE, "patternErrorMessage": f"expected {words}"}
    for key, inside in schema.items():
        if key not in ("if", "not", "examples"):
            allow_parameters(inside)


def pattern_of(pattern: str, expected: str) -> JsonSchema:
    """Text of this form, or with a parameter of the document in it."""
    return {"pattern": f"^(?:{pattern})$|{HOLE}", "patternErrorMessage": f"expected {expected}"}
