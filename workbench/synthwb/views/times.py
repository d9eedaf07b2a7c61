"""Event time against arrival time: what a batch of recent events says of the order in which they come.

NumPy is imported where something is computed: a screen that only draws these values need not load it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.engine import Batch, Plan
    from synthwb.engine.draws import Ints

__all__ = ["BOUNDS", "Lateness", "Rate", "TimeView", "expected_rates", "time_view"]

BOUNDS = (0, 1_000_000, 10_000_000, 60_000_000, 600_000_000, 3_600_000_000)
"""Microseconds that a watermark may stay behind the newest event time: what the views offer."""

_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the late events are, in microseconds: half of them at most ``half``, nine of ten at most ``most``."""

    half: int
    most: int
    worst: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Events of one type per second of event time, in equal slices; ``mean`` over all of them."""

    event: str
    values: tuple[float, ...]
    mean: float


@dataclass(frozen=True, slots=True)
class TimeView:
    """Recent events in order of arrival.

    ``time``, ``arrival``: microseconds, one entry an event. ``late``: it arrives after it happened. ``behind``: it
    happened before the watermark that stood when it arrived. ``watermark``: one entry an event, the newest event time
    among those that arrived before it or with it, less ``bound``. ``early``: how many seem to arrive before they
    happen, as from a clock that is fast. ``rates``: by type over the same event times. ``expected``: by type over
    the day from ``day`` on, as the arrivals are declared.
    """

    time: tuple[int, ...]
    arrival: tuple[int, ...]
    late: tuple[bool, ...]
    behind: tuple[bool, ...]
    watermark: tuple[int, ...]
    bound: int
    early: int
    lateness: Lateness | None
    rates: tuple[Rate, ...]
    expected: tuple[Rate, ...] = ()
    day: int = 0

    def __len__(self) -> int:
        return len(self.time)

    @property
    def in_order(self) -> bool:
        """Whether every event arrives at the moment it happens."""
        return not any(self.late) and not self.early


def time_view(batches: Sequence[Batch], *, bound: int, slices: int, names: Sequence[str] = ()) -> TimeView:
    """The view of some consecutive batches.

    ``bound``: microseconds that the watermark stays behind. ``slices``: of event time for the rates, those of the types
    ``names`` in this order (without it: of those that occur).
    """
    import numpy as np

    time, arrival, kind, found = _columns(batches)
    order = list(names) or found
    if not len(time):
        return TimeView((), (), (), (), (), bound, 0, None, tuple(Rate(name, (), 0.0) for name in order))
    delay = arrival - time
    late = delay > 0
    watermark = np.maximum.accumulate(time) - bound
    seen = np.concatenate([[np.iinfo(np.int64).min], watermark[:-1]])  # what stood before the event came
    lateness = None
    if late.any():
        half, most = np.quantile(delay[late], (0.5, 0.9), method="higher")
        lateness = Lateness(int(half), int(most), int(delay.max()))
    return TimeView(
        tuple(time.tolist()),
        tuple(arrival.tolist()),
        tuple(late.tolist()),
        tuple((time < seen).tolist()),
        tuple(watermark.tolist()),
        bound,
        int((delay < 0).sum()),
        lateness,
        tuple(_rates(time, kind, found, order, slices)),
    )


def expected_rates(plan: Plan, time: int, slices: int) -> tuple[tuple[Rate, ...], int]:
    """What the arrivals promise for the day around an event time, by event type, and where that day begins.

    Sessions count with all their events at the moment they begin. The day is one of UTC, or shorter at the ends of
    the clock.
    """
    import numpy as np

    start = max(plan.scenario.clock.start, time // _DAY * _DAY)
    end = start + _DAY if plan.end is None else max(start + slices, min(start + _DAY, plan.end))
    edges = [start + (end - start) * place // slices for place in range(slices + 1)]
    found = {name: np.zeros(slices) for name in plan.events}
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        for name, events in plan.happening(low, high).items():
            found[name][place] = events * 1e6 / (high - low)
    rates = tuple(Rate(name, tuple(values.tolist()), float(values.mean())) for name, values in found.items())
    return rates, start


def _columns(batches: Sequence[Batch]) -> tuple[Ints, Ints, Ints, list[str]]:
    """Event time, arrival and number of the type of all events, in order of arrival; and the types."""
    import numpy as np

    names: dict[str, int] = {}
    pieces: list[tuple[Ints, Ints, Ints]] = []
    for batch in batches:
        time, arrival, kind = (np.empty(len(batch), np.int64) for _ in range(3))
        for part in batch.parts:
            number = names.setdefault(part.schema.event, len(names))
            time[part.rows], arrival[part.rows], kind[part.rows] = part.time, part.arrival, number
        pieces.append((time, arrival, kind))
    if not pieces:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, nothing, []
    joined = tuple(np.concatenate(each) for each in zip(*pieces, strict=True))
    return joined[0], joined[1], joined[2], list(names)


def _rates(time: Ints, kind: Ints, found: Sequence[str], order: Sequence[str], slices: int) -> list[Rate]:
    import numpy as np

    low, high = int(time.min()), int(time.max())
    width = max(1, -(-(high - low + 1) // slices))
    place = (time - low) // width
    number: Mapping[str, int] = {name: place for place, name in enumerate(found)}
    rates = []
    for name in order:
        counts = np.bincount(place[kind == number.get(name, -1)], minlength=slices)
        seconds = width / 1e6
        rates.append(Rate(name, tuple((counts / seconds).tolist()), float(counts.sum() / (seconds * slices))))
    return rates
