"""Text files: one for all events, or one per event type."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from synthwb.errors import SinkError
from synthwb.sinks.paths import FilePath, failure

if TYPE_CHECKING:
    from synthwb.sinks.protocol import SinkInfo

__all__ = ["FileSink"]

_MODE = 0o666


class FileSink:
    """Writes text to ``path``, in which ``{event}`` stands for the event type and ``${NAME}`` for the environment.

    A bounded run writes ``NAME.part`` and gives it its name when it is whole; aborted, it leaves nothing. An unbounded
    run appends whole records to the file in place (the header only if it is new or empty), so that a reader may follow.
    Devices and named pipes are always written to in place.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._files: dict[str, _File] = {}

    def open(self, info: SinkInfo) -> None:
        """Open the files of all event types, so that a bad path is known before anything is generated."""
        try:
            for event, header in info.headers.items():
                self._files[event] = _File(FilePath.of(self._path, event), header, in_place=not info.bounded)
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


class _File:
    """One open file. ``_size`` is its length in whole records; ``_target`` where a finished part will stand."""

    def __init__(self, path: FilePath, header: bytes, *, in_place: bool) -> None:
        self._shown = path.shown
        self._special = path.special()
        self._target = None if in_place or self._special else path.real
        self._opened = path.real if self._target is None else path.part
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
        flags |= os.O_APPEND if self._target is None else os.O_TRUNC
        try:
            self._descriptor = os.open(self._opened, flags, _MODE)
        except OSError as error:
            raise failure(self._shown, error) from error
        try:
            self._size = 0 if self._special else os.fstat(self._descriptor).st_size
            if self._size:
                self._check_last_line()
            else:
                self.append(header)
        except SinkError:
            self.close(commit=False)
            raise

    def append(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            if not self._special:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self._size)
            raise failure(self._shown, error) from error
        self._size += len(data)

    def sync(self) -> None:
        """Have all of it on the disk. Raises SinkError."""
        try:
            if not self._special:
                os.fsync(self._descriptor)
        except OSError as error:
            raise failure(self._shown, error) from error

    def close(self, *, commit: bool) -> None:
        """Give a part its name (``commit``) or remove it. Raises SinkError."""
        os.close(self._descriptor)
        if self._target is None:
            return
        try:
            if commit:
                os.replace(self._opened, self._target)
                _sync_folder(self._target)
        except OSError as error:
            raise failure(self._shown, error) from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(self._opened)

    def _check_last_line(self) -> None:
        """Raise SinkError if the file that is to be continued ends in the middle of a record."""
        with open(self._opened, "rb") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
        if last != b"\n":
            raise SinkError(
                f"{self._shown}: its last line has no end, so nothing can be appended; "
                "mend that line or choose another path"
            )


def _sync_folder(path: str) -> None:
    """Make a rename last through a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
