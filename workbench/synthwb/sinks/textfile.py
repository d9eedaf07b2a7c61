"""One file of text on its way to the disk: whole or not there, or appended to in whole records."""

from __future__ import annotations

import contextlib
import os
from hashlib import blake2b
from typing import TYPE_CHECKING

from synthwb.errors import SinkError
from synthwb.sinks.compression import MEMBER, last_byte, packer
from synthwb.sinks.paths import FilePath, failure, sync_folder

if TYPE_CHECKING:
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["TextFile"]

_MODE = 0o666
_TAIL = 4096  # bytes by which the place where a file is to be gone on with is known again


class TextFile:
    """One file. ``_size`` is its length in whole records; ``_target`` where a finished part will stand.

    Of a compressed one every piece is whole in itself. Where the file ends up whole or not at all, a piece is so much
    text, whatever the batches were; where it may be cut back or read before its end, a piece is what was written at
    once.
    """

    def __init__(self, path: FilePath, info: SinkInfo, compression: str = "", mark: Mark | None = None) -> None:
        self._shown = path.shown
        self._special = path.special()
        self._kept = info.kept
        self._marked: Mark | None = None
        if self._kept and self._special:
            raise SinkError(
                f"{path.shown}: only a file can be gone on with, not a device or a pipe; choose another path"
            )
        self._compression = compression
        self._pack = packer(compression) if compression else None
        self._target = None if not info.bounded or self._special else path.real
        self._opened = path.real if self._target is None else path.part
        if mark is not None and self._target is not None and not os.path.exists(self._opened):
            self._opened, self._target = self._target, None  # it was given its name already
        self._held = bytearray() if self._pack and self._target is not None and not self._kept else None
        flags = os.O_APPEND if self._target is None else 0 if mark is not None else os.O_TRUNC
        self._descriptor: int | None = None
        self._open(flags | (os.O_CREAT if mark is None else 0))
        try:
            self._size = 0 if self._special else os.fstat(self._number).st_size
        except OSError as error:
            raise failure(self._shown, error) from error

    @staticmethod
    def again(path: FilePath, info: SinkInfo, mark: Mark, compression: str = "") -> TextFile:
        """The file, cut off where it was at the mark. Raises SinkError if it is not that file any more."""
        try:
            file = TextFile(path, info, compression, mark)
        except SinkError as error:
            raise SinkError(f"{error}; without it the run cannot go on") from error
        if file._size < mark["bytes"] or file._tail(mark["bytes"]) != mark["tail"]:
            os.close(file._number)
            raise SinkError(
                f"{path.shown}: this is not what the run has written ({mark['bytes']:,} bytes when it was saved, and "
                f"{file._size:,} now); put that file back, or begin anew"
            )
        file._size = mark["bytes"]
        os.ftruncate(file._number, file._size)
        os.lseek(file._number, 0, os.SEEK_END)
        return file

    def begin(self, header: bytes, ending: bytes = b"\n") -> None:
        """Write the header of a file that is new or empty; a whole one has this ``ending``.

        Raises SinkError if another cannot be continued.
        """
        if self._size:
            self._check_end(ending)
        else:
            self.append(header)
        if self._kept:
            sync_folder(self._opened)

    def append(self, data: bytes | memoryview) -> None:
        """Add whole records. After a SinkError the file ends with the last record before this call."""
        if self._pack is None:
            self._write(data)
        elif self._held is None:
            self._write(self._pack(bytes(data)))
        else:
            self._held += data
            while len(self._held) >= MEMBER:
                self._write(self._pack(bytes(self._held[:MEMBER])))
                del self._held[:MEMBER]

    def mark(self) -> Mark:
        """Its length, and what its end is known by; all of it is on the disk. Raises SinkError."""
        self.sync()
        if self._marked is None or self._marked["bytes"] != self._size:
            self._marked = {"bytes": self._size, "tail": self._tail(self._size)}
        return self._marked

    def rest(self) -> None:
        """Let go of the file until something is added again; what was written is on the disk. Raises SinkError."""
        if self._descriptor is not None and not self._special:
            self.sync()
            os.close(self._descriptor)
            self._descriptor = None

    def sync(self) -> None:
        """Have all of it on the disk. Raises SinkError."""
        if self._pack is not None and self._held is not None and (self._held or not self._size):
            self._write(self._pack(bytes(self._held)))  # of a file without a record as well: an empty piece
            self._held.clear()
        try:
            if not self._special and self._descriptor is not None:
                os.fsync(self._descriptor)
        except OSError as error:
            raise failure(self._shown, error) from error

    def close(self, *, commit: bool) -> None:
        """Give a part its name (``commit``; call `sync` before) or remove it. Raises SinkError."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
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

    @property
    def _number(self) -> int:
        """Its descriptor."""
        if self._descriptor is None:
            self._open(os.O_APPEND)
        assert self._descriptor is not None
        return self._descriptor

    def _open(self, flags: int) -> None:
        try:
            self._descriptor = os.open(self._opened, os.O_WRONLY | getattr(os, "O_BINARY", 0) | flags, _MODE)
        except OSError as error:
            raise failure(self._shown, error) from error

    def _write(self, data: bytes | memoryview) -> None:
        """Add bytes, all of them or none."""
        view, descriptor = memoryview(data), self._number
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError as error:
            if not self._special:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, self._size)
            raise failure(self._shown, error) from error
        self._size += len(data)

    def _tail(self, size: int) -> str:
        """A digest of the last bytes before a length. Raises SinkError."""
        try:
            with open(self._opened, "rb") as file:
                file.seek(max(0, size - _TAIL))
                return blake2b(file.read(min(size, _TAIL)), digest_size=16).hexdigest()
        except OSError as error:
            raise failure(self._shown, error) from error

    def _check_end(self, ending: bytes) -> None:
        """Raise SinkError if the file that is to be continued ends in the middle of a record, or is another's."""
        try:
            if self._compression:
                last = last_byte(self._opened, self._shown, self._compression)
            else:
                with open(self._opened, "rb") as file:
                    file.seek(max(0, self._size - len(ending)))
                    last = file.read()
        except OSError as error:
            raise failure(self._shown, error) from error
        if last in (b"", ending):
            return
        if ending == b"\n":
            raise SinkError(
                f"{self._shown}: its last line has no end, so nothing can be appended; "
                "mend that line or choose another path"
            )
        raise SinkError(f"{self._shown} holds records of other fields, or is not whole; choose another path")
