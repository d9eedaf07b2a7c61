"""The schema of locales: one, a list of them, or each with a weight."""

from __future__ import annotations

from synthwb.generators.faker_index import locales
from synthwb.guide.holes import HOLE, JsonSchema

__all__ = ["of_locales"]


def of_locales(weight: JsonSchema) -> JsonSchema:
    """What may stand for ``locale``; ``weight`` is the schema of a weight."""
    locale: JsonSchema = {"enum": list(locales())}
    weight = {**weight, "title": "weight", "description": "The weight of this locale."}
    several = {"type": ["string", "array", "object"], "items": locale, "additionalProperties": weight}
    one = {"anyOf": [locale, {"type": "string", "pattern": HOLE}]}
    return {**several, "if": {"type": "string"}, "then": one}
