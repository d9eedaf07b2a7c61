"""The spine of a stream: who happens when, in global order, before any field is drawn.

The spine advances through windows of event time, merges what happens in them, numbers the events, lets layers alter
their arrival, and cuts the result into slabs. A slab is all that is needed to make its events, so slabs can be
realised in any order and by any worker.

What is carried from window to window is a value. A `Position` holds it, and from there the stream goes on, whatever
the windows are then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.carrying import keepable
from synthwb.engine.draws import Bits, Ints
from synthwb.engine.rows import SILENT, Facts, Rows, in_time_order
from synthwb.engine.sources import Carried, Source
from synthwb.engine.years import YEAR_10000

__all__ = ["Position", "Slab", "Spine", "Stage"]

_LARGEST = 1 << 16  # expected events in a window
_MANY = 1 << 14  # wanted at once by somebody who is in no hurry
_SMALLEST = 64
_SECOND = 1_000_000
_GROWTH = 4  # how often in a row a window is made longer
_DOUBLINGS = 16  # of what is wanted, while window after window gives nothing
_LONGER, _SHORTER = 64.0, 0.125  # at most, at once
_MOST_ROWS = 1 << 18  # in a slab, where many never arrive


class Stage(Protocol):
    """Something that the rows of each window go through, in order: it alters, adds or takes away rows."""

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """What comes out for the rows of the window that ends at ``end``; None: no window follows."""
        ...

    def carried(self) -> Carried:
        """What is carried from window to window; None where that is nothing."""
        ...

    def restore(self, carried: Carried) -> None:
        """Go on from what `carried` gave."""
        ...


@keepable("position")
@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream, from which it can be gone on with.

    ``time``: event time at which the next window begins. ``counts``: events of each type before it. ``delivered``: how
    many came out before it, and ``skip`` how many of those that come after it came out already, ``lost`` of which were
    dropped on the way. ``reached``: when the last of all those was due (None: at ``time``). ``carried``: what sources
    and stages held at ``time``; without it they find their way from the start of the clock. ``sent``: how many of each
    type came out before (see `events`).
    """

    time: int
    counts: Mapping[str, int]
    skip: int = 0
    delivered: int = 0
    reached: int | None = None
    carried: tuple[Carried, ...] | None = None
    lost: int = 0
    sent: Mapping[str, int] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events came out before."""
        return self.delivered + self.skip - self.lost


@dataclass(frozen=True, slots=True)
class Slab:
    """A stretch of the spine in order of arrival.

    ``first``: number of its first event over all types. ``after``: the position behind its last row. ``firsts``: int64,
    one a type: how many of each come before it. Its length is that of its rows, among which there may be some that
    never arrive.
    """

    first: int
    rows: Rows
    after: Position
    firsts: Ints

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def events(self) -> int:
        """How many events arrive in it."""
        return _sent(self.rows)

    @property
    def time(self) -> Ints:
        """Event time of every event, in microseconds."""
        return self.rows.time

    @property
    def due(self) -> Ints:
        """When every event arrives, in microseconds of event time; ascending."""
        return self.rows.due

    @property
    def kind(self) -> NDArray[np.uint16]:
        """Row of every event's type in the plan."""
        return self.rows.kind

    @property
    def address(self) -> Bits:
        """Hashed identity of every event."""
        return self.rows.address


@dataclass(slots=True)
class _Made:
    """What came out of a window that began at ``position``; the first ``taken`` rows of it are cut off already.

    ``sent``: how many of the rows up to each arrive (None: all).
    """

    position: Position
    rows: Rows
    taken: int = 0
    sent: Ints | None = None

    @property
    def left(self) -> int:
        """Rows that are not cut off."""
        return len(self.rows) - self.taken

    @property
    def events(self) -> int:
        """How many of those arrive."""
        return self.left if self.sent is None else int(self.sent[-1]) - self.passed

    @property
    def passed(self) -> int:
        """How many of those that are cut off arrive."""
        return self.taken if self.sent is None else int(self.sent[self.taken - 1]) if self.taken else 0

    def reach(self, events: int) -> int:
        """The rows up to the last of so many events, or all."""
        if self.sent is None:
            return min(self.left, events)
        found = int(np.searchsorted(self.sent, self.passed + events, side="left")) + 1
        return min(found, len(self.rows)) - self.taken


