"""Flows between reading and finishing: who walks, which states there are and what they emit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synthwb.scenario.flows.model import Setting, Variable
from synthwb.scenario.flows.scopes import Walk
from synthwb.scenario.keys import STATE
from synthwb.scenario.model import DType, Ref
from synthwb.scenario.paths import join
from synthwb.scenario.scopes import SESSION_FACTS, STATE_FACTS, Missing, Source
from synthwb.scenario.tree import Entry, Node

__all__ = ["FlowDraft", "StateDraft", "walk_of"]


@dataclass(slots=True)
class StateDraft:
    """A state, or a step of a chain, as it was written.

    ``emit``: its events, with where they were written. ``following``: the next step of a chain, or the exit.
    """

    name: str
    path: str
    key: Node
    node: Node
    entries: Mapping[str, Entry]
    emit: Mapping[str, Node]
    following: str | None = None

    def field_path(self, name: str) -> str:
        """The path of one of its own values. One that is called like a key of a state keeps the word ``fields``."""
        return join(join(self.path, "fields") if name in STATE else self.path, name)


@dataclass(slots=True)
class FlowDraft:
    """A flow whose states are not finished. ``linked``: all states that were written are there.

    ``sources``: the entities behind the actor and each partner. ``settings``: first values of the session's variables.
    """

    name: str
    key: Node
    node: Node
    keys: Mapping[str, Entry]
    actor: str | None = None
    partners: tuple[Ref, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    states: dict[str, StateDraft] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    variables: dict[str, Variable] = field(default_factory=dict)
    linked: bool = True

    def emits(self, event: str) -> bool:
        """Whether some state does."""
        return any(event in state.emit for state in self.states.values())

    def owner_of(self, entity: str) -> tuple[str, ...]:
        """``actor`` if that is a row of the entity, else the partners that are."""
        if self.actor == entity:
            return ("actor",)
        return tuple(ref.name for ref in self.partners if ref.entity == entity)

    def variables_of(self, owner: str) -> Iterator[Variable]:
        """Those that the session, the actor or a partner carries."""
        return (variable for variable in self.variables.values() if variable.owner == owner)


def walk_of(event: str, flows: Sequence[FlowDraft]) -> Walk:
    """What the fields of an event may read of the sessions that emit it."""
    emitting = [flow for flow in flows if flow.emits(event)]
    if not emitting:
        return Walk()
    facts: dict[str, DType] = {**SESSION_FACTS, **STATE_FACTS}
    hints: dict[str, Missing] = {}
    for flow in emitting:
        for variable in flow.variables_of("session"):
            missing = _not_in_all(variable, emitting)
            if missing is None:
                facts[variable.name] = variable.dtype
            else:
                hints.setdefault(variable.name, missing)
    partners: dict[str, Source] = {}
    for flow in emitting:
        for ref in flow.partners:
            without = [f.name for f in emitting if f.sources.get(ref.name, Source("", None)).entity != ref.entity]
            if not without:
                partners[ref.name] = flow.sources[ref.name]
            else:
                message = f"{ref.name!r} is a partner in {flow.name}, but not in {', '.join(without)}"
                hint = f"add with: {{{ref.name}: {ref.entity}}} to {without[0]}"
                hints.setdefault(ref.name, Missing(message, hint))
    actor = next((flow.actor for flow in emitting if flow.actor), None)
    if actor is not None:
        hints["actor"] = Missing(f"{event!r} has no actor", f"add actor: {actor} to {event!r}")
    return Walk(tuple(flow.name for flow in emitting), facts, partners, hints)


def _not_in_all(variable: Variable, flows: Sequence[FlowDraft]) -> Missing | None:
    """Why a variable of one flow's sessions cannot be read in an event that others emit as well."""
    for flow in flows:
        other = flow.variables.get(variable.name)
        if other is None:
            hint = f"give it a first value there: {flow.name}: {{set: {{{variable.name}: ...}}}}"
            return Missing(f"{variable.name} is no variable of {flow.name!r}, which emits this event as well", hint)
        if other.dtype is not variable.dtype:
            message = f"{variable.name} is {variable.dtype.value} in one flow and {other.dtype.value} in {flow.name!r}"
            return Missing(message, "give it first values of one type")
    return None
