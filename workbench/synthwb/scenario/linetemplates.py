"""Lines of text by a template: what a document says, and whether its holes mean something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthwb.scenario.model import EventType, Field, LineHole, LineTemplate, SinkSpec
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import Scope
from synthwb.scenario.templates import TemplateError, split
from synthwb.scenario.timeformat import read_time_format
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["OWN_NAMES", "check_line_templates", "read_line_template", "read_line_templates"]

OWN_NAMES = ("event.name", "event.id", "event.time", "event.ordinal")
"""What a template may read beside the fields of an event."""


def read_line_templates(values: Values, node: Node, path: str, events: Sequence[str]) -> Mapping[str, LineTemplate]:
    """A template for each event; problems are reported."""
    if node.kind is not NodeKind.MAPPING or not node.entries:
        hint = f'such as {{{events[0] if events else "order_placed"}: "{{event.time}} {{event.name}}"}}'
        values.report.expected(node, "a template for each event", path, hint)
        return {}
    found: dict[str, LineTemplate] = {}
    for entry in node.entries:
        here = join(path, entry.name)
        if entry.name not in events:
            values.report.unknown("event", entry.key, entry.name, events, here)
            continue
        one = read_line_template(values, entry.value, here)
        if one is not None:
            found[entry.name] = one
    return found


def read_line_template(values: Values, node: Node, path: str) -> LineTemplate | None:
    """One line of text with its holes; None after a problem was reported."""
    report = values.report
    text = values.text(node, path, 'a template, such as "{event.time} {event.name}"')
    if text is None:
        return None
    names = Names(report, Scope("", event=False, siblings={}))
    if "\n" in text or "\r" in text:
        report.error("template", "a template is one line", node, path, "a record is a line of the file")
        return None
    try:
        literals, holes = split(text)
    except TemplateError as error:
        where = names.inside(node, error.start, error.end)
        report.error("template", str(error), where, path, "braces hold the path of a field")
        return None
    found: list[LineHole] = []
    for hole in holes:
        name, _, style = hole.path.partition(":")
        where = names.inside(node, hole.start, hole.end)
        if style and read_time_format(values, names, Node.scalar(style, node.start, node.end, style), path) is None:
            return None
        found.append(LineHole(name.strip(), style or None, where))
    return LineTemplate(text, tuple(literals), tuple(found))


def check_line_templates(
    report: Report,
    events: Mapping[str, EventType | None],
    given: Mapping[str, Sequence[Field]],
    sinks: Sequence[SinkSpec],
) -> None:
    """Report events without a template, and holes that none of the events has a field for.

    ``given``: the fields that states add, by event.
    """
    for number, sink in enumerate(sinks):
        if sink.templates is None or sink.span is None:
            continue
        for event, kind in events.items():
            if kind is None or (sink.events and event not in sink.events):
                continue
            template = sink.templates.get(event, sink.templates.get(""))
            path = f"sinks.{number}"
            if template is None:
                hint = f"add {event} under templates:, or name the events of this sink: events: [...]"
                report.error("missing-key", f"{event} has no template", sink.span, path, hint)
                continue
            hidden = {field.name for field in kind.fields if field.modifiers.hidden}
            known = [name for name in kind.order if name not in hidden] + [field.name for field in given.get(event, ())]
            _holes(report, event, template, [*dict.fromkeys(known)], hidden, path)


def _holes(
    report: Report, event: str, template: LineTemplate, known: Sequence[str], hidden: set[str], path: str
) -> None:
    for hole in template.holes:
        assert hole.span is not None
        first = hole.path.split(".")[0]
        if hole.path in OWN_NAMES or first in known:
            continue
        if first in hidden:
            message, hint = f"{first!r} of {event} is hidden, so it is not sent", "take hidden: away from the field"
        else:
            near = report.nearest(hole.path, [*known, *OWN_NAMES])
            message = f"{event} has no field {hole.path!r}"
            hint = f"did you mean {near!r}?" if near else f"there are {', '.join((*known, *OWN_NAMES))}"
        report.error("unknown-name", message, hole.span, path, hint)
