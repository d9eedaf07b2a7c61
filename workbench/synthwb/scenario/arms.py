"""Arms of a choice by condition or by value: each a test and the field that counts where it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Kind, Parameter
from synthwb.scenario.drafts import Draft
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.arguments import Arguments
    from synthwb.scenario.listed import Reader

__all__ = ["ARMS"]

_Arm = tuple[Any, Draft]
_EXAMPLE = 'such as [{when: "total > 100", then: 0}, {else: 4.5}]'


def _arms(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> list[_Arm] | None:
    """``[{when: condition, then: field}, ..., {else: field}]``; None after a problem was reported."""
    report = arguments.report
    if node.kind is not NodeKind.SEQUENCE or not node.items:
        report.expected(node, "a list of conditions and fields", path, _EXAMPLE)
        return None
    found: list[_Arm | None] = []
    for i, item in enumerate(node.items):
        if item.get("else") is not None and i < len(node.items) - 1:
            message = "else stands before the end, so what follows never counts"
            report.error("contradiction", message, item, join(path, i), "move it to the end")
            found.append(None)
        else:
            found.append(_arm(arguments, item, path, i))
    arms = [arm for arm in found if arm is not None]
    return arms if len(arms) == len(found) else None


def _arm(arguments: Arguments, item: Node, path: str, number: int) -> _Arm | None:
    """One item of the list."""
    report, here = arguments.report, join(path, number)
    if item.kind is not NodeKind.MAPPING:
        report.expected(item, "a condition and a field", here, _EXAMPLE)
        return None
    otherwise = item.get("else")
    known = ("else",) if otherwise is not None else ("when", "then")
    for entry in item.entries:
        if entry.name not in known:
            report.unknown("key", entry.key, entry.name, known, join(here, entry.name))
            return None
    if otherwise is not None:
        return _tested(None, _nested(arguments, otherwise, here, str(number)))
    when, then = item.get("when"), item.get("then")
    if when is None or then is None:
        report.error("missing-key", f"an arm needs {'when' if when is None else 'then'!r}", item, here, _EXAMPLE)
        return None
    arguments.draft.nodes[f"{number}.when"] = when
    condition = arguments.names.expression(when, join(here, "when"), arguments.draft, arguments.inner)
    field = _nested(arguments, then, here, str(number))
    return None if condition is None else _tested(condition, field)


def _tested(test: Any, field: Draft | None) -> _Arm | None:
    return None if field is None else (test, field)


def _cases(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> list[_Arm] | None:
    """``{card: field, cash: field}``; None after a problem was reported."""
    if node.kind is not NodeKind.MAPPING or not node.entries:
        arguments.report.expected(node, "fields by value", path, "such as {card: {uniform: {min: 1, max: 2}}, cash: 0}")
        return None
    found = [
        _tested(
            entry.key.value, _nested(arguments, entry.value, join(path, entry.name), join(parameter.name, entry.name))
        )
        for entry in node.entries
    ]
    arms = [arm for arm in found if arm is not None]
    return arms if len(arms) == len(found) else None


def _nested(arguments: Arguments, node: Node, path: str, step: str) -> Draft | None:
    """A field inside the draft, under a name of its own."""
    draft = arguments.draft
    child = arguments.reader.read(step, node, node, path, join(draft.local, step), draft.local)
    if child is not None:
        draft.nested.append(child)
    return child


ARMS: Mapping[Kind, Reader] = {Kind.ARMS: _arms, Kind.CASES: _cases}
"""Readers of these kinds."""
