"""Text cut into files: a new one when one is full (rolling), and others for each day or hour of event time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from synthwb.errors import SinkError
from synthwb.sinks.cutting import Filling, Rolling, Stretch, by_partition, partition_text, record_ends
from synthwb.sinks.places import Places, partition_hours
from synthwb.sinks.textfile import TextFile

if TYPE_CHECKING:
    from synthwb.sinks.protocol import Mark, SinkInfo
    from synthwb.sinks.timed import Timed

__all__ = ["CutFileSink"]

_OPEN = 64  # files that are open at a time

_Partition = tuple[str, str]  # date and hour, empty where there are none


class CutFileSink:
    """Writes text to many files: ``path`` may hold ``{event}``, ``{date}`` and ``{hour}`` (of event time, in UTC).

    With a ``rolling`` a number stands before the suffix, from 0 for every partition. A file that is full gets its name
    at once; where the run is kept, when the state that counts it is saved. Folders of dates and hours are made. What an
    earlier run has left is refused, or (by an unbounded run) gone on with. A mark is the length and number of the last
    file of every partition: what came later is taken back.

    ``quoted``: a newline in quotes ends no record (CSV).
    """

    def __init__(self, path: str, rolling: Rolling, compression: str = "", *, quoted: bool = False) -> None:
        self._path = path
        self._rolling = rolling
        self._compression = compression
        self._quoted = quoted
        self._hours = partition_hours(path)
        self._places: dict[str, Places] = {}
        self._series: dict[tuple[str, _Partition], _Series] = {}
        self._awake: OrderedDict[tuple[str, _Partition], None] = OrderedDict()

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Find the folder, and what is in it. Raises SinkError."""
        self._info = info
        try:
            for event in info.headers:
                self._places[event] = Places(self._path, event, numbered=bool(self._rolling))
                if mark is None:
                    self._fresh(event)
                else:
                    self._again(event, mark[event])
                if not self._hours:
                    self._of(event, ("", "")).ready()
        except SinkError:
            self.close(commit=False)
            raise

    def write(self, event: str, data: Timed, count: int) -> None:
        """Add whole records, each to its file. Raises SinkError; then files end with their last whole records."""
        assert isinstance(data.data, bytes | memoryview)
        ends = record_ends(data.data, quoted=self._quoted)
        stretch = Stretch(data.data, data.times, data.arrivals, ends)
        if not self._hours:
            self._of(event, ("", "")).write(stretch)
            return
        for number, some in by_partition(stretch, self._hours):
            date, hour = partition_text(number, self._hours)
            self._of(event, (date, hour if self._hours == 1 else "")).write(some)

    def flush(self) -> None:
        """Nothing is held back, but for the rest of a compressed piece."""

    def position(self) -> str:
        """The path as it was written."""
        return self._path

    def mark(self) -> Mark:
        """The last file of every partition of every event."""
        marks: dict[str, dict[str, Any]] = {event: {} for event in self._places}
        for (event, partition), series in self._series.items():
            marks[event][" ".join(partition)] = series.mark()
        return marks

    def settle(self) -> None:
        """Give full files that are counted now their names."""
        for series in self._series.values():
            series.settle()

    def close(self, commit: bool = True) -> None:
        """Give the last files their names (``commit``), or remove them. None gets its name before all are whole."""
        all_series, self._series = list(self._series.values()), {}
        failed: SinkError | None = None
        try:
            for series in all_series if commit else ():
                series.sync()
        except SinkError as error:
            failed = error
        for series in all_series:
            try:
                series.close(commit=commit and failed is None)
            except SinkError as error:
                failed = error
        for places in self._places.values():
            places.forget()
        if failed is not None:
            raise failed

    def _of(self, event: str, partition: _Partition) -> _Series:
        """The files of a partition; of those that were not used for long none stays open."""
        key = (event, partition)
        if key not in self._series:
            self._series[key] = self._new(event, partition)
        self._awake[key] = None
        self._awake.move_to_end(key)
        if len(self._awake) > _OPEN:
            oldest, _ = self._awake.popitem(last=False)
            self._series[oldest].rest()
        return self._series[key]

    def _new(self, event: str, partition: _Partition) -> _Series:
        header = self._info.headers[event]
        return _Series(self._places[event], partition, header, self._info, self._rolling, self._compression)

    def _fresh(self, event: str) -> None:
        """What a run that begins finds: an unbounded one goes on behind it."""
        for found in self._places[event].found():
            if self._info.bounded or self._info.kept:
                if found.part:
                    found.remove()  # left by a process that was killed
                    continue
                raise SinkError(
                    f"{self._path}: there are files of an earlier run ({found.path.shown}); "
                    "remove them or choose another path"
                )
            if self._rolling:
                series = self._of(event, found.partition)
                series.number = max(series.number, found.number + 1)

    def _again(self, event: str, marks: Mark) -> None:
        """Bring everything to where it was at a mark."""
        for name, mark in marks.items():
            date, hour = name.split(" ")
            self._of(event, (date, hour)).again(mark)
        for found in self._places[event].found():
            series = self._series.get((event, found.partition))
            if series is None or series.after(found.number):
                found.remove()
            elif found.part and found.number < series.number:
                found.name()


