"""What flows add to the names of a document, for completion: states, what can be set, what can be read where."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from synthwb.guide.twigs import Step, Twig
from synthwb.scenario.flows.model import EXIT

__all__ = ["emitted_at", "flow_sources", "read_by_events", "read_in_flow", "settable", "states"]

FieldNames = Callable[[Twig | None], dict[str, str]]

_SESSION = {
    "session.id": "The id of the session, a UUID as text.",
    "session.start": "The event time at which the session began.",
    "session.step": "Which event of the session this is, from 0.",
    "session.flow": "The name of the flow.",
}
_STATE = {
    "state.name": "The name of the state that the session is in.",
    "state.visits": "How often the session has entered this state, from 1.",
}
_AT_THE_START = ("session.id", "session.start", "session.flow")


def states(root: Twig, path: tuple[Step, ...]) -> dict[str, str]:
    """Where the state at a path may go on: the states of its flow, and the exit."""
    flow = root.at(path[:2])
    found = {name: f"A state{_words(emitted)}." for name, emitted in _states(flow)}
    return found if "start" in path[2:3] else found | {EXIT: "The session ends."}


def _words(emitted: list[str]) -> str:
    return f" that emits {' and '.join(emitted)}" if emitted else ""


def _states(flow: Twig | None) -> Iterator[tuple[str, list[str]]]:
    """The states of a flow, or the steps of its chain, with what each emits."""
    written = flow.at(("states",)) if flow is not None else None
    for name, state in ((written and written.entries) or {}).items():
        yield name, _texts(state.at(("emit",)))
    steps = flow.at(("steps",)) if flow is not None else None
    for step in (steps and steps.items) or ():
        emitted = _texts(step.at(("event",)) or step)
        named = step.at(("state",))
        if named is not None or emitted:
            yield named.text if named is not None else emitted[0], emitted


def _texts(node: Twig | None) -> list[str]:
    items = [] if node is None else node.items if node.items is not None else [node]
    return [item.text for item in items if item.text]


def emitted_at(root: Twig, path: tuple[Step, ...]) -> list[str]:
    """The events of the state or the step at a path."""
    node = root.at(path[:4])
    if node is None or path[2:3] not in (("states",), ("steps",)):
        return []
    return _texts(node.at(("emit",)) or node.at(("event",)) or node)


def flow_sources(flow: Twig | None) -> Iterator[tuple[str, str]]:
    """The actor and the partners of a flow, with their entities."""
    actor = flow.at(("actor",)) if flow is not None else None
    if actor is not None and actor.text:
        yield "actor", actor.text
    partners = flow.at(("with",)) if flow is not None else None
    for name, node in ((partners and partners.entries) or {}).items():
        entity = node.at(("entity",)) or node
        if entity.text:
            yield name, entity.text


def _variables(flow: Twig | None) -> dict[str, str]:
    written = flow.at(("set",)) if flow is not None else None
    return dict.fromkeys((written and written.entries) or {}, "A variable of the session.")


def settable(root: Twig, path: tuple[Step, ...], field_names: FieldNames) -> dict[str, str]:
    """What may be set at a path: variables of the session and, in a state, attributes of its rows."""
    flow = root.at(path[:2])
    if path[2:3] == ("set",):
        return {}
    found = _variables(flow)
    for source, entity in flow_sources(flow):
        fields = field_names(root.at(("entities", entity)))
        found |= {f"{source}.{name}": f"An attribute of {entity}." for name in fields if "." not in name}
    return found


def read_by_events(root: Twig, event: str, field_names: FieldNames) -> dict[str, str]:
    """What the fields of an event may read of the flows that emit it."""
    flows = (root.at(("flows",)) or Twig()).entries or {}
    emitting = [flow for flow in flows.values() if any(event in emitted for _, emitted in _states(flow))]
    if not emitting:
        return {}
    found = {**_SESSION, **_STATE}
    for flow in emitting:
        found |= _variables(flow)
        for source, entity in flow_sources(flow):
            if source != "actor":
                fields = field_names(root.at(("entities", entity)))
                found |= {f"{source}.{name}": f"Of {entity}, the partner." for name in fields}
    return found


def read_in_flow(root: Twig, path: tuple[Step, ...], field_names: FieldNames) -> dict[str, str]:
    """What the expressions of a flow may read at a path, fields of the state's events first."""
    flow = root.at(path[:2])
    started = path[2:3] in (("states",), ("steps",))
    found: dict[str, str] = {}
    for event in emitted_at(root, path):
        fields = field_names(root.at(("events", event)))
        found |= dict.fromkeys(fields, f"The field of {event}.")
    for source, entity in flow_sources(flow):
        fields = field_names(root.at(("entities", entity)))
        found |= {f"{source}.{name}": f"Of {entity}." for name in fields}
    found |= _variables(flow)
    if not started:
        return found | {name: _SESSION[name] for name in _AT_THE_START}
    return found | _SESSION | _STATE | {"event.time": "The event time of this record."}
