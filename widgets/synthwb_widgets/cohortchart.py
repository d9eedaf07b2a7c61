"""The cohort chart: who comes back, and for how long."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any

from synthwb.engine import Plan
from synthwb.errors import UsageError
from synthwb.views import MOST, PERIODS, CohortView, CohortWatch, retention_text, returning
from synthwb_widgets import cohortpicture, protocol
from synthwb_widgets.drawing import Drawing
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["CohortChart"]

_BITE = 20_000  # events looked at for one frame
_EMPTY = "Nothing to draw: the document has an error."
_NOBODY = (
    "Nobody can be recognised. Give an entity a key, and let events of its actors send it: "
    "{actor: user, fields: {user_id: actor.user_id}}."
)


class CohortChart(Part):
    """Cohorts and the retention curve: ``CohortChart("engaged-users")``, of a run, or of a workbench.

    It shows the stream from its beginning: as far as a run has come, or without one up to its end (500,000 events at
    most). ``period``: ``"day"`` or ``"week"``. ``entity``: whose actors (default: of the first that has
    a population). Raises UsageError for another period.
    """

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, period: str = "week", entity: str = "", name: str | None = None) -> None:
        if period not in PERIODS:
            raise UsageError(f"a period is one of {', '.join(PERIODS)}; not {period!r}")
        self._period = period
        self._entity = entity
        self._counting = Lock()
        self._watch: tuple[Plan, str, str, CohortWatch] | None = None
        super().__init__(source, kind="cohorts", name=name)

    @property
    def view(self) -> CohortView:
        """The cohorts and the curve as values. Raises UsageError where nobody can be recognised."""
        view, summary, _ = self._counted(self.feed.live.snapshot(), MOST)
        if view is None:
            raise UsageError(summary)
        return view

    def select(self, chosen: protocol.Select) -> None:
        """Cut time into other periods."""
        if chosen.choice is not None and chosen.choice in PERIODS:
            self._period = chosen.choice

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """The document, the event time so far, the periods, and how much of the stream was looked at."""
        looked = -1 if self._watch is None else self._watch[3].events
        return snapshot.revision, snapshot.stats.state, _now(snapshot), self._period, looked

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """The table and the curve, as far as the stream was looked at."""
        view, summary, more = self._counted(snapshot, _BITE)
        if more:
            self.feed.wake()  # where nothing runs, nobody else would
        return {
            "title": "Retention",
            "choices": tuple((name, f"by {name}") for name in PERIODS),
            "choice": self._period,
            "drawings": tuple(drawing.frame() for drawing in _drawings(view)),
            "summary": summary,
            "hint": "",
            "stale": snapshot.stale,
            "shown": True,
        }

    def picture(self) -> Picture:
        """The table and the curve, still."""
        view, summary, _ = self._counted(self.feed.live.snapshot(), MOST)
        return Picture("Retention", summary=summary, drawings=_drawings(view))

    def _counted(self, snapshot: Snapshot, events: int) -> tuple[CohortView | None, str, bool]:
        """The cohorts after looking at some more of the stream, what to say of them, and whether there is more."""
        plan = snapshot.plan
        if plan is None:
            return None, _EMPTY, False
        found = returning(plan.scenario)
        entity = self._entity if self._entity in found else next(iter(found), "")
        if not entity:
            return None, _NOBODY, False
        now = _now(snapshot)
        with self._counting:
            held = self._watch
            if held is None or held[0] is not plan or held[1:3] != (entity, self._period) or held[3].beyond(now):
                watch = CohortWatch(plan, entity, PERIODS[self._period])
                self._watch = (plan, entity, self._period, watch)
            else:
                watch = held[3]
            more = watch.advance(now, events)
            return watch.view, retention_text(watch.view), more


def _now(snapshot: Snapshot) -> int | None:
    """The event time that was come to; None while nothing is made."""
    return snapshot.window.batches[-1].last_time if snapshot.made else None


def _drawings(view: CohortView | None) -> tuple[Drawing, ...]:
    if view is None or not view.cohorts:
        return ()
    return cohortpicture.table(view), cohortpicture.curve(view)
