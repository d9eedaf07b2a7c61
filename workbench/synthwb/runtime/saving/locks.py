"""One run for each saved state: what keeps a second process away, and lets go when the first one dies."""

from __future__ import annotations

import os
import sys
from typing import IO

__all__ = ["FileLock"]


class FileLock:
    """A file that this process holds locked; the system lets go of it when the process ends, however it ends."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def take(self) -> str | None:
        """Take the lock: None, or who has it (a process number, or nothing if that is not known). Raises OSError."""
        while True:
            file = open(self._path, "a+", encoding="ascii")  # noqa: SIM115 - it is open as long as the lock is held
            if not _locked(file):
                file.seek(0)
                holder = file.read().strip()
                file.close()
                return holder
            if _is_at(file, self._path):
                file.truncate(0)
                file.write(str(os.getpid()))
                file.flush()
                self._file = file
                return None
            file.close()  # whoever held it has removed it meanwhile

    def release(self) -> None:
        """Let go, and remove the file."""
        if self._file is not None:
            os.unlink(self._path)
            self._file.close()
            self._file = None


def _is_at(file: IO[str], path: str) -> bool:
    """Whether the open file is still the one at this path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _locked(file: IO[str]) -> bool:
    """Lock an open file; whether nobody else had."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
