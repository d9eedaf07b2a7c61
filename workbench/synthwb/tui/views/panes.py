"""The widgets that show the views: they hold a frozen value and draw it anew at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from synthwb.tui.actions import Scope, bindings
from synthwb.tui.views.canvas import Line
from synthwb.tui.views.cohorts import HEATS, draw_cohorts, draw_nobody
from synthwb.tui.views.flow import NO_FLOWS, draw_flow
from synthwb.tui.views.time import NO_EVENTS, draw_time

if TYPE_CHECKING:
    from synthwb.views import CohortView as Cohorts
    from synthwb.views import FlowChart
    from synthwb.views import TimeView as Times

__all__ = ["CohortView", "FlowView", "TimeView"]

_STYLES = (
    *("quiet", "name", "selected", "count", "bar"),
    *("box", "marked", "edge", "near", "label", "share"),
    *("diagonal", "watermark", "ontime", "late", "behind"),
    *HEATS,
)


class _View(Widget, can_focus=True):
    """Lines of text with styles by name, and the preview's keys. ``stale`` dims them: the document has an error."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PREVIEW)

    COMPONENT_CLASSES: ClassVar[set[str]] = set(map("view--{}".format, _STYLES))

    stale: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None, ascii_only: bool = False) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.ascii_only = ascii_only

    def lines(self, width: int, height: int) -> list[Line]:
        """What to show in so many cells and lines."""
        raise NotImplementedError

    def render(self) -> Text:
        """The lines in the colours of the theme."""
        styles: dict[str, Style] = {
            name: self.get_component_rich_style(f"view--{name}", partial=True) for name in _STYLES
        }
        faint = Style(dim=True, italic=True) if self.stale else Style()
        text = Text(no_wrap=True, overflow="crop")
        for line in self.lines(*self.content_size):
            for piece, style in line:
                text.append(piece, styles.get(style, Style()) + faint)
            text.append("\n")
        return text


class FlowView(_View):
    """The graph of one flow with its funnel."""

    chart: FlowChart | None = None
    selected = ""

    def show_chart(self, chart: FlowChart | None, selected: str) -> None:
        """Show this flow (None: there is none), with one of its states standing out (empty: none)."""
        if (chart, selected) != (self.chart, self.selected):
            self.chart, self.selected = chart, selected
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        """The graph, or what to write for one."""
        if self.chart is None:
            return [((line, "quiet"),) for line in NO_FLOWS.splitlines()]
        return draw_flow(self.chart, width, height, selected=self.selected, ascii_only=self.ascii_only)


class TimeView(_View):
    """Event time against arrival time."""

    times: Times | None = None

    class Resized(Message):
        """There is more or less room, for another number of slices."""

    def on_resize(self, event: events.Resize) -> None:
        """Whoever measures for this view measures anew."""
        self.post_message(self.Resized())

    def show_times(self, times: Times) -> None:
        """Show these events."""
        if times != self.times:
            self.times = times
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        """The view, or what to write for one."""
        if self.times is None or not (len(self.times) or self.times.expected):
            return [((NO_EVENTS, "quiet"),)]
        return draw_time(self.times, width, height, ascii_only=self.ascii_only)


class CohortView(_View):
    """Who comes back: a heat map, and the curve."""

    cohorts: Cohorts | None = None
    why = ""

    def show_cohorts(self, cohorts: Cohorts | None, why: str = "") -> None:
        """Show these cohorts (None: nobody can be followed, and ``why``)."""
        if (cohorts, why) != (self.cohorts, self.why):
            self.cohorts, self.why = cohorts, why
            self.refresh()

    def lines(self, width: int, height: int) -> list[Line]:
        """The map, or what to write for one; nothing while nothing is counted."""
        if self.cohorts is not None:
            return draw_cohorts(self.cohorts, width, height, ascii_only=self.ascii_only)
        return draw_nobody(self.why, width) if self.why else []
