"""Runs that are killed and go on leave the same files as runs that nobody disturbed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import polars as pl
import pytest
from kill_driver import SHOP, begun, ended, killed, said

from synthwb.cli import main
from synthwb.commands.talk import CHECKS_FAILED

EVENTS = ("page_viewed", "order_placed", "beat", "spark")
SLOW = ("--rate", "250/s", "--state", "run.db", "--checkpoint", "40ms")
BROKEN = SHOP.replace("truth:", "  - corrupt: {rate: 2%, how: [truncate, bad_utf8, wrong_type, bad_timestamp]}\ntruth:")
ON = ("--state", "run.db", "--resume")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the scenario, in which the tests' own calls run too."""
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "whole").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _whole(place: Path, scenario: str, name: str, *words: str) -> str:
    """The run that nobody disturbs, into the folder ``whole``; what it says of its checks, of which one fails."""
    assert ended(place / "whole", place / scenario, *words, "--to", name) == CHECKS_FAILED
    return said(place / "whole")


def _same(place: Path, *names: str) -> None:
    for name in (*names, "truth.jsonl"):
        assert (place / name).read_bytes() == (place / "whole" / name).read_bytes(), name
    assert not list(place.rglob("*.part"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kills", "words"),
    [
        ("all.jsonl", 12, ()),
        ("{event}.jsonl", 8, ("--workers", "2", "--batch", "50")),
        ("{event}.csv", 10, ()),
    ],
)
def test_text_files_are_the_same_to_the_byte(place: Path, name: str, kills: int, words: tuple[str, ...]) -> None:
    checks = _whole(place, "broken.yaml", name)
    killed(place, kills, kills, "broken.yaml", "--to", name, *SLOW, *words)
    assert ended(place, "broken.yaml", "--to", name, *ON) == CHECKS_FAILED
    assert said(place).endswith(checks)
    _same(place, *{name.replace("{event}", event) for event in EVENTS})
    assert main(["run", "broken.yaml", "--to", name, *ON]) == 0


@pytest.mark.slow
def test_parts_of_parquet_hold_the_same_rows(place: Path) -> None:
    _whole(place, "shop.yaml", "{event}.parquet")
    killed(place, 10, 3, "shop.yaml", "--to", "{event}.parquet", *SLOW)
    assert ended(place, "shop.yaml", "--to", "{event}.parquet", *ON) == CHECKS_FAILED
    for event in EVENTS:
        folder = place / f"{event}.parquet"
        assert pl.read_parquet(folder).equals(pl.read_parquet(place / "whole" / f"{event}.parquet"))
        parts = sorted(path.name for path in folder.iterdir())
        assert parts == [f"part-{number:05}.parquet" for number in range(len(parts))]
    assert len(list((place / "page_viewed.parquet").iterdir())) > 1
    _same(place)


@pytest.mark.slow
def test_an_endless_file_is_written_on_in_place(place: Path) -> None:
    text = SHOP.replace(", end: +40m", "")
    (place / "shop.yaml").write_text(text, encoding="utf-8")
    _whole(place, "shop.yaml", "all.jsonl", "--count", "5000")
    (place / "all.jsonl").write_bytes(b"before\n")
    killed(place, 10, 5, "shop.yaml", "--to", "all.jsonl", *SLOW)
    had = (place / "all.jsonl").read_bytes().count(b"\n")
    process = begun(place, "run", "shop.yaml", "--to", "all.jsonl", *ON, "--rate", "500/s")
    _until(lambda: (place / "all.jsonl").read_bytes().count(b"\n") > had + 100)
    _ended_by(process, signal.SIGTERM)
    found = (place / "all.jsonl").read_bytes()
    assert found.startswith(b"before\n")
    assert (place / "whole" / "all.jsonl").read_bytes().startswith(found.removeprefix(b"before\n"))
    truth = (place / "truth.jsonl").read_bytes()
    assert truth.count(b"\n") > 30
    assert (place / "whole" / "truth.jsonl").read_bytes().partition(b"\n")[2].startswith(truth.partition(b"\n")[2])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_says_how_to_go_on(place: Path, number: int) -> None:
    _whole(place, "shop.yaml", "all.jsonl")
    process = begun(place, "run", "shop.yaml", "--to", "all.jsonl", *SLOW)
    _until(lambda: (place / "all.jsonl.part").exists() and (place / "all.jsonl.part").stat().st_size > 0)
    assert main(["run", "shop.yaml", "--to", "other.jsonl", *ON]) == 2  # two at one state
    _ended_by(process, number)
    assert "which are saved in run.db: the same command with --resume goes on" in said(place)
    assert (place / "all.jsonl.part").exists()
    assert ended(place, "shop.yaml", "--to", "all.jsonl", *ON) == CHECKS_FAILED
    assert "events are there already, going on" in said(place)
    _same(place, "all.jsonl")


def test_a_run_that_began_now_goes_on_with_that_now(place: Path) -> None:
    text = "clock: {mode: live, start: now-60s}\nevents: {ping: {fields: {n: sequence}}}\narrivals: {ping: 50/s}\n"
    (place / "live.yaml").write_text(text)
    words = ["run", "live.yaml", "--to", "a.jsonl", "--count", "4000", "--state", "run.db"]
    process = begun(place, *words, "--checkpoint", "40ms")
    _until(lambda: (place / "a.jsonl.part").exists() and (place / "a.jsonl.part").stat().st_size > 0)
    first = (place / "a.jsonl.part").read_bytes()
    process.kill()
    process.join(30)
    process.close()
    assert main([*words, "--resume", "--rate", "max"]) == 0
    lines = (place / "a.jsonl").read_bytes()
    assert lines.count(b"\n") == 4000
    assert lines.startswith(first)


def _ended_by(process: ForkServerProcess, number: int) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)
    process.join(60)
    assert process.exitcode == 130
    process.close()


def _until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)
