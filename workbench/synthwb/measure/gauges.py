"""Gauges of records: single values, shares, doubles and order. One for each check, fed with the parts of its event."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine import Part
from synthwb.measure.judging import Truth, Verdicts, judge_of, value_judge, values_of
from synthwb.measure.memory import NEVER, keys_of
from synthwb.measure.results import CheckResult
from synthwb.measure.tally import NOTHING, Tally
from synthwb.measure.tracking import Tracking
from synthwb.scenario.checks.model import (
    Between,
    Check,
    Matches,
    NotNull,
    OneOf,
    Order,
    Share,
    Unique,
    share_text,
    time_text,
    value_text,
)

__all__ = ["OrderGauge", "ShareGauge", "UniqueGauge", "ValueGauge"]


def _shown(part: Part, path: str, row: int) -> str:
    """A value of a part as text."""
    return value_text(values_of(part, path).take(np.array([row])).series().item())


class ValueGauge:
    """Values that pass or fail one by one. Raises ValueError for a regular expression that cannot be used."""

    def __init__(self, check: Check, rule: Between | NotNull | OneOf | Matches) -> None:
        self._tally = Tally(check)
        self._path = check.field
        self._verdicts = Verdicts(judge_of(rule), blank=isinstance(rule, NotNull))

    def observe(self, part: Part, kept: Truth | None) -> None:
        """Look at a part; ``kept``: only at these rows."""
        passed, looked = self._verdicts.of(values_of(part, self._path))
        looked = looked if kept is None else looked & kept
        failed = looked & ~passed
        self._tally.add(part, int(np.count_nonzero(looked)), failed, lambda row: _shown(part, self._path, row))

    def result(self) -> CheckResult:
        """How it stands."""
        return self._tally.result()

    def state(self) -> Mapping[str, Any]:
        """What it knows, as plain values."""
        return self._tally.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._tally.restore(state)


class ShareGauge:
    """The share of one value among all records."""

    def __init__(self, check: Check, rule: Share) -> None:
        self._tally = Tally(check)
        self._rule = rule
        self._path = check.field
        self._verdicts = Verdicts(value_judge(rule.value), blank=False)
        self._equal = 0

    def observe(self, part: Part, kept: Truth | None) -> None:
        """Look at a part; ``kept``: only at these rows."""
        column = values_of(part, self._path)
        equal, _ = self._verdicts.of(column)
        if self._rule.value is None and column.absent is not None:
            equal = equal | column.absent
        self._tally.looked += len(equal) if kept is None else int(np.count_nonzero(kept))
        self._equal += int(np.count_nonzero(equal if kept is None else equal & kept))

    def result(self) -> CheckResult:
        """How it stands: judged once so many records are there that one of their shares lies between the limits."""
        count, equal = self._tally.looked, self._equal
        if not count:
            return self._tally.finished(passed=True, observed=NOTHING)
        least = 0 if self._rule.low is None else ceil(self._rule.low * count)
        most = count if self._rule.high is None else floor(self._rule.high * count)
        words = f"{share_text(Fraction(equal, count))} ({equal:,} of {count:,} records)"
        if least > most:
            return self._tally.finished(passed=True, observed=f"{words}: too few to tell")
        return self._tally.finished(passed=least <= equal <= most, observed=words)

    def state(self) -> Mapping[str, Any]:
        """What it knows, as plain values."""
        return {**self._tally.state(), "equal": self._equal}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._tally.restore(state)
        self._equal = state["equal"]


class UniqueGauge:
    """Values that do not come twice, among the last records or within a stretch of event time."""

    def __init__(self, check: Check, rule: Unique, limit: int) -> None:
        self._tally = Tally(check)
        self._path = check.field
        self._within = rule.within
        self._limit = limit
        self._tracking = Tracking(limit)
        self._latest = NEVER

    def observe(self, part: Part, kept: Truth | None) -> None:
        """Look at a part; ``kept``: only at these rows."""
        values = values_of(part, self._path).series()
        looked = values.is_not_null().to_numpy()
        rows = np.flatnonzero(looked if kept is None else looked & kept)
        if not len(rows):
            return
        time = part.time[rows]
        latest = np.maximum.accumulate(np.maximum(time, self._latest))
        double, last = self._tracking.follow(keys_of(values[rows]), self._tally.looked, time, self._within)
        if self._within is not None:
            double = double & (last >= latest - self._within)
        failed = np.zeros(len(part), np.bool_)
        failed[rows[double]] = True
        self._tally.add(part, len(rows), failed, lambda row: value_text(values[row]))
        self._latest = int(latest[-1])

    def result(self) -> CheckResult:
        """How it stands, and how far it looked if it could not look at everything."""
        return self._tally.result(_reach(self._tally.looked, self._limit))

    def state(self) -> Mapping[str, Any]:
        """What it knows, as plain values and arrays."""
        return {**self._tally.state(), "latest": self._latest, "memory": self._tracking.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._tally.restore(state)
        self._latest = state["latest"]
        self._tracking.restore(state["memory"])


class OrderGauge:
    """Event times that do not go back, for each key or for all records."""

    def __init__(self, check: Check, rule: Order, limit: int) -> None:
        self._tally = Tally(check)
        self._key = rule.key
        self._limit = limit
        self._tracking = Tracking(limit)

    def observe(self, part: Part, kept: Truth | None) -> None:
        """Look at a part; ``kept``: only at these rows."""
        looked = np.ones(len(part), np.bool_) if kept is None else kept
        values = values_of(part, self._key).series() if self._key else pl.Series(np.zeros(len(part), np.int64))
        rows = np.flatnonzero(looked & values.is_not_null().to_numpy())
        if not len(rows):
            return
        time = part.time[rows]
        seen, latest = self._tracking.follow(keys_of(values[rows]), self._tally.looked, time)
        late = seen & (time < latest)
        failed = np.zeros(len(part), np.bool_)
        failed[rows[late]] = True
        self._tally.add(part, len(rows), failed, lambda row: self._words(values, row, int(latest[late][0])))

    def _words(self, values: pl.Series, row: int, latest: int) -> str:
        key = f"{self._key} {value_text(values[row])} " if self._key else ""
        return f"{key}after {time_text(latest)}"

    def result(self) -> CheckResult:
        """How it stands, and how far it looked if it could not look at everything."""
        return self._tally.result(_reach(self._tally.looked, self._limit) if self._key else "")

    def state(self) -> Mapping[str, Any]:
        """What it knows, as plain values and arrays."""
        return {**self._tally.state(), "memory": self._tracking.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._tally.restore(state)
        self._tracking.restore(state["memory"])


def _reach(looked: int, limit: int) -> str:
    """How far back it was looked, once that is not everything."""
    return f", compared with the last {limit:,}" if looked > limit else ""
