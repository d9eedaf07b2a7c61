"""The JSON Schema of tables in the document, and of the columns of tables outside."""

from __future__ import annotations

from typing import Any

from synthwb.guide.grammar import Form, Shape
from synthwb.guide.holes import HOLE

__all__ = ["tabular"]

_TEXT = {"type": ["string", "number"]}
_CELLS = ["string", "number", "boolean", "null"]


def tabular(form: Form) -> dict[str, Any]:
    """The schema of the names of columns, of attributes with their columns, or of a whole table."""
    schema: dict[str, Any] = {"type": ["array", "string"], "minItems": form.minimum_size}
    if form.shape is Shape.COLUMNS:
        return {**schema, "items": _TEXT}
    schema["type"] = ["array", "object", "string"]
    if form.shape is Shape.RENAMED:
        return {**schema, "items": _TEXT, "additionalProperties": _TEXT}
    row = {"type": "object", "additionalProperties": {"type": _CELLS}}
    by_key = {**row, "type": [*_CELLS, "object"]}
    several = {"items": row, "additionalProperties": by_key, "minProperties": form.minimum_size}
    return {**schema, "pattern": HOLE, **several}
