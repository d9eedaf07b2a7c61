"""Completion: asked for by a key or offered while somebody types, made on the desk, never in the way of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.timer import Timer
from textual.widgets import TextArea

from synthwb.tui.editor.popup import CompletionPopup
from synthwb.tui.screens.live import Delivered
from synthwb.tui.screens.views import Views
from synthwb.tui.work import Offered

if TYPE_CHECKING:
    from synthwb.guide.candidate import Candidate

__all__ = ["Completing"]

_REST = 0.06  # seconds without a key before candidates are looked for


class Completing(Views):
    """Offers what may be written at the editor's cursor."""

    _offering: Timer | None = None

    def compose(self) -> ComposeResult:
        """Everything, and the popup over it."""
        yield from super().compose()
        yield CompletionPopup(id="completion")

    def on_mount(self) -> None:
        """The editor hands its keys on while the popup is open."""
        self.editor.popup = self.popup

    def on_unmount(self) -> None:
        """Leave no timer behind."""
        if self._offering is not None:
            self._offering.stop()

    @property
    def popup(self) -> CompletionPopup:
        """The list of candidates."""
        return self.query_one("#completion", CompletionPopup)

    @property
    def quiet(self) -> bool:
        """Whether nothing is waiting for a timer or for the desk."""
        return super().quiet and self._offering is None

    def complete(self) -> None:
        """Offer everything that may be written here, asked for by a key."""
        self._ask(asked=True)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Somebody types: look for candidates once the keys rest."""
        if event.text_area is self.editor and self.editor.has_focus:
            if self._offering is not None:
                self._offering.stop()
            self._offering = self.set_timer(_REST, self._ask)

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor left the word: nothing is offered for it any more."""
        completion = self.popup.completion
        if completion is not None and not completion.start <= self.editor.cursor_index <= completion.end + 1:
            self.popup.close()

    def on_resize(self, event: events.Resize) -> None:
        """Everything moves: the popup would be left where it was."""
        self.popup.close()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Another pane is in focus."""
        if event.widget is self.editor:
            self.popup.close()

    def _ask(self, *, asked: bool = False) -> None:
        if self._offering is not None:
            self._offering.stop()
            self._offering = None
        self.session.complete(self.editor.text, self.editor.cursor_index, asked=asked)

    def on_delivered(self, message: Delivered) -> None:
        """Candidates have come: show them if the text and the cursor are still those they were made for."""
        offered = message.result
        if not isinstance(offered, Offered):
            return
        editor, completion = self.editor, offered.completion
        if editor.text != offered.text or editor.cursor_index != offered.offset or not editor.has_focus:
            return
        if completion.candidates and (offered.asked or completion.automatic):
            column = self.editor.cursor_screen_offset
            self.popup.offer(completion, Offset(max(0, column.x - len(completion.word) - 1), column.y + 1))
        else:
            self.popup.close()
            if offered.asked:
                self.notify("Nothing is known that could be written here", markup=False)

    def on_completion_popup_chosen(self, event: CompletionPopup.Chosen) -> None:
        """A click on a candidate."""
        self._take(event.candidate)

    def on_scenario_editor_take(self) -> None:
        """Enter or Tab in the editor while the popup is open."""
        if self.popup.chosen is not None:
            self._take(self.popup.chosen)

    def _take(self, candidate: Candidate) -> None:
        """Insert a candidate; if the text has changed meanwhile, what it means for the text as it is now."""
        from synthwb.guide import complete

        self.popup.close()
        text = self.editor.text
        now = complete(text, self.editor.cursor_index, self.session.diagnostics)
        found = next(
            (each for each in now.candidates if (each.label, each.kind) == (candidate.label, candidate.kind)), None
        )
        if found is not None:
            start, end = found.span or (now.start, now.end)
            self.editor.insert_at(start, end, found.insert, found.caret)
