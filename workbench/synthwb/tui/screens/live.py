"""The live part: the text is checked as it is typed, rows and chart follow, the run ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from synthwb.tui.actions import Action
from synthwb.tui.editor.marks import sentence
from synthwb.tui.keybar import KeyBar
from synthwb.tui.paper import Paper
from synthwb.tui.place import NOWHERE, Place, column_of
from synthwb.tui.problems import ProblemsPane, failing, tally
from synthwb.tui.run.control import MakeRun, RunLike
from synthwb.tui.run.rates import duration_text, rate_text
from synthwb.tui.run.strip import RunView, state_text, target_text
from synthwb.tui.screens.frame import Frame
from synthwb.tui.session import Session
from synthwb.tui.status import Status, StatusLine
from synthwb.tui.tabs import PaneTabs
from synthwb.tui.work import Charted, Checked, Refused, Rows, Sampled, Trouble

if TYPE_CHECKING:
    from synthwb.runtime import Stats
    from synthwb.scenario import Diagnostic, Scenario

__all__ = ["Live"]

_DEBOUNCE = 0.03  # seconds without a key before the text is checked
_BINS = 30  # bars while the chart is not on the screen
_TICK = 1 / 4.5  # seconds between snapshots of the run


class Delivered(Message):
    """A result of the desk, brought to the UI thread."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result


def _note(scenario: Scenario | None) -> str:
    """What the preview run is for, and how to write for real."""
    sinks = [spec for spec in scenario.sinks if spec.kind != "stdout"] if scenario is not None else []
    if not sinks:
        return "feeds the preview only; F9 writes a file"
    return f"feeds the preview only; F5 runs into {', '.join(spec.path or spec.name for spec in sinks)}"


def _labels(stats: Stats | None) -> tuple[tuple[str, str], ...]:
    """The words for keys that mean different things in different states."""
    word = "Start" if stats is None else {"running": "Pause", "paused": "Resume"}.get(stats.state.value, "Start")
    return (("run.toggle", word), ("run.pause", word))


def _failed(run: RunLike | None, stats: Stats | None) -> tuple[Diagnostic, ...]:
    """The checks of a run that fail, as problems of the document."""
    return () if run is None or stats is None else failing(stats.checks, run.plan.scenario.checks)


