"""What can be read because of flows: by the fields of an event that they emit, and inside of a flow itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthwb.scenario.model import DType
from synthwb.scenario.scopes import Missing, Scope, Source

__all__ = ["FlowScope", "Walk"]


@dataclass(slots=True)
class Walk:
    """What the flows named ``flows``, all those that emit an event, let its fields read.

    ``partners`` are those that all of them have; ``hints`` say why others cannot be read.
    """

    flows: Sequence[str] = ()
    facts: Mapping[str, DType] = field(default_factory=dict)
    partners: Mapping[str, Source] = field(default_factory=dict)
    hints: Mapping[str, Missing] = field(default_factory=dict)

    def into(self, scope: Scope) -> None:
        """Let a scope know it. An object of the event that is called like a partner goes first."""
        scope.flows, scope.facts, scope.hints = self.flows, self.facts, self.hints
        own = {name.partition(".")[0] for name in scope.siblings if "." in name}
        scope.sources = {**{n: s for n, s in self.partners.items() if n not in own}, **scope.sources}


@dataclass(slots=True)
class FlowScope(Scope):
    """The names that may be read inside of a flow, by the dwells, weights and settings of one state.

    ``owner`` is the flow. ``fields``: the short name of every field of the state's events, with its full names (more
    than one where several of its events have it); the full names are among the ``facts``. ``began``: not for the first
    values of a session, which has no state and no event yet.
    """

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    emit: Sequence[str] = ()
    began: bool = True

    def resolve(self, name: str, inner: str = "") -> str | Missing:
        """The canonical form of a name: of a field of an event always the full one."""
        head = name.partition(".")[0]
        full = self.fields.get(name, ())
        if name in self.facts or (head in self.sources and "." in name) or not full:
            return Scope.resolve(self, name)
        if len(full) > 1:
            owners = " and ".join(each.partition(".")[0] for each in full)
            return Missing(f"{name!r} is a field of {owners}", f"write {' or '.join(full)}")
        return full[0]

    def names(self) -> Sequence[str]:
        """Everything that can be read, fields of events under their short names first."""
        return [*self.fields, *Scope.names(self)]

    def _outside(self, name: str, head: str, rest: str) -> Missing:
        if head == "actor":
            return Missing(f"the flow {self.owner!r} has no actor", "add actor: to it, with the name of an entity")
        if not self.began and head in ("state", "event"):
            hint = "session.start is the time at which it begins"
            return Missing(f"there is no {head} yet when a session begins", hint)
        if head in ("session", "state"):
            return self._walk(name, head, rest)
        if head == "event":
            return Missing("of an event's own facts only event.time can be read here", "", name, ("event.time",))
        kind = self.others.get(head)
        if kind == "entity":
            return self._row(head, rest)
        if kind == "event":
            return self._event(head, rest)
        return self._unknown(name)

    def _row(self, head: str, rest: str) -> Missing:
        if any(source.entity == head for source in self.sources.values()):
            return self._entity(head, rest)
        hint = f"add with: {{{head}: {head}}} to {self.owner!r}"
        return Missing(f"{head!r} is a population; a session of {self.owner!r} has no row of it", hint)

    def _event(self, head: str, rest: str) -> Missing:
        if not self.began:
            return Missing("there is no event yet when a session begins", "set it in the state that emits the event")
        if head not in self.emit:
            hint = "keep it in a variable of the session, in the set of a state that emits the event"
            return Missing(f"this state does not emit {head!r}", hint)
        known = [name.partition(".")[2] for name in self.facts if name.startswith(f"{head}.")]
        return Missing(f"{head!r} has no field {rest!r}", f"it has {', '.join(known[:12])}", rest, known, f"{head}.")
