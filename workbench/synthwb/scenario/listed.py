"""Arguments that are lists: weighted values, numbers, bins, paths, records of parameters, weighted components."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Kind, Parameter
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.arguments import Arguments
    from synthwb.scenario.drafts import Draft

__all__ = ["LISTS", "Reader"]

Reader = Callable[["Arguments", Parameter, Node, str], Any]
"""Reads one argument; None after a problem was reported."""

_NUMBER = r"[-+]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,3})?"
_BIN = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
_MOST = 1 << 17  # entries of one list


def _items(arguments: Arguments, node: Node, path: str, what: str, example: str) -> list[Node] | None:
    """The items of a list that is not empty."""
    report = arguments.report
    if node.kind is not NodeKind.SEQUENCE:
        report.expected(node, what, path, example)
    elif not node.items:
        report.error("contradiction", "the list is empty", node, path, example)
    elif len(node.items) > _MOST:
        report.error("too-large", f"{len(node.items):,} entries; at most {_MOST:,} are taken", node, path)
    else:
        return node.items
    return None


def _all(found: list[Any]) -> tuple[Any, ...] | None:
    return None if any(value is None for value in found) else tuple(found)


def _numbers(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[float, ...] | None:
    """``[1, 2.5, 4]``: numbers, each within the limits of the parameter."""
    items = _items(arguments, node, path, "a list of numbers", "such as [1, 2.5, 4]")
    bounds = (parameter.minimum, parameter.maximum, parameter.above, parameter.below)
    if items is None:
        return None
    return _all([arguments.values.number(item, join(path, i), bounds) for i, item in enumerate(items)])


def _weights(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[Any, ...] | None:
    """``[a, b]``, all alike, or ``{a: 80, b: 20}``: pairs of value and weight."""
    report = arguments.report
    if node.kind is NodeKind.MAPPING:
        pairs: list[tuple[Node, Node | None]] = [(entry.key, entry.value) for entry in node.entries]
    elif node.kind is NodeKind.SEQUENCE:
        pairs = [(item, None) for item in node.items]
    else:
        report.expected(node, "a list of values, or value: weight", path, "such as [a, b] or {a: 80, b: 20}")
        return None
    found = [_weighted(arguments, value, weight, path) for value, weight in pairs]
    if not found:
        report.error("contradiction", "no value to choose from", node, path, "such as [a, b]")
    elif None not in found and not sum(weight for _, weight in found if weight is not None):  # type: ignore[misc]
        terms = " + ".join(["0"] * min(len(found), 6)) + (" + ..." if len(found) > 6 else "")
        message = f"the weights sum to nothing ({terms} = 0), so no value can be chosen"
        report.error("contradiction", message, node, path, "give at least one value a weight above 0")
    else:
        return None if None in found else tuple(found)
    return None


def _weighted(arguments: Arguments, value: Node, weight: Node | None, path: str) -> tuple[Any, Fraction] | None:
    """A value to choose, and its weight."""
    report = arguments.report
    if value.kind is not NodeKind.SCALAR:
        report.expected(value, "a single value to choose", path, "objects are made by {object: {...}}")
        return None
    if isinstance(value.value, float) and not math.isfinite(value.value):
        report.error("range", f"{value.text} is not a value that JSON can hold", value, path)
        return None
    if isinstance(value.value, int) and abs(value.value) >= 2**63:
        report.error("range", f"{value.text[:24]} does not fit 64 bits", value, path)
        return None
    if weight is None:
        return value.value, Fraction(1)
    here = join(path, value.text)
    number = arguments.values.number(weight, here, (0, None, None, None), f"the weight of {value.text!r}, a number")
    return None if number is None else (value.value, Fraction(str(number)))


def _transitions(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[Any, ...] | None:
    """``{a: {a: 8, b: 2}, b: {a: 1}}``: pairs of a value and the weights of what comes after it."""
    example = "such as {a: {a: 8, b: 2}, b: {a: 1}}"
    if node.kind is not NodeKind.MAPPING or not node.entries:
        arguments.report.expected(node, "the weights of what comes next, by value", path, example)
        return None
    found = []
    for entry in node.entries:
        value = _weighted(arguments, entry.key, None, path)
        weights = _weights(arguments, parameter, entry.value, join(path, entry.name))
        found.append(None if value is None or weights is None else (value[0], weights))
    return _all(found)


def _bins(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[Any, ...] | None:
    """``{0..10: 5, 10..50: 2}``, or a list of bins that are equally likely, as (low, high, weight)."""
    found = _weights(arguments, parameter, node, path)
    if found is None:
        return None
    written = node.items or [entry.key for entry in node.entries]
    return _all([_bin(arguments, bin_, weight, path) for bin_, (_, weight) in zip(written, found, strict=True)])


def _bin(arguments: Arguments, bin_: Node, weight: Fraction, path: str) -> tuple[float, float, Fraction] | None:
    found = _BIN.fullmatch(bin_.text)
    if found is None:
        arguments.report.expected(bin_, "a bin such as 0..10", path, "its two ends with two points between them")
        return None
    low, high = float(found[1]), float(found[2])
    if not low < high:
        message = f"a bin from {low:g} to {high:g} has no width"
        arguments.report.error("contradiction", message, bin_, path, "the lower end comes first")
        return None
    return low, high, weight


def _paths(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[str, ...] | None:
    """``[email, actor.user_id]``, or one path by itself."""
    items: list[Node] | None = [node]
    if node.kind is not NodeKind.SCALAR:
        items = _items(arguments, node, path, "a list of fields", "such as [email, actor.user_id]")
    return None if items is None else _all([arguments.path(parameter, item, path) for item in items])


def _records(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> tuple[Any, ...] | None:
    """A list of mappings, or one by itself, each with the parameters in ``parts``."""
    items: list[Node] | None = [node]
    if node.kind is not NodeKind.MAPPING:
        items = _items(arguments, node, path, f"a list of {parameter.name}", "each one a mapping")
    return None if items is None else _all([_record(arguments, parameter, item, path) for item in items])


def _record(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> dict[str, Any] | None:
    report, known = arguments.report, {part.name: part for part in parameter.parts}
    if node.kind is not NodeKind.MAPPING:
        report.expected(node, f"a mapping with {', '.join(known)}", path)
        return None
    found: dict[str, Any] = {part.name: part.default for part in parameter.parts if not part.required}
    complete = True
    for entry in node.entries:
        here = join(path, entry.name)
        if entry.name not in known:
            report.unknown("parameter", entry.key, entry.name, known, here, f"known: {', '.join(known)}")
            complete = False
            continue
        value = arguments.value(known[entry.name], entry.value, here)
        found[entry.name] = value
        complete = complete and value is not None
    written = {entry.name for entry in node.entries}
    for part in parameter.parts:
        if part.required and part.name not in written:
            report.error("missing-key", f"{parameter.name} needs {part.name!r}", node, path)
            complete = False
    return found if complete else None


def _components(arguments: Arguments, parameter: Parameter, node: Node, path: str) -> list[Draft] | None:
    """Fields, each with a ``weight`` beside its generator; the weights go into the argument ``weights``."""
    example = "such as [{weight: 70, normal: {mean: 20, std: 5}}, {weight: 30, exponential: {mean: 90}}]"
    items = _items(arguments, node, path, "a list of numeric generators", example)
    if items is None:
        return None
    drafts: list[Draft | None] = []
    weights: list[Fraction | None] = []
    for i, item in enumerate(items):
        here = join(path, i)
        entry = next((entry for entry in item.entries if entry.name == "weight"), None)
        drafts.append(_component(arguments, item, entry, here, i))
        weights.append(Fraction(1) if entry is None else _weight(arguments, entry.value, join(here, "weight")))
    if _all(drafts) is None or _all(weights) is None:
        return None
    if not sum(weights):  # type: ignore[arg-type]
        message = f"the weights sum to nothing ({' + '.join(['0'] * min(len(weights), 6))} = 0)"
        arguments.report.error("contradiction", message, node, path, "give at least one a weight above 0")
        return None
    arguments.draft.args["weights"] = tuple(weights)
    return [draft for draft in drafts if draft is not None]


def _component(arguments: Arguments, item: Node, weight: Entry | None, path: str, number: int) -> Draft | None:
    """One component, read as a field without its weight."""
    rest = item
    if weight is not None:
        rest = Node(item.kind, item.start, item.end)
        rest.flow = item.flow
        rest.entries = [entry for entry in item.entries if entry is not weight]
    draft = arguments.draft
    local = join(draft.local, number)
    child = arguments.reader.read(str(number), rest, item, path, local, draft.local)
    if child is not None:
        draft.nested.append(child)
    return child


def _weight(arguments: Arguments, node: Node, path: str) -> Fraction | None:
    number = arguments.values.number(node, path, (0, None, None, None), "a weight, a number")
    return None if number is None else Fraction(str(number))


LISTS: dict[Kind, Reader] = {
    Kind.WEIGHTS: _weights,
    Kind.TRANSITIONS: _transitions,
    Kind.NUMBERS: _numbers,
    Kind.BINS: _bins,
    Kind.PATHS: _paths,
    Kind.RECORDS: _records,
    Kind.COMPONENTS: _components,
}
