"""What a check expects: limits, values, patterns, windows, held against the type of what is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from synthwb.scenario import literals
from synthwb.scenario.checks.model import (
    Between,
    Matches,
    NotNull,
    OneOf,
    Order,
    Rate,
    Rule,
    Scalar,
    Share,
    Unique,
)
from synthwb.scenario.diagnostics import Edit
from synthwb.scenario.model import DType
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["OPEN", "Rules", "Subject"]

OPEN = (DType.UNKNOWN, DType.NULL)
_NUMBERS = (DType.INTEGER, DType.FLOAT, DType.DECIMAL)
_MINUTE = 60 * literals.SECOND
_LONGEST = 200  # characters of a regular expression
_FOREIGN = re.compile(r"\(\?(?:[=!(]|<[=!]|P=)|\\[1-9Z]|[*+?}]\+")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_PRECISION = 10**12

Limit = TypeVar("Limit", float, Fraction)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check looks at. ``dtype``: of the field; ``fields``: all that the event sends, None if it is not known."""

    event: str
    field: str
    dtype: DType
    fields: Mapping[str, DType] | None


class Rules:
    """Reads the rule of one check after the other."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.report = values.report

    def read(self, kind: tuple[str, str], keys: Mapping[str, Entry], path: str, about: Subject) -> Rule | None:
        """The rule of a check of this kind: the keys that say what is looked at, and what is expected."""
        subject, rule = kind
        node, here = keys[rule].value, join(path, rule)
        if rule == "between":
            return self._between(node, here, about)
        if rule == "not_null":
            return self._not_null(node, here)
        if rule == "in":
            return self._one_of(node, here, about)
        if rule == "matches":
            return self._matches(node, here, about)
        if rule == "order":
            return self._order(keys, path, about)
        if subject == "rate":
            return self._rate(keys, path)
        if about.dtype in (DType.OBJECT, DType.LIST):
            message = f"{about.field} is {'an object' if about.dtype is DType.OBJECT else 'a list'}"
            hint = f"read {about.field}.<field>" if about.dtype is DType.OBJECT else "a check reads single values"
            self.report.error("type", f"{message}, and a check compares single values", node, here, hint)
            return None
        if rule == "share":
            return self._share_of(keys, path, about)
        return self._unique(keys, path)

    def _limits(
        self, node: Node, path: str, read: Callable[[Node, str], Limit | None], example: str
    ) -> tuple[Limit | None, Limit | None] | None:
        """``[low, high]``, one of which may be null."""
        if node.kind is not NodeKind.SEQUENCE or len(node.items) != 2:
            self.report.expected(node, "two limits, [lowest, highest]", path, f"such as {example}")
            return None
        errors = len(self.report.found)
        low, high = (None if item.is_null else read(item, join(path, i)) for i, item in enumerate(node.items))
        if len(self.report.found) > errors:
            return None
        if low is None and high is None:
            self.report.error("contradiction", "without a limit nothing is checked", node, path, f"such as {example}")
            return None
        if low is not None and high is not None and low > high:
            first, second = (item.text for item in node.items)
            message, new = f"nothing lies between {first} and {second}", f"[{second}, {first}]"
            edit = Edit(node.start, node.end, new, "swap them") if node.flow else None
            self.report.error("contradiction", message, node, path, f"write {new}", edit)
            return None
        return low, high

    def _between(self, node: Node, path: str, about: Subject) -> Between | None:
        if about.dtype is DType.TIMESTAMP:
            times = self._limits(node, path, self.values.time, "[2026-03-02T09:00, +7d]")
            return None if times is None else Between(*times, times=True)
        if about.dtype not in _NUMBERS and about.dtype not in OPEN:
            message = f"between is for numbers and times, and {about.field} is {about.dtype.value}"
            hint = "use in or matches" if about.dtype is DType.STRING else "use in"
            self.report.error("type", message, node, path, hint)
            return None
        found = self._limits(node, path, self.values.number, "[0, 5000]")
        return None if found is None else Between(*found)

    def _not_null(self, node: Node, path: str) -> NotNull | None:
        wanted = self.values.boolean(node, path)
        if wanted is False:
            message = "not_null: false expects nothing"
            self.report.error("contradiction", message, node, path, "write not_null: true, or remove the check")
        return NotNull() if wanted else None

    def _one_of(self, node: Node, path: str, about: Subject) -> OneOf | None:
        if node.kind is not NodeKind.SEQUENCE:
            self.report.expected(node, "a list of values", path, "such as [new, paid]")
            return None
        if not node.items:
            self.report.error("contradiction", "no value is in an empty list", node, path, "such as [new, paid]")
            return None
        found: list[Scalar] = []
        complete = True
        for i, item in enumerate(node.items):
            if item.kind is not NodeKind.SCALAR or item.value is None:
                hint = "null and absent values are not looked at; not_null: true expects that there are none"
                self.report.expected(item, "a single value", join(path, i), hint if item.is_null else "")
                complete = False
            elif not self._fits(item, join(path, i), about):
                complete = False
            elif item.value in found:
                self.report.error("contradiction", f"{item.text!r} stands here twice", item, join(path, i), "remove it")
                complete = False
            else:
                found.append(item.value)
        return OneOf(tuple(found)) if complete else None

    def _fits(self, node: Node, path: str, about: Subject) -> bool:
        """Whether a value can be one of the field's."""
        dtype, value = about.dtype, node.value
        if dtype in OPEN or value is None:
            return True
        kind = "true or false" if isinstance(value, bool) else "text" if isinstance(value, str) else "a number"
        wanted = {DType.STRING: "text", DType.BOOLEAN: "true or false"}.get(
            dtype, "a number" if dtype in _NUMBERS else ""
        )
        if kind == wanted:
            return True
        hint = "quote it if it is text" if wanted == "text" else ""
        message = f"{about.field} is {dtype.value}, and {node.text} is {kind}: they are never equal"
        if not wanted:
            message, hint = f"{about.field} is {dtype.value}, which no value of a document can be", ""
        self.report.error("type", message, node, path, hint)
        return False

    def _matches(self, node: Node, path: str, about: Subject) -> Matches | None:
        if about.dtype is not DType.STRING and about.dtype not in OPEN:
            message = f"matches is for text, and {about.field} is {about.dtype.value}"
            self.report.error("type", message, node, path, "use between or in")
            return None
        pattern = self.values.text(node, path, r'a regular expression, such as "SKU-\\d{5}"')
        flaw = None if pattern is None else _flaw(pattern)
        if flaw is not None:
            self.report.error("regex", flaw, node, path, "the whole text must match; quote the expression")
        return None if pattern is None or flaw is not None else Matches(pattern)

    def _unique(self, keys: Mapping[str, Entry], path: str) -> Unique | None:
        if "within" not in keys:
            return Unique()
        within = self._span(keys["within"].value, join(path, "within"))
        return None if within is None else Unique(within)

    def _share_of(self, keys: Mapping[str, Entry], path: str, about: Subject) -> Share | None:
        node, here = keys["of"].value, join(path, "of")
        if node.kind is not NodeKind.SCALAR:
            self.report.expected(node, "a single value", here, "such as true")
            return None
        fits = self._fits(node, here, about)
        found = self._limits(keys["between"].value, join(path, "between"), self.share, "[0.1%, 5%]")
        return Share(node.value, *found) if fits and found is not None else None

    def share(self, node: Node, path: str) -> Fraction | None:
        """A share, without the noise of binary fractions."""
        found = self.values.probability(node, path)
        return None if found is None else Fraction(found).limit_denominator(_PRECISION)

    def _rate(self, keys: Mapping[str, Entry], path: str) -> Rate | None:
        found = self._limits(keys["between"].value, join(path, "between"), self.values.rate, "[20/s, 40/s]")
        over: int | None = _MINUTE
        if "over" in keys:
            over = self._span(keys["over"].value, join(path, "over"))
        return None if found is None or over is None else Rate(*found, over)

    def _span(self, node: Node, path: str) -> int | None:
        """A duration above zero."""
        span = self.values.duration(node, path)
        if span == 0:
            self.report.error("range", "a window of no time", node, path, "such as 1m")
            return None
        return span

    def _order(self, keys: Mapping[str, Entry], path: str, about: Subject) -> Order | None:
        if "key" not in keys:
            return Order()
        node, here = keys["key"].value, join(path, "key")
        key = self.values.text(node, here, "the name of a field")
        if key is None or about.fields is None:
            return None
        if key not in about.fields:
            hint = f"{about.event} sends {', '.join(about.fields)}"
            self.report.unknown("field", node, key, about.fields, here, hint)
            return None
        if about.fields[key] in (DType.OBJECT, DType.LIST):
            what = "an object" if about.fields[key] is DType.OBJECT else "a list"
            self.report.error("type", f"{key} is {what}, which is no key", node, here, "such as user_id")
            return None
        return Order(key)


def _flaw(pattern: str) -> str | None:
    """What is wrong with a regular expression; the part that Python and Polars have in common is taken."""
    if not pattern:
        return "an empty expression matches only empty text"
    if len(pattern) > _LONGEST:
        return f"longer than {_LONGEST} characters ({len(pattern):,})"
    plain = re.sub(r"\\[^1-9Z]", "..", pattern)
    if any(re.search(r"\[|&&|--|~~|\|\|", found[1:-1]) for found in _CLASS.findall(plain)):
        return r"a bracket inside of brackets is written \["
    foreign = _FOREIGN.search(_CLASS.sub(lambda found: "." * len(found[0]), plain))
    if foreign is not None:
        return f"{foreign[0]!r} is not available: an expression looks at each part once, without looking around"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a regular expression: {error}"
    return None
