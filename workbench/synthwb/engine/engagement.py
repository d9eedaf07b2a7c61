"""Engagement: a hidden factor of each row that changes once a period, on a schedule of its own.

The value after a change is drawn from the value before and from an address made of the row and the number of the
change. So a walk to a far period costs the changes up to there, for all rows together, and is then gone on with.

Event time is cut into periods from the start of the clock on. Within each of them every row changes once, at a time of
its own: a row that is born later changes a period after its birth, and so on; the rows of the start are spread evenly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, mix, unit
from synthwb.engine.laws.continuous import standard_normal
from synthwb.engine.laws.special import expm1, log1p
from synthwb.engine.lives import Lives
from synthwb.engine.program import Workplace
from synthwb.scenario.living import Engagement
from synthwb.scenario.model import Field

__all__ = ["Trajectory"]

_FEWEST, _MOST, _VALUES = 8, 512, 1 << 22  # periods whose values are kept, and values of all of them together
_CHANGE = 0x9E3779B97F4A7C15  # between the changes of one row
_BEFORE = -1  # the period before the first: nobody has changed yet


@dataclass(frozen=True, slots=True)
class _Laws:
    """What happens in a change: for a block of rows, numbers of each."""

    start: Callable[[Block], Floats]
    decay: Callable[[Block], Floats]
    boost: Callable[[Block], Floats]
    noise: Callable[[Block], Floats]


class Trajectory:
    """The engagement of all rows of an entity, from the start of the clock on.

    ``block``: the rows with their fields. Raises ScenarioError if a law does not compile.
    """

    def __init__(
        self, place: Workplace, engagement: Engagement, block: Block, lives: Lives | None, initial: int
    ) -> None:
        self._start, self._every = place.clock.start, engagement.every
        self._least = engagement.inactive_below
        self._block = block
        self._laws = _Laws(
            _law(place, engagement.start, 1.0),
            _law(place, engagement.decay, 0.0),
            _law(place, engagement.boost, 0.0),
            _law(place, engagement.noise, 0.0, spread=key_of(place.seed, place.owner, "engagement", "noise")),
        )
        self._back = key_of(place.seed, place.owner, "engagement", "resurrection")
        self._chance = 0.0
        if engagement.resurrection is not None:
            share, per = engagement.resurrection
            self._chance = -float(expm1(log1p(np.array([-share])) * (engagement.every / per))[0])
        begun = np.zeros(len(block), np.int64) if lives is None else np.maximum(lives.born - self._start, 0)
        phase = unit(draw(block.address, key_of(place.seed, place.owner, "engagement", "phase")))
        begun[:initial] -= (phase[:initial] * self._every).astype(np.int64)
        self._offset = begun // self._every
        self._phase = begun - self._offset * self._every
        self._known: list[tuple[int, Floats]] = [(_BEFORE, self._fresh(0, np.arange(len(block))))]
        self._kept = min(_MOST, max(_FEWEST, _VALUES // max(1, len(block))))
        self._lock = Lock()

    @property
    def memory(self) -> int:
        """Bytes."""
        return (2 + self._kept) * 8 * len(self._block)

    def at(self, rows: NDArray[np.uint32], time: Ints) -> Floats:
        """The engagement of these rows at these times."""
        since = np.maximum(time - self._start, 0)
        period = since // self._every
        changed = since - period * self._every >= self._phase[rows]
        found = np.empty(len(rows))
        for number in np.unique(period).tolist():
            at = np.flatnonzero(period == number) if len(rows) > 1 else np.arange(len(rows))
            before, after = self._values(number - 1), self._values(number)
            found[at] = np.where(changed[at], after[rows[at]], before[rows[at]])
        return found

    def column(self, rows: NDArray[np.uint32], time: Ints) -> Column:
        """The same as a column."""
        return Column.of(self.at(rows, time))

    def _values(self, period: int) -> Floats:
        """The values after the changes of a period."""
        with self._lock:
            at = bisect_right(self._known, period, key=lambda known: known[0]) - 1
            number, values = self._known[at]
        while number < period:
            number += 1
            values = self._changed(number, values)
            self._keep(number, values)
        return values

    def _keep(self, period: int, values: Floats) -> None:
        with self._lock:
            at = bisect_right(self._known, period, key=lambda known: known[0])
            if self._known[at - 1][0] != period:
                self._known.insert(at, (period, values))
            if len(self._known) > self._kept:
                half = self._kept // 2  # close together at the end, ever further apart before it
                self._known = self._known[:half:2] + self._known[half:]

    def _changed(self, period: int, values: Floats) -> Floats:
        """The values after the changes of a period, from those before it."""
        number = period - self._offset  # of the change, from 1; a row that has not begun has none
        rows = np.flatnonzero(number >= 1)
        held = values[rows]
        block = self._block_of(rows, number[rows])
        alive = held >= self._least
        moved = held * (1.0 - self._laws.decay(block)) + self._laws.boost(block) + self._laws.noise(block)
        moved = np.where(alive, np.clip(moved, 0.0, 1.0), 0.0)
        moved = np.where(moved >= self._least, moved, 0.0)
        if self._chance:
            back = ~alive & (unit(draw(block.address, self._back)) < self._chance)
            if back.any():
                moved[back] = self._drawn(block)[back]
        out = values.copy()
        out[rows] = moved
        return out

    def _fresh(self, number: int, rows: Ints) -> Floats:
        """The values with which rows begin."""
        return self._drawn(self._block_of(rows, np.full(len(rows), number, np.int64)))

    def _drawn(self, block: Block) -> Floats:
        start = np.clip(self._laws.start(block), 0.0, 1.0)
        return np.where(start >= self._least, start, 0.0)

    def _block_of(self, rows: Ints, number: Ints) -> Block:
        """A block of these rows for their changes of these numbers."""
        address: Bits = mix(self._block.address[rows] + number.astype(np.uint64) * np.uint64(_CHANGE))
        time = self._start + (self._offset[rows] + number) * self._every + self._phase[rows]
        return Block(address, time, rows, _columns(self._block.columns, rows))


def _columns(columns: Mapping[str, Column], rows: Ints) -> dict[str, Column]:
    """The fields of some rows; those of all where they are all meant."""
    whole = next(iter(columns.values()), None)
    if whole is None or len(whole) == len(rows):
        return dict(columns)
    return {name: column.take(rows) for name, column in columns.items()}


def _law(
    place: Workplace, field: Field | None, default: float, *, spread: int | None = None
) -> Callable[[Block], Floats]:
    """A number for each row of a block. ``spread``: a fixed or computed number is the spread of a normal law."""
    if field is None:
        return lambda block: np.full(len(block), default)
    value = place.compile(field)

    def drawn(block: Block) -> Floats:
        found: Floats = value(block).series().cast(pl.Float64).fill_null(default).fill_nan(default).to_numpy()
        return found

    if spread is None or field.call.generator not in ("const", "expr", "path"):
        return drawn
    key = spread
    return lambda block: standard_normal(block.bits(key)) * drawn(block)
