"""Counting what was delivered, and how fast."""

from __future__ import annotations

from collections import deque

from synthwb.runtime.counts import Counts

__all__ = ["Meter"]

_WINDOW = 2.0  # seconds over which the rate is taken
_BUCKET = 0.5  # seconds per entry of the history
_ENTRIES = 60


class Meter:
    """Deliveries on the wall clock: total, rate over the last two seconds, and a history for a sparkline.

    ``counts``: of what was delivered before, by an earlier process.
    """

    def __init__(self, now: float, counts: Counts | None = None) -> None:
        self.counts = counts or Counts()
        self.events = sum(self.counts.by_event.values())
        self._marks: deque[tuple[float, int]] = deque([(now, self.events)])
        self._history: deque[float] = deque(maxlen=_ENTRIES)
        self._bucket = (now, self.events)

    def add(self, now: float, counts: Counts) -> None:
        """Count what was delivered."""
        self.counts += counts
        self.events += sum(counts.by_event.values())
        self._marks.append((now, self.events))
        self.tick(now)

    def tick(self, now: float) -> None:
        """Let time pass: forget old marks, close full buckets of the history."""
        while len(self._marks) > 2 and self._marks[1][0] <= now - _WINDOW:
            self._marks.popleft()
        start, before = self._bucket
        while now - start >= _BUCKET:
            self._history.append((self.events - before) / _BUCKET)
            start, before = start + _BUCKET, self.events
        self._bucket = (start, before)

    def shift(self, seconds: float) -> None:
        """Leave a pause out of the figures."""
        self._marks = deque((at + seconds, events) for at, events in self._marks)
        self._bucket = (self._bucket[0] + seconds, self._bucket[1])

    def rate(self, now: float) -> float:
        """Events per second over the last two seconds, or since the start if that is shorter."""
        at, events = self._marks[0]
        seconds = max(now - at, 1e-3)
        return (self.events - events) / seconds

    @property
    def history(self) -> tuple[float, ...]:
        """Events per second in each of the last half-seconds, oldest first."""
        return tuple(self._history)
