"""What can be read from a place of a document: fields beside it, of the actor and of references, facts of the event."""

from __future__ import annotations

from collections.abc import Iterator

from synthwb.generators.registry import generator
from synthwb.guide.twigs import Step, Twig, unquoted
from synthwb.guide.walks import read_by_events, read_in_flow
from synthwb.scenario.keys import CHECK_SUBJECTS, MODIFIERS
from synthwb.scenario.scopes import EVENT_FACTS

__all__ = ["field_names", "names_of_types", "owner_path", "readable", "sent_names"]

_FACTS = {
    "event.time": "The event time of this record.",
    "event.ordinal": "The number of this event in the stream, from 0.",
    "event.name": "The name of this event type.",
}

_GIVEN = {
    "population": ("born", "When the row began to live."),
    "engagement": ("engagement", "How engaged the row is at that time, from 0 to 1."),
}
"""By block of an entity: what it lets be read of a row."""


def names_of_types(root: Twig, block: str) -> dict[str, str]:
    """The names of all entities, events or flows, each with what it is."""
    block_node = root.at((block,))
    if block == "flows":
        return dict.fromkeys((block_node and block_node.entries) or {}, "A flow.")
    kind = {"entities": "An entity", "events": "An event"}.get(block, "A type")
    return {name: f"{kind} with {_few(node)}." for name, node in ((block_node and block_node.entries) or {}).items()}


def _few(node: Twig) -> str:
    names = list(field_names(node))
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "") if names else "no fields yet"


def field_names(owner: Twig | None) -> dict[str, str]:
    """The fields of an event or an entity with how they are made; fields of objects as ``parent.child``."""
    fields = owner.at(("fields",)) if owner is not None else None
    return dict(_fields(fields, "")) if fields is not None else {}


def sent_names(root: Twig) -> dict[str, str]:
    """The fields of all events by their full paths, each with how it is made."""
    events = root.at(("events",))
    return {
        f"{event}.{name}": f"Of {event}: {_made(made)}."
        for event, node in ((events and events.entries) or {}).items()
        for name, made in field_names(node).items()
    }


def owner_path(root: Twig, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """Where the event or the entity stands that a place belongs to; of a check, the event that it looks at."""
    if path[:1] != ("checks",):
        return path[:2]
    check = root.at(path[:2])
    about = (check.at((subject,)) for subject in CHECK_SUBJECTS) if check is not None else ()
    written = next((node.text for node in about if node is not None), "")
    return ("events", unquoted(written).partition(".")[0])


def _fields(fields: Twig, prefix: str) -> Iterator[tuple[str, str]]:
    for name, node in (fields.entries or {}).items():
        made = next((key for key in node.entries or {} if key not in MODIFIERS), node.text)
        yield f"{prefix}{name}", made
        inner = node.at(("object",))
        if made == "object" and inner is not None:
            yield from _fields(inner.at(("fields",)) or inner, f"{prefix}{name}.")


def readable(root: Twig, path: tuple[Step, ...]) -> dict[str, str]:
    """The names that an expression, a template or a path may read at a place, each with what it is.

    Names of the place's own field are left out.
    """
    if path[:1] == ("flows",):
        return read_in_flow(root, path, field_names)
    if path[:1] == ("checks",):
        own_names = field_names(root.at(owner_path(root, path)))
        found = {name: f"The field of the event: {_made(made)}." for name, made in own_names.items()}
        return found | {name: _FACTS.get(name, "") for name in EVENT_FACTS}
    if path[:1] == ("imperfections",):
        events = root.at(("events",))
        made = {event: field_names(node) for event, node in ((events and events.entries) or {}).items()}
        return {f"{event}.{name}": f"Made by {how}." for event, names in made.items() for name, how in names.items()}
    if len(path) < 2 or path[0] not in ("events", "entities"):
        return {}
    owner = root.at(path[:2])
    own = str(path[3]) if len(path) > 3 and path[2] == "fields" else ""
    found = {
        name: f"The field beside it: {_made(made)}."
        for name, made in field_names(owner).items()
        if name != own and not name.startswith(f"{own}.")
    }
    if path[0] == "entities" or owner is None:
        return found
    for source, event in _earlier(owner):
        node = root.at(("events", event))
        found |= {f"{source}.{name}": f"Of {event}: {_made(made)}." for name, made in field_names(node).items()}
        found |= {f"{source}.id": f"The id of {event}.", f"{source}.time": f"The time of {event}."}
    for source, entity in _sources(owner):
        node = root.at(("entities", entity))
        found |= {f"{source}.{name}": f"Of {entity}: {_made(made)}." for name, made in field_names(node).items()}
        given = {name: doc for block, (name, doc) in _GIVEN.items() if node is not None and node.at((block,))}
        found |= {f"{source}.{name}": doc for name, doc in given.items()}
    found |= read_by_events(root, str(path[1]), field_names)
    return found | {name: _FACTS.get(name, "") for name in EVENT_FACTS}


def _sources(owner: Twig) -> Iterator[tuple[str, str]]:
    """The actor and the references of an event with their entities."""
    actor = owner.at(("actor",))
    if actor is not None and actor.text:
        yield "actor", actor.text
    refs = owner.at(("refs",))
    for name, node in ((refs and refs.entries) or {}).items():
        entity = node.at(("entity",)) or node
        if entity.text:
            yield name, entity.text


def _earlier(owner: Twig) -> Iterator[tuple[str, str]]:
    """The references to earlier events, with the types of these."""
    refs = owner.at(("refs",))
    for name, node in ((refs and refs.entries) or {}).items():
        event = node.at(("event",))
        if event is not None and event.text:
            yield name, event.text


def _made(word: str) -> str:
    return word if generator(word) is not None or "." in word else word or "not written yet"