class _Series:
    """The files of one partition, one after the other. ``number``: of the present one, or of the next."""

    def __init__(
        self,
        places: Places,
        partition: _Partition,
        header: bytes,
        info: SinkInfo,
        rolling: Rolling,
        compression: str,
    ) -> None:
        self._places, self._partition, self._header = places, partition, header
        self._info, self._compression = info, compression
        self.number = 0
        self._filling = Filling(rolling)
        self._file: TextFile | None = None
        self._full: list[TextFile] = []  # of a run that is kept: counted by no state yet

    def ready(self) -> TextFile:
        """The present file, opened if there is none. Raises SinkError."""
        if self._file is None:
            path = self._places.path(self._partition, self.number)
            self._places.prepare(path)
            self._file = TextFile(path, self._info, self._compression)
            self._file.begin(self._header)
            self._filling.add(len(self._header), 0)
        return self._file

    def write(self, stretch: Stretch) -> None:
        """Add records, and begin another file whenever one is full."""
        first, count = 0, len(stretch.arrivals)
        while first < count:
            file = self.ready()
            last = self._filling.reach(stretch, first)
            if last == first:
                self._roll()
                continue
            text = stretch.cut(first, last)
            file.append(text)  # type: ignore[arg-type]  # it is text
            self._filling.add(len(text), last - first)
            first = last

    def mark(self) -> Mark:
        """See `CutFileSink`."""
        file = None if self._file is None else self._file.mark()
        return {"number": self.number, "file": file, "filling": self._filling.mark()}

    def again(self, mark: Mark) -> None:
        """Go on from a mark. Raises SinkError where the file is not as it was."""
        self.number = mark["number"]
        self._filling = self._filling.gone_on(mark["filling"])
        if mark["file"] is not None:
            path = self._places.path(self._partition, self.number)
            self._file = TextFile.again(path, self._info, mark["file"], self._compression)

    def after(self, number: int) -> bool:
        """Whether a file of this number came after the mark."""
        return number > self.number or (number == self.number and self._file is None)

    def settle(self) -> None:
        """Give full files their names. Raises SinkError."""
        for file in self._full:
            file.close(commit=True)
        self._full.clear()

    def rest(self) -> None:
        """Keep no file open. Raises SinkError."""
        if self._file is not None:
            self._file.rest()

    def sync(self) -> None:
        """Have all on the disk. Raises SinkError."""
        if self._file is not None:
            self._file.sync()

    def close(self, *, commit: bool) -> None:
        """Name the last file (``commit``) or remove it. Raises SinkError."""
        if commit:
            self.settle()
        for file in (*self._full, *self._present()):
            file.close(commit=commit)

    def _present(self) -> Iterator[TextFile]:
        if self._file is not None:
            yield self._file

    def _roll(self) -> None:
        """End the present file."""
        file, self._file = self.ready(), None
        self.number += 1
        self._filling = Filling(self._filling.rolling)
        file.rest()
        if self._info.kept:
            self._full.append(file)
        else:
            file.close(commit=True)
