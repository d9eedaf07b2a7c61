"""The command line as a process: pipes, signals, full disks, terminals."""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SYNTHWB = [sys.executable, "-m", "synthwb"]
PATIENCE = 90


@pytest.fixture
def spawn(clean_environment: dict[str, str]) -> Callable[..., subprocess.Popen[bytes]]:
    """Start ``synthwb`` with words and keyword arguments of Popen; both outputs are pipes unless given."""

    def start(*words: object, **options: object) -> subprocess.Popen[bytes]:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(
            [*SYNTHWB, *map(str, words)],
            **{**streams, "env": clean_environment, **options},  # type: ignore[call-overload]
        )

    return start


def _grown(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has written to the file."""
    deadline = time.monotonic() + PATIENCE
    while not (path.exists() and path.stat().st_size):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("words", [("run",), ("run", "--rate", "200/s"), ("run", "--workers", "2")])
def test_a_closed_pipe_ends_without_a_word(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, words: tuple[str, ...]
) -> None:
    process = spawn(words[0], shop, *words[1:])
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["event"]
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(PATIENCE) == 0
    process.stderr.close()


def test_a_preview_into_a_closed_pipe(spawn: Callable[..., subprocess.Popen[bytes]], shop: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    for words in (("preview", shop), ("presets",), ("presets", "web-shop"), ("run", shop, "--dry-run")):
        process = spawn(*words, stdout=writing)
        assert process.communicate(timeout=PATIENCE)[1] == b""
        assert process.returncode == 0
    os.close(writing)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_endless_run_and_keeps_whole_records(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "out.jsonl"
    process = spawn("run", shop, "--rate", "500/s", "--to", path)
    _grown(path, process)
    process.send_signal(number)
    assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert process.returncode == 130
    lines = path.read_text().splitlines()
    assert all(json.loads(line) for line in lines)
    assert path.read_text().endswith("}\n")


def test_a_signal_ends_a_bounded_run_and_keeps_nothing(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    process = spawn("run", shop, "--rate", "500/s", "--count", "1000000", "--to", path)
    _grown(tmp_path / "out.jsonl.part", process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert said.decode() == f"interrupted before the end, so not kept: {path}\n"
    assert list(tmp_path.glob("out*")) == []


def test_a_signal_reaches_a_run_whose_reader_is_stuck(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path
) -> None:
    process = spawn("run", shop)
    assert process.stdout is not None
    select.select([process.stdout], [], [], PATIENCE)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    process.communicate()


def test_an_endless_parquet_run_is_readable_when_it_was_stopped(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path
) -> None:
    import polars as pl

    lines = tmp_path / "out.jsonl"
    process = spawn("run", shop, "--rate", "500/s", "--to", lines, "--to", tmp_path / "{event}.parquet")
    _grown(lines, process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    rows = sum(pl.read_parquet(tmp_path / f"{event}.parquet").height for event in ("viewed", "ordered"))
    assert rows == len(lines.read_text().splitlines())
    assert not list(tmp_path.glob("*.part"))


def _room(size: int) -> Callable[[], None]:
    """Let a process write files of this size at most, as a disk that is full would."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_no_room_for_a_bounded_run_leaves_nothing(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"{{event}}.{suffix}"
    process = spawn("run", shop, "--count", "200000", "--to", path, preexec_fn=_room(100_000))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.startswith(b"error: ")
    assert b"File too large" in said
    assert b"Traceback" not in said
    assert os.listdir(tmp_path) == ["shop.yaml"]


def test_no_room_for_an_endless_run_keeps_whole_records(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    process = spawn("run", shop, "--batch", "100", "--to", path, preexec_fn=_room(100_000))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert b"File too large" in said
    text = path.read_text()
    assert text.endswith("}\n")
    assert 0 < len(text) <= 100_000


def test_no_room_for_an_endless_parquet_run_ends_it(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path
) -> None:
    process = spawn("run", shop, "--to", tmp_path / "{event}.parquet", preexec_fn=_room(100_000))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert b"File too large" in said
    assert os.listdir(tmp_path) == ["shop.yaml"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/dev/full", "/dev/full: the disk is full"),
        ("missing/out.jsonl", "the folder missing does not exist; make it (mkdir -p missing)"),
        ("shop.yaml/out.jsonl", "shop.yaml is not a folder"),
        ("/proc/out.jsonl", "/proc/out.jsonl: "),
        (".", ". is a folder; name a file in it"),
        ("${SYNTHWB_NOT_SET}/out.jsonl", "the environment variable SYNTHWB_NOT_SET is not set"),
    ],
)
def test_a_target_that_cannot_be_written(
    spawn: Callable[..., subprocess.Popen[bytes]], shop: Path, tmp_path: Path, target: str, message: str
) -> None:
    process = spawn("run", shop, "--count", "10", "--to", target, cwd=tmp_path)
    out, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, b"")
    assert said.decode().startswith("error: ")
    assert message in said.decode()
    assert len(said.decode().splitlines()) == 1
    assert os.listdir(tmp_path) == ["shop.yaml"]


