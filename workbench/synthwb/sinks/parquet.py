"""Parquet files, written row group by row group in bounded memory.

Polars writes a file from a lazy frame; here the lazy frame is a queue that `ParquetSink.write` feeds, and a thread per
file drains it. So memory holds a row group and two batches, however long the run.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.io.plugins import register_io_source

from synthwb.errors import SinkError
from synthwb.sinks.paths import FilePath, failure

if TYPE_CHECKING:
    from synthwb.sinks.protocol import SinkInfo

__all__ = ["ParquetSink"]

_GROUP_ROWS = 1 << 17
_WAITING = 2  # batches between the run and a file's writer
_OS_ERROR = re.compile(r"\(os error (\d+)\)")  # how Polars reports a failed system call inside its own error
_PATIENCE = 0.1  # seconds between looks at whether the writer is still alive


class ParquetSink:
    """Writes frames to ``path``, in which ``{event}`` stands for the event type and ``${NAME}`` for the environment.

    A Parquet file is readable only when it is whole, so it is ``NAME.part`` until the run ends, by itself or by hand;
    aborted, it leaves nothing.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._files: dict[str, _Writer] = {}

    def open(self, info: SinkInfo) -> None:
        """Start a writer for every event type, so that a bad path is known before anything is generated."""
        try:
            for event in info.headers:
                self._files[event] = _Writer(FilePath.of(self._path, event), info.schemas[event])
        except SinkError:
            self.close(commit=False)
            raise

    def write(self, event: str, data: pl.DataFrame, count: int) -> None:
        """Add a frame; waits while the writer is behind."""
        self._files[event].put(data)

    def flush(self) -> None:
        """Row groups are written as they fill; nothing can be read before the end."""

    def position(self) -> str:
        """The path as it was written, with ``{event}`` in it."""
        return self._path

    def close(self, commit: bool = True) -> None:
        """Finish the files and give them their names (``commit``), or remove them."""
        files, self._files = list(self._files.values()), {}
        for i, file in enumerate(files):
            try:
                file.close(commit=commit)
            except SinkError:
                for rest in files[i + 1 :]:
                    rest.close(commit=False)
                raise


class _Abandoned(Exception):
    """The file is not wanted any more."""


class _Writer:
    """One file and the thread that writes it."""

    def __init__(self, path: FilePath, schema: Mapping[str, Any]) -> None:
        self._path = path
        self._schema = dict(schema)
        if path.special():
            raise SinkError(f"{path.shown}: Parquet needs a file, not a device or a pipe; choose another path")
        try:
            os.close(os.open(path.part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666))
        except OSError as error:
            raise failure(path.shown, error) from error
        self._frames: queue.Queue[pl.DataFrame | _Abandoned | None] = queue.Queue(_WAITING)
        self._failure: SinkError | None = None
        self._thread = threading.Thread(target=self._run, name="synthwb-parquet", daemon=True)
        self._thread.start()

    def put(self, frame: pl.DataFrame | _Abandoned | None) -> None:
        """Hand over to the thread. Raises the SinkError that ended it, if it has ended."""
        while True:
            if not self._thread.is_alive():
                raise self._failure or SinkError(f"{self._path.shown}: the writer has ended")
            try:
                self._frames.put(frame, timeout=_PATIENCE)
            except queue.Full:
                continue
            return

    def close(self, *, commit: bool) -> None:
        try:
            with contextlib.suppress(SinkError):
                self.put(None if commit else _Abandoned())
            self._thread.join()
            if commit:
                self._name()
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path.part)

    def _name(self) -> None:
        """Give the whole file its name."""
        if self._failure is not None:
            raise self._failure
        try:
            os.replace(self._path.part, self._path.real)
        except OSError as error:
            raise failure(self._path.shown, error) from error

    def _run(self) -> None:
        source = register_io_source(self._source, schema=self._schema)
        try:
            source.sink_parquet(self._path.part, row_group_size=_GROUP_ROWS, maintain_order=True, sync_on_close="all")
        except _Abandoned:
            return
        except OSError as error:
            self._failure = failure(self._path.shown, error)
        except pl.exceptions.PolarsError as error:
            code = _OS_ERROR.search(str(error))
            known = code and failure(self._path.shown, OSError(int(code[1]), ""))
            self._failure = known or SinkError(f"{self._path.shown}: {error}")

    def _source(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """What Polars asks for frames: those of the queue until its end. Nothing is ever pushed down to it."""
        while (frame := self._frames.get()) is not None:
            if isinstance(frame, _Abandoned):
                raise frame
            yield frame
