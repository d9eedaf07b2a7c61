"""The editor itself: YAML colours, editing keys, and problems drawn into the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.tui.actions import Scope, bindings
from synthwb.tui.editor import editing
from synthwb.tui.editor.hooks import DecoratedArea
from synthwb.tui.editor.marks import LineMarks, at_cursor, following, marks_by_line, preceding
from synthwb.tui.theme import yaml_theme

if TYPE_CHECKING:
    from synthwb.tui.editor.popup import CompletionPopup

__all__ = ["ScenarioEditor"]

_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!"}
_CONTROL = {code: 0x2400 + code for code in range(0x20) if code != 0x09} | {0x7F: 0x2421}


_OWN_KEYS = {
    key: binding.action
    for binding in (*TextArea.BINDINGS, *bindings(Scope.EDITOR))
    if isinstance(binding, Binding) and not binding.action.startswith("screen.")
    for key in binding.key.split(",")
}


class ScenarioEditor(DecoratedArea):
    """A text area that knows it holds a scenario.

    `show_problems` draws diagnostics; editing goes through ``replace`` so that undo knows every change.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.EDITOR)

    COMPONENT_CLASSES: ClassVar[set[str]] = {"editor--error", "editor--warning"}

    class Leave(Message):
        """Escape was pressed: the next pane should have the focus."""

    class Take(Message):
        """The chosen candidate of the popup is to be inserted."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            text,
            id=id,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="focus",
            compact=True,
            max_checkpoints=200,
        )
        self.indent_width = editing.INDENT
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._marks: dict[int, LineMarks] = {}
        self.popup: CompletionPopup | None = None

    def on_mount(self) -> None:
        """Register the colours; without tree-sitter's YAML the text is plain."""
        for dark in (True, False):
            self.register_theme(yaml_theme(dark=dark))
        if "yaml" in self.available_languages:
            self.language = "yaml"
        self.use_theme(dark=self.app.current_theme.dark)

    def use_theme(self, *, dark: bool) -> None:
        """Colours for a dark or a light screen."""
        self.theme = "yaml-dark" if dark else "yaml-light"

    # Drawing problems

    def show_problems(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Draw these problems instead of those before."""
        if tuple(diagnostics) == self.diagnostics:
            return
        self.diagnostics = tuple(diagnostics)
        self._marks = marks_by_line(self.diagnostics)
        self.notify_style_update()
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line with its problems underlined and its control characters made visible."""
        text = super().get_line(line_index)
        if not text.plain.isprintable():
            text.plain = text.plain.translate(_CONTROL)
        marks = self._marks.get(line_index)
        if marks is not None:
            for start, end, severity in marks.spans:
                text.stylize(Style(underline=True, bold=severity is Severity.ERROR), start, min(end, len(text)))
        return text

    def gutter_sign(self, line: int) -> tuple[str, Style] | None:
        """A cross for an error, an exclamation mark for a warning."""
        marks = self._marks.get(line)
        if marks is None or not marks.message:
            return None
        return _SIGNS[marks.severity], self._severity_style(marks.severity)

    def line_message(self, line: int) -> tuple[str, Style] | None:
        """The worst problem that begins on this line."""
        marks = self._marks.get(line)
        if marks is None or not marks.message:
            return None
        return f"{_SIGNS[marks.severity]} {marks.message}", self._severity_style(marks.severity)

    def _severity_style(self, severity: Severity) -> Style:
        component = "editor--error" if severity is Severity.ERROR else "editor--warning"
        style = self.get_component_rich_style(component, partial=True)
        return Style(color=style.color, bold=True)

    # Places

    @property
    def cursor_index(self) -> int:
        """The cursor as a character offset into the text."""
        row, column = self.cursor_location
        return sum(len(self.document.get_line(line)) + 1 for line in range(row)) + column

    def location_of(self, index: int) -> tuple[int, int]:
        """Line and column, from 0, of a character offset into the text."""
        for row in range(self.document.line_count):
            length = len(self.document.get_line(row))
            if index <= length:
                return row, index
            index -= length + 1
        return self.document.end

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor at a line and column, both from 1, and show them in the middle."""
        row = min(max(line - 1, 0), self.document.line_count - 1)
        place = min(max(column - 1, 0), len(self.document.get_line(row)))
        self.move_cursor((row, place), center=True)

    def problem_here(self) -> Diagnostic | None:
        """The problem on the cursor's line, or None."""
        return at_cursor(self.diagnostics, *self.cursor_location)

    def go_to_problem(self, *, forward: bool) -> Diagnostic | None:
        """Put the cursor on the next or previous problem and return it."""
        seek = following if forward else preceding
        found = seek(self.diagnostics, *self.cursor_location)
        if found is not None:
            self.go_to(found.line, found.column)
        return found

    # Editing

    async def on_key(self, event: events.Key) -> None:
        """Enter goes on at the right indentation; Backspace in the indentation goes back one level."""
        if self.popup is not None and self.popup.display and self._popup_key(event.key):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            start, end = sorted((self.selection.start, self.selection.end))
            before = self.document.get_line(start[0])[: start[1]]
            self._put("\n" + " " * editing.next_indent(before), start, end)
        elif event.key == "backspace" and self._outdents():
            event.stop()
            event.prevent_default()
            row, column = self.cursor_location
            self._put("", (row, (column - 1) // editing.INDENT * editing.INDENT), (row, column))
        elif event.key in _OWN_KEYS:
            # A binding is looked up only when the key has bubbled up to the app, and a letter that follows at once
            # would overtake it: whoever types fast would find it in the wrong place.
            event.stop()
            event.prevent_default()
            await self.run_action(_OWN_KEYS[event.key])

    def _popup_key(self, key: str) -> bool:
        """Hand a key on to the open popup; whether it was one of its keys."""
        assert self.popup is not None
        if key in ("up", "down", "pageup", "pagedown"):
            self.popup.move(key)
        elif key in ("enter", "tab"):
            self.post_message(self.Take())
        elif key == "escape":
            self.popup.close()
        else:
            return False
        return True

    def insert_at(self, start: int, end: int, text: str, caret: int | None = None) -> None:
        """Put a text in the place of another, as one step of undo; the cursor goes ``caret`` characters into it."""
        self.replace(text, self.location_of(start), self.location_of(end), maintain_selection_offset=False)
        self.move_cursor(self.location_of(start + (len(text) if caret is None else caret)))
        self.scroll_cursor_visible()

    def become(self, text: str) -> None:
        """Change the text into another, as one step of undo: only what differs is replaced."""
        first = _shared(self.text, text)
        last = _shared(self.text[first:][::-1], text[first:][::-1])
        self.insert_at(first, len(self.text) - last, text[first : len(text) - last])

    def _outdents(self) -> bool:
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        return self.selection.is_empty and bool(before) and not before.strip(" ")

    def action_leave(self) -> None:
        """Give the focus to the next pane."""
        self.post_message(self.Leave())

    def action_indent(self) -> None:
        """Indent the selected lines, or move the cursor to the next level."""
        if not self.selection.is_empty:
            self._rewrite(editing.indent)
            return
        column = self.cursor_location[1]
        self._put(" " * (editing.INDENT - column % editing.INDENT), self.cursor_location, self.cursor_location)

    def action_dedent(self) -> None:
        """Take one level of indentation from the selected lines or the cursor's."""
        self._rewrite(editing.dedent)

    def action_toggle_comment(self) -> None:
        """Comment the selected lines, or the cursor's, out or in."""
        self._rewrite(editing.comment)

    def apply_fix(self, problem: Diagnostic) -> bool:
        """Make the edit that mends this problem, as one step of undo; False if it has none."""
        if problem.edit is None or problem.edit.end > len(self.text):
            return False
        start = self.location_of(problem.edit.start)
        end = self.location_of(problem.edit.end)
        self.replace(problem.edit.new, start, end, maintain_selection_offset=False)
        return True

    def _put(self, text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.replace(text, start, end, maintain_selection_offset=False)
        self.scroll_cursor_visible()

    def _rewrite(self, change: Callable[[Sequence[str]], list[str]]) -> None:
        """Replace the lines of the selection by what ``change`` makes of them, keeping the selection on them."""
        (top, top_column), (bottom, bottom_column) = sorted((self.selection.start, self.selection.end))
        if bottom > top and bottom_column == 0:
            bottom -= 1
        lines = [self.document.get_line(row) for row in range(top, bottom + 1)]
        made = change(lines)
        if made == lines:
            return
        several = not self.selection.is_empty
        self.replace("\n".join(made), (top, 0), (bottom, len(lines[-1])), maintain_selection_offset=False)
        if several:
            self.selection = Selection((top, 0), (bottom, len(made[-1])))
        else:
            moved = max(0, top_column + len(made[0]) - len(lines[0]))
            self.move_cursor((top, moved))


def _shared(one: str, other: str) -> int:
    """How many characters they begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
