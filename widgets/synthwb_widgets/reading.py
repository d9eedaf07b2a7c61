"""One reading of a document: its problems, and its plan and a sample if it has none that stop it."""

from __future__ import annotations

from dataclasses import dataclass

from synthwb.engine import Batch, Plan, Steps, compile_plan, watched
from synthwb.errors import ScenarioError, SynthwbError
from synthwb.scenario import parse_at
from synthwb.scenario.diagnostics import Diagnostic, Severity, Span

__all__ = ["SAMPLE", "Reading", "read_document"]

SAMPLE = 500  # events shown before anything runs


@dataclass(frozen=True)
class Reading:
    """What became of a text. ``client`` and ``version`` name the edit of a page that it answers.

    ``plan`` and ``sample`` (the first 500 events) are None if the document has an error. ``steps``: of its flows in the
    sample, None without any.
    """

    text: str
    client: str
    version: int
    diagnostics: tuple[Diagnostic, ...]
    plan: Plan | None
    sample: Batch | None
    steps: Steps | None = None

    @staticmethod
    def of(plan: Plan, text: str = "", client: str = "", version: int = 0, *found: Diagnostic) -> Reading:
        """The reading of a document that has a plan."""
        return Reading(text, client, version, found, plan, *watched(plan, SAMPLE))

    @property
    def pace(self) -> float | None:
        """The rate of delivery that the document asks for, in events per second, or None."""
        if self.plan is None:
            return None
        scenario = self.plan.scenario
        if scenario.pacing is not None:
            return scenario.pacing.rate
        return None if scenario.clock.speed is None else scenario.clock.speed * self.plan.rate

    @property
    def live(self) -> bool:
        """Whether the document ties event time to the wall clock."""
        return self.plan is not None and self.plan.scenario.clock.live

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the event types, in the document's order."""
        return () if self.plan is None else tuple(self.plan.schemas)

    @property
    def summary(self) -> str:
        """The problems in one line: how many, and the first one with its place."""
        if not self.diagnostics:
            return "No problems"
        errors = sum(found.severity is Severity.ERROR for found in self.diagnostics)
        counts = [_counted(errors, "error"), _counted(len(self.diagnostics) - errors, "warning")]
        first = next((d for d in self.diagnostics if d.severity is Severity.ERROR), self.diagnostics[0])
        hint = f"; {first.hint}" if first.hint else ""
        return f"{', '.join(filter(None, counts))}. Line {first.line}: {first.message}{hint}"


def read_document(text: str, client: str = "", version: int = 0, *, now: float) -> Reading:
    """Parse, compile and sample ``text``. Never raises for a bad document. ``now``: seconds since the epoch."""
    parsed = parse_at(text, now)
    if parsed.scenario is None:
        return Reading(text, client, version, parsed.diagnostics, None, None)
    try:
        return Reading.of(compile_plan(parsed.scenario), text, client, version, *parsed.diagnostics)
    except ScenarioError as error:
        found = error.diagnostics
    except SynthwbError as error:  # only the compiled form showed it, so there is no place to point to
        found = (Diagnostic(Severity.ERROR, "cannot-run", str(error), Span(0, 0, 1, 1, 1, 1)),)
    problems = tuple(sorted((*parsed.diagnostics, *found), key=lambda problem: problem.span.start))
    return Reading(text, client, version, problems, None, None)


def _counted(count: int, word: str) -> str:
    if not count:
        return ""
    return f"{count} {word}{'s' if count > 1 else ''}"
