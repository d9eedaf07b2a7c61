"""Cohorts counted beside the desk, slice by slice, so that an edit never waits for them.

A slice of the stream takes some tenths of a second; whoever shows the cohorts asks for the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.views import CohortView, CohortWatch

__all__ = ["Counted", "Counting", "Wanted"]

_SLICE = 16_384  # events that are looked at together
_LONG = 28 * 86_400_000_000  # a stream that ends no sooner is told by week, unless somebody chose


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to count: the actors of an ``entity`` (empty or unknown: of the first), by ``period`` (empty: what fits)."""

    entity: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """The cohorts of a ``plan`` so far, and whether there is ``more`` to look at.

    Without a ``view`` nobody can be followed, and ``why`` says it.
    """

    plan: Plan
    wanted: Wanted
    view: CohortView | None
    more: bool
    why: str = ""


class Counting:
    """Counts on; what it has counted of a stream is kept until another stream is counted."""

    def __init__(self, deliver: Callable[[Any], object]) -> None:
        self._deliver = deliver
        self._fingerprint = ""
        self._watches: dict[tuple[str, str], CohortWatch] = {}
        self._plan: Plan | None = None

    def advance(self, plan: Plan, wanted: Wanted) -> None:
        """Look at the next slice of the stream, from its beginning to its end."""
        self._deliver(self._counted(plan, wanted))

    def _counted(self, plan: Plan, wanted: Wanted) -> Counted:
        from synthwb.views import PERIODS, CohortWatch, returning, why_nobody

        if plan is not self._plan:
            self._plan = plan
            if plan.fingerprint != self._fingerprint:
                self._fingerprint = plan.fingerprint
                self._watches.clear()
        found = returning(plan.scenario)
        if not found:
            return Counted(plan, wanted, None, False, why_nobody(plan.scenario))
        entity = wanted.entity if wanted.entity in found else next(iter(found))
        period = wanted.period or _fitting(plan)
        watch = self._watches.get((entity, period))
        if watch is None:
            watch = self._watches[entity, period] = CohortWatch(plan, entity, PERIODS[period])
        more = watch.advance(None, _SLICE)
        return Counted(plan, wanted, watch.view, more)


def _fitting(plan: Plan) -> str:
    """The week for a stream of several, else the day: one without an end may not come to a week in what is counted."""
    return "week" if plan.end is not None and plan.end - plan.scenario.clock.start >= _LONG else "day"
