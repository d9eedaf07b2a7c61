"""References to earlier events: a refund to its order, a click to its impression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from synthwb.scenario.diagnostics import Span
from synthwb.scenario.keys import Key
from synthwb.scenario.model import DType, Field
from synthwb.scenario.paths import join
from synthwb.scenario.refkeys import PICKS_OF_EVENTS, REF, WHOSE
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import Missing, Source
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = [
    "EVENT_ONLY",
    "OWN_FACTS",
    "SINGLE",
    "Earlier",
    "EarlierReader",
    "in_turn",
    "refers_to",
    "type_of",
    "with_entity",
]

OWN_FACTS: Mapping[str, DType] = {"id": DType.STRING, "time": DType.TIMESTAMP}
"""What can be read of an earlier event beside its fields."""

SINGLE = (DType.INTEGER, DType.FLOAT, DType.BOOLEAN, DType.STRING, DType.TIMESTAMP)
"""The types of values that are kept from event to event."""

EVENT_ONLY = frozenset({"within", "of", "none"})
"""The keys that belong to a reference to an event alone."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """``name`` refers to an earlier event of the type ``event``, one at most ``within`` microseconds before.

    ``pick``: ``any`` of them, all alike; the ``latest``; or the oldest, each ``once``. ``of``: whose they are, of the
    same ``session``, of the same ``actor``, of ``anyone``. ``skip``: where there is none the event does not happen;
    else all that is read of it is null.
    """

    name: str
    event: str
    within: int
    pick: str
    of: str
    skip: bool
    span: Span


def refers_to(node: Node) -> Node | None:
    """The name of the event that a reference refers to, where it does not pick a row."""
    return node.get("event") if node.kind is NodeKind.MAPPING else None


def with_entity(table: Mapping[str, Key]) -> Mapping[str, Key]:
    """The keys of a reference that picks a row."""
    return {**table, "entity": replace(table["entity"], kind="an entity, or event: an earlier one", required=True)}


def type_of(fields: Sequence[Field], name: str) -> DType:
    """The type of what is read of an earlier event, by its name there."""
    found = _field(fields, name)
    return OWN_FACTS.get(name, DType.UNKNOWN) if found is None else found.dtype


def _field(fields: Sequence[Field], name: str) -> Field | None:
    head, _, rest = name.partition(".")
    for field in fields:
        if field.name == head:
            inner = field.call.args.get("fields", ()) if field.call.generator == "object" else ()
            return _field(inner, rest) if rest else field
    return None


def in_turn(report: Report, events: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    """The events, those that others refer to before them; a circle is reported."""
    wanted = {name: list(_targets(entry.value)) for name, entry in events.items()}
    done: set[str] = set()
    for root in events:
        path = [root]
        while path:
            name = path[-1]
            below = next((n for n in wanted[name] if n in events and n not in done and n != name), None)
            if below is not None and below not in path:
                path.append(below)
                continue
            if below is not None:
                circle = [*path[path.index(below) :], below]
                message = f"these events refer to each other: {' -> '.join(circle)}"
                hint = "one of them must happen without the other"
                report.error("cycle", message, events[name].key, join(name, "refs"), hint)
                wanted[name].remove(below)
                continue
            path.pop()
            if name not in done:
                done.add(name)
                yield name, events[name]


def _targets(event: Node) -> Iterator[str]:
    refs = event.get("refs") if event.kind is NodeKind.MAPPING else None
    for entry in refs.entries if refs is not None else ():
        node = refers_to(entry.value)
        if node is not None and isinstance(node.value, str):
            yield node.value


class EarlierReader:
    """Reads the references of one event to others.

    ``actors``: by event, the entity of its actor; ``emitting``: by event, the flows that emit it.
    """

    def __init__(
        self, values: Values, event: str, actors: Mapping[str, str | None], emitting: Mapping[str, Sequence[str]]
    ) -> None:
        self.values = values
        self.report = values.report
        self.event = event
        self.actors = actors
        self.emitting = emitting

    def read(self, entry: Entry, path: str) -> Earlier | None:
        """One reference; None after a problem was reported."""
        before = len(self.report.found)
        keys = self.report.keys(entry.value, REF, path, f"reference {entry.name!r}")
        if "entity" in keys:
            message = "entity and event together: a reference picks a row or an earlier event"
            self.report.error("contradiction", message, keys["entity"].key, join(path, "entity"), "remove one of them")
        target = self._target(keys["event"].value, join(path, "event"))
        within = self._within(entry, keys, path)
        pick, of = "any", None
        if "pick" in keys:
            node = keys["pick"].value
            pick = self.values.choice(node, PICKS_OF_EVENTS, join(path, "pick"), "pick") or pick
        if "of" in keys:
            of = self.values.choice(keys["of"].value, WHOSE, join(path, "of"), "of")
        skip = self._skip(keys, path)
        if target is None or within is None:
            return None
        whose = self._whose(target, of, keys, path)
        if skip and target == self.event:
            message = f"every {self.event!r} would need one before it, so that none could be the first"
            self.report.error("contradiction", message, entry.key, path, "add none: null")
        span = self.report.span(entry.key)
        found = Earlier(entry.name, target, within, pick, whose, skip, span)
        return found if len(self.report.found) == before else None

    def _target(self, node: Node, path: str) -> str | None:
        name = self.values.text(node, path, "the name of an event")
        if name is None or name in self.emitting:
            return name
        self.report.unknown("event", node, name, list(self.emitting), path)
        return None

    def _within(self, entry: Entry, keys: Mapping[str, Entry], path: str) -> int | None:
        if "within" not in keys:
            message = f"reference {entry.name!r} needs 'within', a duration"
            hint = "how far back it may lie, such as within: 30d: so long each event is remembered"
            self.report.error("missing-key", message, entry.value, path, hint)
            return None
        node, path = keys["within"].value, join(path, "within")
        found = self.values.duration(node, path)
        if found == 0:
            self.report.error("contradiction", "within 0s nothing lies before", node, path, "such as 30d")
        return found

    def _skip(self, keys: Mapping[str, Entry], path: str) -> bool:
        node = keys["none"].value if "none" in keys else None
        if node is None or node.is_null or node.value == "null":
            return node is None
        return self.values.choice(node, ("skip", "null"), join(path, "none"), "none") != "null"

    def _whose(self, target: str, of: str | None, keys: Mapping[str, Entry], path: str) -> str:
        mine, theirs = self.actors.get(self.event), self.actors.get(target)
        same = mine is not None and mine == theirs
        if of == "actor" and not same:
            words = [f"{name!r} has {actor or 'no actor'}" for name, actor in ((self.event, mine), (target, theirs))]
            message = f"of: actor, but {' and '.join(words)}"
            self.report.error("contradiction", message, keys["of"].value, join(path, "of"), "write of: anyone")
        if of == "session" and not set(self.emitting[self.event]) & set(self.emitting[target]):
            message = f"of: session, but no flow emits both {self.event!r} and {target!r}"
            self.report.error(
                "contradiction", message, keys["of"].value, join(path, "of"), "write of: actor, or anyone"
            )
        return of or ("actor" if same else "anyone")

    def source(self, target: str | None, types: Mapping[str, DType] | None, refused: Mapping[str, Missing]) -> Source:
        """What can be read of it; of an event of its own type, which is not finished yet, its id and its time."""
        if target is None or (types is None and target != self.event):
            return Source(target or "", None)
        return Source(target, {**OWN_FACTS, **(types or {})}, refused)
