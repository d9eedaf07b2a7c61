"""``synthwb run`` with checks: what it says on stderr, and exit code 3."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = """\
clock: {start: 2026-01-01, end: +30s}
events:
  order_placed: {fields: {n: {integer: {min: 0, max: 9}}, word: {choice: [a, b]}}}
arrivals: {order_placed: {process: constant, rate: 5/s}}
checks:
"""
GOOD = "  - {field: order_placed.word, in: [a, b]}\n"
BAD = "  - {name: small numbers, field: order_placed.n, between: [0, 4], at_least: 95%}\n"
RATE = "  - {rate: order_placed, between: [6/s, null], over: 10s}\n"


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Path]:
    """A document with these checks."""

    def write(*checks: str, document: str = DOCUMENT) -> Path:
        path = tmp_path / "checked.yaml"
        path.write_text(document + "".join(checks), "utf-8")
        return path

    return write


def test_a_check_that_fails_ends_with_code_3(call: Callable[..., Any], checked: Callable[..., Path]) -> None:
    found = call("run", checked(GOOD, BAD, RATE))
    assert found.code == 3
    assert len(found.out.splitlines()) == 150
    first, numbers, rate = found.err.splitlines()
    assert first == "error: 2 of 3 checks failed"
    assert numbers.startswith("  small numbers: ")
    assert "expected 0 to 4, in at least 95% of records; first " in numbers
    assert rate.startswith(
        "  order_placed rate: 5/s in 3 windows, 3 outside; expected at least 6/s in each 10s; first 5/s"
    )


def test_checks_that_pass_say_nothing(call: Callable[..., Any], checked: Callable[..., Path]) -> None:
    found = call("run", checked(GOOD))
    assert (found.code, found.err) == (0, "")


def test_a_run_that_is_cut_has_no_last_window(call: Callable[..., Any], checked: Callable[..., Path]) -> None:
    """Fifty events end exactly with the first window, of which nobody can say that it is full."""
    assert call("run", checked(RATE), "--count", 50).code == 0
    assert call("run", checked(RATE), "--count", 52).code == 3
    assert call("run", checked(RATE), "--for", "10s").code == 3


def test_wall_ends_a_run_with_its_checks(
    call: Callable[..., Any], checked: Callable[..., Path], tmp_path: Path
) -> None:
    endless = DOCUMENT.replace(", end: +30s", "")
    found = call(
        "run", checked(BAD, document=endless), "--rate", "200/s", "--wall", "300ms", "--to", tmp_path / "a.jsonl"
    )
    assert found.code == 3
    assert "1 of 1 check failed" in found.err
    assert (tmp_path / "a.jsonl").stat().st_size


@pytest.mark.parametrize("words", [("check",), ("preview",), ("run", "--dry-run")])
def test_only_a_run_evaluates_them(
    call: Callable[..., Any], checked: Callable[..., Path], words: tuple[str, ...]
) -> None:
    assert call(words[0], checked(BAD), *words[1:]).code == 0


def test_a_process_ends_with_code_3(checked: Callable[..., Path], clean_environment: dict[str, str]) -> None:
    words = [sys.executable, "-m", "synthwb", "run", str(checked(GOOD, BAD))]
    found = subprocess.run(words, capture_output=True, text=True, env=clean_environment, timeout=90)
    assert found.returncode == 3
    assert found.stderr.startswith("error: 1 of 2 checks failed\n  small numbers: ")
    assert "\x1b" not in found.stderr


def test_an_interrupted_run_reports_and_keeps_130(
    checked: Callable[..., Path], clean_environment: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    endless = checked(BAD, document=DOCUMENT.replace(", end: +30s", ""))
    words = [sys.executable, "-m", "synthwb", "run", str(endless), "--rate", "200/s", "--to", str(target)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=clean_environment)
    deadline = time.monotonic() + 90
    while not (target.exists() and target.stat().st_size > 2000):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert "error: 1 of 1 check failed" in err
