"""Help: what the focused pane does, and every key, from the table of actions."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from synthwb.tui.actions import ACTIONS, Scope
from synthwb.tui.screens.dialogs import Dialog

__all__ = ["PROSE", "HelpScreen", "key_table"]

PROSE = {
    "scenario": (
        "Scenario. Type YAML; every change is checked at once and shown in the preview. A problem is underlined, has a "
        "sign in the gutter and its sentence at the end of the line; F8 goes to the next one, Ctrl+Space mends it "
        "where that can be done, and elsewhere offers what may be written. A list that opens while you type is left by "
        "Esc or by typing on; arrows choose, Tab or Enter takes. The chart follows the field under the cursor. "
        "Tab indents; Esc goes to the next pane."
    ),
    "preview": (
        "Preview. The stream as it comes, newest row last. It follows the event type under the editor's cursor; "
        "press e to choose another. Arrows scroll; scrolling up stops following, End follows again. "
        "'null' is a value that is null, '·' a field that is not there. While the document has an error, the last "
        "good rows stay, dimmed. v changes to the time view, which sets the event time of the last events against "
        "the time they arrive, marks late ones (o) and those behind the watermark (x), and shows the rates over "
        "event time; and to the flow view: a flow's states as boxes with how often they were entered and the share "
        "of the sessions that came to them, every way on with the share that took it beside the declared one in "
        "brackets, and the funnel. A way that leads back has an arrow up; (?) stands where a weight is computed, a "
        "question mark behind a number where the way is not always open. The state under the editor's cursor stands "
        "out. Where the graph has no room, Ctrl+T gives it the screen. v once more changes to the cohort view: the "
        "actors of the whole stream by the day or week (d) of their first event, the share of them that was active in "
        "each since, the warmer the larger, and the curve of all. The entity under the editor's cursor is followed."
    ),
    "run": (
        "Run. The preview run writes nothing. F5 pauses it, or starts the run into the document's sinks, if it has "
        "any. s delivers one batch; + and - change the rate step by step, r takes a number, 120/min, or max. "
        "The rate never changes the data, only when it is sent."
    ),
    "problems": "Problems. Every error and warning of the document, in its order. Enter goes to it.",
}

_TITLES = (
    (Scope.ANYWHERE, "Everywhere"),
    (Scope.EDITOR, "In the scenario"),
    (Scope.OUTSIDE, "Outside the scenario"),
    (Scope.PREVIEW, "In the preview"),
    (Scope.PROBLEMS, "In the problems"),
)


def key_table() -> list[tuple[str, list[tuple[str, str]]]]:
    """All keys by scope: a title, and pairs of key and help."""
    return [
        (title, [(each.show_key, each.help) for each in ACTIONS if each.scope is scope and each.keys])
        for scope, title in _TITLES
    ]


class HelpScreen(Dialog[None]):
    """Prose for one pane over the table of keys."""

    BINDINGS = [Binding("f1,q", "cancel", show=False)]  # noqa: RUF012 - Textual reads it as a class variable

    def __init__(self, pane: str) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        """A scrolling page."""
        with Vertical(classes="dialog -large") as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc close   Up Down scroll"
            with VerticalScroll():
                yield Static(self._page(), markup=False)

    def _page(self) -> Text:
        text = Text(PROSE[self._pane] + "\n")
        for title, keys in key_table():
            text.append(f"\n{title}\n", "bold")
            for key, words in keys:
                text.append(f"  {key:<11}", "bold")
                text.append(f"{words}\n")
        text.append("\nEverything else is in the command palette: Ctrl+P.\n")
        return text
