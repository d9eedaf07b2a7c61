"""Editing YAML as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthwb.tui.editor.editing import comment, dedent, indent, next_indent, strip_comment

LINES = st.lists(st.from_regex(r"\A {0,6}[a-z:#\- ]{0,12}\Z"), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("", 0),
        ("    ", 4),
        ("events:", 2),
        ("  total: 5", 2),
        ("  total:", 4),
        ("  total:  # money", 4),
        ("  - file: {path: x}", 4),
        ("  - file:", 6),
        ("  -", 2),
        ("  - plain", 2),
        ("  - 'a: b'", 2),
        ("  - 'a': b", 4),
        ("  - - a: b", 6),
        ("  tier: {", 4),
        ("x: 'a:'", 0),
        ("  doc: |", 4),
        ("# just words:", 0),
    ],
)
def test_the_next_line_stands_where_yaml_goes_on(before: str, expected: int) -> None:
    assert next_indent(before) == expected


def test_a_sign_in_quotes_is_no_comment() -> None:
    assert strip_comment('colour: "#fff" # white') == 'colour: "#fff"'
    assert strip_comment("a: it's # no") == "a: it's"
    assert strip_comment("a#b: 1") == "a#b: 1"


@given(LINES)
def test_comments_go_out_and_in_again(lines: list[str]) -> None:
    if any(line.strip() for line in lines) and not all(line.lstrip().startswith("#") for line in lines if line.strip()):
        assert comment(comment(lines)) == lines


@given(LINES)
def test_indenting_is_undone_by_dedenting(lines: list[str]) -> None:
    assert dedent(indent(lines)) == [line if line.strip() else line[min(2, len(line)) :] for line in lines]
