"""A real terminal, as far as a program can tell: a pty with a screen of `pyte` behind it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from typing import Self

import pyte

__all__ = ["PtyTerminal"]

KEYS = {
    "f1": "\x1bOP",
    "f3": "\x1bOR",
    "f5": "\x1b[15~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "down": "\x1b[B",
    "end": "\x1b[F",
    "escape": "\x1b",
    "enter": "\r",
    "ctrl+q": "\x11",
    "ctrl+s": "\x13",
    "ctrl+space": "\x00",
}


class PtyTerminal:
    """Runs a program in a pty of ``width`` x ``height`` and keeps its screen."""

    def __init__(self, command: Sequence[str], *, width: int = 100, height: int = 30, cwd: str | None = None) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.started = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            if cwd is not None:
                os.chdir(cwd)
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            environment.pop("NO_COLOR", None)
            os.execvpe(command[0], list(command), environment)
        self.status: int | None = None
        self._size(width, height)

    @classmethod
    def workbench(cls, *arguments: str, **options: object) -> PtyTerminal:
        """The workbench by its command."""
        return cls([sys.executable, "-m", "synthwb", *arguments], **options)  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def send(self, *keys: str) -> None:
        """Type: named keys, or text as it is."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def read(self, seconds: float) -> bool:
        """Take in what comes within this time; False once the program has closed the terminal."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._fd, 65_536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def until(self, true: Callable[[], bool], *, seconds: float = 60.0) -> float:
        """Wait until this holds; the seconds it took. Raises TimeoutError with the screen."""
        start = time.monotonic()
        while not true():
            if time.monotonic() - start > seconds:
                raise TimeoutError(f"not in {seconds:g} s; the screen is\n{self.text}")
            if not self.read(0.02) and not true():
                raise TimeoutError(f"the program has ended; the screen was\n{self.text}")
        return time.monotonic() - start

    def until_text(self, words: str, *, seconds: float = 60.0) -> float:
        """Wait until these words are on the screen; the seconds it took."""
        return self.until(lambda: words in self.text, seconds=seconds)

    def when(self, true: Callable[[], bool], *, quiet: float = 1.0, longest: float = 3.0) -> float:
        """Seconds from now until the program had sent what makes this true.

        What it sends is only drawn once it has been quiet for a moment (or after ``longest``): the emulator behind
        this screen is slow, and would take its time from the program being measured. Raises TimeoutError with the
        screen.
        """
        start = last = time.monotonic()
        chunks: list[tuple[float, bytes]] = []
        while (now := time.monotonic()) - last < quiet and now - start < longest:
            if select.select([self._fd], [], [], 0.02)[0]:
                chunks.append((time.monotonic(), os.read(self._fd, 65_536)))
                last = chunks[-1][0]
        found = None
        for moment, data in chunks:
            self.raw += data
            self._stream.feed(data)
            if found is None and true():
                found = moment - start
        if found is None:
            raise TimeoutError(f"not in {longest:g} s; the screen is\n{self.text}")
        return found

    def resize(self, width: int, height: int) -> None:
        """Another size, told to the program as a terminal tells it."""
        self.screen.resize(height, width)
        self._size(width, height)
        os.kill(self.pid, signal.SIGWINCH)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def wait(self, seconds: float = 20.0) -> int:
        """Wait for the end; the exit code (negative: the signal that killed it)."""
        deadline = time.monotonic() + seconds
        while self.status is None:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise TimeoutError(f"still running after {seconds:g} s:\n{self.text}")
        while self.read(0.05) and select.select([self._fd], [], [], 0.05)[0]:
            pass
        return self.status

    def vanish(self, seconds: float = 40.0) -> int:
        """Take the terminal away, as when its window is closed, and wait for the end; the exit code."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDONLY)
        deadline = time.monotonic() + seconds
        while self.status is None:
            time.sleep(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise TimeoutError(f"still running {seconds:g} s after its terminal had gone")
        return self.status

    def close(self) -> None:
        """Leave no process behind."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
