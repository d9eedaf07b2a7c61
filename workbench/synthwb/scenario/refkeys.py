"""The keys of references: to rows of entities, and to earlier events."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.keys import Key

__all__ = ["PARTNER", "PICKS_OF_EVENTS", "REF", "WHOSE"]


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


REF = _table(
    Key("entity", "an entity", "Whose row is picked"),
    Key("event", "an event", "Or an earlier event of this type: {order: {event: order_placed, within: 30d}}"),
    Key(
        "pick",
        "a pick",
        "Who is picked how often, the entity's activity without; of events any, all alike, the latest, or the oldest, "
        "each once; any without",
    ),
    Key("within", "a duration", "How far back an event may lie; so long each one is remembered"),
    Key("of", "session, actor or anyone", "Whose events; the same actor's without, where both have one, else anyone's"),
    Key("none", "skip or null", "Where there is no such event: this one does not happen, or reads null; skip without"),
)
PICKS_OF_EVENTS = ("any", "latest", "once")
WHOSE = ("session", "actor", "anyone")
PARTNER = _table(
    Key("entity", "an entity", "Whose row is picked", required=True),
    Key("pick", "a law", "Who is picked how often; the entity's activity without"),
)
