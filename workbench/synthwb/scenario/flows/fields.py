"""Values that only one state gives to the events it emits: in the place of a field of the event, or beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from synthwb.scenario.blocks import Blocks
from synthwb.scenario.fields import FieldReader, field_name_problem
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.flows.drafts import StateDraft
from synthwb.scenario.flows.model import Flow
from synthwb.scenario.model import DType, EventType, Field
from synthwb.scenario.paths import join
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import ACTOR_ROW, Scope
from synthwb.scenario.tree import Entry, Node, NodeKind

__all__ = ["arranged", "read_state_fields"]

_WHOLE = (DType.OBJECT, DType.LIST)


def read_state_fields(blocks: Blocks, node: Node, state: StateDraft) -> dict[str, tuple[Field, ...]] | None:
    """The fields by event, each in evaluation order; None after a problem was reported."""
    report = blocks.report
    if node.kind is not NodeKind.MAPPING or not node.entries:
        report.expected(node, "fields, by name", state.path, "such as {page: {const: cart}}")
        return None
    before = len(report.found)
    shared: dict[str, list[tuple[str, Entry]]] = {}
    for entry in node.entries:
        for event, name in _events(blocks, entry, state):
            shared.setdefault(event, []).append((name, entry))
    found: dict[str, tuple[Field, ...]] = {}
    for event, entries in shared.items():
        scope = blocks.scopes.get(event)
        if scope is not None:
            found[event] = _of_event(blocks, scope, entries, state)
    return found if len(report.found) == before else None


def _events(blocks: Blocks, entry: Entry, state: StateDraft) -> Iterator[tuple[str, str]]:
    """Which events a value is for, and the name of the field there."""
    report, path = blocks.report, state.field_path(entry.name)
    owner, _, rest = entry.name.partition(".")
    name = rest if rest and owner in blocks.scopes else entry.name
    problem = field_name_problem(name)
    if problem:
        report.error("name", problem, entry.key, path, "letters, digits and _ are always fine")
    elif rest and owner not in state.emit:
        message = f"this state does not emit {owner!r}"
        report.error("unknown-name", message, entry.key, path, f"it emits {', '.join(state.emit) or 'nothing'}")
    elif rest:
        yield owner, name
    elif len(state.emit) < 2:
        if not state.emit:
            message = f"the state {state.name!r} emits nothing that could have a field"
            report.error("contradiction", message, entry.key, path, "add emit: with the name of an event")
        yield from ((event, name) for event in state.emit)
    else:
        having = [event for event in state.emit if event in blocks.scopes and name in blocks.scopes[event].siblings]
        if not having:
            spelt = " or ".join(f"{event}.{name}" for event in state.emit)
            report.error("ambiguous", f"{name!r} is a field of none of its events", entry.key, path, f"write {spelt}")
        yield from ((event, name) for event in having)


def _of_event(
    blocks: Blocks, base: Scope, entries: Sequence[tuple[str, Entry]], state: StateDraft
) -> tuple[Field, ...]:
    """The fields for one event, read beside the event's own; those that are wrong are left out."""
    names = {name for name, _ in entries}
    siblings = {name: inside for name, inside in base.siblings.items() if name.partition(".")[0] not in names}
    siblings |= dict.fromkeys(names, "")
    scope = replace(base, siblings=siblings, types=dict(base.types), carries=False, _names=None)
    reader = FieldReader(blocks.values, scope)
    drafts = []
    for name, entry in entries:
        path = state.field_path(entry.name)
        draft = reader.read(name, entry.value, entry.key, path, name, "")
        if draft is not None:
            drafts.append(draft)
    fields = Finisher(reader.names, None).all(drafts) or ()
    nodes = {name: entry.value for name, entry in entries}
    return tuple(field for field in fields if _fits(blocks.report, field, base, nodes[field.name]))


