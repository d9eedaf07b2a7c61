"""Events out of a file: what a replay says, and the events that its file makes.

The events of a file are put into the tree of the document as if they had been written there, each with a field for
each column. So everything that can be said of events can be said of them: fields beside, checks, imperfections, sinks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Span
from synthwb.scenario.keys import Key
from synthwb.scenario.names import Names
from synthwb.scenario.report import Report
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tables import TableFile, Word, read_file, read_words
from synthwb.scenario.timeformat import read_time_format
from synthwb.scenario.tree import Entry, Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.values import Values

__all__ = ["REPLAY", "Heard", "Replay", "Replays"]

REPLAY: Mapping[str, Key] = {
    key.name: key
    for key in (
        Key("file", "the path of a table", "The file of events: JSON lines, JSON, CSV or Parquet", required=True),
        Key("time", "text", "The column of their times; time without"),
        Key("format", "a time format", "How the times are written: iso, epoch_s, epoch_ms, epoch_us or a pattern"),
        Key("event", "text", "What all its rows are, such as order_placed"),
        Key("by", "text", "The column that says what each row is, instead of event"),
        Key("from", "a time", "The event time at which the first row comes; its own time without"),
        Key("scale", "a number", "Gaps between rows, times this: 0.5 is twice as fast; 1 without"),
        Key("loop", "true, or how often", "Begin again behind the last row: true for ever, or so often altogether"),
    )
}
"""The keys of a replay."""

_MOST_LOOPS = 1_000_000_000
_FASTEST, _SLOWEST = 1e-9, 1e9


@dataclass(frozen=True, slots=True)
class Replay:
    """Rows of a file as events.

    ``time``: the column of their times, written as ``format``. ``event``: what they are, or ``by``: the column that
    says so. ``begin``: event time of the first row, in microseconds (None: its own). ``scale``: of the gaps. ``loops``:
    how often the file is replayed (None: for ever).
    """

    file: TableFile
    time: Word
    format: str
    event: str | None
    by: Word | None
    begin: int | None
    scale: float
    loops: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file of events holds. ``first``: the time of its first row. ``columns``: by event, those with a value.

    ``sorted``: whether its rows are in order of time.
    """

    first: int
    columns: Mapping[str, tuple[str, ...]]
    sorted: bool


