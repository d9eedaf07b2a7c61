"""Parquet and Arrow cut into parts: a new one when one is full, and folders for each day or hour of event time."""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthwb.errors import SinkError
from synthwb.sinks.cutting import Filling, Rolling, Stretch, by_partition, partition_text
from synthwb.sinks.parts import Parts
from synthwb.sinks.places import Places, partition_hours

if TYPE_CHECKING:
    from synthwb.sinks.paths import FilePath
    from synthwb.sinks.protocol import Mark, SinkInfo
    from synthwb.sinks.timed import Timed

__all__ = ["CutParquetSink"]

_OPEN = 16  # parts that are being written at a time, each by a thread

_Partition = tuple[str, str]  # date and hour, empty where there are none


class CutParquetSink:
    """Writes frames to folders of parts: ``path`` may hold ``{event}``, ``{date}`` and ``{hour}`` (event time, UTC).

    A part ends when it is full, when the run is saved, or when many others are being written. It gets its name then;
    where the run is kept, when the state that counts it is saved. ``form`` is parquet or arrow; ``metadata`` stands in
    the foot of every Parquet part.
    """

    def __init__(
        self, path: str, rolling: Rolling, form: str = "parquet", metadata: Mapping[str, str] | None = None
    ) -> None:
        self._path = path
        self._rolling = rolling
        self._form = form
        self._metadata = dict(metadata or {})
        self._hours = partition_hours(path)
        self._places: dict[str, Places] = {}
        self._tables: dict[tuple[str, _Partition], _Table] = {}
        self._busy: OrderedDict[tuple[str, _Partition], None] = OrderedDict()

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Find the folder, and what is in it. Raises SinkError."""
        self._info = info
        try:
            for event in info.headers:
                places = self._places[event] = Places(self._path, event, folders=True)
                known = {} if mark is None else mark[event]
                for name, of_table in known.items():
                    date, hour = name.split(" ")
                    self._of(event, (date, hour), of_table)
                for found in places.found():
                    if (event, found.partition) not in self._tables:
                        self._parts(event, found.path, None if mark is None else {"parts": 0})  # it takes all back
                        _remove_empty(found.path)
                if not self._hours and not known:
                    self._of(event, ("", ""))
        except SinkError:
            self.close(commit=False)
            raise

    def write(self, event: str, data: Timed, count: int) -> None:
        """Add a frame; waits while the writers are behind."""
        stretch = Stretch(data.data, data.times, data.arrivals)
        if not self._hours:
            self._put((event, ("", "")), stretch)
            return
        for number, some in by_partition(stretch, self._hours):
            date, hour = partition_text(number, self._hours)
            self._put((event, (date, hour if self._hours == 1 else "")), some)

    def flush(self) -> None:
        """Nothing can be read before a part has ended."""

    def position(self) -> str:
        """The path as it was written."""
        return self._path

    def mark(self) -> Mark:
        """How many parts every table has, the present ones ended and on the disk."""
        marks: dict[str, dict[str, Any]] = {event: {} for event in self._places}
        for (event, partition), table in self._tables.items():
            marks[event][" ".join(partition)] = table.mark()
        self._busy.clear()
        return marks

    def settle(self) -> None:
        """Give the parts before the mark their names."""
        for table in self._tables.values():
            table.parts.settle()

    def close(self, commit: bool = True) -> None:
        """Finish the parts and give them their names (``commit``), or remove them."""
        tables, self._tables = list(self._tables.values()), {}
        for table in tables:
            table.parts.finish(commit=commit)
        failed = next((each.parts.failure for each in tables if each.parts.failure is not None), None)
        failed = failed if commit else None
        for table in tables:
            try:
                table.parts.name(commit=commit and failed is None)
            except SinkError as error:
                failed = error
            _remove_empty(table.path)
        for places in self._places.values():
            places.forget()
        if failed is not None:
            raise failed

    def _put(self, key: tuple[str, _Partition], stretch: Stretch) -> None:
        self._of(*key).put(stretch)
        self._busy[key] = None
        self._busy.move_to_end(key)
        if len(self._busy) > _OPEN:
            oldest, _ = self._busy.popitem(last=False)
            self._tables[oldest].end()

    def _of(self, event: str, partition: _Partition, mark: Mark | None = None) -> _Table:
        found = self._tables.get((event, partition))
        if found is None:
            path = self._places[event].path(partition, 0)
            self._places[event].prepare(path)
            parts = self._parts(event, path, mark)
            found = self._tables[event, partition] = _Table(path, parts, self._rolling, kept=self._info.kept)
        return found

    def _parts(self, event: str, path: FilePath, mark: Mark | None) -> Parts:
        return Parts(path, self._info.schemas[event], self._form, self._metadata, mark)


class _Table:
    """The parts of one partition."""

    def __init__(self, path: FilePath, parts: Parts, rolling: Rolling, *, kept: bool) -> None:
        self.path, self.parts = path, parts
        self._filling = Filling(rolling)
        self._kept = kept

    def put(self, stretch: Stretch) -> None:
        """Add records, and begin another part whenever one is full."""
        first, count = 0, len(stretch.arrivals)
        while first < count:
            last = self._filling.reach(stretch, first)
            if last == first:
                self.end()
                continue
            self.parts.put(stretch.cut(first, last))  # type: ignore[arg-type]  # it is a frame
            self._filling.add(0, last - first)
            first = last

    def mark(self) -> Mark:
        """How many parts there are, the present one ended."""
        self._filling = Filling(self._filling.rolling)
        return self.parts.mark()

    def end(self) -> None:
        """End the present part. Raises SinkError."""
        self._filling = Filling(self._filling.rolling)
        self.parts.mark()
        if not self._kept:
            self.parts.settle()


def _remove_empty(path: FilePath) -> None:
    with contextlib.suppress(OSError):  # it is not empty, or not there
        os.rmdir(path.real)
