"""What came before: the earlier rows of the same type, found again without having been kept.

Arrivals are random-access, so the events just before any event can be made from the plan alone. That is how a field
may look back and yet stay a function of its address: whatever the batch, the worker or the place where a stream begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synthwb.engine.arrivals import Process
from synthwb.engine.block import Block
from synthwb.engine.draws import Bits, Ints

__all__ = ["EventHistory", "History", "Past", "RowHistory"]

_MARGIN = 1.25  # how much further back is looked at once than the mean rate asks for
_RECENT = 30 * 86_400_000_000  # microseconds before a record from which that rate is taken


@dataclass(frozen=True, slots=True)
class Past:
    """A stretch of one type in its order. ``at``: where each row of the block stands in it (-1: nowhere)."""

    time: Ints
    address: Bits
    at: Ints


class History(Protocol):
    """Knows the earlier rows of one event or entity type."""

    def around(self, block: Block, count: int) -> Past:
        """A stretch with all rows of the block and at least ``count`` rows before each (fewer: there are no more)."""
        ...


@dataclass(frozen=True, slots=True)
class RowHistory:
    """The rows of an entity type: all of them, in order."""

    address: Bits

    def around(self, block: Block, count: int) -> Past:
        """See `History.around`."""
        return Past(np.zeros(len(self.address), np.int64), self.address, block.ordinal)


@dataclass(frozen=True, slots=True)
class EventHistory:
    """The events of one type from ``start`` (microseconds) on."""

    process: Process
    start: int

    def around(self, block: Block, count: int) -> Past:
        """See `History.around`. Looks back twice as far each time there are too few."""
        first, last = int(block.time.min()), int(block.time.max())
        pieces = [_in_order(*self.process.between(first, last + 1))]
        recent = min(_RECENT, first - self.start)
        before = self.process.expected(first - recent, first) if recent > 0 else 0.0
        reach = max(1, int(_MARGIN * count / before * recent)) if before > count else max(1, recent)
        begin, missing = first, count
        while begin > self.start and missing > 0:
            earlier = max(self.start, begin - reach)
            pieces.insert(0, _in_order(*self.process.between(earlier, begin)))
            missing -= len(pieces[0][0])
            begin, reach = earlier, 2 * reach
        time = np.concatenate([times for times, _ in pieces])
        address = np.concatenate([addresses for _, addresses in pieces])
        return Past(time, address, _places(block, time, address))


def _in_order(time: Ints, address: Bits) -> tuple[Ints, Bits]:
    order = np.argsort(time, kind="stable")
    return time[order], address[order]


def _places(block: Block, time: Ints, address: Bits) -> Ints:
    """The position of each row: the first event of its time, then on through those at the same microsecond."""
    at = np.searchsorted(time, block.time)
    at[at >= len(time)] = -1
    searched = np.flatnonzero(at >= 0)
    while len(searched):
        searched = searched[address[at[searched]] != block.address[searched]]
        at[searched] += 1
        ended = at[searched] >= len(time)
        ended[~ended] = time[at[searched[~ended]]] != block.time[searched[~ended]]
        at[searched[ended]] = -1
        searched = searched[~ended]
    return at
