"""The preview pane: the table and the views beside it, what is shown in its title, and one line for what is wrong."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from synthwb.tui.actions import Scope, bindings
from synthwb.tui.preview.grid import Grid
from synthwb.tui.preview.table import Table
from synthwb.tui.views.panes import CohortView, FlowView, TimeView

__all__ = ["VIEWS", "PreviewPane"]

VIEWS = ("table", "time", "flow", "cohorts")
_WHOLE = "cohorts"  # this view is of the whole stream, wherever the run is


class PreviewGrid(Grid):
    """The grid with the preview's keys."""

    BINDINGS = bindings(Scope.PREVIEW)


class PreviewPane(Vertical):
    """Rows of the stream, or a view of it. ``view`` is the one in front."""

    def __init__(self, *, id: str | None = None, ascii_only: bool = False) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.view = VIEWS[0]
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """A notice line (hidden while there is nothing to say) over the grid and the views."""
        yield Static("", id="preview-notice", markup=False)
        yield PreviewGrid(id="preview-table")
        yield TimeView(id="preview-time", ascii_only=self._ascii)
        yield FlowView(id="preview-flow", ascii_only=self._ascii)
        yield CohortView(id="preview-cohorts", ascii_only=self._ascii)

    def on_mount(self) -> None:
        """Say what is going on before the first rows come."""
        self._event = ""
        self._detail = ""
        self._source = ""
        self._notice = ("", False, False)
        self._shown = ("", "")
        self.show_notice("warming up: loading the engine")
        self._title()

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.query_one(Grid)

    @property
    def time(self) -> TimeView:
        """The time view."""
        return self.query_one(TimeView)

    @property
    def flow(self) -> FlowView:
        """The flow view."""
        return self.query_one(FlowView)

    @property
    def cohorts(self) -> CohortView:
        """The cohort view."""
        return self.query_one(CohortView)

    @property
    def front(self) -> Widget:
        """What is in front, and takes the keys."""
        return self.query_one(f"#preview-{self.view}")

    def show_view(self, view: str) -> None:
        """Bring the table or a view to the front."""
        self.view = view
        for name in VIEWS:
            self.query_one(f"#preview-{name}").display = name == view
        self._title()

    def detail(self, text: str) -> None:
        """Say in the title what the view in front is about."""
        self._detail = text
        self._title()

    def show_table(self, table: Table, *, source: str, fresh: bool) -> None:
        """Show rows; ``source`` says in a word or two where they come from."""
        self._event = table.event
        self.grid.set_table(table, fresh=fresh)
        self.show_source(source)

    def show_source(self, source: str) -> None:
        """Say in the title, in a word or two, where the rows come from."""
        self._source = source
        self._title()

    def show_notice(self, text: str, *, stale: bool = False, problem: bool = False) -> None:
        """A line over the rows, or none for an empty text; ``stale`` dims the rows beneath."""
        if self._notice == (text, stale, problem):
            return  # an update would lay out the whole screen, at every key
        self._notice = (text, stale, problem)
        notice = self.query_one("#preview-notice", Static)
        notice.update(Text(text))
        notice.display = bool(text)
        notice.set_class(problem, "-problem")
        self.grid.stale = self.time.stale = self.flow.stale = self.cohorts.stale = stale

    def mark(self, column: str) -> None:
        """Highlight the column of the field under the editor's cursor."""
        self.grid.marked = column

    def on_grid_followed(self) -> None:
        """Say in the title whether the newest rows are being followed."""
        self._title()

    def on_resize(self, event: events.Resize) -> None:
        """A title that has room for all words at one width may not have it at another."""
        self._title()

    def _title(self) -> None:
        """Name the views, and what is shown; where that is too long, the views stand at the foot."""
        tabs = " ".join(f"[{name.title()}]" if name == self.view else name.title() for name in VIEWS)
        if self.view == VIEWS[0]:
            back = "" if self.grid.following else "scrolled back, End follows"
            parts = [self._event or "all events", self._source, back]
        else:
            parts = [self._detail, "" if self.view == _WHOLE else self._source]
        title = " · ".join(part for part in (f"Preview F3 {tabs}", *parts) if part)
        foot = ""
        if cell_len(title) > self.size.width - 2 > 0:
            view = "" if self.view == VIEWS[0] else self.view.title()
            title, foot = " · ".join(part for part in ("Preview F3", view, *parts) if part), tabs
        if (title, foot) != self._shown:
            self._shown = (title, foot)
            self.border_title, self.border_subtitle = Content(title), Content(foot)
