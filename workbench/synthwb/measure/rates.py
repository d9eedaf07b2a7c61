"""The gauge of rates: events counted in windows of event time that follow one another from the clock's start on."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from synthwb.engine.draws import Ints
from synthwb.measure.results import CheckResult, Failure
from synthwb.measure.tally import Tally
from synthwb.scenario.checks.model import Check, Rate, rate_text

__all__ = ["RateGauge"]

_SECOND = 1_000_000


class RateGauge:
    """Counts one event in windows; a window is full when any event comes after it.

    ``origin``: where the first window of the clock begins, ``start``: where this stream does, in microseconds; a window
    that it does not have from its beginning is not judged. An event that comes after its window was full is left out.
    """

    def __init__(self, check: Check, rule: Rate, origin: int, start: int) -> None:
        self._tally = Tally(check)
        self._over = rule.over
        self._least = 0 if rule.low is None else ceil(rule.low * rule.over / _SECOND)
        self._most = None if rule.high is None else floor(rule.high * rule.over / _SECOND)
        self._origin = origin
        self._window = -((origin - start) // rule.over)  # the first that begins at or after the start
        self._count = 0
        self._range: tuple[int, int] | None = None

    def observe(self, times: Ints, latest: Ints, end: int) -> None:
        """Count events at these times; ``latest``: the latest time of any event up to each, ``end``: up to now."""
        window = (times - self._origin) // self._over
        window = window[window == (latest - self._origin) // self._over]
        numbers, counts = np.unique(window[window >= self._window], return_counts=True)
        if self._count:
            if len(numbers) and numbers[0] == self._window:
                counts[0] += self._count
            else:
                numbers, counts = np.append(self._window, numbers), np.append(self._count, counts)
        self._close(numbers, counts, max(self._window, (end - self._origin) // self._over))

    def _close(self, numbers: Ints, counts: Ints, until: int) -> None:
        """Judge all windows before ``until``; those without a number have had no event."""
        full = numbers < until
        closed, events = numbers[full], counts[full]
        silent = until - self._window - len(closed)
        wrong = self._wrong(events)
        failed = int(np.count_nonzero(wrong)) + (silent if silent and self._wrong(np.zeros(1, np.int64))[0] else 0)
        if failed and self._tally.first is None:
            self._tally.first = self._first(closed, events, wrong, silent)
        self._tally.looked += until - self._window
        self._tally.failed += failed
        seen = [int(events.min()), int(events.max())] if len(events) else []
        seen += [0] if silent else []
        seen += self._range or ()
        self._range = (min(seen), max(seen)) if seen else None
        self._window = until
        self._count = int(counts[~full].sum())

    def _wrong(self, counts: Ints) -> Any:
        return (counts < self._least) | (False if self._most is None else counts > self._most)

    def _first(self, closed: Ints, events: Ints, wrong: Any, silent: int) -> Failure:
        """The first window that is wrong: one with events, or a silent one."""
        found = [(int(closed[i]), int(events[i])) for i in np.flatnonzero(wrong)[:1]]
        if silent and self._wrong(np.zeros(1, np.int64))[0]:
            gaps = np.flatnonzero(closed != self._window + np.arange(len(closed)))
            found.append((self._window + (int(gaps[0]) if len(gaps) else len(closed)), 0))
        window, count = min(found)
        return Failure("", self._rate(count), self._origin + window * self._over)

    def _rate(self, count: int) -> str:
        return rate_text(Fraction(count * _SECOND, self._over))

    def result(self) -> CheckResult:
        """How it stands."""
        if self._range is None:
            return self._tally.finished(passed=True, observed="no full window yet")
        low, high = map(self._rate, self._range)
        windows, failed = self._tally.looked, self._tally.failed
        words = f"{low} to {high}" if low != high else low
        words += f" in {windows:,} window{'s' * (windows != 1)}"
        words += f", {failed:,} outside" if failed else ""
        return self._tally.finished(passed=self._tally.enough, observed=words)

    def state(self) -> Mapping[str, Any]:
        """What it knows, as plain values."""
        seen = None if self._range is None else list(self._range)
        return {**self._tally.state(), "window": self._window, "count": self._count, "range": seen}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._tally.restore(state)
        self._window, self._count = state["window"], state["count"]
        self._range = None if state["range"] is None else tuple(state["range"])
