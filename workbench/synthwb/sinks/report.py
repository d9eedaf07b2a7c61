"""How a sink stands: counted from any thread, shown on every surface."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SinkReport"]


@dataclass(frozen=True, slots=True)
class SinkReport:
    """A snapshot of one destination.

    ``delivered``: events that it has confirmed (or, without confirmations, that have left). ``dead``: events in the
    dead letters. ``waiting``: events that were handed over and are neither. ``retries``: requests that were sent again.
    ``trouble``: why it is slow or waits just now, in words, or empty. ``error``: the last failure that was seen.
    """

    delivered: int = 0
    dead: int = 0
    waiting: int = 0
    retries: int = 0
    trouble: str = ""
    error: str = ""
