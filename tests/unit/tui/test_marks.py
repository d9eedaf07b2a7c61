"""Problems by line, and the way from one to the next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity, Span
from synthwb.tui.editor.marks import at_cursor, following, marks_by_line, preceding, sentence

E, W = Severity.ERROR, Severity.WARNING


def problem(
    line: int, column: int, *, end: tuple[int, int] | None = None, severity: Severity = E, edit: bool = False
) -> Diagnostic:
    end_line, end_column = end or (line, column + 3)
    span = Span(0, 0, line, column, end_line, end_column)
    mend = Edit(0, 0, "", "mend it") if edit else None
    return Diagnostic(severity, "code", f"wrong at {line}:{column}", span, hint="do this", edit=mend)


def test_the_worst_problem_of_a_line_speaks_and_counts_the_others() -> None:
    marks = marks_by_line([problem(3, 5, severity=W), problem(3, 9), problem(5, 1, severity=W)])
    assert marks[2].severity is E
    assert marks[2].message == "wrong at 3:9; do this (and 1 more)"
    assert marks[2].spans == ((4, 7, W), (8, 11, E))
    assert marks[4].severity is W


def test_a_span_of_several_lines_underlines_all_and_speaks_once() -> None:
    marks = marks_by_line([problem(1, 3, end=(3, 2))])
    assert marks[0].spans == ((2, 10_000, E),)
    assert marks[1].spans == ((0, 10_000, E),)
    assert marks[2].spans == ((0, 1, E),)
    assert [marks[line].message != "" for line in range(3)] == [True, False, False]


def test_an_empty_span_is_still_seen() -> None:
    assert marks_by_line([problem(2, 4, end=(2, 4))])[1].spans == ((3, 4, E),)


def test_next_and_previous_go_round() -> None:
    problems = [problem(2, 1), problem(2, 9), problem(7, 4)]
    assert following(problems, 0, 0) is problems[0]
    assert following(problems, 1, 0) is problems[1]
    assert following(problems, 6, 3) is problems[0]
    assert preceding(problems, 6, 3) is problems[1]
    assert preceding(problems, 1, 0) is problems[2]
    assert following([], 0, 0) is None
    assert preceding([], 0, 0) is None


def test_the_problem_at_the_cursor_is_one_that_can_be_mended() -> None:
    near, mendable = problem(4, 10), problem(4, 1, edit=True)
    assert at_cursor([near, mendable], 3, 10) is mendable
    assert at_cursor([near], 3, 0) is near
    assert at_cursor([near], 4, 0) is None


PLACES = st.tuples(st.integers(1, 9), st.integers(1, 30))


@given(st.lists(PLACES, min_size=1, max_size=8, unique=True))
def test_the_next_key_visits_every_problem(places: list[tuple[int, int]]) -> None:
    problems = [problem(*place) for place in places]
    line, column, seen = 0, 0, set()
    for _ in problems:
        found = following(problems, line, column)
        assert found is not None
        seen.add((found.line, found.column))
        line, column = found.line - 1, found.column - 1
    assert seen >= set(places) - {(1, 1)}


def test_a_sentence_is_one_line() -> None:
    odd = Diagnostic(E, "code", "two\n  lines", Span(0, 0, 1, 1, 1, 1), hint="and a\nhint")
    assert sentence(odd) == "two lines; and a hint"
