"""Scalars of the document as values: numbers, texts, times, with the message when they are something else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

from synthwb.scenario import literals
from synthwb.scenario.report import Report
from synthwb.scenario.tree import Node, NodeKind

__all__ = ["Bounds", "Values"]

_LARGEST_INT = 2**63 - 1
Bounds = tuple[float | None, float | None, float | None, float | None]
"""Lower limit, upper limit, both inclusive; lower limit, upper limit, both exclusive."""
_FREE: Bounds = (None, None, None, None)


class Values:
    """Reads scalars. Every method gives the value, or None after it has reported what is wrong.

    ``zone``, ``start`` and ``locales`` are those of the scenario. ``folder``: where the paths of files begin.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.folder = Path()
        self.zone: tzinfo = UTC
        self.start = 0
        self.locales: tuple[tuple[str, Fraction], ...] = (("en_US", Fraction(1)),)  # with their weights

    def text(self, node: Node, path: str, what: str = "text") -> str | None:
        """Any scalar that is text; a number is taken as it is written."""
        if node.kind is not NodeKind.SCALAR or node.value is None or isinstance(node.value, bool):
            self.report.expected(node, what, path, *self._braces(node))
            return None
        return node.value if isinstance(node.value, str) else node.text

    def _braces(self, node: Node) -> tuple[str, Any]:
        """Hint and mend for ``{a}`` where text was meant."""
        written = self.report.document.text[node.start : node.end]
        if not node.flow or "\n" in written or '"' in written or "\\" in written or not written:
            return "", None
        from synthwb.scenario.diagnostics import Edit

        return f'quote it if it is text: "{written}"', Edit(node.start, node.end, f'"{written}"', "quote it")

    def boolean(self, node: Node, path: str) -> bool | None:
        """``true`` or ``false``."""
        if isinstance(node.value, bool):
            return node.value
        meant = {"yes": "true", "no": "false", "on": "true", "off": "false", "1": "true", "0": "false"}
        new = meant.get(node.text.lower()) if node.kind is NodeKind.SCALAR else None
        edit = self.report.replace(node, node.text, new) if new else None
        self.report.expected(node, "true or false", path, f"write {new}" if new else "", edit)
        return None

    def number(
        self, node: Node, path: str, bounds: Bounds = _FREE, what: str = "a number", unit: str = ""
    ) -> float | int | None:
        """A finite number within limits; ``5%`` is 0.05."""
        value = node.value
        if isinstance(value, str) and (share := literals.percentage(value)) is not None:
            value = share
        if isinstance(value, bool) or not isinstance(value, int | float) or node.kind is not NodeKind.SCALAR:
            self.report.expected(node, what, path, self._hint(node, unit))
            return None
        if isinstance(value, int) and abs(value) > _LARGEST_INT:
            self.report.error("range", f"{node.text[:24]} does not fit 64 bits", node, path)
            return None
        if not math.isfinite(value):
            self.report.error("range", f"expected {what}, and {node.text} is not finite", node, path)
            return None
        return value if self.within(node, value, path, bounds) else None

    def seconds(self, node: Node, path: str, bounds: Bounds = _FREE, what: str = "a number") -> float | int | None:
        """A duration such as ``40s``, in seconds; or a number within limits, which is taken for seconds."""
        span = literals.duration(node.value) if isinstance(node.value, str) else None
        if span is None:
            return self.number(node, path, bounds, f"{literals.DURATION}, or {what} of seconds", "seconds")
        value = span / 1e6
        return value if self.within(node, value, path, bounds) else None

    def _hint(self, node: Node, unit: str) -> str:
        """Why a text is no number, where that is easy to guess."""
        if not isinstance(node.value, str):
            return ""
        if node.value.replace(",", ".", 1).replace(".", "", 1).isdecimal() and "," in node.value:
            return f"write {node.value.replace(',', '.', 1)}, with a point"
        if literals.duration(node.value) is not None and unit:
            return f"write the number alone, in {unit}"
        if not node.plain and node.value.replace(".", "", 1).isdecimal():
            return "remove the quotes"
        return ""

    def within(self, node: Node, value: float, path: str, bounds: Bounds) -> bool:
        """Whether a value respects its limits."""
        low, high, above, below = bounds
        checks = (
            (low is not None and value < low, "at least", low),
            (high is not None and value > high, "at most", high),
            (above is not None and value <= above, "above", above),
            (below is not None and value >= below, "below", below),
        )
        for wrong, word, limit in checks:
            if wrong and limit is not None:
                self.report.error("range", f"must be {word} {limit:.15g}, not {node.text}", node, path)
                return False
        return True

    def integer(self, node: Node, path: str, bounds: Bounds = _FREE, what: str = "a whole number") -> int | None:
        """A whole number within limits; 3.0 is one."""
        if isinstance(node.value, float) and math.isfinite(node.value) and not node.value.is_integer():
            new = str(round(node.value))
            edit = self.report.replace(node, node.text, new)
            self.report.expected(node, what, path, f"such as {new}", edit)
            return None
        value = self.number(node, path, bounds, what)
        return None if value is None else int(value)

    def probability(self, node: Node, path: str) -> float | None:
        """A number from 0 to 1, or a percentage."""
        value = node.value
        if isinstance(value, str) and literals.percentage(value) is None:
            self.report.expected(node, literals.PERCENTAGE, path)
            return None
        number = self.number(node, path, what=literals.PERCENTAGE)
        if number is None:
            return None
        if 0 <= number <= 1:
            return float(number)
        hint, edit = "it lies between 0 and 1", None
        if 1 < number <= 100 and not isinstance(value, str):
            hint, edit = f"write {node.text}%", self.report.replace(node, node.text, f"{node.text}%")
        self.report.error("range", f"{node.text} is not a probability", node, path, hint, edit)
        return None

    def duration(self, node: Node, path: str) -> int | None:
        """Microseconds of a duration."""
        value = literals.duration(node.value) if isinstance(node.value, str) else None
        if value is None:
            plain = isinstance(node.value, int) and not isinstance(node.value, bool)
            edit = self.report.replace(node, node.text, f"{node.text}s") if plain else None
            self.report.expected(node, literals.DURATION, path, f"{node.text}s is in seconds" if plain else "", edit)
        return value

    def rate(self, node: Node, path: str) -> Fraction | None:
        """Events per second of a rate."""
        value = literals.rate(node.value) if isinstance(node.value, str) else None
        if value is None:
            plain = isinstance(node.value, int | float) and not isinstance(node.value, bool)
            edit = self.report.replace(node, node.text, f"{node.text}/s") if plain else None
            hint = f"{node.text}/s is per second" if plain else ""
            self.report.expected(node, literals.RATE, path, hint, edit)
        return value

    def slope(self, node: Node, path: str) -> tuple[float, int] | None:
        """How much in how many microseconds."""
        value = literals.slope(node.value) if isinstance(node.value, str) else None
        if value is None:
            plain = isinstance(node.value, int | float) and not isinstance(node.value, bool)
            edit = self.report.replace(node, node.text, f"{node.text}/s") if plain else None
            hint = f"{node.text}/s is per second" if plain else ""
            self.report.expected(node, literals.SLOPE, path, hint, edit)
        return value

    def time(self, node: Node, path: str, *, relative: bool = True) -> int | None:
        """Microseconds since the epoch of an event time; ``relative`` to the start of the clock."""
        value = None
        if isinstance(node.value, str):
            value = literals.moment(node.value, self.zone, self.start if relative else None)
        if value is None or not -62_135_596_800 <= value / 1e6 < 253_402_300_800:
            self.report.expected(node, literals.TIME if relative else literals.TIME.split(",")[0], path)
            return None
        return value

    def choice(self, node: Node, choices: Iterable[str], path: str, what: str) -> str | None:
        """One of several words."""
        word = self.text(node, path, f"one of {', '.join(choices)}")
        if word is None or word in choices:
            return word
        self.report.unknown(what, node, word, choices, path)
        return None
