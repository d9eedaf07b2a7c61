"""The paper on the desk: which file or preset is being edited, and whether the text was saved."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from synthwb.errors import UsageError

__all__ = ["NEW", "Paper", "open_paper", "read_text", "save_paper"]

FIRST = "web-shop"  # the preset that a bare start opens

NEW = """\
# A scenario in five lines: one event type, two fields, five events a second.
synthwb: 1
events:
  page_viewed:
    fields:
      user_id: uuid
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
arrivals:
  page_viewed: 5/s
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: ``text`` as it was last saved or opened; ``path`` None for a preset or a new one."""

    name: str
    text: str
    path: Path | None = None
    preset: str = ""

    @property
    def folder(self) -> Path | None:
        """Where the paths of files in the document begin; None: the working directory."""
        return None if self.path is None else self.path.parent

    @property
    def source(self) -> str:
        """What the command line is given to run this document."""
        if self.path is not None:
            return str(self.path)
        return self.preset or self.name


def open_paper(what: str | None) -> Paper:
    """A file, a preset by its name, or (None) the first preset.

    Raises UsageError when there is neither, or when the file cannot be read.
    """
    if what is None or not (os.sep in what or what.endswith((".yaml", ".yml")) or Path(what).is_file()):
        from synthwb.scenario import preset

        found = preset(what or FIRST)
        return Paper(f"{found.name}.yaml", found.text, preset=found.name)
    path = Path(what).expanduser()
    return Paper(path.name, read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a file. Raises UsageError when it cannot be read, is too large for a scenario, or is not text."""
    from synthwb.scenario import LARGEST

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; check the name, or open a preset with Ctrl+L") from None
    if b"\0" in data:
        raise UsageError(f"{path} is not a text file")
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than the {LARGEST:,} bytes that a scenario may have")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8 first") from None


def save_paper(paper: Paper, text: str, path: Path) -> Paper:
    """Write the text to a file, whole or not at all, and return the paper that is on the desk now.

    A link is followed and the file's permissions are kept. Raises UsageError when it cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise UsageError(f"{path}: {error.strerror or error}; choose another place") from None
    return replace(paper, name=path.name, text=text, path=path, preset="")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
