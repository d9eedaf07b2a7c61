"""The problems pane: every diagnostic of the document, in its order, then the checks that fail; Enter goes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.tui.actions import Scope, bindings
from synthwb.tui.editor.marks import sentence

if TYPE_CHECKING:
    from synthwb.measure import CheckResult
    from synthwb.scenario.checks.model import Check

__all__ = ["ProblemsPane", "failing", "tally"]

_EMPTY = "No problems. The preview follows every change."


def tally(diagnostics: Sequence[Diagnostic], failed: int = 0) -> str:
    """Errors, warnings and ``failed`` checks, counted: ``1 error, 2 warnings, 1 check fails``."""
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    warnings = len(diagnostics) - errors
    words = []
    if errors:
        words.append(f"{errors} error{'s' * (errors != 1)}")
    if warnings:
        words.append(f"{warnings} warning{'s' * (warnings != 1)}")
    if failed:
        words.append(_failing_words(failed))
    return ", ".join(words) or "none"


def failing(results: Sequence[CheckResult], checks: Sequence[Check]) -> tuple[Diagnostic, ...]:
    """The checks that fail as problems of the document, each where it says what it looks at."""
    spans = {check.name: check.span for check in checks}
    return tuple(
        Diagnostic(Severity.ERROR, "check", result.words, spans[result.name], result.path)
        for result in results
        if not result.passed
    )


def _failing_words(count: int) -> str:
    return f"{count} check{'s' * (count != 1)} fail{'s' * (count == 1)}"


class ProblemsPane(OptionList):
    """A list of diagnostics and of checks that fail, one line each."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PROBLEMS)

    class Opened(Message):
        """Somebody wants to go to this problem."""

        def __init__(self, problem: Diagnostic) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, markup=False)
        self._problems: tuple[Diagnostic, ...] = ()
        self._checks: tuple[Diagnostic, ...] = ()

    def on_mount(self) -> None:
        """Say that there is nothing to mend."""
        self._fill()

    def show_problems(self, diagnostics: Sequence[Diagnostic]) -> None:
        """List these."""
        if tuple(diagnostics) != self._problems:
            self._problems = tuple(diagnostics)
            self._fill()

    def show_checks(self, failed: Sequence[Diagnostic]) -> None:
        """List these checks behind the diagnostics. Their figures change while one looks at them: the cursor stays."""
        before, self._checks = self._checks, tuple(failed)
        if [each.span for each in before] != [each.span for each in failed]:
            self._fill()
            return
        for i, (old, new) in enumerate(zip(before, failed, strict=True)):
            if old != new:
                self.replace_option_prompt_at_index(len(self._problems) + i, self._line(new))

    def action_open_problem(self) -> None:
        """Go to the highlighted problem."""
        self.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click or Enter on a line."""
        event.stop()
        listed = (*self._problems, *self._checks)
        if event.option_index < len(listed):
            self.post_message(self.Opened(listed[event.option_index]))

    def _fill(self) -> None:
        self.border_title = f"Problems · {tally(self._problems, len(self._checks))}"
        options = [Option(self._line(problem)) for problem in (*self._problems, *self._checks)]
        self.set_options(options or [Option(Text(_EMPTY), disabled=True)])

    def _line(self, problem: Diagnostic) -> Text:
        error = problem.severity is Severity.ERROR
        sign = Text("✗ " if error else "! ", style="bold")
        fix = f"  [^Space: {problem.edit.title}]" if problem.edit is not None else ""
        return Text.assemble(sign, (f"{problem.line}:{problem.column}", "bold"), f"  {sentence(problem)}{fix}")
