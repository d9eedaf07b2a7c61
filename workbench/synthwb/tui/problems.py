"""The problems pane: every diagnostic of the document, in its order; Enter goes to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.tui.actions import Scope, bindings
from synthwb.tui.editor.marks import sentence

__all__ = ["ProblemsPane", "tally"]

_EMPTY = "No problems. The preview follows every change."


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """Errors and warnings, counted: ``1 error, 2 warnings``."""
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    warnings = len(diagnostics) - errors
    words = []
    if errors:
        words.append(f"{errors} error{'s' * (errors != 1)}")
    if warnings:
        words.append(f"{warnings} warning{'s' * (warnings != 1)}")
    return ", ".join(words) or "none"


class ProblemsPane(OptionList):
    """A list of diagnostics, one line each."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PROBLEMS)

    class Opened(Message):
        """Somebody wants to go to this problem."""

        def __init__(self, problem: Diagnostic) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, markup=False)
        self._problems: tuple[Diagnostic, ...] = ()

    def on_mount(self) -> None:
        """Say that there is nothing to mend."""
        self._fill()

    def show_problems(self, diagnostics: Sequence[Diagnostic]) -> None:
        """List these."""
        if tuple(diagnostics) != self._problems:
            self._problems = tuple(diagnostics)
            self._fill()

    def action_open_problem(self) -> None:
        """Go to the highlighted problem."""
        self.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click or Enter on a line."""
        event.stop()
        if event.option_index < len(self._problems):
            self.post_message(self.Opened(self._problems[event.option_index]))

    def _fill(self) -> None:
        self.border_title = f"Problems · {tally(self._problems)}"
        options = [Option(self._line(problem)) for problem in self._problems]
        self.set_options(options or [Option(Text(_EMPTY), disabled=True)])

    def _line(self, problem: Diagnostic) -> Text:
        error = problem.severity is Severity.ERROR
        sign = Text("✗ " if error else "! ", style="bold")
        fix = f"  [^Space: {problem.edit.title}]" if problem.edit is not None else ""
        return Text.assemble(sign, (f"{problem.line}:{problem.column}", "bold"), f"  {sentence(problem)}{fix}")
