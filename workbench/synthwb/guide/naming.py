"""The JSON Schema of names of one's own; editors do not suggest any."""

from __future__ import annotations

from synthwb.guide.grammar import Form
from synthwb.guide.holes import JsonSchema
from synthwb.scenario import keys
from synthwb.scenario.blocks import NAME_PATTERN, RESERVED

__all__ = ["names_of_fields", "names_of_types"]


def names_of_fields(form: Form) -> JsonSchema:
    """What a field may be called; in a state, the name of an event may stand in front."""
    if form.table:
        return {"doNotSuggest": True}
    message = 'no . { } or " in the name of a field'
    return {"pattern": '^[^.{}"]+$', "maxLength": 200, "errorMessage": message, "doNotSuggest": True}


def names_of_types(block: str) -> JsonSchema:
    """What an event, an entity, a flow or a reference may be called; nothing where other blocks have the names."""
    if block not in ("entity", "event", "flow", "ref", "partner"):
        return {}
    taken = RESERVED if block in ("ref", "partner") else (*RESERVED, *keys.ROOT)
    message = "letters, digits, _ and -, beginning with a letter, and no word with a meaning of its own"
    names = {"pattern": f"^(?!(?:{'|'.join(taken)})$){NAME_PATTERN}$", "errorMessage": message, "doNotSuggest": True}
    return {"propertyNames": names}
