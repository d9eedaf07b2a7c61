"""Where the files of a cut stream stand: paths with a date, an hour and a number in them."""

from __future__ import annotations

import errno
import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthwb.errors import SinkError
from synthwb.sinks.compression import COMPRESSIONS
from synthwb.sinks.paths import PART, FilePath, failure, sync_folder
from synthwb.sinks.protocol import from_environment

__all__ = ["Found", "Places", "partition_hours"]

_SHAPES = {"{date}": r"\d{4}-\d\d-\d\d", "{hour}": r"\d\d"}
_HOLE = re.compile("|".join(re.escape(hole) for hole in _SHAPES))


def partition_hours(template: str) -> int:
    """How many hours a partition has whose path this is; 0: there are none."""
    return 1 if "{hour}" in template else 24 if "{date}" in template else 0


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there: its partition (date and hour), its number, whether it is not whole yet, and where."""

    partition: tuple[str, str]
    number: int
    part: bool
    path: FilePath

    def remove(self) -> None:
        """Take it away. Raises SinkError."""
        try:
            os.unlink(self.path.part if self.part else self.path.real)
        except OSError as error:
            raise failure(self.path.shown, error) from error

    def name(self) -> None:
        """Give what is whole its name. Raises SinkError."""
        try:
            os.replace(self.path.part, self.path.real)
            sync_folder(self.path.real)
        except OSError as error:
            raise failure(self.path.shown, error) from error


class Places:
    """The paths of one event type. ``numbered``: a number stands before the suffixes, as in ``orders-00000.jsonl.gz``.

    ``folders``: each path is a folder of parts.

    Raises SinkError for a path that cannot be one.
    """

    def __init__(self, template: str, event: str, *, numbered: bool = False, folders: bool = False) -> None:
        self._folders = folders
        self.shown = _numbered(template.replace("{event}", event)) if numbered else template.replace("{event}", event)
        real = os.path.realpath(Path(from_environment(template).replace("{event}", event)).expanduser())
        self._real = _numbered(real) if numbered else real
        self._made: list[str] = []
        first = _HOLE.search(self._real)
        self._base = os.path.dirname(self._real if first is None else self._real[: first.start()])
        if not folders and FilePath(template, real).special():
            raise SinkError(f"{template}: a device or a pipe cannot be cut into files; choose another path")
        if not os.path.isdir(self._base):
            shown = self.shown if first is None else self.shown[: self.shown.index(first[0])]
            raise failure(f"{os.path.dirname(shown) or '.'}/", FileNotFoundError(errno.ENOENT, ""))

    def path(self, partition: tuple[str, str], number: int) -> FilePath:
        """Where a file stands."""
        return FilePath(_filled(self.shown, partition, number), _filled(self._real, partition, number))

    def prepare(self, path: FilePath) -> None:
        """Make the folders of a partition. Raises SinkError."""
        folder = os.path.dirname(path.real)
        missing = []
        while not os.path.isdir(folder) and len(folder) > len(self._base):
            missing.append(folder)
            folder = os.path.dirname(folder)
        try:
            for folder in reversed(missing):
                os.mkdir(folder)
                self._made.append(folder)
        except FileExistsError:
            raise failure(path.shown, NotADirectoryError(errno.ENOTDIR, "")) from None
        except OSError as error:
            raise failure(path.shown, error) from error

    def forget(self) -> None:
        """Remove the folders that were made and are empty."""
        for folder in reversed(self._made):
            if os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)

    def found(self) -> Iterator[Found]:
        """The files of earlier that stand where ours would."""
        pattern = glob.escape(self._real)
        shape = re.escape(self._real)
        for hole, digits in _SHAPES.items():
            name = hole.strip("{}")
            pattern = pattern.replace(hole, "*")
            shape = shape.replace(re.escape(hole), f"(?P<{name}>{digits})", 1).replace(re.escape(hole), f"(?P={name})")
        pattern = pattern.replace("{number}", "*")
        matches = re.compile(shape.replace(re.escape("{number}"), r"(?P<number>\d{5,})") + f"({re.escape(PART)})?")
        for place in sorted(set(glob.glob(pattern) + glob.glob(pattern + PART))):
            match = matches.fullmatch(place)
            if match is None or os.path.isdir(place) is not self._folders:
                continue
            known = {"date": "", "hour": "", "number": "0", **match.groupdict()}
            partition, number = (known["date"], known["hour"]), int(known["number"])
            yield Found(partition, number, place.endswith(PART), self.path(partition, number))


def _numbered(path: str) -> str:
    """A path with the hole for a number.

    >>> _numbered("out/orders.jsonl.gz")
    'out/orders-{number}.jsonl.gz'
    """
    root, suffix = os.path.splitext(path)
    if suffix.lower() in COMPRESSIONS:
        root, inner = os.path.splitext(root)
        suffix = inner + suffix
    return f"{root}-{{number}}{suffix}"


def _filled(path: str, partition: tuple[str, str], number: int) -> str:
    filled = path.replace("{date}", partition[0]).replace("{hour}", partition[1])
    return filled.replace("{number}", f"{number:05}")
