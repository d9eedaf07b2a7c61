"""Paths of files to be written: where they lead, and what a failure means to the person who wrote them."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from synthwb.errors import SinkError
from synthwb.sinks.protocol import from_environment

__all__ = ["PART", "FilePath", "failure", "sync_folder"]

PART = ".part"
"""Suffix of a file that is being written and not yet whole."""


@dataclass(frozen=True, slots=True)
class FilePath:
    """A file to be written. ``shown`` is as the user wrote it (secrets unread), ``real`` where it is."""

    shown: str
    real: str

    @staticmethod
    def of(template: str, event: str) -> FilePath:
        """The file for an event type: ``{event}`` filled in, ``${NAME}`` read, links followed.

        Raises SinkError if a variable is not set.
        """
        shown = template.replace("{event}", event)
        real = from_environment(template).replace("{event}", event)
        return FilePath(shown, os.path.realpath(Path(real).expanduser()))

    @property
    def part(self) -> str:
        """Where the file stands until it is whole."""
        return self.real + PART

    def special(self) -> bool:
        """Whether it is a device or a pipe: such a thing is written to as it is, never replaced.

        Raises SinkError if it is a folder.
        """
        try:
            mode = os.stat(self.real).st_mode
        except OSError:
            return False
        if stat.S_ISDIR(mode):
            raise failure(self.shown, IsADirectoryError(errno.EISDIR, ""))
        return not stat.S_ISREG(mode)


def failure(shown: str, error: OSError) -> SinkError:
    """The SinkError that says what a failed system call means for this file, and what to do about it."""
    folder = os.path.dirname(shown) or "."
    code = error.errno or 0
    if code == errno.ENOENT:
        return SinkError(f"{shown}: the folder {folder} does not exist; make it (mkdir -p {folder}) or choose another")
    if code == errno.ENOTDIR:
        return SinkError(f"{shown}: {folder} is not a folder; choose another path")
    if code == errno.EISDIR:
        return SinkError(f"{shown} is a folder; name a file in it, such as {shown.rstrip('/')}/{{event}}.jsonl")
    if code in (errno.EACCES, errno.EPERM):
        return SinkError(f"{shown}: no permission to write here; choose another path or change the permissions")
    if code == errno.EROFS:
        return SinkError(f"{shown}: this file system is read-only; choose another path")
    if code in (errno.ENOSPC, errno.EDQUOT):
        return SinkError(f"{shown}: the disk is full; make room or choose another path, then run again")
    if code == errno.ENAMETOOLONG:
        return SinkError(f"{shown}: the file name is too long; choose a shorter one")
    return SinkError(f"{shown}: {os.strerror(code)}")


def sync_folder(path: str) -> None:
    """Make what was made or renamed at this path last through a power cut, where the system can. Raises OSError."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
