"""Counting: how many records were looked at, how many did not pass, and which was the first of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from synthwb.engine import Part
from synthwb.measure.judging import Truth
from synthwb.measure.results import CheckResult, Failure
from synthwb.scenario.checks.model import Check, share_text

__all__ = ["NOTHING", "Tally"]

NOTHING = "nothing seen yet"
_LONGEST = 200  # characters of a value that is shown


class Tally:
    """The figures of one check, and its result in words."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.looked = 0
        self.failed = 0
        self.first: Failure | None = None

    def add(self, part: Part, looked: int, failed: Truth, value: Callable[[int], str]) -> None:
        """Count rows of a part: so many looked at, and those that failed. ``value``: what one of them has, as text."""
        self.looked += looked
        count = int(np.count_nonzero(failed))
        self.failed += count
        if count and self.first is None:
            row = int(np.argmax(failed))
            event = part.id.take(np.array([row])).series().item()
            self.first = Failure(event, value(row)[:_LONGEST], int(part.time[row]))

    @property
    def enough(self) -> bool:
        """Whether the share that must pass does."""
        least = Fraction(self.check.at_least)
        passed = self.looked - self.failed
        return passed * least.denominator >= least.numerator * self.looked

    def result(self, note: str = "") -> CheckResult:
        """The result for records that pass or fail one by one; ``note`` is added to what is observed."""
        observed = NOTHING
        if self.looked:
            share = share_text(Fraction(self.looked - self.failed, self.looked))
            observed = f"{share} of {self.looked:,} {self.check.counted}{note}"
        return self.finished(passed=self.enough, observed=observed)

    def finished(self, *, passed: bool, observed: str) -> CheckResult:
        """A result with these words."""
        check = self.check
        return CheckResult(check.name, check.path, passed, observed, check.expected, self.failed, self.first)

    def state(self) -> Mapping[str, Any]:
        """The figures, as plain values."""
        first = None if self.first is None else [self.first.id, self.first.value, self.first.time]
        return {"looked": self.looked, "failed": self.failed, "first": first}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on with these figures."""
        self.looked, self.failed = state["looked"], state["failed"]
        self.first = None if state["first"] is None else Failure(*state["first"])
