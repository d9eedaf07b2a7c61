"""The workbench screen: everything that is left to do when a key is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.errors import SynthwbError
from synthwb.tui.actions import Action
from synthwb.tui.run.rates import parse_rate, rate_text
from synthwb.tui.screens.dialogs import Answer, Ask, Question
from synthwb.tui.screens.documents import Documents

if TYPE_CHECKING:
    from synthwb.runtime.exporting import Export, Wish

__all__ = ["WorkbenchScreen"]


class WorkbenchScreen(Documents):
    """Editor, preview, chart, problems and run strip, and what their keys do."""

    export: Export | None = None

    # Problems

    def action_next_problem(self) -> None:
        """Put the cursor on the next problem."""
        self._seek(forward=True)

    def action_previous_problem(self) -> None:
        """Put the cursor on the problem before."""
        self._seek(forward=False)

    def _seek(self, *, forward: bool) -> None:
        if self.editor.go_to_problem(forward=forward) is None:
            self.notify("No problems in this document", markup=False)
            return
        self.action_pane("scenario")
        self.follow_cursor()

    def action_quick_fix(self) -> None:
        """Mend the problem under the cursor; where there is nothing to mend, offer what may be written."""
        problem = self.editor.problem_here()
        if problem is None or not self.editor.apply_fix(problem):
            self.complete()

    # Preview

    def action_next_event(self) -> None:
        """Show the next event type, then all of them, then the one under the cursor again."""
        events = tuple(self.session.scenario.events) if self.session.scenario is not None else ()
        ring = ("", *events) if len(events) > 1 else events
        if ring:
            now = ring.index(self.shown_event()) if self.shown_event() in ring else -1
            self.pinned = ring[(now + 1) % len(ring)]
            self._fresh = True
            self.session.rows(self.shown_event())

    def action_follow(self) -> None:
        """Follow the newest rows."""
        self.preview.grid.follow()

    # Run

    def action_run_toggle(self) -> None:
        """Pause or go on; with sinks in the document, ask and start the run into them."""
        control = self.session.control
        stats = control.stats()
        sinks = self._file_sinks()
        if sinks and (not control.into_sinks or (stats is not None and stats.state.over)):
            self._confirm_run(sinks)
        else:
            control.toggle()
        self.show_status()

    def action_run_stop(self) -> None:
        """Stop the run."""
        self.session.control.stop()
        self.show_status()

    def action_step(self) -> None:
        """Deliver one batch and stay paused."""
        self.session.control.step()
        self.show_status()

    def action_faster(self) -> None:
        """One step up the scale of rates."""
        self._nudge(up=True)

    def action_slower(self) -> None:
        """One step down the scale of rates."""
        self._nudge(up=False)

    def action_rate(self) -> None:
        """Ask for a rate."""

        def chosen(text: str | None) -> None:
            if text is not None:
                self.session.control.set_rate(parse_rate(text))
                self.show_status()

        stats = self.session.stats()
        now = rate_text(stats.target) if stats is not None and stats.target is not None else ""
        words = "Events per second: 500, 2k, 120/min, 40/day, or max for as fast as it can"
        self.app.push_screen(Ask("Rate", words, now, check=parse_rate), chosen)

    def _nudge(self, *, up: bool) -> None:
        if self.session.control.active is not None:
            self.session.control.nudge(up=up)
            self.show_status()

    def _file_sinks(self) -> list[object]:
        scenario = self.session.scenario
        return [spec for spec in scenario.sinks if spec.kind != "stdout"] if scenario is not None else []

    def _confirm_run(self, sinks: list[object]) -> None:
        from synthwb.runtime import TruthOutput, outputs

        plan = self.session.plan
        if plan is None or not self.session.settled:
            self.notify("The document has an error; mend it first (F8)", severity="warning", markup=False)
            return
        bounded = plan.expected() is not None
        names = "\n".join(f"  {getattr(spec, 'path', '') or getattr(spec, 'name', '')}" for spec in sinks)
        long = "until its end" if bounded else "until you stop it, at event time 1x unless the document says otherwise"
        left_out = len(plan.scenario.sinks) > len(sinks)
        screen = "\nstdout is left out: it is this screen." if left_out else ""

        def answered(answer: str | None) -> None:
            if answer == "start":
                try:
                    made = outputs(sinks, plan, bounded=bounded)  # type: ignore[arg-type]
                    truth = TruthOutput.of(plan, made, None, bounded=bounded)
                    self.session.control.start_document(plan, made, bounded=bounded, truth=truth)
                except SynthwbError as error:
                    self.notify(str(error), title="Not started", severity="error", markup=False)
                self.show_status()

        text = f"Run {self.session.paper.name} {long}, into\n{names}{screen}"
        answers = (Answer("start", "Start", "primary"), Answer("preview", "Not now"))
        self.app.push_screen(Question("Start the run", text, answers), answered)

    # Export

    def action_export(self) -> None:
        """Open the export dialog, or show the export that goes on."""
        from synthwb.tui.screens.export import ExportScreen

        session = self.session
        if session.plan is None:
            self.notify("Nothing to export yet: the document has an error", severity="warning", markup=False)
            return
        seed = session.plan.scenario.seed if session.seed is not None else None
        running = self.export if self.export is not None and not self.export.run.stats().state.over else None
        stem = session.paper.name.rsplit(".", 1)[0]
        events = tuple(session.plan.schemas)
        self.app.push_screen(
            ExportScreen(
                self._begin_export,
                plan=session.plan,
                keep=self._keep_target,
                name=stem,
                source=session.paper.source,
                seed=seed,
                start=session.begin,
                events=events,
                running=running,
            )
        )

    def _begin_export(self, wish: Wish) -> Export:
        from synthwb.runtime.exporting import start_export

        assert self.session.plan is not None
        self.export = start_export(self.session.plan, wish)
        return self.export

    def _keep_target(self, wish: Wish) -> None:
        """Write a target into the document, as one step of undo. Raises UsageError where it has no place."""
        from synthwb.errors import UsageError
        from synthwb.runtime.exporting import in_document
        from synthwb.scenario import EditError, insert_sink

        try:
            self.editor.become(insert_sink(self.editor.text, in_document(wish)))
        except EditError as error:
            raise UsageError(str(error)) from None

    def export_words(self) -> str:
        """How far an export is, while one goes on."""
        if self.export is None or self.export.run.stats().state.over:
            return ""
        return f"export {self.export.share:.0%}"

    def on_unmount(self) -> None:
        """An export does not outlive the screen."""
        if self.export is not None:
            self.export.run.stop(wait=False)
            self.export.run.wait(3.0)

    # The rest

    def action_help(self) -> None:
        """Help for the focused pane."""
        from synthwb.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.pane))

    def action_switch_theme(self) -> None:
        """Dark to light, light to dark."""
        self.app.theme = "synthwb-light" if self.app.current_theme.dark else "synthwb-dark"
        self.editor.use_theme(dark=self.app.current_theme.dark)

    def action_quit(self) -> None:
        """Leave, once unsaved changes and a run into sinks are settled."""
        self.guard(self._quit)

    def _quit(self) -> None:
        stats = self.session.stats()
        running = self.session.control.into_sinks and stats is not None and not stats.state.over
        exporting = bool(self.export_words())
        if not running and not exporting:
            self.app.exit()
            return

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.app.exit()

        what = "The run into the sinks" if running else "An export"
        answers = (Answer("leave", "Stop it and quit", "error"), Answer("stay", "Stay here"))
        self.app.push_screen(Question("Still running", f"{what} is not finished.", answers), answered)

    def usable(self, action: Action) -> bool:
        """Keys that would do nothing are not shown."""
        if action.id == "run.stop":
            stats = self.session.stats()
            return stats is not None and not stats.state.over
        return super().usable(action)
