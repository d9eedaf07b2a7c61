"""The preview pane: the grid, what it shows in its title, and one line for what is wrong or still to come."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from synthwb.tui.actions import Scope, bindings
from synthwb.tui.preview.grid import Grid
from synthwb.tui.preview.table import Table

__all__ = ["PreviewPane"]


class PreviewGrid(Grid):
    """The grid with the preview's keys."""

    BINDINGS = bindings(Scope.PREVIEW)


class PreviewPane(Vertical):
    """Rows of the stream. `show_table`, `show_notice` and `mark` are all that the screen calls."""

    def compose(self) -> ComposeResult:
        """A notice line (hidden while there is nothing to say) over the grid."""
        yield Static("", id="preview-notice", markup=False)
        yield PreviewGrid(id="preview-grid")

    def on_mount(self) -> None:
        """Say what is going on before the first rows come."""
        self._event = ""
        self._source = ""
        self._notice = ("", False, False)
        self._parts: tuple[str, ...] = ()
        self.show_notice("warming up: loading the engine")
        self._title()

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.query_one(Grid)

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
        self.grid.stale = stale

    def mark(self, column: str) -> None:
        """Highlight the column of the field under the editor's cursor."""
        self.grid.marked = column

    def on_grid_followed(self) -> None:
        """Say in the title whether the newest rows are being followed."""
        self._title()

    def _title(self) -> None:
        what = self._event or "all events"
        back = "" if self.grid.following else "scrolled back, End follows"
        parts = tuple(part for part in ("Preview F3", what, self._source, back) if part)
        if parts != self._parts:
            self._parts = parts
            self.border_title = Content(" · ".join(parts))
