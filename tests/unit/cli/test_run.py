"""Headless runs: data where it belongs, bounded as asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthwb.cli import main
from synthwb.commands.pacing import Following, begin_of, pace_of
from synthwb.commands.progress import status, time_left
from synthwb.commands.run import targets
from synthwb.errors import UsageError
from synthwb.runtime import OnLag, Pace, Stats
from synthwb.scenario import loads, presets

Call = Callable[..., Any]


def test_data_goes_to_stdout_and_nothing_else(call: Call, shop: Path) -> None:
    outcome = call("run", shop, "--count", 8)
    assert (outcome.code, outcome.err) == (0, "")
    records = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(records) == 8
    assert {record["event"] for record in records} == {"viewed", "ordered"}
    assert [record["time"] for record in records] == sorted(record["time"] for record in records)


@pytest.mark.parametrize("words", [("--batch", 1), ("--batch", 7), ("--workers", 2, "--batch", 100), ("--rate", "1e6")])
def test_how_it_is_made_changes_no_byte(call: Call, shop: Path, words: tuple[object, ...]) -> None:
    assert call("run", shop, "--count", 300, *words).out == call("run", shop, "--count", 300).out


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_how_it_is_made_changes_no_byte_of_a_table(call: Call, shop: Path, tmp_path: Path, suffix: str) -> None:
    def written(count: int, *words: object) -> tuple[bytes, ...]:
        assert call("run", shop, "--count", count, *words, "--to", tmp_path / f"{{event}}.{suffix}").code == 0
        return tuple((tmp_path / f"{event}.{suffix}").read_bytes() for event in ("viewed", "ordered"))

    expected = written(700)
    for words in (("--batch", 1), ("--batch", 7), ("--workers", 2, "--batch", 100)):
        assert written(700, *words) == expected
    expected = written(200_000)  # more rows than a row group holds
    for words in (("--batch", 1000), ("--batch", 65_536), ("--workers", 2)):
        assert written(200_000, *words) == expected


def test_a_preview_is_the_beginning_of_a_run(call: Call, shop: Path) -> None:
    run = call("run", shop, "--count", 50).out
    assert run.startswith(call("preview", shop, "-n", 20, "--format", "json").out)


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
def test_every_preset_runs_and_previews(call: Call, name: str) -> None:
    outcome = call("run", name, "--count", 40, "--rate", "max", "--to", "-")
    assert outcome.code == 0
    if name == "late-and-broken":
        assert 35 <= len(outcome.out.splitlines()) <= 45, "some come twice"
    else:
        assert len([json.loads(line) for line in outcome.out.splitlines()]) == 40
    shown = call("preview", name, "-n", 10)
    assert shown.code == 0
    assert "of 10 events" in shown.out


def test_files_by_event_type(call: Call, shop: Path, tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv", "parquet"):
        assert call("run", shop, "--count", 100, "--to", tmp_path / f"{{event}}.{suffix}").code == 0
    assert not list(tmp_path.glob("*.part"))
    for event in ("viewed", "ordered"):
        rows = len((tmp_path / f"{event}.jsonl").read_text().splitlines())
        table = pl.read_csv(tmp_path / f"{event}.csv")
        frame = pl.read_parquet(tmp_path / f"{event}.parquet")
        assert table.height == frame.height == rows
        assert table.columns == frame.columns
        assert table["id"].to_list() == frame["id"].to_list()


def test_several_targets_get_the_same(call: Call, shop: Path, tmp_path: Path) -> None:
    outcome = call("run", shop, "--count", 20, "--to", "-", "--to", tmp_path / "a.jsonl")
    assert (tmp_path / "a.jsonl").read_text() == outcome.out


def test_the_sinks_of_the_document(call: Call, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shop.write_text(shop.read_text() + 'sinks:\n  - {file: "all.jsonl", name: archive}\n  - {file: "{event}.csv"}\n')
    assert call("run", shop, "--count", 9).out == ""
    assert len(Path("all.jsonl").read_text().splitlines()) == 9
    assert Path("viewed.csv").exists()
    for path in Path().glob("*.csv"):
        path.unlink()
    assert call("run", shop, "--count", 4, "--to", "@archive").code == 0
    assert len(Path("all.jsonl").read_text().splitlines()) == 4
    assert not Path("viewed.csv").exists()


def test_bounds_and_changes_of_the_command_line(call: Call, shop: Path) -> None:
    text = call("run", shop, "--for", "10s").out
    assert 10 < len(text.splitlines()) < 90
    assert max(json.loads(line)["time"] for line in text.splitlines()) < "2026-01-01T00:00:10"
    assert call("run", shop, "--count", 5, "--seed", 8).out != call("run", shop, "--count", 5).out
    assert call("run", shop, "--count", 5, "--seed", 7).out == call("run", shop, "--count", 5).out
    assert call("run", shop, "--count", 5, "--set", "seed=8").out == call("run", shop, "--count", 5, "--seed", 8).out
    limited = shop.with_name("limited.yaml")
    limited.write_text(shop.read_text() + "limit: {events: 3}\n")
    assert len(call("run", limited).out.splitlines()) == 3
    assert len(call("run", limited, "--count", 6).out.splitlines()) == 6


def test_the_clock_on_the_wall_ends_an_endless_run(call: Call, shop: Path, tmp_path: Path) -> None:
    outcome = call("run", shop, "--wall", "400ms", "--rate", "100/s", "--to", tmp_path / "x.jsonl")
    assert outcome.code == 0
    assert 1 <= len((tmp_path / "x.jsonl").read_text().splitlines()) <= 100
    assert not (tmp_path / "x.jsonl.part").exists()


def test_a_dry_run_tells_and_writes_nothing(call: Call, tmp_path: Path) -> None:
    outcome = call("run", "web-shop", "--dry-run", "--to", tmp_path / "{event}.csv", "--rate", "max", "--for", "1d")
    assert (outcome.code, outcome.err) == (0, "")
    assert "5,000 rows" in outcome.out
    assert "as fast as it can" in outcome.out
    assert "after about" in outcome.out
    assert "{event}.csv  csv" in outcome.out
    assert os.listdir(tmp_path) == []
    assert "never: it runs until it is stopped" in call("run", "web-shop", "--dry-run").out


def test_a_dry_run_tells_how_flows_begin(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "walk.yaml"
    path.write_text(
        "events: {viewed: {fields: {a: uuid}}, paid: {fields: {a: uuid, b: uuid}}, lost: {fields: {a: uuid}}}\n"
        "flows: {visit: {steps: [viewed, {event: paid, dwell: 2s}]}}\n"
        "arrivals: {visit: {rate: 2/s, concurrency: {limit: 1000, at_cap: drop}}, paid: 3/s}\n"
    )
    out = call("run", path, "--dry-run").out
    assert re.search(r"viewed +2/s by visit, 1 fields", out)
    assert re.search(r"paid +5/s poisson and by visit, 2 fields", out)
    assert re.search(r"lost +0/s never, 1 fields", out)
    assert re.search(r"visit +sessions 2/s poisson, 2 states, at most 1,000 at once \(drop\)", out)


def test_a_scenario_from_stdin(shop: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert main(["preview", "-", "-n", "2", "--format", "json"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("more", "rate", "terminal", "pace"),
    [
        ("", None, False, Pace()),
        ("", None, True, Pace(speed=1.0)),
        ("pacing: {rate: 50/s, ramp: 10s}\n", None, True, Pace(rate=50.0, ramp=10.0)),
        ("clock: {speed: 60x}\n", None, False, Pace(speed=60.0)),
        ("pacing: 50/s\n", "2/min", True, Pace(rate=1 / 30)),
        ("pacing: 50/s\n", "max", True, Pace()),
        ("", "500", False, Pace(rate=500.0)),
        ("clock: {mode: live, start: now}\n", None, True, Pace(live=True)),
        ("clock: {mode: live, start: now}\n", "max", True, Pace()),
    ],
)
def test_the_pace(more: str, rate: str | None, terminal: bool, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    scenario = loads("events: {a: {fields: {x: uuid}}}\n" + more)
    assert pace_of(scenario, targets(scenario, ()), Following(rate)) == pace
    to_file = targets(scenario, ["a.jsonl"])
    assert pace_of(scenario, to_file, Following(rate)) == (Pace() if pace == Pace(speed=1.0) else pace)


def test_what_becomes_of_late_events_is_an_option(call: Call, shop: Path) -> None:
    scenario = loads("events: {a: {fields: {x: uuid}}}\npacing: {rate: 50/s, on_lag: skip, max_lag: 3s}\n")
    skipping = Pace(rate=50.0, on_lag=OnLag.SKIP, max_lag=3.0)
    assert pace_of(scenario, (), Following()) == skipping
    assert pace_of(scenario, (), Following(on_lag="catch_up")) == replace(skipping, on_lag=OnLag.CATCH_UP)
    assert "--on-lag skp: did you mean skip?" in call("run", shop, "--on-lag", "skp").err
    said = call("run", shop, "--rate", "max", "--on-lag", "skip")
    assert said.code == 2
    assert "nothing is late without a rate or a speed" in said.err


def test_the_pace_of_the_options() -> None:
    scenario = loads("events: {a: {fields: {x: uuid}}}\npacing: 50/s\n")
    assert pace_of(scenario, (), Following(speed="60x")) == Pace(speed=60.0)
    assert pace_of(scenario, (), Following(live=True)) == Pace(live=True)
    with pytest.raises(UsageError, match="--speed fast: not a factor above 0; write 60x"):
        pace_of(scenario, (), Following(speed="fast"))
    with pytest.raises(UsageError, match="--rate and --live both say"):
        Following(rate="5", live=True).check()


@pytest.mark.parametrize(
    ("clock", "wishes", "start"),
    [
        ("", Following(), None),
        ("", Following(live=True), "2026-03-02T09:00:00Z"),
        ("", Following(live=True, begin="now-1h"), "2026-03-02T08:00:00Z"),
        ("", Following(begin="now"), "2026-03-02T09:00:00Z"),
        ("", Following(begin="2026-03-01"), "2026-03-01"),
        ("clock: {start: 2026-03-01, mode: live}", Following(), None),
        ("clock: {start: 2026-03-01, mode: live}", Following(live=True), None),
        ("clock: {start: now-1d, mode: live}", Following(), "2026-03-01T09:00:00Z"),
        ("clock: {start: now-1d, mode: live}", Following(begin="now"), "2026-03-02T09:00:00Z"),
    ],
)
def test_where_a_run_begins(clock: str, wishes: Following, start: str | None) -> None:
    scenario = loads("events: {a: {fields: {x: uuid}}}\n" + clock)
    found = begin_of(scenario.clock, wishes, 1_772_442_000.5)
    assert found == ({} if start is None else {"clock.start": start})


@pytest.mark.parametrize("text", ["yesterday", "now-900000d", "+3d"])
def test_what_is_no_beginning(text: str) -> None:
    clock = loads("events: {a: {fields: {x: uuid}}}").clock
    with pytest.raises(UsageError, match="--from"):
        begin_of(clock, Following(begin=text), 1_772_442_000.5)


def test_a_start_that_was_now_is_told_and_gives_the_same_events_again(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"
    path.write_text("events: {a: {fields: {n: sequence}}}\nclock: {mode: live, start: now-1h}\n")
    first = call("run", path, "--count", 5)
    told = re.fullmatch(r"begins at (\S+Z): with --from (\S+) it makes the same events again\n", first.err)
    assert told is not None
    assert told[1] == told[2]
    again = call("run", path, "--count", 5, "--from", told[1])
    assert (again.out, again.err) == (first.out, "")
    assert call("run", path, "--count", 5, "--from", "2026-03-02T09:00Z").out != first.out


def test_the_line_that_shows_progress() -> None:
    stats = Stats(events=1_204_331, rate=498.2, target=500.0, expected=1_234_331, elapsed=4.0)
    assert status(stats, None) == "1,204,331 events  498/s of 500  1:00 left"
    assert status(stats, 10.0) == "1,204,331 events  498/s of 500  0:06 left"
    assert time_left(Stats(events=1, rate=0.0, expected=10), None) is None
    assert status(Stats(events=3, rate=1.0, held_by="output"), None) == "3 events  1/s  held by output"
    assert status(Stats(events=0, rate=1.0, expected=7325), None).endswith("2:02:05 left")
    behind = Stats(events=3, rate=1.0, live=True, catching_up=True, lag=7200.2)
    assert status(behind, None) == "3 events  1/s of live  catching up to now, 2:00:00 behind"


LAYERED = """
clock: {start: 2026-03-02T00:00, end: +10m}
events: {a: {fields: {x: {integer: {min: 1, max: 6}}}}, b: {fields: {y: uuid}}}
imperfections:
  - late: {rate: 5%, delay: {uniform: {min: 0s, max: 30s}}}
  - missing: {rate: 2.5%, fields: [a.x], at: +1m, for: 2m, name: gaps}
  - missing: {rate: {expr: "x / 10"}, events: [a]}
  - corrupt: {rate: 1%, how: [truncate, empty]}
"""


def test_a_dry_run_says_what_goes_wrong_on_the_way(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "layered.yaml"
    path.write_text(LAYERED)
    shown = call("run", path, "--dry-run", "--truth", "t.jsonl").out
    for words in (
        "late  5%",
        "gaps  missing; 2.5%; a; in a window",
        "missing-2  missing; a computed rate; a",
        "corrupt (truncate, empty)  1%",
        "truth     t.jsonl",
    ):
        assert f"{words}\n" in shown


def test_the_truth_on_the_command_line(call: Call, tmp_path: Path) -> None:
    path, truth = tmp_path / "layered.yaml", tmp_path / "t.jsonl"
    path.write_text(LAYERED)
    outcome = call("run", path, "--truth", truth, "--to", tmp_path / "a.jsonl")
    assert outcome.code == 0
    answers = [json.loads(line) for line in truth.read_text().splitlines()][1:]
    assert {answer["kind"] for answer in answers} == {"late", "missing", "corrupt"}
    assert {answer["layer"] for answer in answers} == {"late", "gaps", "missing-2", "corrupt"}
