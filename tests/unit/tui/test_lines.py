"""Lines of text that are made for a width: status, key bar, run strip, charts, and the export's words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from synthwb.errors import UsageError
from synthwb.measure import CheckResult, Failure
from synthwb.runtime import SinkStats, State, Stats
from synthwb.runtime.exporting import Wish, command_line, in_the_way, parse_count
from synthwb.tui.actions import ACTIONS
from synthwb.tui.chart.bins import Profile, categories, histogram, rates
from synthwb.tui.chart.pane import draw_profile, title_of
from synthwb.tui.keybar import fitting
from synthwb.tui.problems import tally
from synthwb.tui.run.export import progress_words
from synthwb.tui.run.strip import RunView, strip_lines
from synthwb.tui.status import Status, status_text

FULL = Status("shop.yaml", True, "seed 42", "▶ RUNNING 00:01:12", "498/s of 500/s", "✗ 1 error", "export 40%")


@given(st.integers(60, 200))
def test_the_status_line_fits_and_never_loses_state_and_rate(width: int) -> None:
    left, right = status_text(FULL, width)
    assert cell_len(left) + cell_len(right) <= width
    assert "shop.yaml *" in left
    assert "RUNNING" in right
    assert "498/s of 500/s" in right


def test_with_room_the_status_line_says_everything() -> None:
    _, right = status_text(FULL, 140)
    for part in ("export 40%", "✗ 1 error", "seed 42"):
        assert part in right


@given(st.integers(10, 200))
def test_the_key_bar_shows_what_fits_best_first(width: int) -> None:
    shown = fitting(ACTIONS, {"run.toggle": "Resume"}, width)
    assert sum(cell_len(f"{a.show_key} {label}") + 2 for a, label in shown) < width
    ranks = [a.shown for a, _ in shown]
    assert ranks == sorted(ranks)
    if width >= 40:
        assert ("run.toggle", "Resume") in [(a.id, label) for a, label in shown]


def test_the_strip_says_how_the_checks_stand() -> None:
    good = CheckResult("totals", "sale.total", True, "100% of 9 records", "0 to 5")
    bad = CheckResult("zeros", "sale.n", False, "80% of 10 records", "1 to 9", 2, Failure("ab-1", "0", 0))
    assert "✓ 1 check passes" in strip_lines(RunView(Stats(checks=(good,))), 100)
    assert "✓ 2 checks pass" in strip_lines(RunView(Stats(checks=(good, good))), 100)
    words = "✗ 1 of 2 checks fails · zeros: 80% of 10 records; expected 1 to 9"
    assert f"{words}; first 0 of event ab-1 at 1970-01-01T00:00:00Z" in strip_lines(
        RunView(Stats(checks=(good, bad))), 100
    )
    assert not any("check" in line for line in strip_lines(RunView(Stats()), 100))


def test_checks_that_fail_are_counted_with_the_problems() -> None:
    assert (tally(()), tally((), 1), tally((), 2)) == ("none", "1 check fails", "2 checks fail")


def test_the_strip_says_state_numbers_and_destinations() -> None:
    sinks = (
        SinkStats("file", "ok", 1200, 1_250_000, position="out/sale.jsonl"),
        SinkStats("b", "failed", 0, 0, "full"),
    )
    stats = Stats(State.RUNNING, 1200, 498.0, 500.0, 1.5, elapsed=72, expected=2000, sinks=sinks, held_by="output")
    lines = strip_lines(RunView(stats, document=True), 100)
    assert lines[0] == "▶ RUNNING  run 00:01:12   1,200 of 2,000 events"
    assert lines[1].startswith("498/s of 500/s   lag 1.5 s")
    assert "! held up by output" in lines
    assert "file  ok  1,200 events  1.2 MB  out/sale.jsonl" in lines
    assert "b  failed  0 events  0 B  ✗ full" in lines


def test_the_strip_says_what_layers_altered_and_when_the_run_was_saved() -> None:
    stats = Stats(State.RUNNING, 1200, 498.0, altered={"late": 1234, "drop-2": 0}, saved=3.4)
    lines = strip_lines(RunView(stats), 100)
    assert lines[1] == "498/s of max   lag 0 ms   saved 3 s ago"
    assert "altered: late 1,234" in lines
    assert not any(word in "".join(strip_lines(RunView(Stats()), 100)) for word in ("altered", "saved"))


def test_a_failed_run_says_why() -> None:
    lines = strip_lines(RunView(Stats(State.FAILED, error="the disk is full")), 80)
    assert lines[0].startswith("✗ FAILED")
    assert "✗ the disk is full" in lines


def profile(shape: object) -> Profile:
    return Profile("sale.total", "lognormal", 200, 10, 0, shape)  # type: ignore[arg-type]


SHAPES = [
    histogram([float(v * v) for v in range(300)], 30),
    categories(["free"] * 80 + ["plus"] * 17 + ["日本"] * 3, 40),
    categories([f"id-{n}" for n in range(500)], 40),
    rates(list(range(0, 10_000_000, 12_345)), 30),
    None,
]


@pytest.mark.parametrize("shape", SHAPES)
@given(width=st.integers(40, 120), height=st.integers(4, 20), ascii_only=st.booleans())
def test_charts_keep_to_their_box(shape: object, width: int, height: int, ascii_only: bool) -> None:
    lines = draw_profile(profile(shape), width, height, ascii_only=ascii_only)
    assert len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)


def test_a_chart_of_categories_has_shares_and_counts_the_rest() -> None:
    shape = categories(["a"] * 50 + ["b"] * 30 + ["c"] * 15 + ["d"] * 5, 40)
    lines = draw_profile(profile(shape), 60, 3)
    assert lines[0].startswith("a")
    assert lines[0].endswith("50.0%")
    assert lines[-1] == "2 others, together 20.0%"


def test_the_title_has_the_missing_share() -> None:
    assert title_of(profile(SHAPES[0]), "sale.total") == "sale.total · lognormal · missing 5%"
    assert title_of(None, "sale.total") == "Chart · sale.total"
    assert title_of(Profile("", "", 9, 0, 0, rates([1, 5, 9], 3)), "") == "all events · arrivals per second"


@pytest.mark.parametrize(
    ("text", "count"), [("1000", 1000), ("10_000", 10_000), ("250k", 250_000), ("1.5M", 1_500_000)]
)
def test_counts_as_people_type_them(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["", "many", "0", "-4", "1.5", "99999999999999", "k"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_count(text)


def test_the_command_line_is_quoted_for_a_shell() -> None:
    words = command_line("my shop.yaml", Wish("out/{event}.jsonl", 5), 7)
    assert words == "synthwb run 'my shop.yaml' --to 'out/{event}.jsonl' --count 5 --rate max --seed 7"
    begun = command_line("a.yaml", Wish("a.csv", 5), None, "2026-01-01T00:00:00Z")
    assert begun == "synthwb run a.yaml --to a.csv --count 5 --rate max --from 2026-01-01T00:00:00Z"


def test_files_in_the_way_are_found_for_every_event(tmp_path: object) -> None:
    there = tmp_path / "b.csv"  # type: ignore[operator]
    there.write_text("")
    assert in_the_way(Wish(f"{tmp_path}/{{event}}.csv", 5), ("a", "b")) == [str(there)]
    assert in_the_way(Wish(f"{tmp_path}/a.csv", 5), ("a", "b")) == []


def test_progress_in_words() -> None:
    running = Stats(State.RUNNING, 500, 100.0)
    assert progress_words(running, 1000) == "500 of 1,000 events   100/s   00:00:05 left"
    few = replace(running, expected=700)
    assert progress_words(few, 1000) == "500 of 700 events   100/s   00:00:02 left", "where layers drop some"
    assert progress_words(Stats(State.FINISHED, 1000, elapsed=2.0), 1000) == "✓ 1,000 events in 2.0 s"
    assert progress_words(Stats(State.FAILED, error="disk full"), 1000) == "✗ disk full"


def test_the_strip_says_that_a_live_run_has_the_past_to_deliver() -> None:
    stats = Stats(State.RUNNING, events=7, rate=1234.0, live=True, catching_up=True, lag=7325.0)
    assert strip_lines(RunView(stats), 100)[1] == "1234/s of live   catching up to now, 02:02:05 behind"
    now = replace(stats, catching_up=False, lag=0.004, rate=2.0)
    assert strip_lines(RunView(now), 100)[1] == "2/s of live   lag 4 ms"
    assert "lag" in strip_lines(RunView(replace(stats, state=State.PAUSED)), 100)[1]
