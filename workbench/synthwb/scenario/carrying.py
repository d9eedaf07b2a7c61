"""What follows from the events before, against what is known only later: a number, or the events that were left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from synthwb.generators.registry import generator
from synthwb.scenario.behaviour import Flow
from synthwb.scenario.model import Arm, EventType, Field
from synthwb.scenario.report import Report

__all__ = ["Variants", "check_memories", "counted", "remembering", "variants_of"]

Variants = Mapping[str, Sequence[Field]]
"""The fields of one event by name: its own, and those that states put in its place."""

_NUMBER = "event.ordinal"


def variants_of(event: EventType, flows: Mapping[str, Flow]) -> Variants:
    """All fields of an event."""
    found: dict[str, list[Field]] = {field.name: [field] for field in event.fields}
    for flow in flows.values():
        for state in flow.states.values():
            for field in state.fields.get(event.name, ()):
                found.setdefault(field.name, []).append(field)
    return found


def counted(fields: Variants, names: Iterable[str]) -> str | None:
    """What among these names, and what they are made of, goes by the number of the event; None: nothing does."""
    names = tuple(names)
    if _NUMBER in names:
        return _NUMBER
    return next((field.name for field in _reached(fields, names) if _counts(field)), None)


def remembering(fields: Variants, names: Iterable[str]) -> str | None:
    """What among these names, and what they are made of, follows from the events before; None: nothing does."""
    return next((field.name for field in _reached(fields, names) if any(map(_remembers, _parts(field)))), None)


def check_memories(
    report: Report, events: Mapping[str, EventType], flows: Mapping[str, Flow], emitted: Iterable[str]
) -> None:
    """Report fields that remember what is not known yet, and repeats of what cannot be made again."""
    emitted = frozenset(emitted)
    for event in events.values():
        fields = variants_of(event, flows)
        for field in event.fields:
            for part in _parts(field):
                if part.call.generator == "previous":
                    _previous(report, fields, part)
                if part.modifiers.repeat:
                    _repeat(report, fields, part, event, walked=event.name in emitted)


def _previous(report: Report, fields: Variants, field: Field) -> None:
    number = counted(fields, [field.call.args["field"]])
    if number is not None:
        message = f"{number} goes by the number of the event, which it gets only after it has remembered"
        hint = "{sequence: {per: actor}} counts the events of each actor, and can be remembered"
        report.error("contradiction", message, field.span, field.path, hint)


def _repeat(report: Report, fields: Variants, field: Field, event: EventType, *, walked: bool) -> None:
    """A value comes again by being made again, from the arrivals alone."""
    path = f"{field.path}.repeat"
    hint = "cardinality: 100 gives values that come again; {previous: ...} gives the one before"
    remembered = remembering(fields, [name.partition(".")[0] for name in field.reads])
    if walked:
        message = f"repeat makes values of earlier records again, and those of {event.name!r} come from flows"
        report.error("contradiction", message, field.span, path, hint)
    elif remembered is not None:
        message = f"repeat makes values of earlier records again, and {remembered} follows from those before them"
        report.error("contradiction", message, field.span, path, hint)


def _reached(fields: Variants, names: Iterable[str]) -> Iterator[Field]:
    """The fields of these names, and all that they read."""
    wanted = [name.partition(".")[0] for name in names]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for field in fields.get(name, ()):
            yield field
            wanted += [read.partition(".")[0] for read in field.reads]


def _counts(field: Field) -> bool:
    return _NUMBER in field.reads or any(map(_numbered, _parts(field)))


def _numbered(field: Field) -> bool:
    found = generator(field.call.generator)
    if field.call.generator == "sequence":
        return found is not None and not found.is_carried(field.call.args)
    return field.modifiers.unique and found is not None and not found.distinct


def _remembers(field: Field) -> bool:
    found = generator(field.call.generator)
    return found is not None and found.is_carried(field.call.args)


def _parts(field: Field) -> Iterator[Field]:
    """A field and all fields inside of it."""
    yield field
    for value in field.call.args.values():
        for each in value if isinstance(value, tuple) else (value,):
            inner = each.field if isinstance(each, Arm) else each
            if isinstance(inner, Field):
                yield from _parts(inner)
