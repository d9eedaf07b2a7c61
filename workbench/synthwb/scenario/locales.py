"""Locales: one, a list of them, or each with a weight."""

from __future__ import annotations

import re
from fractions import Fraction

from synthwb.generators.faker_index import canonical, locales
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Locales", "read_locales"]

Locales = tuple[tuple[str, Fraction], ...]
"""Locales with their weights; the weights are above 0 in sum."""

_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def read_locales(values: Values, node: Node, path: str) -> Locales | None:
    """What was written for ``locale``; None after a problem was reported."""
    if node.kind is NodeKind.SEQUENCE:
        found = [_weighted(values, item, None, path) for item in node.items]
    elif node.kind is NodeKind.MAPPING:
        found = [_weighted(values, entry.key, entry.value, path) for entry in node.entries]
    else:
        found = [_weighted(values, node, None, path)]
    if not found:
        values.report.expected(node, "a locale, or several", path, "such as en_US, or {en_US: 80, de_DE: 20}")
        return None
    if None in found:
        return None
    merged: dict[str, Fraction] = {}
    for name, weight in found:  # type: ignore[misc]
        merged[name] = merged.get(name, Fraction(0)) + weight
    if not sum(merged.values()):
        values.report.error("contradiction", "the weights of the locales sum to nothing", node, path)
        return None
    return tuple((name, weight) for name, weight in merged.items() if weight)


def _weighted(values: Values, node: Node, weight: Node | None, path: str) -> tuple[str, Fraction] | None:
    name = _locale(values, node, path)
    if weight is None:
        return None if name is None else (name, Fraction(1))
    number = values.number(weight, join(path, node.text), (0, None, None, None), "a weight, which is a number")
    return None if name is None or number is None else (name, Fraction(str(number)))


def _locale(values: Values, node: Node, path: str) -> str | None:
    report = values.report
    found = values.text(node, path, "a locale such as en_US")
    if found is None:
        return None
    if not _LOCALE.fullmatch(found):
        edit = report.replace(node, found, found.replace("-", "_")) if "-" in found else None
        report.expected(node, "a locale such as en_US or de_DE", path, "", edit)
        return None
    if canonical(found) not in locales():
        report.unknown("locale", node, found, locales(), path)
        return None
    return found
