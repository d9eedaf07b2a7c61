"""What every process of arrivals can do."""

from __future__ import annotations

from typing import Protocol

from synthwb.engine.draws import Bits, Ints

__all__ = ["Process"]


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
