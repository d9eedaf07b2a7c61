"""Event time against arrival time as lines of text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthwb.tui.views.canvas import plain
from synthwb.tui.views.time import draw_time
from synthwb.views import Lateness, Rate, TimeView, span_text

SECOND = 1_000_000
START = 1_772_409_600 * SECOND  # 2026-03-02T00:00
RATES = (Rate("ping", (1.0, 2.0, 4.0, 1.0), 2.0), Rate("order_placed", (0.0, 0.5, 0.0, 0.0), 0.125))
ORDERED = TimeView(
    tuple(START + second * SECOND for second in range(60)),
    tuple(START + second * SECOND for second in range(60)),
    (False,) * 60,
    (False,) * 60,
    tuple(START + (second - 10) * SECOND for second in range(60)),
    10 * SECOND,
    0,
    None,
    RATES,
    (Rate("ping", (1.0, 3.0), 2.0),),
    START,
)


def late() -> TimeView:
    """A minute, a second apart; the 31st is 5 s late, the 51st 40 s."""
    time = list(ORDERED.time)
    time[30] -= 5 * SECOND
    time[50] -= 40 * SECOND
    flags = [number in (30, 50) for number in range(60)]
    return replace(
        ORDERED,
        time=tuple(time),
        late=tuple(flags),
        behind=tuple(number == 50 for number in range(60)),
        lateness=Lateness(5 * SECOND, 40 * SECOND, 40 * SECOND),
    )


def shown(view: TimeView, width: int, height: int, **options: bool) -> list[str]:
    return [plain(line).rstrip() for line in draw_time(view, width, height, **options)]


def test_a_stream_in_order_says_so_in_a_line_and_shows_its_rates() -> None:
    assert shown(ORDERED, 44, 9) == [
        "None of 60 recent events is late: each",
        "  arrives when it happens.",
        "Events a second over event time, by type:",
        "ping         ▂▂▂▂▂▄▄▄▄▄█████▂▂▂▂▂       2/s",
        "order_placed      █████             0.125/s",
        "",
        "Expected over the day from 03-02 00:00 UTC:",
        "ping ▃▃▃▃▃▃▃▃▃▃▃▃▃▃██████████████       2/s",
    ]


def test_late_events_are_marked_on_the_scatter_and_told_in_words() -> None:
    lines = shown(late(), 60, 16)
    assert lines[0] == "o 2 of 60 recent events late (3.3%)"
    assert lines[1] == "x 1 behind the watermark, which stays 10 s behind the newest"
    assert lines[2] == "  event time"
    assert "half of the late within 5 s, 9 of 10 within 40 s" in lines[3]
    drawn = "\n".join(lines[5:])
    assert drawn.count("o") - lines[-1].count("o") == 1
    assert drawn.count("x") == 1
    assert "┊" in drawn
    assert "·" in drawn or "•" in drawn
    assert lines[-1].startswith("00:00:00")
    assert lines[-1].endswith("00:00:59")


def test_later_events_stand_higher_and_late_ones_left_of_the_diagonal() -> None:
    lines = shown(late(), 60, 16)
    rows = [line for line in lines[5:-1] if line.strip()]
    behind = next(number for number, line in enumerate(rows) if "x" in line)
    on_time = rows[behind].index("•") if "•" in rows[behind] else rows[behind + 1].index("•")
    assert rows[behind].index("x") < on_time
    assert rows[0].rstrip().endswith("•")
    assert rows[-1].startswith("•")


def test_ascii_and_early_clocks() -> None:
    lines = shown(replace(late(), early=3), 60, 20, ascii_only=True)
    assert all(line.isascii() for line in lines)
    assert "3 arrive before they happen: their clock is fast" in lines


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (20, 3), (29, 20), (46, 11), (300, 100)])
@pytest.mark.parametrize("view", [ORDERED, late()], ids=["ordered", "late"])
def test_no_size_breaks_it(view: TimeView, size: tuple[int, int]) -> None:
    width, height = size
    lines = shown(view, width, height)
    assert len(lines) <= height
    assert all(len(line) <= max(width, 1) for line in lines if width > 40)


def test_everything_is_shown_where_there_is_room() -> None:
    lines = shown(late(), 80, 40)
    assert "Events a second over event time, by type:" in lines
    assert "Expected over the day from 03-02 00:00 UTC:" in lines
    assert any("watermark" in line and "event time" in line for line in lines[5:])


def test_spans_in_words() -> None:
    assert span_text(3_599_999_999) == "1 h"
    assert span_text(59_960_000) == "1 min"
