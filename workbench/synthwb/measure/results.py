"""What has become of a check so far: frozen, for screens, files and exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthwb.scenario.checks.model import time_text

__all__ = ["CheckResult", "Failure", "summary"]


@dataclass(frozen=True, slots=True)
class Failure:
    """The first record, or window of time, that did not pass.

    ``id``: of the event (empty for a window). ``value``: as text. ``time``: event time in microseconds, for a window
    that of its beginning.
    """

    id: str
    value: str
    time: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: ``passed`` as far as the stream has come, ``observed`` and ``expected`` in words.

    ``path``: what it looks at. ``failures``: records (windows, for a rate) that did not pass, whether or not so many
    are allowed; a share, which only all records together have, counts none. ``first``: the first of them.
    """

    name: str
    path: str
    passed: bool
    observed: str
    expected: str
    failures: int = 0
    first: Failure | None = None

    @property
    def words(self) -> str:
        """The result in one line: ``e.n between: 97% of 100 records; expected 0 to 5; first ...``."""
        line = f"{self.name}: {self.observed}; expected {self.expected}"
        if self.first is None:
            return line
        event = f" of event {self.first.id}" if self.first.id else ""
        return f"{line}; first {self.first.value}{event} at {time_text(self.first.time)}"


def summary(results: Sequence[CheckResult]) -> str:
    """All checks in one line: how many fail, and the first of them; an empty text where there are none."""
    failed = [result for result in results if not result.passed]
    count = f"{len(results)} check{'s' * (len(results) != 1)}"
    if failed:
        return f"{len(failed)} of {count} fail{'s' * (len(failed) == 1)} · {failed[0].words}"
    return f"{count} pass{'es' * (len(results) == 1)}" if results else ""
