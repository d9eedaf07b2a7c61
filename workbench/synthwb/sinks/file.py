"""Text files: one for all events, or one per event type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.errors import SinkError
from synthwb.sinks.paths import FilePath
from synthwb.sinks.textfile import TextFile

if TYPE_CHECKING:
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["FileSink"]


class FileSink:
    """Writes text to ``path``, in which ``{event}`` stands for the event type and ``${NAME}`` for the environment.

    A bounded run writes ``NAME.part`` and gives it its name when it is whole; aborted, it leaves nothing. An unbounded
    run appends whole records to the file in place (the header only if it is new or empty), so that a reader may follow.
    Devices and named pipes are always written to in place. A mark is the length of each file; whatever stands behind
    it when the file is opened again is cut off. ``compression``: gzip, zstd, or none.
    """

    def __init__(self, path: str, compression: str = "") -> None:
        self._path = path
        self._compression = compression
        self._files: dict[str, TextFile] = {}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Open the files of all event types, so that a bad path is known before anything is generated."""
        try:
            for event, header in info.headers.items():
                path = FilePath.of(self._path, event)
                if mark is not None:
                    self._files[event] = TextFile.again(path, info, mark[event], self._compression)
                    continue
                self._files[event] = TextFile(path, info, self._compression)
                self._files[event].begin(header, info.endings.get(event, b"\n"))
        except SinkError:
            self.close(commit=False)
            raise

    def write(self, event: str, data: bytes | memoryview, count: int) -> None:
        """Append whole records. After a SinkError the file ends with the last record before this call."""
        self._files[event].append(data)

    def flush(self) -> None:
        """Nothing is held back: every write has reached the operating system."""

    def position(self) -> str:
        """The path as it was written, with ``{event}`` in it."""
        return self._path

    def mark(self) -> Mark:
        """The length of each file, and what its end is known by."""
        return {event: file.mark() for event, file in self._files.items()}

    def settle(self) -> None:
        """Nothing to do."""

    def close(self, commit: bool = True) -> None:
        """Give the files of a bounded run their names, on disk (``commit``), or remove them.

        None of them gets its name before all of them are whole.
        """
        files, self._files = list(self._files.values()), {}
        failed: SinkError | None = None
        try:
            for file in files if commit else ():
                file.sync()
        except SinkError as error:
            failed = error
        for file in files:
            try:
                file.close(commit=commit and failed is None)
            except SinkError as error:
                failed = error
        if failed is not None:
            raise failed