class Spine:
    """Walks the merged sources of all event types from a position on.

    Windows are cut so that they hold about as many events as are wanted; they never change the result.
    ``take(n)`` gives the next slab of up to ``n`` events; an empty slab means the stream has ended, or was given up.
    ``passes`` see all that happens, in order of event time, before it is numbered; ``layers`` see numbered events.
    ``facts``: those that the rows have. ``largest``: events that a window is expected to hold at most.
    ``stopped``: asked before each window, for a stream need not end and yet may give nothing; once it says so, nothing
    more is made.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        names: Sequence[str],
        *,
        position: Position,
        end: int | None,
        limit: int | None,
        passes: Sequence[Stage] = (),
        layers: Sequence[Stage] = (),
        facts: Facts | None = None,
        largest: int = _LARGEST,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._largest = largest
        self._stopped = stopped
        self._nothing = Rows.none(facts)
        self._sources = tuple(sources)
        self._passes = tuple(passes)
        self._layers = tuple(layers)
        self._names = tuple(names)
        ends = [YEAR_10000 if source.end is None else source.end for source in sources]
        self._end = min(max(ends, default=0), YEAR_10000 if end is None else end)
        self._limit = limit
        self._length, self._held = _SECOND, 0.0  # of the last window, and about how many events it held
        self._next = position.time  # start of the window not yet made
        self._counts = np.array([position.counts.get(name, 0) for name in names], np.int64)
        self._over = False  # the layers have given everything
        self._made: deque[_Made] = deque()
        self._delivered = position.delivered
        self._skip = position.skip  # of what comes next, how much came out before this walk
        self._cut = position  # behind the last slab
        self._first = position.events
        self._firsts = np.array([position.sent.get(name, 0) for name in names], np.int64)
        if position.carried is not None:
            holders: tuple[Source | Stage, ...] = (*self._sources, *self._passes, *self._layers)
            for holder, carried in zip(holders, position.carried, strict=True):
                if carried is not None:
                    holder.restore(carried)

    def take(self, wanted: int, *, until: int | None = None, quiet: int | None = None) -> Slab:
        """The next up to ``wanted`` events; with ``until``, only those due before that event time (at least one).

        ``quiet``: give up after so many windows in a row without an event (None: never).
        """
        most = max(_MOST_ROWS, 2 * wanted)
        nothing = 0
        while (
            (missing := wanted - self._left()) > 0 and not self._over and sum(made.left for made in self._made) < most
        ):
            if until is not None and self._next >= until and self._left():
                break
            if self._stopped() or nothing == quiet:
                break
            self._advance(missing << min(nothing, _DOUBLINGS))
            nothing = nothing + 1 if self._left() == wanted - missing else 0
        pieces: list[Rows] = []
        count = 0
        while self._made and count < wanted:
            made = self._made[0]
            size, before = made.reach(wanted - count), made.passed
            if until is not None:
                due = made.rows.due[made.taken : made.taken + size]
                size = int(np.searchsorted(due, until, side="left"))
                size = max(size, 0 if any(map(len, pieces)) else 1) if len(due) else 0
            pieces.append(made.rows.take(slice(made.taken, made.taken + size)))
            made.taken += size
            count += made.passed - before
            if size:
                lost, reached = made.taken - made.passed, int(pieces[-1].due[-1])
                self._cut = replace(made.position, skip=made.taken, lost=lost, reached=reached)
            if made.left:
                break
            self._made.popleft()
        rows, firsts = Rows.joined(pieces) if pieces else self._nothing, self._firsts
        kinds = rows.kind if rows.sent is None else rows.kind[rows.sent]
        self._firsts = firsts + np.bincount(kinds, minlength=len(firsts))
        self._cut = replace(self._cut, sent=dict(zip(self._names, self._firsts.tolist(), strict=True)))
        slab = Slab(self._first, rows, self._cut, firsts)
        self._first += count
        return slab

    def slabs(self, size: int) -> Iterator[Slab]:
        """All slabs of ``size`` events; the last one may be shorter."""
        while len(slab := self.take(size)):
            yield slab

    def peek(self) -> int | None:
        """When the next event is due, or None if the stream has ended."""
        nothing = 0
        while not any(made.left for made in self._made) and not self._over and not self._stopped():
            self._advance(_SMALLEST << min(nothing, _DOUBLINGS))
            nothing += 1
        return next((int(made.rows.due[made.taken]) for made in self._made if made.left), None)

    def skip_to(self, time: int, *, limit: int | None) -> None:
        """Let everything before an event time pass by. Numbers, and a limit of events, begin anew there.

        Layers see nothing of it, as where a stream begins at that time. Nothing of it is kept.
        """
        if time >= self._end:  # nothing comes from there on, whatever was before
            self._next = time
        while self._next < time and not self._stopped():
            start, self._next = self._next, min(self._window(min(self._largest, _LARGEST)), time)
            self._happened(start, self._next)
        self._limit = limit
        self._cut = Position(time, {})

    def _left(self) -> int:
        return sum(made.events for made in self._made)

    def _advance(self, wanted: int) -> None:
        """Make one more window, long enough for about ``wanted`` events."""
        if self._next >= self._end:
            self._finish()
        else:
            if self._limit is not None:
                wanted = min(wanted, self._limit - int(self._counts.sum()))
            many = max(wanted, self._largest) if wanted >= _MANY else wanted
            self._step(self._window(min(self._largest, max(_SMALLEST, many))))

    def _step(self, end: int) -> None:
        """Make the window up to ``end``."""
        position, start = self._position(), self._next
        self._next = end
        rows = self._numbered(self._happened(start, end))
        if self._limit is not None and int(self._counts.sum()) >= self._limit:
            self._next = self._end
        for layer in self._layers:
            rows = layer.advance(rows, end)
        self._give(position, rows)

    def _happened(self, start: int, end: int) -> Rows:
        """All that happens in a window, seen by the passes, with no numbers yet."""
        rows = Rows.joined([self._nothing, *(source.advance(start, end) for source in self._sources)])
        if (rows.time[1:] < rows.time[:-1]).any():
            rows = rows.take(in_time_order(rows.time))
        for each in self._passes:
            rows = each.advance(rows, end)
        return rows.take(rows.kind != SILENT) if self._passes else rows

    def _finish(self) -> None:
        """Let the layers give what they still hold."""
        position, rows = self._position(), self._nothing
        for layer in self._layers:
            rows = layer.advance(rows, None)
        self._over = True
        self._give(position, rows)

    def _give(self, position: Position, rows: Rows) -> None:
        """Add what came out of a window, without what came out before this walk."""
        self._delivered += _sent(rows)
        if len(rows):
            sent = rows.sent
            made = _Made(position, rows, min(self._skip, len(rows)), None if sent is None else np.cumsum(sent))
            self._skip -= made.taken
            self._made.append(made)

    def _numbered(self, rows: Rows) -> Rows:
        """The rows with their number within their type, up to the limit."""
        if self._limit is not None:
            rows = rows.take(slice(0, max(0, self._limit - int(self._counts.sum()))))
        ordinal = np.empty(len(rows), np.int64)
        for kind in range(len(self._counts)):
            at = np.flatnonzero(rows.kind == kind) if len(self._counts) > 1 else slice(None)
            count = len(at) if isinstance(at, np.ndarray) else len(rows)
            ordinal[at] = np.arange(self._counts[kind], self._counts[kind] + count)
            self._counts[kind] += count
        return rows.numbered(ordinal)

    def _position(self) -> Position:
        """Where the next window begins, with all that is carried there."""
        held = [source.carried(self._next) for source in self._sources]
        held += [stage.carried() for stage in (*self._passes, *self._layers)]
        carried = tuple(held) if any(each is not None for each in held) else None
        counts = dict(zip(self._names, self._counts.tolist(), strict=True))
        return Position(self._next, counts, 0, self._delivered, self._next, carried)

    def _window(self, events: int) -> int:
        """Where to end a window that should hold about so many events, if it is as dense as the last one.

        Where the intensity varies a window may hold twice as many at most, so that a burst cannot fill the memory;
        a quiet stretch is crossed in windows that grow by and by.
        """
        start, length = self._next, self._length
        if self._held:
            length = int(length * min(_LONGER, max(_SHORTER, events / self._held))) + 1
        for grow in range(_GROWTH + 1):
            length = min(length, self._end - start)
            expected = self._expected(start, start + length)
            if expected >= events / 2 or length == self._end - start or grow == _GROWTH:
                break
            length = int(length * min(_LONGER, events / max(expected, 1e-9))) + 1
        while expected > 2 * events and length > 1:
            length = max(1, int(length * max(_SHORTER, events / expected)))
            expected = self._expected(start, start + length)
        self._length, self._held = length, expected
        return start + length

    def _expected(self, start: int, end: int) -> float:
        return sum(source.expected(start, end) for source in self._sources)


def _sent(rows: Rows) -> int:
    """How many of the rows arrive."""
    sent = rows.sent
    return len(rows) if sent is None else int(np.count_nonzero(sent))
