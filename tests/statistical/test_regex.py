"""Every choice of a regular expression is even, at a million draws by chi-square, and independent of the others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from generator_driver import drawn
from goodness import ALPHA, ROWS
from scipy import stats


def even(values: pl.Series, outcomes: int) -> float:
    """The p-value of all outcomes being equally likely."""
    counts = values.value_counts()["count"].to_numpy()
    assert len(counts) == outcomes
    return float(stats.chisquare(counts).pvalue)


@pytest.mark.parametrize("wide", ["", r"\w{9}"])
def test_options_numbers_and_signs(wide: str) -> None:
    """The same expression as one list of texts, and with so many of them that it is made part by part."""
    found = drawn("regex", ROWS, regex=f"(one|[ab]{{2}}|x{{0,3}}){wide}")
    head = found.str.slice(0, found.str.len_chars() - 9) if wide else found
    kind = head.str.slice(0, 1).replace({"a": "ab", "b": "ab", "": "x"})
    assert even(kind, 3) > ALPHA
    assert even(head.filter(kind == "ab"), 4) > ALPHA
    assert even(head.filter(kind == "x").str.len_chars(), 4) > ALPHA
    if wide:
        tail = found.str.tail(9)
        for at in (0, 4, 8):
            assert even(tail.str.slice(at, 1), 63) > ALPHA
        assert even(head.filter(kind == "ab") + tail.filter(kind == "ab").str.slice(0, 1), 4 * 63) > ALPHA


def test_a_form_that_comes_several_times() -> None:
    found = drawn("regex", ROWS, regex="[a-f0-9]{2,9}")
    sizes = found.str.len_chars()
    assert even(sizes, 8) > ALPHA
    for size in (2, 9):
        part = found.filter(sizes == size)
        assert even(part.str.slice(0, 2), 256) > ALPHA
        assert even(part.str.slice(size - 1, 1), 16) > ALPHA


def test_a_part_that_is_itself_drawn_comes_several_times() -> None:
    found = drawn("regex", ROWS, regex="(<(a|bc?)[0-9]{4,5}>){0,4}")
    pieces = found.str.extract_all("<[^>]*>")
    counts = pieces.list.len()
    assert even(counts, 5) > ALPHA
    flat = pieces.explode().drop_nulls()
    law = flat.str.extract("<([abc]+)").value_counts().sort(flat.name)["count"].to_numpy()
    assert stats.chisquare(law, np.array([0.5, 0.25, 0.25]) * len(flat)).pvalue > ALPHA
    assert even(flat.str.len_chars() - flat.str.extract("<([abc]+)").str.len_chars(), 2) > ALPHA
    both = pieces.filter(counts == 4)
    assert even(both.list.get(0).str.slice(-2, 1) + both.list.get(3).str.slice(-2, 1), 100) > ALPHA


def test_signs_of_one_byte_and_of_several() -> None:
    assert even(drawn("regex", ROWS, regex="[aé漢😀]"), 4) > ALPHA
    assert even(drawn("regex", ROWS, regex="[\u4e00-\u9fa5]"), 0x9FA5 - 0x4E00 + 1) > ALPHA
