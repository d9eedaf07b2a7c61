"""What layers are about: events, fields of theirs, and the sources whose clocks are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from synthwb.scenario.flows.model import Flow
from synthwb.scenario.layers.model import TIME_PATH
from synthwb.scenario.model import DType, EventType, Field
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Targets", "fields_of", "fields_of_states"]

_NUMBERS = (DType.INTEGER, DType.FLOAT, DType.DECIMAL)
_OF_FIELDS = ("missing", "outlier", "corrupt")


def fields_of(event: EventType, given: Sequence[Field] = ()) -> dict[str, Field]:
    """The fields that are sent, by their path without the event, those inside of objects too.

    ``given``: fields that only flows give to it.
    """
    own = {field.name: field for field in event.fields}
    others = {field.name: field for field in given if field.name not in own}
    return dict(_inside({**{name: own[name] for name in event.order if name in own}, **others}, ""))


def fields_of_states(flows: Mapping[str, Flow]) -> dict[str, list[Field]]:
    """The fields that states of flows give, by event."""
    found: dict[str, list[Field]] = {}
    for flow in flows.values():
        for state in flow.states.values():
            for event, fields in state.fields.items():
                found.setdefault(event, []).extend(fields)
    return found


def _inside(fields: Mapping[str, Field], prefix: str) -> Iterator[tuple[str, Field]]:
    for name, field in fields.items():
        if field.modifiers.hidden:
            continue
        path = join(prefix, name)
        yield path, field
        children = field.call.args.get("fields")
        if field.call.generator == "object" and isinstance(children, tuple):
            inner = {child.name: child for child in children}
            yield from _inside({each: inner[each] for each in field.call.args.get("order", inner)}, path)


class Targets:
    """Reads ``events``, ``fields`` and ``by``. ``events``: all of them; None for one that could not be read.
    ``given``: the fields that only flows give to each.
    """

    def __init__(
        self,
        values: Values,
        events: Mapping[str, EventType | None],
        given: Mapping[str, Sequence[Field]],
    ) -> None:
        self.values = values
        self.report = values.report
        self.events = events
        self._fields = {
            name: {} if event is None else fields_of(event, given.get(name, ())) for name, event in events.items()
        }

    def read(
        self, kind: str, keys: Mapping[str, Entry], path: str
    ) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]], str]:
        """Events, fields by event, and both as they were written, in a fixed order (an empty text: all)."""
        events = self._events(keys["events"].value, join(path, "events")) if "events" in keys else tuple(self.events)
        written = f"events={','.join(sorted(events))}" if "events" in keys else ""
        if kind not in _OF_FIELDS:
            return events, {}, written
        if "fields" not in keys:
            return events, {event: tuple(self._eligible(kind, event)) for event in events}, written
        found = self._named(kind, keys["fields"].value, join(path, "fields"), events)
        named = sorted(f"{event}.{name}" for event, names in found.items() for name in names)
        events = tuple(event for event in events if found.get(event))
        return events, {event: tuple(found[event]) for event in events}, f"{written} fields={','.join(named)}".strip()

    def clocks(
        self, events: tuple[str, ...], keys: Mapping[str, Entry], path: str, node: Node
    ) -> tuple[tuple[str, ...], dict[str, str]]:
        """Whose clocks are wrong: the events that have such a source, and the source of each (actor, or a field)."""
        word: str | None = "actor"
        where, here = node, path
        if "by" in keys:
            where, here = keys["by"].value, join(path, "by")
            word = self.values.text(where, here, "actor or a field, such as device_id")
        if word is None:
            return events, {}
        found: dict[str, str] = {}
        for event in events:
            kind = self.events[event]
            names = {field.name for field in kind.fields} if kind is not None else {word}
            own = word.removeprefix(f"{event}.")
            if word == "actor" and (kind is None or kind.actor is not None):
                found[event] = "actor"
            elif word != "actor" and own in names:
                self._no_nesting(event, own, where, here)
                found[event] = own
        if found or not events:
            return tuple(found), found
        if word == "actor":
            message = f"no clock of an actor: {_listed(events)} no actor"
            self.report.error("missing-key", message, where, here, "write by: and the field that names the source")
        else:
            known = dict.fromkeys(["actor", *(name for event in events for name in self._fields[event])])
            self.report.unknown("field", where, word, known, here)
        return events, {}

    def _no_nesting(self, event: str, name: str, node: Node, path: str) -> None:
        """An object or a list names no clock."""
        found = self._fields[event].get(name)
        if found is not None and found.dtype in (DType.OBJECT, DType.LIST):
            message = f"{event}.{name} is {found.dtype.value}, and names no clock"
            self.report.error("type", message, node, path, "name a field of text or numbers")

    def _events(self, node: Node, path: str) -> tuple[str, ...]:
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            self.report.expected(node, "a list of events", path, f"such as [{', '.join(list(self.events)[:2])}]")
            return tuple(self.events)
        found: dict[str, None] = {}
        for item in node.items:
            name = self.values.text(item, path, "the name of an event")
            if name is not None and name not in self.events:
                self.report.unknown("event", item, name, self.events, path)
            elif name is not None:
                found[name] = None
        return tuple(name for name in self.events if name in found)

    def _eligible(self, kind: str, event: str) -> Iterator[str]:
        """All fields that can be altered so, where none is named: whole ones, and the numbers inside for outliers."""
        for name, field in self._fields[event].items():
            if kind == "outlier":
                if field.dtype in _NUMBERS:
                    yield name
            elif "." not in name:
                yield name
        if kind == "corrupt":
            yield TIME_PATH

    def _named(self, kind: str, node: Node, path: str, events: Sequence[str]) -> dict[str, list[str]]:
        """The fields that are written, by event."""
        found: dict[str, list[str]] = {}
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            example = next(
                (f"{event}.{name}" for event in events for name in self._fields[event]), "order_placed.coupon"
            )
            self.report.expected(node, "a list of fields", path, f"such as [{example}]")
            return found
        for item in node.items:
            word = self.values.text(item, path, "the path of a field")
            if word is None:
                continue
            places = self._places(kind, word, events)
            if not places:
                self._unknown(item, word, events, path)
            for event, name in places:
                if self._fits(kind, event, name, item, path) and name not in found.setdefault(event, []):
                    found[event].append(name)
        return found

    def _places(self, kind: str, word: str, events: Sequence[str]) -> list[tuple[str, str]]:
        """Where a word leads: to a field of the event that it begins with, or of all events that have it."""
        if kind == "corrupt" and word == TIME_PATH:
            return [(event, TIME_PATH) for event in events]
        head, _, rest = word.partition(".")
        if head in events and rest and (rest in self._fields[head] or self.events[head] is None):
            return [(head, rest)]
        return [(event, word) for event in events if word in self._fields[event] or self.events[event] is None]

    def _unknown(self, item: Node, word: str, events: Sequence[str], path: str) -> None:
        head, _, rest = word.partition(".")
        if head in self.events and head not in events:
            message = f"{word!r} is not among the events of this layer ({', '.join(events)})"
            self.report.error("contradiction", message, item, path, f"add {head} to events:, or remove it")
            return
        event = self.events.get(head)
        top = rest.partition(".")[0]
        if event is not None and any(field.name == top and field.modifiers.hidden for field in event.fields):
            message = f"{word!r} is hidden, so it is not sent"
            self.report.error("unknown-field", message, item, path, "name a field that is sent")
            return
        known = [f"{event}.{name}" for event in events for name in self._fields[event]]
        self.report.unknown("field", item, word, known, path)

    def _fits(self, kind: str, event: str, name: str, item: Node, path: str) -> bool:
        """Whether such an alteration can be made to the field."""
        field = self._fields[event].get(name)
        if field is None or field.dtype is DType.UNKNOWN:
            return True
        if kind == "outlier" and field.dtype not in _NUMBERS:
            message = f"outliers are for numbers, and {event}.{name} gives {field.dtype.value}"
            self.report.error("type", message, item, path, "name a field of numbers")
            return False
        if kind == "corrupt" and "." in name:
            top = name.partition(".")[0]
            message = f"only whole fields can be corrupted, and {event}.{name} stands inside of {top!r}"
            self.report.error("type", message, item, path, f"write {event}.{top}")
            return False
        return True


def _listed(events: Sequence[str]) -> str:
    return f"{events[0]!r} has" if len(events) == 1 else f"{', '.join(map(repr, events))} have"
