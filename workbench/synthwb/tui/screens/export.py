"""The export dialog: where to, how, how many; then progress, with a way to cancel or to let it go on unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, Input, Label, ProgressBar, Select, Static

from synthwb.errors import SynthwbError
from synthwb.runtime.exporting import (
    Export,
    Wish,
    command_line,
    forecast,
    format_now,
    formats,
    in_the_way,
    parse_count,
    sample,
    standing,
    targets,
    tested,
    with_format,
)
from synthwb.scenario.keys import ENVELOPES_BY_NAME
from synthwb.tui.run.export import progress_words
from synthwb.tui.screens.dialogs import Dialog, PathSuggester

if TYPE_CHECKING:
    from synthwb.engine import Plan

__all__ = ["ExportScreen"]

Begin = Callable[[Wish], Export]
Ask = Callable[["Plan", Wish], str]

_AS_DOCUMENT = "document's"


class ExportScreen(Dialog[None]):
    """``begin`` starts an export of ``plan``, ``keep`` writes the target into the document; both raise SynthwbError.

    ``running`` is an export that goes on already. ``source``, ``seed`` and ``start`` are for the command line shown;
    ``events`` are the event types, for the overwrite guard.
    """

    def __init__(
        self,
        begin: Begin,
        *,
        plan: Plan,
        keep: Callable[[Wish], None],
        name: str,
        source: str,
        seed: int | None,
        start: str,
        events: tuple[str, ...],
        running: Export | None = None,
    ) -> None:
        super().__init__()
        self._begin, self._plan, self._keep = begin, plan, keep
        self._events, self._stem = events, name
        self._source, self._seed, self._start_time = source, seed, start
        self._export = running
        self._confirmed = ""
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """What to fill in, the equivalent command, progress, buttons."""
        with Vertical(classes="dialog -form") as box:
            box.border_title = "Export"
            box.border_subtitle = "Enter export   Tab next   Esc close (an export goes on)"
            yield Label("To  (a file or an address; {event}: one for each event type)", markup=False)
            to = sample("file", self._stem, several=len(self._events) > 1)
            yield Input(to, id="export-path", suggester=PathSuggester())
            with Horizontal(id="export-how"):
                with Vertical():
                    yield Label("Target", markup=False)
                    yield _choice("export-target", targets(), "file")
                with Vertical():
                    yield Label("Format", markup=False)
                    yield _choice("export-format", formats("file"), "jsonl")
                with Vertical():
                    yield Label("Envelope", markup=False)
                    yield _choice("export-envelope", (_AS_DOCUMENT, *ENVELOPES_BY_NAME), _AS_DOCUMENT)
                with Vertical():
                    yield Label("Events", markup=False)
                    yield Input("10000", id="export-count", compact=True)
            yield Static("", id="export-command", markup=False)
            yield Static("", id="export-words", classes="dialog-refusal", markup=False)
            yield ProgressBar(total=1.0, show_eta=False, id="export-bar")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Export", id="begin", variant="primary")
                yield Button("Cancel the export", id="cancel", variant="error")
                yield Button("Test", id="test")
                yield Button("Dry run", id="forecast")
                yield Button("Copy", id="copy")
                yield Button("To sinks:", id="keep")

    def on_mount(self) -> None:
        """Follow an export that goes on already."""
        self._ticker = self.set_interval(0.2, self._tick)
        self._show_command()
        self._tick()

    def on_unmount(self) -> None:
        """Stop watching; the export itself goes on."""
        if self._ticker is not None:
            self._ticker.stop()

    # What is wished for

    @property
    def _wish(self) -> Wish:
        """What the form says. Raises UsageError for a count that is none."""
        count = parse_count(self.query_one("#export-count", Input).value)
        envelope = str(self.query_one("#export-envelope", Select).value)
        return Wish(self._to, count, "" if envelope == _AS_DOCUMENT else envelope)

    @property
    def _to(self) -> str:
        return self.query_one("#export-path", Input).value.strip()

    @property
    def _sink(self) -> str:
        return Wish(self._to, 1).sink

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the lists and the command line up to date; a changed target needs a new confirmation."""
        if event.input.id == "export-path":
            self._follow_target()
        self._changed()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Another kind of target begins with an example; another format is written into the target."""
        path, chosen = self.query_one("#export-path", Input), str(event.value)
        if event.select.id == "export-target" and chosen != self._sink:
            path.value = sample(chosen, self._stem, several=len(self._events) > 1)
        elif event.select.id == "export-format" and chosen != format_now(self._to, self._sink):
            path.value = with_format(self._to, self._sink, chosen)
        self._changed()

    def _follow_target(self) -> None:
        """Let the lists say what the target says."""
        sink = self._sink
        target, form = self.query_one("#export-target", Select), self.query_one("#export-format", Select)
        with self.prevent(Select.Changed):
            target.value = sink
            form.set_options((each, each) for each in formats(sink))
            form.value = format_now(self._to, sink)

    def _changed(self) -> None:
        self._confirmed = ""
        self._say("")
        self._show_command()

    # What is done

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter begins."""
        self._start()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Begin, cancel, or one of the smaller things."""
        if event.button.id == "begin":
            self._start()
        elif event.button.id == "cancel" and self._export is not None:
            self._export.run.stop(wait=False)
        elif event.button.id == "test":
            self._say("… connecting")
            self._answer(tested)
        elif event.button.id == "forecast":
            self._answer(forecast)
        elif event.button.id == "copy":
            self.app.copy_to_clipboard(self._command())
            self._say("✓ the command is in the clipboard")
        elif event.button.id == "keep":
            self._keep_target()

    def _answer(self, ask: Ask) -> None:
        """Ask in a thread, and show the answer."""

        def asked(wish: Wish) -> None:
            try:
                words = f"✓ {ask(self._plan, wish)}"
            except SynthwbError as error:
                words = f"✗ {error}"
            self.app.call_from_thread(self._say, words)

        try:
            wish = self._wish
        except SynthwbError as error:
            self._say(f"✗ {error}")
            return
        self.run_worker(lambda: asked(wish), thread=True, exclusive=True, group="export")

    def _keep_target(self) -> None:
        try:
            self._keep(self._wish)
        except SynthwbError as error:
            self._say(f"✗ {error}")
            return
        self._say("✓ written under sinks: of the document; Ctrl+Z there takes it back")

    def _start(self) -> None:
        if self._busy:
            return
        try:
            wish = self._wish
            if wish.to != self._confirmed and (there := in_the_way(wish, self._events)):
                self._confirmed = wish.to
                more = f" and {len(there) - 1} more" if len(there) > 1 else ""
                self._say(f"! {there[0]}{more} will be overwritten: Enter again to go on")
                return
            self._export = self._begin(wish)
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
            stats = self._export.run.stats()
            words = progress_words(stats, self._export.count)
            more = standing(stats)
            if self._busy or not self._confirmed:
                self._say((words if self._busy else f"{words}   {self._export.path}") + (f"\n{more}" if more else ""))

    def _say(self, words: str) -> None:
        shown = self.query_one("#export-words", Static)
        shown.set_class(words.startswith("✓"), "-good")
        shown.update(Text(words))

    def _command(self) -> str:
        try:
            return command_line(self._source, self._wish, self._seed, self._start_time)
        except SynthwbError:
            return "type a number of events"

    def _show_command(self) -> None:
        self.query_one("#export-command", Static).update(Text(f"$ {self._command()}"))


def _choice(name: str, words: tuple[str, ...], now: str) -> Select[str]:
    return Select([(word, word) for word in words], value=now, allow_blank=False, compact=True, id=name)
