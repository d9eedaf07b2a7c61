"""Cohorts as lines of text: the map, what is left out of it, and the curve."""

from __future__ import annotations

import pytest

from synthwb.tui.views.canvas import plain
from synthwb.tui.views.cohorts import HEATS, draw_cohorts, draw_nobody
from synthwb.views import PERIODS, Cohort, CohortView

DAY, WEEK = PERIODS["day"], PERIODS["week"]
START = 1_772_409_600_000_000  # 2026-03-02T00:00
WEEKS = CohortView(
    "user",
    WEEK,
    START + 3 * WEEK,
    (Cohort(START, (200, 100, 50)), Cohort(START + WEEK, (100, 80)), Cohort(START + 2 * WEEK, (1000,))),
    (1.0, 0.6, 0.25),
)


def days(count: int) -> CohortView:
    """So many days, of which every one loses a tenth of those of the day before."""
    curve = tuple(0.9**age for age in range(count))
    cohorts = tuple(
        Cohort(START + day * DAY, tuple(round(1000 * share) for share in curve[: count - day])) for day in range(count)
    )
    return CohortView("user", DAY, START + count * DAY, cohorts, curve)


def shown(view: CohortView, width: int, height: int, **options: bool) -> list[str]:
    return [plain(line).rstrip() for line in draw_cohorts(view, width, height, **options)]


def test_rows_are_cohorts_columns_are_periods_since_and_the_last_row_is_all() -> None:
    assert shown(WEEKS, 60, 8) == [
        "user: 1,300 in 3 cohorts, by the week of their first event.",
        "Active: 60% after 1 week.",
        "week of actors     0     1     2",
        "02 Mar     200  100%   50%   25%",
        "09 Mar     100  100%   80%",
        "16 Mar   1,000  100%",
        "all      1,300  100%   60%   25%",
    ]


def test_the_curve_stands_under_its_columns_where_there_are_lines_left() -> None:
    lines = shown(WEEKS, 60, 12)
    assert lines[7:] == [
        "          100% ██████",
        "               ██████▃▃▃▃▃▃",
        "           50% ████████████",
        "               ██████████████████",
        "active      0% 0  2 weeks since the first",
    ]
    assert lines[2].index("1") in range(21, 27)


def test_the_warmest_is_the_largest_share_that_came_back() -> None:
    cells = [
        style for line in draw_cohorts(WEEKS, 60, 8)[3:] for text, style in line if style in HEATS and text.strip()
    ]
    assert cells == ["heat5", "heat3", "heat1", "heat5", "heat5", "heat5", "heat5", "heat3", "heat1"]


def test_no_one_who_came_back_is_cold_and_a_few_are_not_none() -> None:
    gone = CohortView("user", DAY, START, (Cohort(START, (1000, 0)),), (1.0, 0.0))
    assert [style for _, style in draw_cohorts(gone, 60, 9)[3][2:]] == ["heat0", "heat0"]
    few = CohortView("user", DAY, START, (Cohort(START, (1000, 2, 0)),), (1.0, 0.002, 0.0))
    assert "02 Mar   1,000  100%   <1%    0%" in shown(few, 60, 9)


def test_what_does_not_fit_is_left_out_evenly_and_told() -> None:
    view = days(40)
    lines = shown(view, 60, 20)
    assert "The map has 1 cohort in 4 and the first 11 of 40 days." in " ".join(lines[:4])
    head = next(number for number, line in enumerate(lines) if line.startswith("day of"))
    dates = [line[:6] for line in lines[head + 1 :] if line[3:6] in ("Mar", "Apr")]
    assert dates[:3] + dates[-2:] == ["02 Mar", "06 Mar", "10 Mar", "03 Apr", "07 Apr"]
    assert len(dates) == 10
    assert lines[head].split()[-1] == "10"
    assert lines[-1].endswith("39 days since the first")
    assert len(lines) == 20


def test_cells_too_narrow_for_a_per_cent_sign_have_the_number() -> None:
    lines = shown(days(12), 66, 30)
    assert "%" not in lines[3]
    assert lines[3].split()[3:6] == ["100", "90", "81"]
    assert "%" in shown(days(12), 80, 30)[3]


def test_dates_of_more_than_a_year_have_the_year() -> None:
    long = CohortView("user", WEEK, START, (Cohort(START, (5,)), Cohort(START + 60 * WEEK, (5,))), (1.0,))
    assert any(line.startswith("2027-04-26") for line in shown(long, 60, 12))


def test_before_a_period_is_over_it_says_so() -> None:
    nothing = CohortView("user", WEEK, START, (), ())
    assert shown(nothing, 200, 5) == [
        "No week of the stream is over yet: a cohort needs a whole one. Press d to tell them by day."
    ]
    assert "Press d" not in " ".join(shown(CohortView("user", DAY, START, (), ()), 200, 5))


def test_nobody_to_follow_is_told_with_what_to_write() -> None:
    lines = [plain(line) for line in draw_nobody("no event has an actor", 46)]
    assert lines[0] == "No population to follow: no event has an"
    assert "  user: {count: 500, key: user_id, fields: {user_id: uuid}}" in lines


@pytest.mark.parametrize("view", [WEEKS, days(1), days(2), days(40)], ids=["weeks", "1", "2", "40"])
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (12, 3), (30, 6), (46, 11), (78, 20), (300, 100)])
def test_no_size_breaks_it(view: CohortView, size: tuple[int, int]) -> None:
    width, height = size
    lines = shown(view, width, height)
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines if width >= 30)


def test_ascii() -> None:
    assert all(line.isascii() for line in shown(days(40), 60, 20, ascii_only=True))