def _fits(report: Report, field: Field, base: Scope, node: Node) -> bool:
    """Whether a value may stand in the place of the event's own, or beside them."""
    modifiers = field.modifiers
    refused = [word for word in ("unique", "repeat", "hidden") if getattr(modifiers, word)]
    if refused:
        message = f"{refused[0]} is for all records of an event, and this is for those of one state"
        report.error("contradiction", message, node, join(field.path, refused[0]), "write it in the event")
        return False
    if field.dtype in _WHOLE:
        message = f"a state gives single values, and this gives {_words(field.dtype)}"
        report.error("type", message, node, field.path, "write it in the event, where state.name can be read")
        return False
    if field.name not in base.siblings:
        return True
    wanted = base.types.get(field.name, DType.UNKNOWN)
    if field.dtype in (wanted, DType.UNKNOWN, DType.NULL) or wanted is DType.UNKNOWN:
        return True
    if field.dtype is DType.INTEGER and wanted is DType.FLOAT:
        return True
    message = f"{field.name!r} of {base.owner!r} is {_words(wanted)}, and this gives {_words(field.dtype)}"
    report.error("type", message, node, field.path, "a field has one type, whichever state gives it")
    return False


def _words(dtype: DType) -> str:
    return f"{'an' if dtype.value[0] in 'aeiou' else 'a'} {dtype.value}" if dtype in _WHOLE else dtype.value


def arranged(report: Report, events: Mapping[str, EventType], flows: Mapping[str, Flow]) -> dict[str, EventType]:
    """The events with their fields in an order that also suits what states put in their place.

    Reported: circles that close through such a value, and optional fields of several states that are of two types.
    """
    found = {}
    for name, event in events.items():
        given = [f for flow in flows.values() for state in flow.states.values() for f in state.fields.get(name, ())]
        found[name] = _ordered(report, event, given) if given else event
        _one_type(report, event, given)
    return found


def _one_type(report: Report, event: EventType, given: Sequence[Field]) -> None:
    """Optional fields of one name, given by several states."""
    first: dict[str, Field] = {}
    for field in given:
        other = first.setdefault(field.name, field)
        if field.name not in event.order and other.dtype is not field.dtype:
            message = f"{field.name!r} is {field.dtype.value} here and {other.dtype.value} at {other.path}"
            report.error("type", message, field.span, field.path, "a field has one type, whichever state gives it")


def _ordered(report: Report, event: EventType, given: Sequence[Field]) -> EventType:
    """The event with every field behind all that it, or a value in its place, reads."""
    fields = {field.name: field for field in event.fields}
    needs = {name: _heads(field, fields) for name, field in fields.items()}
    for field in given:
        if field.name in fields:
            needs[field.name] |= _heads(field, fields)
    done: dict[str, None] = {}
    while len(done) < len(fields):
        ready = next((n for n in fields if n not in done and needs[n].keys() <= done.keys()), None)
        if ready is None:
            _circle(report, event, given, {n: needs[n].keys() - done.keys() for n in fields if n not in done})
            return event
        done[ready] = None
    return replace(event, fields=tuple(fields[name] for name in done))


def _heads(field: Field, fields: Mapping[str, Field]) -> dict[str, None]:
    """The fields of the event that a field reads, in or below."""
    reads = (name.partition(".")[0] for name in field.reads if name != ACTOR_ROW)
    return {head: None for head in reads if head in fields}


def _circle(report: Report, event: EventType, given: Sequence[Field], needs: Mapping[str, set[str]]) -> None:
    """Report one circle among fields that wait for each other, at the value of a state that closes it."""
    path = [next(iter(needs))]
    while len(set(path)) == len(path):
        path.append(min(needs[path[-1]]))
    circle = path[path.index(path[-1]) :]
    field = next((field for field in given if field.name in circle), given[0])
    message = f"with this value, fields of {event.name!r} read each other: {' -> '.join(circle)}"
    hint = "break the circle: one of them must stand alone"
    report.error("cycle", message, field.span, field.path, hint)
