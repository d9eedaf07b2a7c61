"""Where rows of the spine come from: arrivals of stand-alone events, and whatever else happens in event time."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from synthwb.engine.arrivals import Marked, Process
from synthwb.engine.rows import Facts, Rows

__all__ = ["Arrivals", "Carried", "Source"]

Carried: TypeAlias = Any
"""What a source holds on to at the end of a window: a value that is never changed, and that has a form in
`synthwb.engine.carrying`: plain values, arrays, keepable dataclasses."""


class Source(Protocol):
    """Something that happens in event time, asked window by window.

    ``end``: the event time from which nothing happens any more, or None.
    """

    @property
    def end(self) -> int | None:
        """The event time from which nothing happens any more, or None."""
        ...

    def expected(self, start: int, end: int) -> float:
        """How many events to expect in ``[start, end)``: what windows and forecasts are sized by."""
        ...

    def advance(self, start: int, end: int) -> Rows:
        """What happens in ``[start, end)``, those of one time in a fixed order. Each window begins where one ended."""
        ...

    def carried(self, time: int) -> Carried:
        """What is carried from the windows before ``time`` to those after; None where that is nothing."""
        ...

    def restore(self, carried: Carried) -> None:
        """Go on from what `carried` gave, in this process or in another."""
        ...


class Arrivals:
    """The stand-alone events of one type. ``facts``: those of a row that belongs to no flow, one entry each."""

    def __init__(self, kind: int, process: Process, facts: Facts) -> None:
        self._kind = kind
        self._process = process
        self._facts = facts

    @property
    def end(self) -> int | None:
        """See `Source.end`."""
        return self._process.end

    def expected(self, start: int, end: int) -> float:
        """See `Source.expected`."""
        return self._process.expected(start, end)

    def advance(self, start: int, end: int) -> Rows:
        """See `Source.advance`."""
        time, address = self._process.between(start, end)
        return Rows.of(
            time, self._kind, address, {name: value.repeat(len(time)) for name, value in self._facts.items()}
        )

    def carried(self, time: int) -> Carried:
        """See `Source.carried`: the mark of a process that has one."""
        return self._process.mark(time) if isinstance(self._process, Marked) else None

    def restore(self, carried: Carried) -> None:
        """See `Source.restore`."""
        if isinstance(self._process, Marked):
            self._process.resume(carried)
