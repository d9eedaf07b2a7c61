"""The preview: which of table, time, flow and cohorts is in front, what it shows, and what its keys do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from synthwb.tui.actions import Action
from synthwb.tui.counting import Counted, Wanted
from synthwb.tui.preview.pane import VIEWS
from synthwb.tui.screens.live import Delivered, Live
from synthwb.tui.work import Flowed, Sampled, Timed
from synthwb.views import BOUNDS, FlowChart, span_text

__all__ = ["Views"]

_SLICES = 60  # of event time while the view is not on the screen


class Views(Live):
    """Table, time, flow and cohorts: one of them is in front."""

    _charts: tuple[FlowChart, ...] = ()
    _flow: str | None = None  # chosen by hand
    _bound = 2  # number of the bound of the watermark
    _counted: Counted | None = None
    _wanted = Wanted()

    def action_next_view(self) -> None:
        """Show the next view, in the pane that has the focus or beside it."""
        focused = self.preview.front.has_focus
        self.preview.show_view(VIEWS[(VIEWS.index(self.preview.view) + 1) % len(VIEWS)])
        self.set_class(self.preview.view != VIEWS[0], "-viewing")
        if focused:
            self.set_focus(self.preview.front)
        self._fresh = True
        self._show_front()
        self.ask_preview()
        self.refresh_keys()

    def action_next_flow(self) -> None:
        """Show the next flow, and after the last the one under the cursor again."""
        names = [chart.flow for chart in self._charts]
        if len(names) > 1 and self.preview.view == "flow":
            self._flow = names[(names.index(self._shown_flow()) + 1) % len(names)]
            self._show_front()

    def action_next_bound(self) -> None:
        """Let the watermark stay further behind, and after the furthest not at all."""
        if self.preview.view == "time":
            self._bound = (self._bound + 1) % len(BOUNDS)
            self._show_front()
            self.ask_preview()

    def action_next_period(self) -> None:
        """Tell the cohorts by week, and then by day again."""
        view = self.preview.cohorts.cohorts
        if self.preview.view == "cohorts" and view is not None:
            self._wanted = replace(self._wanted, period="day" if view.name == "week" else "week")
            self.ask_preview()

    def action_reroll(self) -> None:
        """Preview with another seed."""
        self.session.reroll(random.randrange(1, 1_000_000))  # noqa: S311 - nothing secret: a seed to look at

    def action_own_seed(self) -> None:
        """Preview with the scenario's own seed."""
        self.session.reroll(None)

    def ask_preview(self) -> None:
        """Ask for what is in front."""
        view = self.preview.view
        if view == "flow":
            self.session.flows()
        elif view == "time":
            width = self.preview.time.content_size.width
            self.session.times(BOUNDS[self._bound], min(width, 100) - 20 if width > 40 else _SLICES)
        elif view == "cohorts":
            if self.counting:
                self.session.cohorts(self._wanted)
        else:
            super().ask_preview()

    def follow_cursor(self, *, measure: bool = True) -> None:
        """The flow under the cursor takes the place of one chosen by hand, and its state stands out."""
        before = self.place
        super().follow_cursor(measure=measure)
        if self.place.flow and self.place.flow != before.flow:
            self._flow = None
        if self.place != before:
            self._wanted = replace(self._wanted, entity=self.place.entity)
            self._show_front()
            if self.preview.view == "cohorts":
                self.ask_preview()

    def on_delivered(self, message: Delivered) -> None:
        """Show what was measured, if it still is of the run on the screen."""
        result = message.result
        if isinstance(result, Counted):
            self._show_counted(result)
        if not isinstance(result, (Flowed, Timed)) or result.run is not self.session.control.active:
            return
        if isinstance(result, Flowed):
            self._charts = result.charts
            self.refresh_keys()
        else:
            self.preview.time.show_times(result.times)
        self._show_front()

    @property
    def counting(self) -> bool:
        """Whether the cohorts that are wanted are not all counted yet."""
        return self._counted is None or self._counted.more or not self._current(self._counted)

    def _current(self, counted: Counted) -> bool:
        """Whether this is what is wanted now, of the stream on the screen."""
        return counted.plan is self.session.plan and counted.wanted == self._wanted

    def _show_counted(self, counted: Counted) -> None:
        """Show what was counted so far, and have more counted while it is looked at and nobody types."""
        if not self._current(counted):
            if self.preview.view == "cohorts":
                self.ask_preview()
            return
        self._counted = counted
        if counted.view is None or counted.view.cohorts or not counted.more:  # the old ones stay until there are new
            self.preview.cohorts.show_cohorts(counted.view, counted.why)
        self._show_front()
        self.refresh_keys()
        if counted.more and self.preview.view == "cohorts" and (self.session.settled or not self.session.valid):
            self.session.cohorts(self._wanted)

    def _show_sample(self, sampled: Sampled) -> None:
        """A new plan has other flows and other times."""
        super()._show_sample(sampled)
        if self.preview.view != VIEWS[0]:
            self.ask_preview()

    def usable(self, action: Action) -> bool:
        """Keys of a view work while it is in front."""
        wanted = {
            "preview.event": "table",
            "preview.follow": "table",
            "preview.watermark": "time",
            "preview.period": "cohorts",
            "preview.flow": "flow",
        }
        if action.id == "preview.flow" and len(self._charts) < 2:
            return False
        if action.id == "preview.period" and self.preview.cohorts.cohorts is None:
            return False
        return wanted.get(action.id, self.preview.view) == self.preview.view and super().usable(action)

    def on_time_view_resized(self) -> None:
        """Another width has room for another number of slices."""
        if self.preview.view == "time" and self.session.plan is not None:
            self.ask_preview()

    def _shown_flow(self) -> str:
        """The flow chosen by hand, else the one under the cursor, else the first."""
        names = [chart.flow for chart in self._charts]
        wanted = (self._flow, self.place.flow)
        return next((name for name in wanted if name in names), names[0] if names else "")

    def _show_front(self) -> None:
        """Bring view and title up to date."""
        if self.preview.view == "flow":
            name = self._shown_flow()
            chart = next((chart for chart in self._charts if chart.flow == name), None)
            self.preview.flow.show_chart(chart, self.place.state if self.place.flow == name else "")
            number = f" {[each.flow for each in self._charts].index(name) + 1} of {len(self._charts)}" if name else ""
            self.preview.detail(f"{name}{number if len(self._charts) > 1 else ''}")
        elif self.preview.view == "time":
            times = self.preview.time.times
            late = times is not None and not times.in_order
            self.preview.detail(f"watermark {span_text(BOUNDS[self._bound])}" if late else "")
        elif self.preview.view == "cohorts":
            self.preview.detail("" if self._counted is None else _told(self._counted))


def _told(counted: Counted) -> str:
    """Whose cohorts these are, and how far the stream was looked at."""
    view = counted.view
    if view is None:
        return ""
    until = datetime.fromtimestamp(view.until // 1_000_000, ZoneInfo(view.zone))
    return f"{view.entity} by {view.name} · {'counting, ' if counted.more else ''}up to {until:%d %b}"
