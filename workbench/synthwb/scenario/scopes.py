"""What a name may refer to where it stands: siblings, the actor, references, the event itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthwb.scenario.model import DType

__all__ = ["ACTOR_ROW", "EVENT_FACTS", "SESSION_FACTS", "STATE_FACTS", "Missing", "Scope", "Source"]

EVENT_FACTS: Mapping[str, DType] = {
    "event.time": DType.TIMESTAMP,
    "event.ordinal": DType.INTEGER,
    "event.name": DType.STRING,
}
SESSION_FACTS: Mapping[str, DType] = {
    "session.id": DType.STRING,
    "session.start": DType.TIMESTAMP,
    "session.step": DType.INTEGER,
    "session.flow": DType.STRING,
}
ACTOR_ROW = "actor."
"""The name under which the number of the actor's row is read: no field can be called so."""

STATE_FACTS: Mapping[str, DType] = {"state.name": DType.STRING, "state.visits": DType.INTEGER}
_WALKS = ("session", "state")


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that refers to nothing: why, and what to do.

    ``word`` is the part that is wrong and ``known`` what could stand there, after ``prefix``; ``mend`` is the right
    name where it is certain.
    """

    message: str
    hint: str = ""
    word: str = ""
    known: Sequence[str] = ()
    prefix: str = ""
    mend: str = ""


@dataclass(slots=True)
class Source:
    """The entity behind ``actor`` or a reference, or the type of an earlier event: its fields and their types.

    ``fields`` is None when there is no such thing; everything is accepted then, for that was reported already.
    ``refused``: those that cannot be read all the same, and why.
    """

    entity: str
    fields: Mapping[str, DType] | None
    refused: Mapping[str, Missing] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """The names that the fields of one event or entity type may read.

    ``siblings``: dotted names of its own fields, each with the list it stands in (an empty text outside of lists).
    ``types``: the types of those that are known so far. ``sources``: what stands behind ``actor`` and each reference.
    ``open``: there are more names, the columns of a file or a database, which are known when it is read. ``facts``: of
    the session and the state, where a flow emits the event; ``flows`` names the flows that do, and ``hints`` says why
    a name of the session or of a partner cannot be read though one of them has it. ``carries``: fields here may follow
    from the events before; else ``instead`` says what to do.
    """

    owner: str
    event: bool
    siblings: Mapping[str, str]
    sources: Mapping[str, Source] = field(default_factory=dict)
    types: dict[str, DType] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    facts: Mapping[str, DType] = field(default_factory=dict)
    flows: Sequence[str] = ()
    hints: Mapping[str, Missing] = field(default_factory=dict)
    carries: bool = False
    instead: str = "write it among the fields of an event"
    _names: Sequence[str] | None = None

    def resolve(self, name: str, inner: str = "") -> str | Missing:
        """The canonical form of a name that is read from inside ``inner`` (a dotted prefix, empty at the top).

        Names of the innermost object are looked up first, then outwards; the owner's own name in front is dropped.
        """
        prefix = inner
        while True:
            candidate = f"{prefix}.{name}" if prefix else name
            inside = self.siblings.get(candidate)
            if inside is not None and (not inside or inner == inside or inner.startswith(f"{inside}.")):
                return candidate
            if not prefix:
                break
            prefix = prefix.rpartition(".")[0]
        head, _, rest = name.partition(".")
        if not rest:
            return name if self.open else self._unknown(name)
        if head == self.owner and self.siblings.get(rest) == "":
            return rest
        if name in self.facts or (self.event and name in EVENT_FACTS):
            return name
        if head in self.sources:
            return self._from_source(head, rest)
        return self._outside(name, head, rest)

    def dtype_of(self, name: str) -> DType:
        """The type of a canonical name, if it is known already."""
        if name in self.types:
            return self.types[name]
        if name in self.facts:
            return self.facts[name]
        if name in EVENT_FACTS and self.event:
            return EVENT_FACTS[name]
        head, _, rest = name.partition(".")
        source = self.sources.get(head)
        return (source.fields or {}).get(rest, DType.UNKNOWN) if source else DType.UNKNOWN

    def names(self) -> Sequence[str]:
        """Everything that can be read at the top level."""
        if self._names is None:
            found = [name for name, inside in self.siblings.items() if not inside]
            if self.event:
                found += EVENT_FACTS
            found += self.facts
            for head, source in self.sources.items():
                found += [f"{head}.{name}" for name in source.fields or ()]
            self._names = found
        return self._names

    def _from_source(self, head: str, rest: str) -> str | Missing:
        source = self.sources[head]
        if rest in source.refused:
            return source.refused[rest]
        if source.fields is None or rest in source.fields:
            return f"{head}.{rest}"
        top = rest.partition(".")[0]
        if top in source.fields:
            return Missing(f"only whole fields of {source.entity!r} can be read from here", f"read {head}.{top}")
        known = tuple(source.fields)
        hint = f"{source.entity} has {', '.join(known[:12])}"
        return Missing(f"{source.entity!r} has no field {rest!r}", hint, rest, known, f"{head}.")

    def _outside(self, name: str, head: str, rest: str) -> Missing:
        """A dotted name whose first word is not known here."""
        if head == "previous":
            return Missing(f"{name!r} is no path", f"a field of its own remembers: {{previous: {rest}}}")
        if head == "event" and self.event:
            hint = "there are event.time, event.ordinal and event.name"
            return Missing(f"an event has no {rest!r}", hint, name, tuple(EVENT_FACTS))
        if not self.event:
            message = f"{name!r} cannot be read here: the fields of an entity read only each other"
            return Missing(message, "", name, self.names())
        if name in self.hints or head in self.hints:
            return self.hints.get(name) or self.hints[head]
        if head in _WALKS:
            return self._walk(name, head, rest)
        if head == "actor":
            return Missing(f"{self.owner!r} has no actor", f"add actor: to {self.owner!r}, with the name of an entity")
        kind = self.others.get(head)
        if kind == "entity":
            return self._entity(head, rest)
        if kind == "event":
            for source in self.sources:
                if self.sources[source].entity == head:
                    mend = f"{source}.{rest}"
                    return Missing(
                        f"{head!r} is a type; one event of it is {source!r} here", f"write {mend}", mend=mend
                    )
            return Missing(
                f"the fields of another event ({head}) cannot be read",
                f"add refs: {{it: {{event: {head}, within: 1h}}}} and read it.{rest}",
            )
        return self._unknown(name)

    def _walk(self, name: str, head: str, rest: str) -> Missing:
        """A name of the session or the state that is not there."""
        if not self.flows:
            hint = f"add it to the emit of a state, such as flows: {{visit: {{states: {{s: {{emit: {self.owner}}}}}}}}}"
            return Missing(f"{name!r} belongs to a flow, and no flow emits {self.owner!r}", hint)
        known = tuple(fact for fact in self.facts if fact.startswith(f"{head}."))
        hint = f"there are {', '.join(known)}"
        if head == "session":
            hint += f"; give it a first value, {self.flows[0]}: {{set: {{{name}: ...}}}}"
        return Missing(f"a {head} has no {rest!r}", hint, name, known)

    def _entity(self, head: str, rest: str) -> Missing:
        """An entity's own name where the way to its row was meant."""
        for source in self.sources:
            if self.sources[source].entity == head:
                message = f"{head!r} is a population; one row of it is {source!r} here"
                return Missing(message, f"write {source}.{rest}", mend=f"{source}.{rest}")
        hint = f"add refs: {{item: {head}}} to {self.owner!r} and read item.{rest}"
        if self.flows:
            hint += f", or with: {{{head}: {head}}} to {self.flows[0]!r}"
        return Missing(f"{head!r} is a population; {self.owner!r} has no row of it", hint)

    def _unknown(self, name: str) -> Missing:
        names = self.names()
        hint = f"there are {', '.join(names[:12])}" if names else ""
        return Missing(f"nothing is called {name!r} here", hint, name, names)
