"""Payloads with the times of their events: for destinations that are cut by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthwb.encode.payload import Payload, chosen
from synthwb.sinks.messages import Messages
from synthwb.sinks.timed import Timed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.encode.payload import Encoder
    from synthwb.engine.batch import Batch, Part

__all__ = ["TimedRecords"]


class TimedRecords:
    """What another encoder gives, with times. Pure, like that encoder. ``events``: only these types (None: all)."""

    def __init__(self, inner: Encoder, *, events: frozenset[str] | None = None) -> None:
        self._inner = inner
        self._events = events

    @property
    def format(self) -> str:
        """That of the other one; who goes on with a run sees that it was cut."""
        return f"{self._inner.format}, cut into files"

    def header(self, event: str) -> bytes:
        """That of the other one."""
        return self._inner.header(event)

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch's events, as the other one gives them."""
        parts = chosen(batch, self._events)
        times = {part.schema.event: (part.time, part.arrival) for part in parts}
        times[""] = _together(parts)
        firsts = dict.fromkeys(times, 0)
        found = []
        for payload in self._inner.encode(batch):
            first, last = firsts[payload.event], firsts[payload.event] + payload.count
            firsts[payload.event] = last
            own, arrivals = (values[first:last] for values in times[payload.event])
            content = payload.content
            assert not isinstance(content, Messages | Timed)
            found.append(Payload(payload.event, Timed(content, own, arrivals), payload.count, payload.broken))
        return found


def _together(parts: Sequence[Part]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Times and arrivals of all, in order of arrival."""
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    times = np.concatenate([part.time for part in parts])
    return times[order], np.concatenate([part.arrival for part in parts])[order]
