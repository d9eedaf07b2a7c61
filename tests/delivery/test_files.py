"""Files through whole runs: exactly once after kills, and never half a record where there is no room."""

from __future__ import annotations

import gzip
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from kill_driver import SHOP, ended, killed

from synthwb.commands.talk import CHECKS_FAILED

SINKS = """
sinks:
  - {file: {path: "zip/{event}.jsonl.gz", roll_count: 150}, name: zip}
  - {file: {path: "zst/all.jsonl.zst"}, name: zst}
  - {file: {path: "day/{date}/{hour}/{event}.csv"}, name: day}
  - {file: {path: "table/{date}/{hour}/{event}.parquet", roll_every: 10m}, name: table}
"""
NAMES = ("zip", "zst", "day", "table")
PING = "events: {ping: {fields: {n: sequence, u: uuid}}}\narrivals: {ping: 1/s}\n"
WORDS = [word for name in NAMES for word in ("--to", f"@{name}")]
SLOW = ("--rate", "250/s", "--state", "run.db", "--checkpoint", "40ms")


def _texts(folder: Path) -> dict[str, bytes]:
    """Files of text as they are when they are unpacked."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".parquet":
            data = path.read_bytes()
            if path.suffix == ".gz":
                data = gzip.decompress(data)
            if path.suffix == ".zst":
                data = subprocess.run(["zstdcat", path], capture_output=True, check=True).stdout
            found[str(path.relative_to(folder))] = data
    return found


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_files_of_one_that_nobody_disturbed(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "whole"):
        for name in NAMES:
            (folder / name).mkdir(parents=True)
    (tmp_path / "shop.yaml").write_text(SHOP + SINKS, encoding="utf-8")
    assert ended(tmp_path / "whole", tmp_path / "shop.yaml", *WORDS) == CHECKS_FAILED
    killed(tmp_path, 4, 7, "shop.yaml", *WORDS, *SLOW)
    assert ended(tmp_path, "shop.yaml", *WORDS, "--state", "run.db", "--resume") == CHECKS_FAILED
    assert not list(tmp_path.rglob("*.part"))
    for name in NAMES[:3]:
        assert _texts(tmp_path / name) == _texts(tmp_path / "whole" / name)
    assert len(_texts(tmp_path / "zip")) > 8
    tables = sorted(
        path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole").rglob("*.parquet") if path.is_dir()
    )
    assert len(tables) == 4
    for table in tables:
        assert pl.read_parquet(tmp_path / table).equals(pl.read_parquet(tmp_path / "whole" / table))


def _room(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize(
    ("name", "end"),
    [("a.jsonl.gz", ", end: +1d"), ("a.jsonl.zst", ""), ("{date}/a.jsonl", ", end: +1d"), ("{date}/a.jsonl.gz", "")],
)
def test_no_room_leaves_whole_records_or_nothing(tmp_path: Path, name: str, end: str) -> None:
    clock = f"clock: {{start: 2026-03-02{end}}}\n"
    (tmp_path / "ping.yaml").write_text(clock + PING)
    command = [sys.executable, "-m", "synthwb", "run", "ping.yaml", "--to", name, "--batch", "500"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, preexec_fn=_room(300_000), timeout=120, check=False
    )
    assert done.returncode == 1
    assert b"File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    (tmp_path / "ping.yaml").unlink()
    found = _texts(tmp_path)
    if end:
        assert found == {}
        return
    numbers = [pl.read_ndjson(data)["n"] for data in found.values()]
    assert pl.concat(numbers).equals(pl.Series("n", range(1, sum(map(len, numbers)) + 1)))
    assert sum(map(len, numbers)) > 1000


def test_a_device_that_is_full(tmp_path: Path) -> None:
    (tmp_path / "ping.yaml").write_text(PING)
    command = [sys.executable, "-m", "synthwb", "run", "ping.yaml", "--to", "/dev/full", "--count", "10"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert b"the disk is full" in done.stderr
