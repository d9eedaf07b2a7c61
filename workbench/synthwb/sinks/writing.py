"""One file of a table, Parquet or Arrow, written row group by row group in bounded memory.

Polars writes a file from a lazy frame; here the lazy frame is a queue that `Writer.put` feeds, and a thread per
file drains it. So memory holds a row group and two batches, however long the run. Polars reports a write that failed
only when the lazy frame has ended, which for an endless run is never; so the bytes go through a file of our own, which
remembers the failure for the next batch.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

import polars as pl
from polars.io.plugins import register_io_source

from synthwb.errors import SinkError
from synthwb.sinks.paths import FilePath, failure, sync_folder

__all__ = ["Writer"]

_GROUP_ROWS = 1 << 17
_COMPATIBLE = pl.CompatLevel.oldest()  # text as all readers of Arrow know it, not as views
_WAITING = 2  # batches between the run and a file's writer
_PATIENCE = 0.1  # seconds between looks at whether the writer is still alive


class _Abandoned(Exception):
    """The file is not wanted any more."""


class _Bytes(io.RawIOBase):
    """A file that is open for writing until it is released, and keeps the first error of the system."""

    def __init__(self, path: str) -> None:
        self.error: OSError | None = None
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any, /) -> int:
        """All of the data. Raises OSError."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            self.error = self.error or error
            raise
        return len(data)

    def release(self, *, sync: bool) -> None:
        """Let go of the file, with all of it on the disk (``sync``)."""
        try:
            if sync:
                os.fsync(self._descriptor)
        except OSError as error:
            self.error = self.error or error
        finally:
            os.close(self._descriptor)


class Writer:
    """One file and the thread that writes it. ``form``: parquet or arrow, which has no ``metadata`` of ours."""

    def __init__(self, path: FilePath, schema: Mapping[str, Any], form: str, metadata: dict[str, str]) -> None:
        self.path = path
        self._form = form
        self._schema = dict(schema)
        self._metadata = metadata
        if path.special():
            raise SinkError(
                f"{path.shown}: {form.capitalize()} needs a file, not a device or a pipe; choose another path"
            )
        try:
            self._bytes = _Bytes(path.part)
        except OSError as error:
            raise failure(path.shown, error) from error
        self._frames: queue.Queue[pl.DataFrame | _Abandoned | None] = queue.Queue(_WAITING)
        self._refusal = ""  # why Polars ended the file, if no error of the system did
        self._thread = threading.Thread(target=self._run, name=f"synthwb-{form}", daemon=True)
        self._thread.start()

    def put(self, frame: pl.DataFrame) -> None:
        """Hand over to the thread. Raises SinkError once a write has failed, or the thread has ended."""
        if not self._offer(frame) or self._bytes.error is not None:
            raise self.failure or SinkError(f"{self.path.shown}: the writer has ended")

    @property
    def failure(self) -> SinkError | None:
        """Why it could not be written."""
        if self._bytes.error is not None:
            return failure(self.path.shown, self._bytes.error)
        return SinkError(f"{self.path.shown}: {self._refusal}") if self._refusal else None

    def finish(self, *, commit: bool) -> None:
        """End the writing: all of it on the disk (``commit``), unless `failure` says why not."""
        self._offer(None if commit else _Abandoned())
        self._thread.join()
        self._bytes.release(sync=commit)

    def name(self, *, commit: bool) -> None:
        """Give the finished file its name (``commit``) or remove it. Raises SinkError."""
        try:
            if commit:
                os.replace(self.path.part, self.path.real)
                sync_folder(self.path.real)
        except OSError as error:
            raise failure(self.path.shown, error) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path.part)

    def _offer(self, frame: pl.DataFrame | _Abandoned | None) -> bool:
        """Whether the thread, which may be behind, has taken it; not if it has ended."""
        while self._thread.is_alive():
            try:
                self._frames.put(frame, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False

    def _run(self) -> None:
        source = register_io_source(self._source, schema=self._schema)
        target = cast("IO[bytes]", self._bytes)
        about = self._metadata or None
        try:
            if self._form == "arrow":
                source.sink_ipc(target, compat_level=_COMPATIBLE, record_batch_size=_GROUP_ROWS, maintain_order=True)
            else:
                source.sink_parquet(target, row_group_size=_GROUP_ROWS, maintain_order=True, metadata=about)
        except _Abandoned:
            return
        except (OSError, pl.exceptions.PolarsError) as error:
            self._refusal = str(error)

    def _source(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """What Polars asks for frames: those of the queue until its end. Nothing is ever pushed down to it."""
        while (frame := self._frames.get()) is not None:
            if isinstance(frame, _Abandoned):
                raise frame
            yield frame
