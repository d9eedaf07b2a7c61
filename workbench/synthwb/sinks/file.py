"""Text files: one for all events, or one per event type."""

from __future__ import annotations

import contextlib
import os
from hashlib import blake2b
from typing import TYPE_CHECKING

from synthwb.errors import SinkError
from synthwb.sinks.paths import FilePath, failure, sync_folder

if TYPE_CHECKING:
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["FileSink"]

_MODE = 0o666
_TAIL = 4096  # bytes by which the place where a file is to be gone on with is known again


class FileSink:
    """Writes text to ``path``, in which ``{event}`` stands for the event type and ``${NAME}`` for the environment.

    A bounded run writes ``NAME.part`` and gives it its name when it is whole; aborted, it leaves nothing. An unbounded
    run appends whole records to the file in place (the header only if it is new or empty), so that a reader may follow.
    Devices and named pipes are always written to in place. A mark is the length of each file; whatever stands behind
    it when the file is opened again is cut off.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._files: dict[str, _File] = {}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Open the files of all event types, so that a bad path is known before anything is generated."""
        try:
            for event, header in info.headers.items():
                path = FilePath.of(self._path, event)
                if mark is not None:
                    self._files[event] = _File.again(path, info, mark[event])
                    continue
                self._files[event] = _File(path, info)
                self._files[event].begin(header)
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


class _File:
    """One open file. ``_size`` is its length in whole records; ``_target`` where a finished part will stand."""

    def __init__(self, path: FilePath, info: SinkInfo, mark: Mark | None = None) -> None:
        self._shown = path.shown
        self._special = path.special()
        self._kept = info.kept
        if self._kept and self._special:
            raise SinkError(
                f"{path.shown}: only a file can be gone on with, not a device or a pipe; choose another path"
            )
        self._target = None if not info.bounded or self._special else path.real
        self._opened = path.real if self._target is None else path.part
        if mark is not None and self._target is not None and not os.path.exists(self._opened):
            self._opened, self._target = self._target, None  # it was given its name already
        flags = os.O_WRONLY | getattr(os, "O_BINARY", 0)
        flags |= os.O_APPEND if self._target is None else 0 if mark is not None else os.O_TRUNC
        flags |= os.O_CREAT if mark is None else 0
        try:
            self._descriptor = os.open(self._opened, flags, _MODE)
            self._size = 0 if self._special else os.fstat(self._descriptor).st_size
        except OSError as error:
            raise failure(self._shown, error) from error

    @staticmethod
    def again(path: FilePath, info: SinkInfo, mark: Mark) -> _File:
        """The file, cut off where it was at the mark. Raises SinkError if it is not that file any more."""
        try:
            file = _File(path, info, mark)
        except SinkError as error:
            raise SinkError(f"{error}; without it the run cannot go on") from error
        if file._size < mark["bytes"] or file._tail(mark["bytes"]) != mark["tail"]:
            os.close(file._descriptor)
            raise SinkError(
                f"{path.shown}: this is not what the run has written ({mark['bytes']:,} bytes when it was saved, and "
                f"{file._size:,} now); put that file back, or begin anew"
            )
        file._size = mark["bytes"]
        os.ftruncate(file._descriptor, file._size)
        os.lseek(file._descriptor, 0, os.SEEK_END)
        return file

    def begin(self, header: bytes) -> None:
        """Write the header of a file that is new or empty. Raises SinkError if another cannot be continued."""
        if self._size:
            self._check_last_line()
        else:
            self.append(header)
        if self._kept:
            sync_folder(self._opened)

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

    def mark(self) -> Mark:
        """See `FileSink.mark`. Raises SinkError."""
        self.sync()
        return {"bytes": self._size, "tail": self._tail(self._size)}

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
        if self._target is None or (self._kept and not commit):
            return
        try:
            if commit:
                os.replace(self._opened, self._target)
                sync_folder(self._target)
        except OSError as error:
            raise failure(self._shown, error) from error
        finally:
            if not self._kept:
                with contextlib.suppress(OSError):
                    os.unlink(self._opened)

    def _tail(self, size: int) -> str:
        """A digest of the last bytes before a length. Raises SinkError."""
        try:
            with open(self._opened, "rb") as file:
                file.seek(max(0, size - _TAIL))
                return blake2b(file.read(min(size, _TAIL)), digest_size=16).hexdigest()
        except OSError as error:
            raise failure(self._shown, error) from error

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