class Live(Frame):
    """Connects editor, preview, chart, problems and run strip with a `Session`."""

    def __init__(
        self, paper: Paper, *, ascii_only: bool = False, ticking: bool = True, make_run: MakeRun | None = None
    ) -> None:
        super().__init__(paper.text, ascii_only=ascii_only)
        self.session = Session(paper, lambda result: self.post_message(Delivered(result)), make_run=make_run)
        self.place: Place = NOWHERE
        self.pinned: str | None = None
        self._ticking = ticking
        self._pending: Timer | None = None
        self._following: Timer | None = None
        self._ticker: Timer | None = None
        self._fresh = True
        self._seen: tuple[Any, ...] = ()
        self._said = ""

    def on_mount(self) -> None:
        """Begin: the first check loads the engine, after the first paint."""
        self.show_status()
        self.call_after_refresh(self.session.edit, self.session.text, keep_time=False)
        self._ticker = self.set_interval(_TICK, self._tick, pause=not self._ticking)

    def on_unmount(self) -> None:
        """Leave no timer and no thread behind."""
        for timer in (self._pending, self._following, self._ticker):
            if timer is not None:
                timer.stop()
        self.session.close()

    # From the editor

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The text changed: check it when the keys rest for a moment."""
        if event.text_area is self.editor and self.editor.text != self.session.text:
            self.session.text = self.editor.text
            self.show_status()
            if self._pending is not None:
                self._pending.stop()
            if self._pending is None and self.session.idle:
                self._check()  # the first key after a rest is answered at once
            else:
                self._pending = self.set_timer(_DEBOUNCE, self._check)

    def _check(self) -> None:
        self._pending = None
        self.session.edit(self.editor.text, event=self.shown_event())

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor moved: chart and column follow it."""
        if self._following is not None:
            self._following.stop()
        self._following = self.set_timer(_DEBOUNCE, self.follow_cursor)

    def follow_cursor(self, *, measure: bool = True) -> None:
        """Show what the cursor stands on; without ``measure`` somebody else asks for its chart and rows."""
        self._following = None
        place = self.session.place_at(self.editor.cursor_index)
        before, self.place = self.place, place
        if place != before or not measure:
            scenario = self.session.scenario
            self.preview.mark(column_of(place, scenario) if scenario is not None else "")
        if place != before and measure:
            self._measure()
            self._seen = ()
            if not self._ticking:
                self.session.rows(self.shown_event())
        self._show_problem_here()
        self.refresh_keys()

    def _measure(self) -> None:
        self.session.chart(self.place, self.chart.content_size.width // 2 or _BINS)

    def on_chart_pane_resized(self) -> None:
        """Another width has room for another number of bars."""
        self._measure()

    @property
    def quiet(self) -> bool:
        """Whether nothing is waiting for a timer or for the desk."""
        return self._pending is None and self._following is None and self.session.idle

    def shown_event(self) -> str:
        """The event type of the preview: the one chosen by hand, else the one under the cursor; empty: all."""
        events = self.session.scenario.events if self.session.scenario is not None else {}
        wanted = self.place.event if self.pinned is None else self.pinned
        return wanted if wanted in events else ""

    # From the desk

    def on_delivered(self, message: Delivered) -> None:
        """Show a result, unless a newer edit has overtaken it."""
        result = message.result
        if not self.session.accept(result):
            return
        if isinstance(result, (Checked, Refused)):
            self._show_problems()
        elif isinstance(result, Sampled):
            self._show_sample(result)
        elif isinstance(result, Rows):
            if result.run is self.session.control.active:
                self.preview.show_table(result.table, source=self._source(), fresh=self._fresh)
                self._fresh = False
        elif isinstance(result, Charted):
            if result.place == self.place:
                self.chart.show_profile(result.profile, result.place.path)
        elif isinstance(result, Trouble):
            self._show_trouble(result.message)
        self.show_status()

    def _show_sample(self, sampled: Sampled) -> None:
        """Show the rows that came with a new plan, and measure it once they are on the screen."""
        self.preview.show_notice("")
        self.follow_cursor(measure=False)
        self.call_after_refresh(self._measure)
        if sampled.table.event == self.shown_event() and not self.session.control.into_sinks:
            self._seen = ()
            self._fresh = False
            self.preview.show_table(sampled.table, source=self._source(), fresh=True)
        else:
            self._fresh = True
            self.ask_preview()

    def ask_preview(self) -> None:
        """Ask for the newest rows."""
        self.session.rows(self.shown_event())

    def _show_trouble(self, message: str) -> None:
        self.notify(message, title="Something went wrong", severity="error", markup=False)
        if self.session.plan is None:
            self.preview.show_notice(f"✗ {message}", problem=True)

    def _show_problems(self) -> None:
        session = self.session
        self.editor.show_problems(session.diagnostics)
        self.problems.show_problems(session.diagnostics)
        if not session.valid:
            first = session.refusal or next((sentence(d) for d in session.diagnostics), "the document has an error")
            what = "last good sample" if session.plan is not None else "no sample yet"
            where = next((f"{d.line}:{d.column} " for d in session.diagnostics), "")
            self.preview.show_notice(f"✗ {what} · {where}{first}", stale=True, problem=True)
        elif session.settled:
            self.preview.show_notice("")
        self.preview.show_source(self._source())
        self._show_problem_here()
        self.refresh_keys()

    def _show_problem_here(self) -> None:
        problem = self.editor.problem_here()
        fix = f"  ^Space: {problem.edit.title}" if problem is not None and problem.edit is not None else ""
        words = f"{sentence(problem)}{fix}" if problem is not None else ""
        if words != self._said:
            self._said = words
            self.query_one("#editor-pane").border_subtitle = Content(words)

    def on_problems_pane_opened(self, event: ProblemsPane.Opened) -> None:
        """Go to a problem of the list."""
        self.editor.go_to(event.problem.line, event.problem.column)
        self.action_pane("scenario")

    # The tick

    def _tick(self) -> None:
        stats = self.session.stats()
        self.show_status()
        if stats is None:
            return
        seen = (self.session.control.active, stats.events, stats.state, self.shown_event())
        if seen != self._seen and self.session.settled and self.preview.grid.following:
            self._seen = seen
            self.ask_preview()

    def show_status(self) -> None:
        """Bring status line and run strip up to date."""
        session, stats = self.session, self.session.stats()
        own = session.scenario.seed if session.scenario is not None else None
        seed = "" if own is None else f"seed {own}" + (" (rerolled)" if session.seed is not None else "")
        view = self._run_view()
        self.strip.show_run(view)
        failed = _failed(session.control.active, stats)
        self.problems.show_checks(failed)
        words = self.query_one("#tabs", PaneTabs).tally = tally(session.diagnostics, len(failed))
        self.query_one("#status", StatusLine).status = Status(
            name=session.paper.name,
            unsaved=session.unsaved,
            seed=seed,
            state=state_text(stats) + (f" {duration_text(stats.elapsed)}" if stats is not None else ""),
            rate=f"{rate_text(view.stats.rate)} of {target_text(view)}" if view is not None else "",
            problems="" if words == "none" else f"✗ {words}",
            export=self.export_words(),
        )
        self.query_one("#keys", KeyBar).labels = _labels(stats)

    def export_words(self) -> str:
        """Progress of an export in the background, for the status line."""
        return ""

    def _run_view(self) -> RunView | None:
        stats = self.session.stats()
        run = self.session.control.active
        if stats is None or run is None:
            return None
        control, plan = self.session.control, self.session.plan
        outdated = control.into_sinks and plan is not None and run.plan.fingerprint != plan.fingerprint
        return RunView(stats, control.into_sinks, control.speed, _note(self.session.scenario), outdated)

    def _source(self) -> str:
        if not self.session.valid:
            return "last good sample"
        stats = self.session.stats()
        word = (
            "" if stats is None else {"running": "live", "paused": "paused"}.get(stats.state.value, stats.state.value)
        )
        return f"{word}, into sinks" if self.session.control.into_sinks else word

    def usable(self, action: Action) -> bool:
        """Keys that would do nothing are not shown."""
        problem = self.editor.problem_here()
        if action.id == "problem.fix":
            return problem is not None and problem.edit is not None
        if action.id in ("problem.next", "problem.previous"):
            return bool(self.session.diagnostics)
        if action.id == "export":
            return self.session.plan is not None
        return True
