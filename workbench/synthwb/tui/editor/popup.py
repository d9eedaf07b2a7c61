"""The list of candidates under the cursor, with what the chosen one means and an example of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from synthwb.guide.candidate import Candidate
    from synthwb.guide.completion import Completion

__all__ = ["CompletionPopup"]

_KINDS = {
    "fix": "mend",
    "key": "key",
    "generator": "generator",
    "faker": "Faker",
    "parameter": "parameter",
    "modifier": "modifier",
    "value": "",
    "path": "field",
    "function": "function",
    "snippet": "snippet",
}
_WIDTH = 56  # cells: fits a screen of 60
_LABEL = 40
_MOST = 100  # candidates that are listed; a word narrows them down
_DOC = 260  # characters of documentation


class CompletionPopup(Vertical):
    """Floats over the screen and never takes the focus: the editor hands its keys on."""

    can_focus = False

    class Chosen(Message):
        """A candidate was clicked."""

        def __init__(self, candidate: Candidate) -> None:
            super().__init__()
            self.candidate = candidate

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.completion: Completion | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        """The list, and below it the words about the chosen one."""
        candidates = OptionList(id="completion-list", markup=False)
        candidates.can_focus = False
        yield candidates
        yield Static("", id="completion-doc", markup=False)

    @property
    def candidates(self) -> OptionList:
        """The list."""
        return self.query_one("#completion-list", OptionList)

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that Enter would take; None while the popup is closed."""
        place = self.candidates.highlighted
        if not self.display or self.completion is None or place is None:
            return None
        return self.completion.candidates[place]

    def offer(self, completion: Completion, at: Offset) -> None:
        """Show these candidates below (or above) the cell ``at``."""
        self.completion = completion
        self.absolute_offset = at
        self.candidates.clear_options()
        self.candidates.add_options([Option(_line(each)) for each in completion.candidates[:_MOST]])
        self.candidates.highlighted = 0
        self.display = True
        self._describe()

    def close(self) -> None:
        """Hide it."""
        self.display = False
        self.completion = None

    def move(self, key: str) -> None:
        """Up, down, or a page of them."""
        candidates = self.candidates
        if key == "up":
            candidates.action_cursor_up()
        elif key == "down":
            candidates.action_cursor_down()
        elif key == "pageup":
            candidates.action_page_up()  # type: ignore[no-untyped-call]
        else:
            candidates.action_page_down()  # type: ignore[no-untyped-call]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another one is chosen."""
        event.stop()
        self._describe()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        event.stop()
        candidate = self.chosen
        if candidate is not None:
            self.post_message(self.Chosen(candidate))

    def _describe(self) -> None:
        candidate = self.chosen
        if candidate is None:
            return
        doc = candidate.doc.replace("`", "").partition("\n\n")[0]
        text = Text(doc if len(doc) <= _DOC else f"{doc[: _DOC - 1]}…")
        if candidate.example:
            text.append(f"\n{candidate.example}" if doc else candidate.example, "italic")
        about = self.query_one("#completion-doc", Static)
        about.update(text)
        about.display = bool(text.plain)


def _line(candidate: Candidate) -> Text:
    """A label, and at the right edge what kind of thing it is."""
    label = candidate.label if len(candidate.label) <= _LABEL else f"{candidate.label[: _LABEL - 1]}…"
    kind = _KINDS[candidate.kind.value]
    room = max(1, _WIDTH - 6 - len(label) - len(kind))
    return Text.assemble(label, " " * room, (kind, "dim"), no_wrap=True)
