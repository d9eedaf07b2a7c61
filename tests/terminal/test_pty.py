"""The workbench in a real terminal: it starts, answers, and leaves the terminal as it was."""

from __future__ import annotations

import signal
import termios
from pathlib import Path

import pytest
from pty_driver import PtyTerminal

pytestmark = pytest.mark.terminal

TILL = """\
synthwb: 1
events:
  sale:
    fields:
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
arrivals: {sale: 20/s}
pacing: 50/s
"""
ALTERNATE_OFF = b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1000l"


@pytest.fixture
def till(tmp_path: Path) -> Path:
    path = tmp_path / "till.yaml"
    path.write_text(TILL)
    return path


def left_clean(terminal: PtyTerminal) -> None:
    """The alternate screen, the mouse and the hidden cursor are given back, and no traceback was written."""
    for sequence in (ALTERNATE_OFF, CURSOR_ON, MOUSE_OFF):
        assert terminal.raw.rfind(sequence) > 0, f"{sequence!r} was not sent"
    assert b"Traceback" not in terminal.raw


def test_a_preset_streams_a_typo_is_shown_and_mended_and_quit_is_clean() -> None:
    with PtyTerminal.workbench("web-shop") as terminal:
        before = termios.tcgetattr(terminal._fd)
        terminal.until_text("web-shop.yaml")
        terminal.until_text("RUNNING")
        terminal.until_text("page_viewed")
        terminal.send("down", "down", "down", "down", "down", "down", "down", "down", "x")
        terminal.until_text("web-shop.yaml *")
        terminal.until_text("1 error")
        terminal.until_text("last good sample")
        terminal.send("\x7f")
        terminal.until(lambda: "1 error" not in terminal.text and "*" not in terminal.screen.display[0])
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        left_clean(terminal)
        assert termios.tcgetattr(terminal._fd)[3] == before[3]


def test_a_file_is_opened_changed_and_saved(till: Path) -> None:
    with PtyTerminal.workbench(str(till)) as terminal:
        terminal.until_text("RUNNING")
        terminal.send("# by hand", "enter", "ctrl+s")
        terminal.until_text("saved")
        assert till.read_text() == f"# by hand\n{TILL}"
        terminal.send("ctrl+q")
        assert terminal.wait() == 0


def test_sizes_change_while_it_runs(till: Path) -> None:
    with PtyTerminal.workbench(str(till), width=160, height=50) as terminal:
        terminal.until_text("Preview F3")
        terminal.until_text("RUNNING")
        terminal.resize(80, 24)
        terminal.until_text("[F2 Scenario]")
        terminal.resize(50, 12)
        terminal.until_text("needs 60 x 16")
        terminal.resize(110, 32)
        terminal.until_text("Problems · none")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        left_clean(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_leaves_the_terminal_clean(till: Path, number: int) -> None:
    with PtyTerminal.workbench(str(till)) as terminal:
        terminal.until_text("RUNNING")
        terminal.signal(number)
        assert terminal.wait() == 128 + number
        left_clean(terminal)


def test_it_ends_when_its_terminal_vanishes(till: Path) -> None:
    with PtyTerminal.workbench(str(till)) as terminal:
        terminal.until_text("RUNNING")
        assert terminal.vanish() == 128 + signal.SIGHUP


def test_a_document_full_of_errors_opens_with_words(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("events: [\n  {x: \x1b}\n")
    with PtyTerminal.workbench(str(path)) as terminal:
        terminal.until_text("no sample yet")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        left_clean(terminal)


def test_what_does_not_exist_is_refused_before_the_screen_opens(tmp_path: Path) -> None:
    with PtyTerminal.workbench("web-shopp", cwd=str(tmp_path)) as terminal:
        assert terminal.wait() == 2
        assert "web-shop" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw
