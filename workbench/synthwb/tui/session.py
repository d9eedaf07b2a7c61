"""The session: paper, desk and runs together, without a widget. The screen asks it for work and shows its results."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from synthwb.tui.counting import Counting, Wanted
from synthwb.tui.desk import Desk
from synthwb.tui.paper import Paper
from synthwb.tui.place import NOWHERE, Place, place_of
from synthwb.tui.run.control import MakeRun, RunControl, RunLike
from synthwb.tui.work import Checked, Edited, Refused, Sampled, Trouble, Workshop

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.runtime import Stats
    from synthwb.scenario import Diagnostic, Document, Scenario

__all__ = ["Session"]

_KINDS = ("completion", "edit", "rows", "view", "chart")
_ASIDE = ("cohorts",)  # on a desk of its own: what is counted takes long, and no edit waits for it


def _new_run(plan: Any, outputs: Any = (), **options: Any) -> RunLike:
    from synthwb.runtime import Run

    return Run(plan, outputs, **options)


class Session:
    """What is open and what is known of it.

    ``deliver`` is called on the desk's thread with each result; the owner brings it to the UI thread and hands it to
    `accept`, which answers whether it is still of interest.
    """

    def __init__(self, paper: Paper, deliver: Callable[[Any], object], *, make_run: MakeRun | None = None) -> None:
        self.paper = paper
        self.text = paper.text
        self.seed: int | None = None
        self.document: Document | None = None
        self.begin = ""  # the start in the place of the document's now
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.scenario: Scenario | None = None
        self.plan: Plan | None = None
        self.valid = False
        self.refusal = ""
        self.at = 0
        self.control = RunControl(make_run or _new_run)
        self._number = 0
        self._shown = -1
        self._workshop = Workshop(deliver)
        self._counting = Counting(deliver)
        self._desk, self._side = (
            Desk(kinds, lambda error: deliver(Trouble(f"{type(error).__name__}: {error}")))
            for kinds in (_KINDS, _ASIDE)
        )

    @property
    def unsaved(self) -> bool:
        """Whether the text differs from what was saved or opened."""
        return self.text != self.paper.text

    @property
    def idle(self) -> bool:
        """Whether every request has been answered."""
        return self._desk.idle

    @property
    def settled(self) -> bool:
        """Whether the preview shows the text as it is now."""
        return self.valid and self._shown == self._number

    def open(self, paper: Paper) -> None:
        """Put another paper on the desk: its own seed and pacing count again, and it begins at its start."""
        self.paper, self.seed = paper, None
        self.control.forget_rate()
        self.edit(paper.text, keep_time=False)

    def edit(self, text: str, *, event: str = "", keep_time: bool = True) -> None:
        """Check, compile and sample this text; ``event`` is the event type on screen, empty for all."""
        self.text = text
        self._number += 1
        at = self._event_time() if keep_time else None
        edited = Edited(self._number, text, self.seed, at, event, self.paper.folder)
        self._desk.post("edit", lambda superseded: self._workshop.edit(edited, superseded))

    def reroll(self, seed: int | None) -> None:
        """Preview with another seed; None: with the scenario's own."""
        self.seed = seed
        self.edit(self.text)

    def complete(self, text: str, offset: int, *, asked: bool) -> None:
        """Find what may be written at an offset of a text; the mends of problems only when asked for."""
        problems = self.diagnostics if asked else ()
        self._desk.post("completion", lambda superseded: self._workshop.complete(text, offset, problems, asked=asked))

    def chart(self, place: Place, bins: int) -> None:
        """Measure what the cursor stands on."""
        self._desk.post("chart", lambda superseded: self._workshop.chart(place, bins, superseded))

    def rows(self, event: str) -> None:
        """Make the table of the newest rows of one event type, or of all (empty)."""
        run, until = self.control.active, self.at
        self._desk.post("rows", lambda superseded: self._workshop.rows(run, event, until, superseded))  # type: ignore[arg-type]

    def flows(self) -> None:
        """Make the charts of all flows, of what the active run has done so far."""
        run, since = self.control.active, self._since
        self._desk.post("view", lambda superseded: self._workshop.flows(run, since))  # type: ignore[arg-type]

    def times(self, bound: int, slices: int) -> None:
        """Make the time view of the last events; see `synthwb.views.time_view`."""
        run, since = self.control.active, self._since
        self._desk.post("view", lambda superseded: self._workshop.times(run, since, bound, slices))  # type: ignore[arg-type]

    def cohorts(self, wanted: Wanted) -> None:
        """Count the cohorts of the stream on by one slice."""
        plan = self.plan
        if plan is not None:
            self._side.post("cohorts", lambda superseded: self._counting.advance(plan, wanted))

    @property
    def _since(self) -> int | None:
        """The event time before which nobody has run what is shown; None: the run shows all there is."""
        return None if self.control.into_sinks else self.at

    def accept(self, result: Any) -> bool:
        """Take in a result of the desk; False for one that a newer edit has overtaken."""
        if isinstance(result, (Checked, Refused, Sampled)) and result.number != self._number:
            return False
        if isinstance(result, Checked):
            self.document, self.begin = result.parsed.document, result.parsed.begin
            self.diagnostics = tuple(result.parsed.diagnostics)
            self.valid = result.parsed.scenario is not None
            self.refusal = ""
        elif isinstance(result, Refused):
            self.valid, self.refusal = False, result.message
            self.diagnostics = result.diagnostics or self.diagnostics
        elif isinstance(result, Sampled):
            self.plan, self.scenario, self.at = result.plan, result.plan.scenario, result.at
            self._shown = result.number
            self.control.replace_preview(result.plan, result.at)
        return True

    def place_at(self, offset: int) -> Place:
        """What stands at this character of the text."""
        if self.document is None or self.scenario is None:
            return NOWHERE
        return place_of(self.document.path_at(offset), self.scenario)

    def stats(self) -> Stats | None:
        """How the active run goes."""
        return self.control.stats()

    def close(self) -> bool:
        """Stop the desks and all runs; whether every thread has ended."""
        runs = self.control.close()
        desks = [desk.close() for desk in (self._desk, self._side)]
        return all(desks) and runs

    def _event_time(self) -> int | None:
        """The event time at which a preview of a changed text goes on; None: from the start."""
        run = self.control.preview
        if run is None:
            return None
        stats = run.stats()
        if stats.state in ("finished", "failed"):
            return None
        return self.at if stats.event_time is None else stats.event_time + 1
