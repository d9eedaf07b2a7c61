"""Envelopes that are more than names: change records, and envelopes of one's own."""

from __future__ import annotations

import json
from collections.abc import Sequence

from synthwb.scenario.keys import ENVELOPES
from synthwb.scenario.linetemplates import read_line_template
from synthwb.scenario.model import ChangeRecords, LineTemplate, Shell
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["read_changes", "read_shell"]


def read_changes(values: Values, node: Node, path: str, events: Sequence[str]) -> ChangeRecords | None:
    """``{update: [profile_changed], delete: [account_closed]}``; None after a problem was reported."""
    report, errors = values.report, len(values.report.found)
    if node.is_null:
        return ChangeRecords()
    if node.kind is not NodeKind.MAPPING:
        report.expected(node, "what the events do to a table", path, f"such as {{delete: [{events[-1]}]}}")
        return None
    found: dict[str, tuple[str, ...]] = {}
    before: dict[str, str] = {}
    table, tombstones = "", False
    for entry in node.entries:
        here = join(path, entry.name)
        if entry.name in ("update", "delete"):
            found[entry.name] = _events(values, entry.value, here, events)
        elif entry.name == "before":
            before = _fields(values, entry.value, here)
        elif entry.name == "table":
            table = values.text(entry.value, here, "the name of a table") or ""
        elif entry.name == "tombstones":
            tombstones = values.boolean(entry.value, here) or False
        else:
            report.unknown("key", entry.key, entry.name, ENVELOPES["changes"], here)
    both = set(found.get("update", ())) & set(found.get("delete", ()))
    if both:
        message = f"{sorted(both)[0]} updates a row, or deletes it"
        report.error("contradiction", message, node, path, "name it once")
    if tombstones and not found.get("delete"):
        hint = "name the events that delete: delete: [...]"
        report.error("contradiction", "a tombstone follows a delete, and there is none", node, path, hint)
    if len(report.found) > errors:
        return None
    return ChangeRecords(found.get("update", ()), found.get("delete", ()), before, table, tombstones)


def _events(values: Values, node: Node, path: str, events: Sequence[str]) -> tuple[str, ...]:
    if node.kind is not NodeKind.SEQUENCE or not node.items:
        values.report.expected(node, "a list of events", path, f"such as [{', '.join(events[:2])}]")
        return ()
    found = []
    for item in node.items:
        name = values.text(item, path, "the name of an event")
        if name is not None and name not in events:
            values.report.unknown("event", item, name, events, path)
        elif name is not None:
            found.append(name)
    return tuple(found)


def _fields(values: Values, node: Node, path: str) -> dict[str, str]:
    if node.kind is not NodeKind.MAPPING:
        values.report.expected(node, "fields and those with their values before", path, "such as {plan: old_plan}")
        return {}
    found = {}
    for entry in node.entries:
        text = values.text(entry.value, join(path, entry.name), "the name of a field")
        if text is not None:
            found[entry.name] = text
    return found


def read_shell(values: Values, node: Node, path: str) -> Shell | None:
    """``{kind: "{event.name}", payload: "{fields}"}``; None after a problem was reported."""
    if node.kind is not NodeKind.MAPPING or not node.entries:
        hint = 'such as {kind: "{event.name}", payload: "{fields}"}'
        values.report.expected(node, "the object that a record is", path, hint)
        return None
    errors = len(values.report.found)
    found = _shell(values, node, path)
    return found if len(values.report.found) == errors else None


def _shell(values: Values, node: Node, path: str) -> Shell:
    if node.kind is NodeKind.MAPPING:
        return {entry.name: _shell(values, entry.value, join(path, entry.name)) for entry in node.entries}
    if node.kind is NodeKind.SEQUENCE:
        return tuple(_shell(values, item, f"{path}.{i}") for i, item in enumerate(node.items))
    if isinstance(node.value, str):
        return read_line_template(values, node, path) or LineTemplate("", ("",), ())
    if node.value is None or isinstance(node.value, bool | int | float):
        return json.dumps(node.value)
    return json.dumps(node.text)
