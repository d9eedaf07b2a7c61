"""Quantities of arrivals and flows: a literal, or a numeric generator, never below zero."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from synthwb.scenario import literals
from synthwb.scenario.fields import FieldReader
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.holding import has_expressions
from synthwb.scenario.model import DType, Expression, Field, Modifiers
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Quantities", "support"]

_ABOVE_ZERO = ("exponential", "lognormal", "gamma", "weibull", "pareto", "poisson", "binomial", "geometric", "zipf")
_NUMERIC = (DType.INTEGER, DType.FLOAT, DType.DECIMAL)
_EVERYWHERE = (-math.inf, math.inf)


@dataclass(slots=True)
class Quantities:
    """Reads one quantity. ``unit`` is ``s`` for a span of time, whose numbers may be written as durations.

    ``what`` names one of its values in messages: a gap, a count. ``scope``: what it may read; without, its parameters
    are fixed, for there is no record yet. ``signed``: it may lie below zero.
    """

    values: Values
    unit: str
    what: str
    scope: Scope | None = None
    signed: bool = False

    def read(self, node: Node, path: str, example: str) -> Field | None:
        """A field that draws it; None after a problem was reported."""
        report = self.values.report
        span = literals.duration(node.value) if isinstance(node.value, str) and self.unit == "s" else None
        if span is not None:
            node = Node.scalar(span / 1e6, node.start, node.end, node.text)
        number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if node.kind is not NodeKind.MAPPING and not number and not self._is_path(node):
            literal = "a duration" if self.unit else "a number"
            report.expected(node, f"{literal} or a numeric generator", path, example)
            return None
        reader = FieldReader(self.values, self.scope or Scope("", event=False, siblings={}), self.unit)
        local = path if self.scope is not None else ""
        draft = reader.read("", node, node, path, local, "")
        fields = Finisher(reader.names, None).all([draft]) if draft is not None else ()
        return fields[0] if fields and self._fits(fields[0], node, path) else None

    def _is_path(self, node: Node) -> bool:
        """Whether a scalar is the name of something that can be read."""
        return (
            self.scope is not None and isinstance(node.value, str) and isinstance(self.scope.resolve(node.value), str)
        )

    def _fits(self, field: Field, node: Node, path: str) -> bool:
        """Whether its values are numbers that are always there and never below zero."""
        report, modifiers = self.values.report, field.modifiers
        if field.dtype not in _NUMERIC and not (self.scope is not None and field.dtype is DType.UNKNOWN):
            report.error("type", f"{field.call.generator} gives no numbers", node, path, "such as lognormal or gamma")
            return False
        varies = bool(field.reads) or has_expressions(field)
        if varies and self.scope is None:
            report.error("type", f"{self.what} has fixed parameters: there is no record yet to read", node, path)
            return False
        others = replace(modifiers, minimum=None, maximum=None, bounds="clip", round=None, doc="")
        if others != Modifiers():
            report.error("type", f"beside {self.what} only min, max, bounds and round may stand", node, path)
            return False
        low = 0.0 if varies else support(field)[0]
        if low < 0 and not self.signed:
            word = f"{self.what} of less than 0" if low == -math.inf else f"{self.what} of {low:g}{self.unit}"
            message = f"{field.call.generator} can give {word}{_share(field)}"
            report.error("contradiction", message, node, path, f"write min: 0{self.unit} beside it, or another law")
            return False
        return True


def _share(field: Field) -> str:
    """How much of a normal law lies below zero, in words."""
    args = field.call.args
    if field.call.generator != "normal":
        return ""
    below = math.erfc(args["mean"] / args["std"] / math.sqrt(2)) / 2
    return f" ({below:.2%} of them)" if below >= 1e-4 else " (seldom, but it can)"


def support(field: Field) -> tuple[float, float]:
    """Between which limits the values lie, as far as it is known from the arguments."""
    low, high = _of_law(field.call.generator, field.call.args)
    modifiers = field.modifiers
    if modifiers.minimum is not None and not isinstance(modifiers.minimum, Expression):
        low, high = max(low, float(modifiers.minimum)), max(high, float(modifiers.minimum))
    if modifiers.maximum is not None and not isinstance(modifiers.maximum, Expression):
        low, high = min(low, float(modifiers.maximum)), min(high, float(modifiers.maximum))
    return low, high


def _of_law(name: str, args: Any) -> tuple[float, float]:
    if name in _ABOVE_ZERO:
        return 0.0, math.inf
    if name in ("uniform", "integer", "triangular"):
        return float(args["min"]), float(args["max"])
    if name == "beta":
        return 0.0, 1.0
    if name == "normal":
        return (args["mean"], args["mean"]) if args["std"] == 0 else _EVERYWHERE
    if name == "const":
        return _number(args["value"]), _number(args["value"])
    if name == "choice":
        drawn = [_number(value) for value, weight in args["values"] if weight]
        return min(drawn), max(drawn)
    if name == "mixture":
        parts = [support(field) for field in args["components"]]
        return min(low for low, _ in parts), max(high for _, high in parts)
    if name == "histogram":
        ends = args["edges"] or [end for low, high, _ in args["bins"] for end in (low, high)]
        return min(ends), max(ends)
    if name == "empirical" and args["values"]:
        return min(args["values"]), math.inf
    return _EVERYWHERE


def _number(value: object) -> float:
    """A value as a number: null counts as none, and what is no number at all is reported where it stands."""
    return float(value) if isinstance(value, int | float) else 0.0
