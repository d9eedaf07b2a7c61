"""What must stand together in a block, and what excludes one another, for the JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence

from synthwb.guide.holes import JsonSchema
from synthwb.scenario import keys
from synthwb.scenario.delivery import sink_names
from synthwb.scenario.layers.keys import LAYER

__all__ = ["together"]


def together(block: str) -> JsonSchema:
    """The conditions of a block beyond those of its single keys; nothing for most."""
    if block == "scenario":
        return {"if": {"type": "object", "required": ["replay"]}, "else": {"required": ["events"]}}
    if block == "replay":
        return {"if": {"type": "object"}, "then": _one_of(("event", "by"), "a replay says what its rows are once")}
    if block == "entity":
        return {"if": {"type": "object", "required": ["from"]}, "else": {"required": ["count", "fields"]}}
    if block == "ref":
        other = {"then": {"required": ["within"]}, "else": {"required": ["entity"]}}
        return {"if": {"type": "object", "required": ["event"]}, **other}
    if block == "flow":
        return {"if": {"type": "object"}, "then": _one_of(("states", "steps"), "a flow has states or steps")}
    if block == "sink":
        return {"if": {"type": "object"}, "then": _one_of(sink_names(), "a sink names one destination")}
    if block == "imperfection":
        return {"if": {"type": "object"}, "then": _one_of(tuple(LAYER), "an imperfection is of one kind")}
    if block == "check":
        subject = _one_of(keys.CHECK_SUBJECTS, "a check looks at one thing")
        rule = _one_of(keys.CHECK_RULES, "a check of a field expects one thing")
        rest = [{"required": ["share", "of", "between"]}, {"required": ["rate", "between"]}]
        bare = {"not": {"anyOf": [{"required": ["share"]}, {"required": ["rate"]}]}}
        whole = {"allOf": [subject, {"if": {"required": ["field"]}, "then": rule, "else": {"anyOf": [*rest, bare]}}]}
        return {"if": {"type": "object"}, "then": whole}
    return {}


def _one_of(names: Sequence[str], message: str) -> JsonSchema:
    """Exactly one of these keys."""
    return {"oneOf": [{"required": [name], "errorMessage": message} for name in names]}
