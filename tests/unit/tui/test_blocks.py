"""Bars made of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from synthwb.tui.chart.blocks import columns, row_bar, sparkline, spread

VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


@given(VALUES, st.integers(1, 12), st.booleans())
def test_columns_fill_the_box(values: list[float], height: int, ascii_only: bool) -> None:
    lines = columns(values, height, ascii_only=ascii_only)
    assert len(lines) == height
    assert {len(line) for line in lines} == {len(values)}
    if ascii_only:
        assert all(line.isascii() for line in lines)


@given(VALUES.filter(lambda v: max(v) > 0), st.integers(1, 12))
def test_the_tallest_reaches_the_top_and_nothing_above_zero_is_lost(values: list[float], height: int) -> None:
    lines = columns(values, height)
    assert lines[0][values.index(max(values))] == "█"
    for value, bottom in zip(values, lines[-1], strict=True):
        assert (bottom == " ") == (value == 0)


@given(st.floats(0, 1), st.integers(1, 30), st.booleans())
def test_bars_have_the_width_and_grow_with_the_share(share: float, width: int, ascii_only: bool) -> None:
    bar = row_bar(share, width, ascii_only=ascii_only)
    assert len(bar) == width
    assert (bar.strip() == "") == (share == 0)
    assert abs(len(bar.rstrip()) - share * width) <= 1.01


def test_spread_and_sparkline() -> None:
    assert spread([1, 2, 3], 7) == [1, 1, 2, 2, 3, 3]
    assert spread([1, 2, 3], 2) == [1, 2]
    assert sparkline([0, 4, 8], 5) == "   ▄█"
    assert sparkline([1, 2, 3, 4], 2, ascii_only=True) == "*#"
    assert sparkline([], 3) == "   "
