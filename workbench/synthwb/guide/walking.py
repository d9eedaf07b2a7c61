"""The JSON Schema of what stands in flows: events of a state, ways on, values of variables."""

from __future__ import annotations

from typing import Any

from synthwb.guide.grammar import Form, Shape
from synthwb.scenario import literals

__all__ = ["WALKING", "walking"]

WALKING = (Shape.EVENTS, Shape.WAYS, Shape.SETTINGS)
_NAMES = {"type": "string"}


def walking(form: Form, branch: dict[str, Any]) -> dict[str, Any]:
    """The schema of one of these shapes. ``branch``: that of a block with a weight and a guard."""
    if form.shape is Shape.SETTINGS:
        return {"type": "object", "additionalProperties": {"$ref": "#/definitions/field"}}
    if form.shape is Shape.EVENTS:
        return {"type": ["array", "string"], "items": _NAMES, "minItems": 1}
    computed = {"expr": {"type": ["string", "number", "boolean"], "description": "An SQL expression."}}
    way = {
        **branch,
        "type": ["object", "number", "string"],
        "minimum": 0,
        "pattern": f"^(?:{literals.PATTERNS['percentage']})$|\\$\\{{",
        "properties": {**branch["properties"], **computed},
    }
    return {"type": ["array", "object", "string"], "items": _NAMES, "minItems": 1, "additionalProperties": way}
