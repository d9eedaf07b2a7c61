"""The standard output: for pipes and terminals."""

from __future__ import annotations

import errno
import os
import select
from typing import TYPE_CHECKING

from synthwb.errors import SinkClosed, SinkError

if TYPE_CHECKING:
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["READER_GONE", "StdoutSink"]

READER_GONE = "stdout: the reader has gone"
"""The message of the SinkClosed that means no failure, only that nobody reads any more (``| head -1``)."""


class StdoutSink:
    """Writes text to a file descriptor, without a buffer in between: a reader sees every batch at once."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Write the header, if there is one. Raises SinkError for a run that is kept."""
        if info.kept:
            raise SinkError(
                "stdout cannot be gone on with after an interruption; write to a file, or leave out the state"
            )
        if info.endings and os.isatty(self._descriptor):
            raise SinkError(
                f"stdout is a terminal, which shows text, and {info.format.capitalize()} is none; "
                "send it to a program or a file (| or >), or write jsonl"
            )
        for header in info.headers.values():
            self._write(header)

    def write(self, event: str, data: bytes | memoryview, count: int) -> None:
        """Write text. Raises SinkClosed when the reader has gone, SinkError for the rest."""
        self._write(data)

    def flush(self) -> None:
        """Nothing is ever held back."""

    def position(self) -> str:
        """``stdout``."""
        return "stdout"

    def mark(self) -> Mark:
        """Nothing: what somebody has read cannot be taken back."""
        return {}

    def settle(self) -> None:
        """Nothing to do."""

    def close(self, commit: bool = True) -> None:
        """Leave the descriptor open: it is not ours."""

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as error:
                if error.errno in (errno.EPIPE, errno.ECONNRESET):
                    raise SinkClosed(READER_GONE) from error
                raise SinkError(f"stdout: {os.strerror(error.errno or 0)}") from error