def test_a_full_stdout(spawn: Callable[..., subprocess.Popen[bytes]], shop: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = spawn("run", shop, "--count", "10", stdout=full)
        assert process.communicate(timeout=PATIENCE)[1] == b"error: stdout: No space left on device\n"
    assert process.returncode == 1


def _on_terminal(words: list[object], *, until: bytes, environment: dict[str, str], **options: object) -> bytes:
    """What a run shows on a terminal until these bytes appear; then it gets Ctrl-C."""
    ours, theirs = pty.openpty()
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs, **options}
    process = subprocess.Popen(
        [*SYNTHWB, *map(str, words)],
        env=environment,
        start_new_session=True,
        **streams,  # type: ignore[call-overload]
    )
    os.close(theirs)
    shown, deadline = b"", time.monotonic() + PATIENCE
    while until not in shown and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.5)[0]:
            try:
                shown += os.read(ours, 65_536)
            except OSError:
                break
    process.send_signal(signal.SIGINT)
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:
            break
        if not more:
            break
        shown += more
    process.wait(PATIENCE)
    os.close(ours)
    return shown


@pytest.mark.terminal
def test_a_terminal_sees_the_progress_of_a_file(shop: Path, tmp_path: Path, clean_environment: dict[str, str]) -> None:
    words = ["run", shop, "--rate", "50/s", "--count", "100000", "--to", tmp_path / "x.jsonl"]
    environment = {**clean_environment, "TERM": "xterm-256color"}
    shown = _on_terminal(words, until=b" left", environment=environment)
    assert b" events  " in shown
    assert b"/s of 50" in shown
    assert b"so not kept" in shown


@pytest.mark.terminal
def test_a_terminal_gets_event_time_at_its_own_pace(tmp_path: Path, clean_environment: dict[str, str]) -> None:
    slow = tmp_path / "slow.yaml"
    slow.write_text("events: {ping: {fields: {n: sequence}}}\narrivals: {ping: {process: constant, rate: 2/s}}\n")
    started = time.monotonic()
    shown = _on_terminal(["run", slow], until=b'"n":4', environment=clean_environment)
    assert time.monotonic() - started > 1.5
    assert b"left" not in shown
    assert len([line for line in shown.splitlines() if line.startswith(b"{")]) < 60


@pytest.mark.terminal
@pytest.mark.parametrize("colour", [True, False])
def test_problems_on_a_terminal_show_the_line(tmp_path: Path, clean_environment: dict[str, str], colour: bool) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("events:\n  a:\n    fields: {x: uuidd}\n")
    environment = {**clean_environment, "TERM": "xterm-256color"}
    if colour:
        del environment["NO_COLOR"]
    shown = _on_terminal(["check", bad], until=b"warnings", environment=environment).decode()
    lines = [line.rstrip("\r") for line in shown.splitlines()]
    pointed = next(i for i, line in enumerate(lines) if line.startswith("    3 | "))
    assert lines[pointed] == "    3 |     fields: {x: uuidd}"
    assert lines[pointed + 1].rstrip() == " " * lines[pointed].index("uuidd") + "^^^^^"
    assert ("\x1b[1;31merror:" in shown) is colour


def test_completion_knows_presets_and_files(clean_environment: dict[str, str], shop: Path) -> None:
    environment = {
        **clean_environment,
        "_SYNTHWB_COMPLETE": "complete_bash",
        "COMP_WORDS": "synthwb run web",
        "COMP_CWORD": "2",
    }
    code = "import sys; sys.argv[0] = 'synthwb'; from synthwb.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["web-shop"]


def test_a_live_run_delivers_the_past_at_once_and_then_nothing_before_its_time(
    spawn: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    path = tmp_path / "live.yaml"
    path.write_text(
        "events: {tick: {fields: {n: sequence, at: {timestamp: {format: epoch_ms}}}}}\n"
        "clock: {mode: live, start: now-5s}\narrivals: {tick: {process: constant, rate: 10/s}}\n"
    )
    began = time.time()
    process = spawn(
        "run", path, "--count", 200
    )  # twenty seconds of event time, of which five and the start-up are past
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append((json.loads(line)["at"] / 1000, time.time()))
        if len(seen) == 80:
            break
    assert seen[0][0] == pytest.approx(began - 5, abs=PATIENCE)
    assert [round((at - seen[0][0]) * 10) for at, _ in seen] == list(range(80))
    assert all(came >= at - 0.06 for at, came in seen)
    assert seen[0][1] - seen[0][0] >= 4.5
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 130)
