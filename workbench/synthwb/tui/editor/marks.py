"""Problems arranged by line, for the gutter, the underline and the end of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthwb.scenario.diagnostics import Diagnostic, Severity

__all__ = ["LineMarks", "at_cursor", "following", "marks_by_line", "preceding", "sentence"]


@dataclass(frozen=True, slots=True)
class LineMarks:
    """What stands on one line: ``spans`` are columns from 0 with their severity, ``message`` the worst problem's."""

    severity: Severity
    message: str
    spans: tuple[tuple[int, int, Severity], ...]
    fixable: bool


def sentence(diagnostic: Diagnostic) -> str:
    """The problem on one line: what is wrong, then how to mend it."""
    hint = f"; {diagnostic.hint}" if diagnostic.hint else ""
    return " ".join(f"{diagnostic.message}{hint}".split())


def marks_by_line(diagnostics: Sequence[Diagnostic]) -> dict[int, LineMarks]:
    """Marks by line number from 0. The message stands where the problem begins; spans of several lines underline all.

    An empty span still underlines one character, so that every problem can be seen.
    """
    first: dict[int, list[Diagnostic]] = {}
    spans: dict[int, list[tuple[int, int, Severity]]] = {}
    for each in diagnostics:
        first.setdefault(each.span.line - 1, []).append(each)
        for line in range(each.span.line - 1, max(each.span.end_line, each.span.line)):
            start = each.span.column - 1 if line == each.span.line - 1 else 0
            end = each.span.end_column - 1 if line == each.span.end_line - 1 else 10_000
            if end > start or line == each.span.line - 1:
                spans.setdefault(line, []).append((start, max(end, start + 1), each.severity))
    made: dict[int, LineMarks] = {}
    for line, drawn in spans.items():
        here = sorted(first.get(line, []), key=lambda d: d.severity is not Severity.ERROR)
        severity = here[0].severity if here else drawn[0][2]
        more = f" (and {len(here) - 1} more)" if len(here) > 1 else ""
        message = sentence(here[0]) + more if here else ""
        made[line] = LineMarks(severity, message, tuple(drawn), any(d.edit is not None for d in here))
    return made


def following(diagnostics: Sequence[Diagnostic], line: int, column: int) -> Diagnostic | None:
    """The first problem after a place (line and column from 0), or the first of all; None if there is none."""
    ordered = sorted(diagnostics, key=_place)
    return next((d for d in ordered if _place(d) > (line + 1, column + 1)), ordered[0] if ordered else None)


def preceding(diagnostics: Sequence[Diagnostic], line: int, column: int) -> Diagnostic | None:
    """The last problem before a place (line and column from 0), or the last of all; None if there is none."""
    ordered = sorted(diagnostics, key=_place, reverse=True)
    return next((d for d in ordered if _place(d) < (line + 1, column + 1)), ordered[0] if ordered else None)


def at_cursor(diagnostics: Sequence[Diagnostic], line: int, column: int) -> Diagnostic | None:
    """The problem on this line that is nearest to the column (both from 0); one that can be mended goes first."""
    here = [d for d in diagnostics if d.span.line - 1 <= line <= d.span.end_line - 1]
    if not here:
        return None
    return min(here, key=lambda d: (d.edit is None, d.span.line - 1 != line, abs(d.span.column - 1 - column)))


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.span.line, diagnostic.span.column
