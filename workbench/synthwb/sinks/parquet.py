"""Parquet and Arrow files: one for each event type, or a folder of parts where the run can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from synthwb.errors import SinkError
from synthwb.sinks.parts import Parts
from synthwb.sinks.paths import FilePath
from synthwb.sinks.writing import Writer

if TYPE_CHECKING:
    import polars as pl

    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["ParquetSink"]


class _Table(Protocol):
    """The rows of one event type on their way to the disk."""

    @property
    def failure(self) -> SinkError | None: ...

    def put(self, frame: pl.DataFrame) -> None: ...

    def finish(self, *, commit: bool) -> None: ...

    def name(self, *, commit: bool) -> None: ...


class ParquetSink:
    """Writes frames to ``path``, in which ``{event}`` stands for the event type and ``${NAME}`` for the environment.

    ``form`` is parquet or arrow; ``metadata`` stands in the foot of every Parquet file.

    Such a file is readable only when it is whole, so it is ``NAME.part`` until the run ends, by itself or by hand;
    aborted, it leaves nothing. Where the run is kept, ``path`` is a folder of parts instead: see `Parts`.
    """

    def __init__(self, path: str, form: str = "parquet", metadata: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._form = form
        self._metadata = dict(metadata or {})
        self._files: dict[str, _Table] = {}
        self._parts: dict[str, Parts] = {}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Start a writer for every event type, so that a bad path is known before anything is generated."""
        try:
            for event in info.headers:
                path, schema = FilePath.of(self._path, event), info.schemas[event]
                if info.kept:
                    self._parts[event] = Parts(
                        path, schema, self._form, self._metadata, None if mark is None else mark[event]
                    )
                else:
                    self._files[event] = Writer(path, schema, self._form, self._metadata)
        except SinkError:
            self.close(commit=False)
            raise
        self._files.update(self._parts)

    def write(self, event: str, data: pl.DataFrame, count: int) -> None:
        """Add a frame; waits while the writer is behind."""
        self._files[event].put(data)

    def flush(self) -> None:
        """Row groups are written as they fill; nothing can be read before the end."""

    def position(self) -> str:
        """The path as it was written, with ``{event}`` in it."""
        return self._path

    def mark(self) -> Mark:
        """How many parts there are of each event type, the present one ended and on the disk."""
        return {event: parts.mark() for event, parts in self._parts.items()}

    def settle(self) -> None:
        """Give the parts before the mark their names."""
        for parts in self._parts.values():
            parts.settle()

    def close(self, commit: bool = True) -> None:
        """Finish the files and give them their names (``commit``), or remove them.

        None of them gets its name before all of them are whole.
        """
        files, self._files, self._parts = list(self._files.values()), {}, {}
        for file in files:
            file.finish(commit=commit)
        failed = next((file.failure for file in files if file.failure is not None), None) if commit else None
        for file in files:
            try:
                file.name(commit=commit and failed is None)
            except SinkError as error:
                failed = error
        if failed is not None:
            raise failed
