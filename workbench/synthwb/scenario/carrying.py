"""What follows from the events before, against what is known only later: a number, or the events that were left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from synthwb.generators.registry import generator
from synthwb.scenario.earlier import SINGLE, Earlier, type_of
from synthwb.scenario.flows.model import Flow
from synthwb.scenario.model import Arm, DType, EventType, Field
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import Missing

__all__ = ["Variants", "check_memories", "counted", "remembering", "unkept", "variants_of"]

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


def remembering(event: EventType, fields: Variants, names: Iterable[str]) -> str | None:
    """What among these names, and what they are made of, follows from the events before; None: nothing does."""
    names = tuple(names)
    refs = {ref.name for ref in event.earlier}
    reached = list(_reached(fields, names))
    read = [*names, *(name for field in reached for name in field.reads)]
    found = next((name for name in read if "." in name and name.partition(".")[0] in refs), None)
    return found or next((field.name for field in reached if any(map(_remembers, _parts(field)))), None)


def unkept(fields: Variants, name: str, dtype: DType) -> Missing | None:
    """Why a field of an event cannot be read of an earlier one; None where it can."""
    number = counted(fields, [name])
    if number is not None:
        hint = "{sequence: {per: actor}} and id are known before"
        return Missing(f"{number} goes by the number of the event, which it gets only after it was remembered", hint)
    if dtype is DType.UNKNOWN:
        return Missing(f"the type of {name} is known only when a table is read", "write as: string beside it")
    if dtype in (*SINGLE, DType.NULL):
        return None
    hint = "write as: float beside it" if dtype is DType.DECIMAL else "read one of its parts"
    return Missing(f"{name} is {dtype.value}, and single values are remembered", hint)


def _kept(report: Report, ref: Earlier, fields: Variants, target: EventType, theirs: Variants) -> None:
    """What is read of an earlier event must be known then, whichever state gives it."""
    for field in (field for variants in fields.values() for field in variants):
        for read in field.reads:
            head, _, name = read.partition(".")
            if head != ref.name or not name:
                continue
            problem = unkept(theirs, name, type_of(target.fields, name))
            if problem is not None:
                report.error("contradiction", problem.message, field.span, field.path, problem.hint)


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
        for ref in event.earlier:
            target = events.get(ref.event)
            if target is not None:
                _kept(report, ref, fields, target, variants_of(target, flows))


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
    remembered = remembering(event, fields, field.reads)
    if walked:
        message = f"repeat makes values of earlier records again, and those of {event.name!r} come from flows"
        report.error("contradiction", message, field.span, path, hint)
    elif any(ref.skip for ref in event.earlier):
        message = f"repeat makes values of earlier records again, and which of {event.name!r} there are is known later"
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
