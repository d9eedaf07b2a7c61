"""How a run of the command line ends by hand: the first signal lets it deliver what it has, the second does not."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from synthwb.commands.talk import printable

if TYPE_CHECKING:
    from synthwb.runtime import Run, Stats

__all__ = ["Signals", "counted", "wind_down"]

_TICK = 0.1  # seconds between two looks
_SILENT = 0.5  # seconds that a run may take to end before it says what it waits for
_AGAIN = 10.0  # seconds between two such remarks
_PATIENCE = 2.0  # seconds that a run whose reader is stuck may need to end before it is left alone
_LAST = 30.0  # seconds that a run stopped at once may need to write its dead letters


class Signals:
    """How often SIGINT or SIGTERM came."""

    def __init__(self) -> None:
        self.count = 0

    def came(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        self.count += 1


@contextmanager
def counted() -> Iterator[Signals]:
    """SIGINT and SIGTERM are counted, not acted on; one that is ignored stays so."""
    signals = Signals()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, signals.came)
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wind_down(delivery: Run, signals: Signals, *, stuck: bool) -> None:
    """Let a run deliver what it was given, and say what it waits for; at once after a further signal.

    ``stuck``: it only writes to somebody who may never read, and is then left alone.
    """
    delivery.stop(wait=False)
    waited, said = 0.0, _SILENT
    while not delivery.wait(_TICK):
        waited += _TICK
        if signals.count > 1:
            delivery.stop(wait=False, hard=True)
            delivery.wait(_LAST)
            return
        if stuck and waited >= _PATIENCE:
            return
        if waited >= said:
            said = waited + _AGAIN
            remark = f"stopping: waiting for {awaited(delivery.stats())}; once more (Ctrl-C) stops at once"
            print(printable(remark), file=sys.stderr, flush=True)


def awaited(stats: Stats) -> str:
    """What a run waits for that is to end."""
    parts = []
    for sink in stats.sinks:
        if sink.report is not None and sink.report.waiting:
            said = f" ({sink.report.trouble})" if sink.report.trouble else ""
            parts.append(f"{sink.report.waiting:,} events on their way to {sink.name}{said}")
    return ", ".join(parts) or stats.held_by or "what was begun"
