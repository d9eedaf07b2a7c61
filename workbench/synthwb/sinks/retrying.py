"""What may go wrong with one request, and how long to wait before it is sent again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

__all__ = ["Again", "Away", "Course", "Problem", "Refused", "Retrying", "Unfit"]


class Refused(Exception):
    """The destination will never take this request: its events become dead letters."""


class Unfit(Refused):
    """These events are never taken, which says nothing of others: they are too large, for example."""


class Again(Exception):
    """The destination answered that the same request may succeed later, ``after`` so many seconds if it said so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Away(Exception):
    """The destination cannot be reached at all just now."""


Problem = Refused | Again | Away


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often and how soon a request is sent again.

    ``retries``: after an answer that asks for it, until its events become dead letters. ``patience``: seconds that a
    destination may be away before the run ends. The n-th wait is ``first * 2**n`` seconds, at most ``most``, of which a
    random half is left out so that many senders do not come at once (exponential backoff with jitter, see
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """

    retries: int = 5
    patience: float = 300.0
    first: float = 0.1
    most: float = 30.0
    most_away: float = 2.0

    def wait(self, number: int, *, away: bool = False) -> float:
        """Seconds of a wait; ``number`` counts the waits before it."""
        longest = min(self.most_away if away else self.most, self.first * 2.0 ** min(number, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - when a request is sent again changes no data


class Course:
    """How one request fares."""

    def __init__(self, retrying: Retrying) -> None:
        self._retrying = retrying
        self._answers = self._waits = 0
        self._away_since: float | None = None

    def wait(self, problem: Problem) -> float | None:
        """Seconds until the request is sent again; None: never. Raises TimeoutError where patience is at an end."""
        if isinstance(problem, Refused):
            return None
        away = isinstance(problem, Away)
        now = time.monotonic()
        self._away_since = (self._away_since if self._away_since is not None else now) if away else None
        if self._away_since is not None and now - self._away_since > self._retrying.patience:
            raise TimeoutError
        if not away and self._answers >= self._retrying.retries:
            return None
        self._answers += not away
        self._waits += 1
        if isinstance(problem, Again) and problem.after is not None:
            return problem.after
        return self._retrying.wait(self._waits - 1, away=away)

    def words(self, problem: Problem) -> str:
        """Why it is given up."""
        return str(problem) if isinstance(problem, Refused) else f"{problem} (tried {self._answers + 1} times)"
