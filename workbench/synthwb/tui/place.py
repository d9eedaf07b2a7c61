"""What the cursor stands on: the path in the document, read as an event type, a field of it or of an entity, a flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthwb.scenario.model import Field, Scenario

__all__ = ["NOWHERE", "Place", "column_of", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """``event``, ``entity`` or ``flow`` is set, or none; ``field`` is a top-level field and ``inner`` the way inside.

    ``generator`` is how the field's values are made, in the words of the document. ``state`` is one of the flow's.
    """

    event: str = ""
    entity: str = ""
    field: str = ""
    inner: tuple[str, ...] = ()
    generator: str = ""
    flow: str = ""
    state: str = ""

    @property
    def path(self) -> str:
        """The place in the words of the language; empty in a flow, which has no values of its own."""
        return ".".join(part for part in (self.event or self.entity, self.field, *self.inner) if part)


NOWHERE = Place()
_LEADING = ("events", "entities", "arrivals", "flows")


def place_of(path: str, scenario: Scenario) -> Place:
    """The place that a path of the document points to, as near as it can be told.

    A path that goes on inside a field (to a parameter) points to the field.
    """
    parts = [part for part in path.split(".") if part and part != "fields"]
    if parts and parts[0] in _LEADING:
        parts = parts[1:]
    if not parts:
        return NOWHERE
    name, rest = parts[0], parts[1:]
    if name in scenario.events:
        event = scenario.events[name]
        return _inside(Place(event=name), rest, event.fields)
    if name in scenario.entities:
        entity = scenario.entities[name]
        return _inside(Place(entity=name), rest, entity.fields)
    if name in scenario.flows:
        return Place(flow=name, state=_state_in(list(scenario.flows[name].states), rest))
    return NOWHERE


def column_of(place: Place, scenario: Scenario) -> str:
    """The column of the preview that shows the place: its own, or the first that copies an entity's field."""
    if place.event or not place.field:
        return place.field
    for event in scenario.events.values():
        sources = [ref.name for ref in event.refs if ref.entity == place.entity]
        if event.actor == place.entity:
            sources.append("actor")
        paths = {(f"{source}.{place.field}",) for source in sources}
        found = next((field.name for field in event.fields if field.reads in paths), None)
        if found is not None:
            return found
    return ""


def _state_in(states: Sequence[str], rest: Sequence[str]) -> str:
    """The state that a path in a flow leads to: by name, or by its number in a chain of steps."""
    if len(rest) > 1 and rest[0] == "steps" and rest[1].isdigit() and int(rest[1]) < len(states):
        return states[int(rest[1])]
    return rest[0] if rest and rest[0] in states else ""


def _inside(place: Place, rest: Sequence[str], fields: Sequence[Field]) -> Place:
    if not rest:
        return place
    found = next((field for field in fields if field.name == rest[0]), None)
    if found is None:
        return place
    inner: list[str] = []
    current = found
    for part in rest[1:]:
        child = next((each for each in _children(current) if each.name == part), None)
        if child is None:
            break
        inner.append(part)
        current = child
    return Place(place.event, place.entity, found.name, tuple(inner), current.call.generator)


def _children(field: Field) -> Sequence[Field]:
    children = field.call.args.get("fields", ())
    return children if isinstance(children, tuple) else ()
