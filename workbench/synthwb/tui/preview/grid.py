"""The grid: a table drawn line by line, because repainting a `DataTable` at 4 Hz costs ten times as much."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from synthwb.tui.preview.cells import ABSENT, NULL, fit
from synthwb.tui.preview.table import EMPTY, Heading, Row, Table

if TYPE_CHECKING:
    from textual import events

__all__ = ["Grid", "widths"]

_NARROWEST, _WIDEST = 4, 36
_GAP = 2
_WHEEL = 3  # rows for a step of the wheel
_STYLES = ("name", "type", "marked", "marked-head", "stale", "faint", "time")


def widths(table: Table, known: dict[str, int], *, two_lines: bool) -> dict[str, int]:
    """The width of each column in cells: what its heading and rows need, and never less than it was before.

    Columns that only grow keep a live table from trembling.
    """
    made: dict[str, int] = {}
    for heading in table.headings:
        title = max(len(heading.name), len(heading.type)) if two_lines else len(heading.name) + 1 + len(heading.type)
        widest = table.widest.get(heading.name, 0)
        made[heading.name] = max(_NARROWEST, min(max(widest, known.get(heading.name, 0)), _WIDEST), min(title, _WIDEST))
    return made


class Grid(ScrollView, can_focus=True):
    """Rows under a fixed heading.

    ``marked`` is the column of the field under the editor's cursor; ``stale`` dims the rows; ``compact`` puts name
    and type on one line of heading. The grid follows the newest row until somebody scrolls up.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(map("grid--{}".format, _STYLES))

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "wander(-1)", show=False),
        Binding("down", "wander(1)", show=False),
        Binding("left", "scroll_left", show=False),
        Binding("right", "scroll_right", show=False),
        Binding("pageup", "wander_page(-1)", show=False),
        Binding("pagedown", "wander_page(1)", show=False),
        Binding("home", "wander(-100000)", show=False),
    ]

    marked: reactive[str] = reactive("", init=False)
    stale: reactive[bool] = reactive(False, init=False)
    compact: reactive[bool] = reactive(False, init=False)

    class Followed(Message):
        """The grid began or stopped to follow the newest row."""

        def __init__(self, following: bool) -> None:
            super().__init__()
            self.following = following

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.table: Table = EMPTY
        self.following = True
        self._widths: dict[str, int] = {}
        self._plain = Style()
        self._styles: dict[str, Style] = {}

    @property
    def head_lines(self) -> int:
        """Lines taken by the heading."""
        return 1 if self.compact else 2

    def set_table(self, table: Table, *, fresh: bool = False) -> None:
        """Show this table; ``fresh`` forgets the widths of the columns of the table before."""
        self._widths = widths(table, {} if fresh else self._widths, two_lines=not self.compact)
        changed = table.headings != self.table.headings
        self.table = table
        self._resize()
        if changed:
            self.scroll_to(x=0, animate=False, immediate=True, force=True)
            self._reveal()
        self._keep_end()
        self.refresh()

    def follow(self) -> None:
        """Go to the newest row and stay there."""
        self._set_following(True)
        self.scroll_end(animate=False, x_axis=False, immediate=True, force=True)

    def watch_compact(self) -> None:
        """The heading takes one line more or less."""
        self._widths = widths(self.table, {}, two_lines=not self.compact)
        self._resize()
        self.refresh()

    def watch_marked(self) -> None:
        """Show which column belongs to the field under the cursor."""
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        """Bring the marked column into view."""
        left = 0
        for heading in self.table.headings:
            width = self._widths.get(heading.name, _NARROWEST)
            if heading.name == self.marked:
                if left < self.scroll_offset.x or left + width > self.scroll_offset.x + self.size.width:
                    self.scroll_to(x=max(0, left - _GAP), animate=False, immediate=True, force=True)
                break
            left += width + _GAP

    def watch_stale(self) -> None:
        """Repaint dimmed, or bright again."""
        self.refresh()

    def action_wander(self, rows: int) -> None:
        """So many rows on, or back: whoever goes back does not follow any more; the last row is followed again."""
        wanted = min(max(0, round(self.scroll_offset.y) + rows), self.max_scroll_y)
        self._set_following(wanted >= self.max_scroll_y)
        self.scroll_to(y=wanted, animate=False, immediate=True, force=True)

    def action_wander_page(self, pages: int) -> None:
        """So many pages on, or back."""
        self.action_wander(pages * max(1, self.size.height - self.head_lines))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel does what the arrow does."""
        event.stop()
        event.prevent_default()
        self.action_wander(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel does what the arrow does."""
        event.stop()
        event.prevent_default()
        self.action_wander(_WHEEL)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the newest row in view when the size changes."""
        self._keep_end()

    def _keep_end(self) -> None:
        """Stay at the newest row; once more when the layout knows the new size of the table."""
        if self.following:
            self.scroll_end(animate=False, x_axis=False, immediate=True, force=True)
            self.call_after_refresh(self._settle_end)

    def _settle_end(self) -> None:
        if self.following and round(self.scroll_offset.y) < self.max_scroll_y:
            self.scroll_end(animate=False, x_axis=False, immediate=True, force=True)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Look styles up once for all lines: doing it for each cell costs more than all the rest."""
        self._plain = self.rich_style
        self._styles = {name: self.get_component_rich_style(f"grid--{name}") for name in _STYLES}
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the heading or of a row."""
        left = round(self.scroll_offset.x)
        width = self.size.width
        if y < self.head_lines:
            strip = self._heading_line(y)
        else:
            index = y - self.head_lines + round(self.scroll_offset.y)
            if index >= len(self.table.rows):
                return Strip.blank(width, self._plain)
            strip = self._row_line(self.table.rows[index])
        return strip.crop(left, left + width).extend_cell_length(width, self._plain).apply_style(self._plain)

    def _set_following(self, following: bool) -> None:
        if following != self.following:
            self.following = following
            self.post_message(self.Followed(following))

    def _resize(self) -> None:
        total = sum(self._widths.values()) + _GAP * max(0, len(self._widths) - 1)
        self.virtual_size = Size(total, len(self.table.rows) + self.head_lines)

    def _heading_line(self, y: int) -> Strip:
        name_style, type_style, marked_style = (self._styles[each] for each in ("name", "type", "marked-head"))
        segments: list[Segment] = []
        for heading in self.table.headings:
            width = self._widths[heading.name]
            marked = heading.name == self.marked
            name = marked_style if marked else name_style
            kind = type_style + marked_style if marked else type_style
            if not self.compact:
                text = heading.name if y == 0 else heading.type
                segments.append(Segment(fit(text, width, right=heading.right), name if y == 0 else kind))
            else:
                segments.extend(_one_line_heading(heading, width, name, kind))
            segments.append(Segment(" " * _GAP))
        return Strip(segments)

    def _row_line(self, row: Row) -> Strip:
        plain = self._styles["stale"] if self.stale else self._plain
        time = plain if self.stale else self._styles["time"]
        faint, marked = self._styles["faint"], self._styles["marked"]
        segments: list[Segment] = []
        for heading in self.table.headings:
            text = row.cells.get(heading.name, "")
            style = faint if text in (NULL, ABSENT) else time if heading.name == "time" else plain
            if heading.name == self.marked:
                style = style + marked
            segments.append(Segment(fit(text, self._widths[heading.name], right=heading.right), style))
            segments.append(Segment(" " * _GAP, self._plain))
        return Strip(segments)


def _one_line_heading(heading: Heading, width: int, name: Style, kind: Style) -> list[Segment]:
    room = width - len(heading.name) - 1
    if room < len(heading.type):
        return [Segment(fit(heading.name, width, right=heading.right), name)]
    tail = " " * (room - len(heading.type))
    inner = [Segment(heading.name, name), Segment(" " + heading.type, kind)]
    return [Segment(tail, kind), *inner] if heading.right else [*inner, Segment(tail, kind)]