class Replays:
    """Reads the block ``replay``: what can be read before the clock, and with `placed` the rest.

    ``wanted``: there is such a block. ``replay`` and ``heard``: None without it, and after problems.
    """

    def __init__(self, values: Values, node: Node | None) -> None:
        self._values = values
        self._report: Report = values.report
        self._keys: Mapping[str, Entry] = {}
        self.wanted = node is not None
        self.replay: Replay | None = None
        self.heard: Heard | None = None
        if node is not None:
            self._keys = self._report.keys(node, REPLAY, "replay", "a replay")
            self._hear(node)

    @property
    def first(self) -> int | None:
        """When the clock starts if nobody says so: with the first row."""
        return None if self.heard is None or "from" in self._keys else self.heard.first

    @property
    def names(self) -> tuple[str, ...]:
        """The events out of the file."""
        return () if self.heard is None else tuple(self.heard.columns)

    def placed(self) -> None:
        """Read when the first row comes. The values know the clock by now."""
        if "from" in self._keys:
            begin = self._values.time(self._keys["from"].value, "replay.from")
            self.replay = None if self.replay is None else replace(self.replay, begin=begin)

    def events(self, node: Node | None) -> Node | None:
        """The block of events with those of the file in it."""
        if self.heard is None or (node is not None and node.kind is not NodeKind.MAPPING):
            return node
        written = {} if node is None else {entry.name: entry for entry in node.entries}
        entries = []
        for name, columns in self.heard.columns.items():
            entries.append(self._event(name, columns, written.pop(name, None)))
        made = self._mapping(entries + list(written.values()))
        return made if node is None else _like(made, node)

    def _event(self, name: str, columns: tuple[str, ...], written: Entry | None) -> Entry:
        """One event: what is written of it, and a field for each column that it does not name."""
        fields = None if written is None else written.value.get("fields")
        own = [] if fields is None else fields.entries
        named = {entry.name for entry in own}
        found = [Entry(self._word(column), self._column(column)) for column in columns if column not in named]
        inside = Entry(self._word("fields"), self._mapping([*found, *own]))
        if written is None:
            return Entry(self._word(name), self._mapping([inside]))
        rest = [entry for entry in written.value.entries if entry.name != "fields"]
        return Entry(written.key, _like(self._mapping([*rest, inside]), written.value))

    def _column(self, column: str) -> Node:
        file = self._keys["file"].value
        words = [Entry(self._word("file"), file), Entry(self._word("column"), self._word(column))]
        return self._mapping([Entry(self._word("recorded"), self._mapping(words))])

    def _word(self, text: str) -> Node:
        at = self._keys["file"].value
        return Node.scalar(text, at.start, at.end, text)

    def _mapping(self, entries: list[Entry]) -> Node:
        at = self._keys["file"].value
        node = Node(NodeKind.MAPPING, at.start, at.end)
        node.entries = entries
        node.size = 1 + sum(entry.value.size + 1 for entry in entries)
        node.height = 1 + max((entry.value.height for entry in entries), default=0)
        return node

    def _hear(self, node: Node) -> None:
        """Read the keys that do not need the clock, then the file."""
        values, report, keys = self._values, self._report, self._keys
        errors = len(report.found)
        file = read_file(values, keys["file"].value, "replay.file") if "file" in keys else None
        kinds = [name for name in ("event", "by") if name in keys]
        if len(kinds) != 1 and node.kind is NodeKind.MAPPING:
            message = "a replay says what its rows are by event or by a column" + (", not both" if kinds else "")
            report.error("missing-key", message, node, "replay", "such as event: order_placed, or by: type")
        event = values.text(keys["event"].value, "replay.event", "the name of an event") if "event" in keys else None
        by = self._name("by")
        time = self._name("time") or Word("time", report.span(node))
        style: str | None = "iso"
        if "format" in keys:
            names = Names(report, Scope("", event=False, siblings={}))
            style = read_time_format(values, names, keys["format"].value, "replay.format")
        scale = 1.0
        if "scale" in keys:
            found = values.number(keys["scale"].value, "replay.scale", (_FASTEST, _SLOWEST, None, None), "a factor")
            scale = 1.0 if found is None else float(found)
        loops = self._loops()
        if file is None or style is None or len(kinds) != 1 or len(report.found) > errors:
            return
        span = report.span(node)
        self.replay = Replay(file, time, style, event, by, None, scale, loops, span)
        from synthwb.generators.recorded import heard  # the registry's room may read files

        try:
            self.heard = heard(self.replay)
        except ScenarioError as error:
            report.found.extend(error.diagnostics)
            self.replay = None
            return
        if not self.heard.sorted:
            message = "its rows are not in order of time; they are put in order when the file is read"
            report.warning("order", message, keys["file"].value, "replay.file", "sort the file to be rid of this")

    def _name(self, key: str) -> Word | None:
        if key not in self._keys:
            return None
        words = read_words(self._values, self._keys[key].value, f"replay.{key}", several=False)
        return words[0] if words else None

    def _loops(self) -> int | None:
        if "loop" not in self._keys:
            return 1
        node = self._keys["loop"].value
        if isinstance(node.value, bool):
            return None if node.value else 1
        found = self._values.integer(node, "replay.loop", (1, _MOST_LOOPS, None, None), "true, or how often")
        return 1 if found is None else found


def _like(made: Node, node: Node) -> Node:
    """The node, standing where another one does."""
    made.start, made.end = node.start, node.end
    return made
