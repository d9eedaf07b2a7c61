"""The export dialog: where to, how many; then progress, with a way to cancel or to let it go on unseen."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, Input, Label, ProgressBar, Static

from synthwb.errors import SynthwbError
from synthwb.tui.run.export import Export, command_line, in_the_way, parse_count, progress_words
from synthwb.tui.screens.dialogs import Dialog, PathSuggester

__all__ = ["ExportScreen"]

Begin = Callable[[str, int], Export]


class ExportScreen(Dialog[None]):
    """``begin`` starts an export (raises SynthwbError); ``running`` is one that goes on already.

    ``source``, ``seed`` and ``start`` are for the command line shown; ``events`` are the event types, for the overwrite
    guard.
    """

    def __init__(
        self,
        begin: Begin,
        *,
        name: str,
        source: str,
        seed: int | None,
        start: str,
        events: tuple[str, ...],
        running: Export | None = None,
    ) -> None:
        super().__init__()
        self._begin, self._events = begin, events
        self._source, self._seed, self._start_time = source, seed, start
        self._export = running
        self._suggested = f"{name}.jsonl" if len(events) == 1 else f"{name}-{{event}}.jsonl"
        self._confirmed = ""
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """Two lines to fill in, the equivalent command, progress, buttons."""
        with Vertical(classes="dialog -form") as box:
            box.border_title = "Export"
            box.border_subtitle = "Enter export   Esc close (an export goes on)"
            yield Label("File  (.jsonl, .csv, .parquet; {event}: a file per event type)", markup=False)
            yield Input(self._suggested, id="export-path", suggester=PathSuggester())
            yield Label("Events  (1000, 250k, 1M)", markup=False)
            yield Input("10000", id="export-count")
            yield Static("", id="export-command", markup=False)
            yield Static("", id="export-words", classes="dialog-refusal", markup=False)
            yield ProgressBar(total=1.0, show_eta=False, id="export-bar")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Export", id="begin", variant="primary")
                yield Button("Cancel the export", id="cancel", variant="error")
                yield Button("Close", id="close")

    def on_mount(self) -> None:
        """Follow an export that goes on already."""
        self._ticker = self.set_interval(0.2, self._tick)
        self._show_command()
        self._tick()

    def on_unmount(self) -> None:
        """Stop watching; the export itself goes on."""
        if self._ticker is not None:
            self._ticker.stop()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the command line up to date; a changed path needs a new confirmation."""
        self._confirmed = ""
        self._say("")
        self._show_command()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter begins."""
        self._start()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin, cancel or close."""
        if event.button.id == "begin":
            self._start()
        elif event.button.id == "cancel" and self._export is not None:
            self._export.run.stop(wait=False)
        elif event.button.id == "close":
            self.dismiss(None)

    def _start(self) -> None:
        if self._busy:
            return
        path = self.query_one("#export-path", Input).value.strip()
        try:
            count = parse_count(self.query_one("#export-count", Input).value)
            if path != self._confirmed and (there := in_the_way(path, self._events)):
                self._confirmed = path
                more = f" and {len(there) - 1} more" if len(there) > 1 else ""
                self._say(f"! {there[0]}{more} will be overwritten: Enter again to go on")
                return
            self._export = self._begin(path, count)
        except SynthwbError as error:
            self._say(f"✗ {error}")
            return
        self._tick()

    @property
    def _busy(self) -> bool:
        return self._export is not None and not self._export.run.stats().state.over

    def _tick(self) -> None:
        self.query_one("#cancel", Button).display = self._busy
        self.query_one("#begin", Button).display = not self._busy
        bar = self.query_one("#export-bar", ProgressBar)
        bar.display = self._export is not None
        if self._export is not None:
            bar.update(progress=self._export.share)
            words = progress_words(self._export.run.stats(), self._export.count)
            if self._busy or not self._confirmed:
                self._say(words if self._busy else f"{words}   {self._export.path}")

    def _say(self, words: str) -> None:
        self.query_one("#export-words", Static).update(Text(words))

    def _show_command(self) -> None:
        path = self.query_one("#export-path", Input).value.strip() or "FILE"
        try:
            count = parse_count(self.query_one("#export-count", Input).value)
        except SynthwbError:
            count = 0
        words = (
            command_line(self._source, path, count, self._seed, self._start_time)
            if count
            else "type a number of events"
        )
        self.query_one("#export-command", Static).update(Text(f"$ {words}"))
