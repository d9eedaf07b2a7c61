"""Envelopes in the JSON Schema: which keys each has, and what may be said of them."""

from __future__ import annotations

from collections.abc import Callable

from synthwb.guide.holes import JsonSchema
from synthwb.scenario import keys

__all__ = ["CHANGES", "kinds_of_envelopes"]

CHANGES = {
    "update": ("a list of events", "Events that update a row", "[plan_changed]"),
    "delete": ("a list of events", "Events that delete a row; all others insert one", "[account_closed]"),
    "before": ("fields by field", "Fields that an update gives new values, and those with the old ones", "{plan: old}"),
    "table": ("text", "The name of the table; that of the event without", "customers"),
    "tombstones": ("true or false", "A message without a value follows each delete; false without", "true"),
}
"""What may be said of change records: words for the value, what it is, and an example."""

_EVENTS: JsonSchema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_VALUES: dict[str, JsonSchema] = {
    "a list of events": _EVENTS,
    "fields by field": {"type": "object", "additionalProperties": {"type": "string"}},
    "text": {"type": "string"},
    "true or false": {"type": "boolean"},
}


def kinds_of_envelopes(described: Callable[[JsonSchema, str, str], JsonSchema]) -> JsonSchema:
    """The schema of each envelope's mapping; ``described`` adds a text and a title to a schema."""
    kinds: JsonSchema = {}
    for name, known in keys.ENVELOPES.items():
        if name == "template":
            words = "The object that a record is: `{fields}` are all fields, `{event.name}` the name of the event"
            kinds[name] = described({"type": "object", "minProperties": 1}, words, name)
            continue
        if name == "changes":
            inside = {key: described(_VALUES[kind], text, key) for key, (kind, text, _) in CHANGES.items()}
        else:
            fixed = keys.REQUIRED_BY_CLOUDEVENTS if name == "cloudevents" else ()
            inside = {key: {"enum": [True]} if key in fixed else _renamed(key, described) for key in known}
        kinds[name] = {"type": ["object", "null"], "properties": inside, "additionalProperties": False}
    return kinds


def _renamed(key: str, described: Callable[[JsonSchema, str, str], JsonSchema]) -> JsonSchema:
    types = ["string", "boolean", *(["object"] if key == "time" else [])]  # {time: {name: ts, format: epoch_ms}}
    return described({"type": types}, f"A new name for `{key}`, or false to leave it out", key)
