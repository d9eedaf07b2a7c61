"""What every process of arrivals can do."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from synthwb.engine.draws import Bits, Ints

__all__ = ["Marked", "Process"]


class Process(Protocol):
    """A point process in event time.

    ``end``: the event time from which nothing happens any more, or None.
    """

    @property
    def end(self) -> int | None:
        """The event time from which nothing happens any more, or None."""
        ...

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """Times and hashed identities of the events in ``[start, end)``; those of one time in a fixed order."""
        ...

    def expected(self, start: int, end: int) -> float:
        """How many events to expect in ``[start, end)``: what windows and forecasts are sized by."""
        ...


@runtime_checkable
class Marked(Protocol):
    """A process that finds its way by marks; without one it walks there from the start of the clock."""

    def mark(self, time: int) -> Any:
        """The state from which the events at ``time`` and later can be made: a value that can be carried."""
        ...

    def resume(self, mark: Any) -> None:
        """Take over a mark that was saved before."""
        ...
