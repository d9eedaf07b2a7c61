"""A folder of Parquet or Arrow files, the parts of one table, that a run can be gone on with.

``orders.parquet`` is a folder that holds ``part-00000.parquet``, ``part-00001.parquet`` and so on, as other tools write
and read them: all of them together, in the order of their names, are the table. A part ends where the run is saved. It
gets its name when the state that counts it is on the disk, and not before; so nobody ever sees a part that will be
taken back, and parts that have their names may be moved away or read while the run goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthwb.errors import SinkError
from synthwb.sinks.paths import PART, FilePath, failure, sync_folder
from synthwb.sinks.writing import Writer

if TYPE_CHECKING:
    import polars as pl

    from synthwb.sinks.protocol import Mark

__all__ = ["Parts"]

_NAME = re.compile(rf"part-(\d+)\.(?:parquet|arrow)({re.escape(PART)})?")


class Parts:
    """The parts of one table, in the folder ``path``. ``form``: parquet or arrow. ``about``: see `Writer`.

    ``mark``: goes on from there, and takes back what came later.

    Raises SinkError for a folder that cannot be made, or that holds parts of another run.
    """

    def __init__(
        self, path: FilePath, schema: Mapping[str, Any], form: str, about: dict[str, str], mark: Mark | None
    ) -> None:
        self._path = path
        self._form = form
        self._schema = schema
        self._about = about
        self._count = 0 if mark is None else int(mark["parts"])
        self._writer: Writer | None = None
        self._ended: list[Writer] = []  # counted, but without their names yet
        try:
            if os.path.exists(path.real) and not os.path.isdir(path.real):
                raise SinkError(
                    f"{path.shown} is a file; a run with a state writes a folder of parts here: choose another path"
                )
            if not os.path.isdir(path.real):
                os.mkdir(path.real)
            sync_folder(path.real)
            self._found(fresh=mark is None)
        except OSError as error:
            raise failure(path.shown, error) from error

    @property
    def failure(self) -> SinkError | None:
        """Why a part could not be written."""
        writers = self._ended if self._writer is None else (*self._ended, self._writer)
        return next((each.failure for each in writers if each.failure is not None), None)

    def put(self, frame: pl.DataFrame) -> None:
        """Add a frame to the present part. Raises SinkError."""
        if self._writer is None:
            self._writer = Writer(self._part(self._count), self._schema, self._form, self._about)
        self._writer.put(frame)

    def mark(self) -> Mark:
        """How many parts there are, the present one ended. Raises SinkError."""
        self.finish(commit=True)
        if (failed := self.failure) is not None:
            raise failed
        return {"parts": self._count}

    def settle(self) -> None:
        """Give all that has ended its name. Raises SinkError."""
        for writer in self._ended:
            try:
                os.replace(writer.path.part, writer.path.real)
                sync_folder(writer.path.real)
            except OSError as error:
                raise failure(writer.path.shown, error) from error
        self._ended.clear()

    def finish(self, *, commit: bool) -> None:
        """End the present part, to be kept (``commit``) or not."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        writer.finish(commit=commit)
        if commit:
            self._ended.append(writer)
            self._count += 1
        else:
            writer.name(commit=False)

    def name(self, *, commit: bool) -> None:
        """Name what has ended (``commit``); a table without a row has one part, for its columns."""
        if not commit:
            return  # those that a saved state counts get their names when it is gone on with
        if not self._count:
            self.put(_nothing(self._schema))
            self.finish(commit=True)
        self.settle()

    def _part(self, number: int) -> FilePath:
        name = f"part-{number:05}.{self._form}"
        return FilePath(f"{self._path.shown}/{name}", os.path.join(self._path.real, name))

    def _found(self, *, fresh: bool) -> None:
        """Bring what lies in the folder to where the mark is. Raises OSError."""
        for name in sorted(os.listdir(self._path.real)):
            match = _NAME.fullmatch(name)
            if match is None:
                continue
            if fresh and not match[2]:
                raise SinkError(
                    f"{self._path.shown} holds parts of an earlier run ({name}); remove them or choose another path"
                )
            place = os.path.join(self._path.real, name)
            if int(match[1]) >= self._count:
                os.unlink(place)
            elif match[2]:
                os.replace(place, place.removesuffix(PART))


def _nothing(schema: Mapping[str, Any]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(schema=schema)
