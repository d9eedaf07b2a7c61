"""The event-time chart: when events happen, and when they arrive."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from synthwb.engine import Plan
from synthwb.views import BOUNDS, Rate, TimeView, expected_rates, span_text, time_view
from synthwb_widgets import protocol, timepicture
from synthwb_widgets.drawing import Drawing
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["EventTimeChart"]

_RECENT = 500  # events
_SLICES, _HOURS = 80, 48
_DAY = 86_400_000_000
_EMPTY = "Nothing to draw: the document has an error."


class EventTimeChart(Part):
    """Event time against arrival time, with a watermark, and rates by type: ``EventTimeChart(run)``, or of a scenario.

    ``bound``: seconds that the watermark stays behind the newest event time. ``optional``: nothing is shown while all
    events arrive when they happen.
    """

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, bound: float = 10.0, optional: bool = False, name: str | None = None) -> None:
        self._bound = int(bound * 1_000_000)
        self._optional = optional
        self._day: tuple[Plan, tuple[Rate, ...], int] | None = None
        super().__init__(source, kind="times", name=name)

    def select(self, chosen: protocol.Select) -> None:
        """Let the watermark stay so many microseconds behind."""
        if chosen.choice is not None and chosen.choice.isdecimal() and len(chosen.choice) <= 18:
            self._bound = int(chosen.choice)

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """The document, the events so far, and the bound."""
        return snapshot.revision, snapshot.stats.state, snapshot.stats.events, len(snapshot.window), self._bound

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """The scatter if anything is late, the rates and what is expected of the day."""
        view = self._view(snapshot)
        bounds = sorted({*BOUNDS, self._bound})
        drawings = () if view is None else _drawings(view)
        return {
            "title": "Event time",
            "choices": tuple((str(bound), f"watermark {span_text(bound)} behind") for bound in bounds),
            "choice": str(self._bound),
            "drawings": tuple(drawing.frame() for drawing in drawings),
            "summary": _EMPTY if view is None else timepicture.describe(view),
            "hint": "",
            "stale": snapshot.stale,
            "shown": not self._optional or (view is not None and not view.in_order),
        }

    def picture(self) -> Picture:
        """The drawings, still."""
        view = self._view(self.feed.live.snapshot())
        if view is None:
            return Picture("Event time", summary=_EMPTY)
        return Picture("Event time", summary=timepicture.describe(view), drawings=_drawings(view))

    def _view(self, snapshot: Snapshot) -> TimeView | None:
        plan = snapshot.plan
        if plan is None:
            return None
        batches = snapshot.window.newest(_RECENT)
        view = time_view(batches, bound=self._bound, slices=_SLICES, names=list(plan.events))
        now = view.time[-1] if len(view) else plan.scenario.clock.start
        day = self._day
        if day is None or day[0] is not plan or not day[2] <= now < day[2] + _DAY:
            day = self._day = (plan, *expected_rates(plan, now, _HOURS))
        return replace(view, expected=day[1], day=day[2])


def _drawings(view: TimeView) -> tuple[Drawing, ...]:
    found = [] if view.in_order else [timepicture.scatter(view)]
    if len(view):
        found.append(timepicture.rates("Events a second over event time:", view.rates, "rates"))
    day = f"{datetime.fromtimestamp(view.day // 1_000_000, UTC):%Y-%m-%d %H:%M}"
    found.append(timepicture.rates(f"Expected over the day from {day} UTC:", view.expected, "day"))
    return tuple(found)
