"""Cells: data is shown as data, whatever it holds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from synthwb.tui.preview.cells import fit, printable, show


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("two\nlines\t", "two␊lines␉"),
        ("\x7f\x9b", "␡‹009B›"),
        ("user\u202egnp.exe", "user‹202E›gnp.exe"),
        ("a\u200bb", "a‹200B›b"),
        ("\u0301e", "◌\u0301e"),
        ("e\u0301", "e\u0301"),
        ("שלום", "שלום"),
        ("日本 🎉", "日本 🎉"),
    ],
)
def test_text_is_made_visible(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text())
def test_no_control_and_no_direction_mark_survives(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert not any(
        unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "PDI") for c in shown
    )


@given(st.text(), st.integers(0, 40), st.booleans())
def test_fit_gives_exactly_the_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(printable(text), width, right=right)) == width


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (23.0, "23.0"),
        (7, "7"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ("[bold]", "[bold]"),
    ],
)
def test_values_as_text(value: object, expected: str) -> None:
    assert show(value) == expected
