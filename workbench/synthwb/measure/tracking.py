"""Following keys through a stream: for each record, when its key came before, and the latest time until then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from synthwb.engine.draws import Ints
from synthwb.measure.judging import Truth
from synthwb.measure.memory import NEVER, Keys, Memory

__all__ = ["Earlier", "Tracking"]


class Earlier(NamedTuple):
    """For each record: whether its key was ``seen`` among the last records, and the ``latest`` time it then had."""

    seen: Truth
    latest: Ints


class Tracking:
    """Follows keys. A key that does not come for ``limit`` records is new again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._memory = Memory(limit)

    def follow(self, keys: Keys, first: int, time: Ints, within: int | None = None) -> Earlier:
        """Look at the next records, of which the first has the number ``first``.

        ``within``: what lies longer before the latest time need not be remembered.
        """
        forwards = bool((time[1:] >= time[:-1]).all())
        order = np.argsort(keys.high, kind="stable")
        keys, number, time = keys.take(order), first + order, time[order]
        same = np.zeros(len(order), np.bool_)
        same[1:] = (keys.high[1:] == keys.high[:-1]) & (keys.low[1:] == keys.low[:-1])
        starts = np.flatnonzero(~same)
        before = np.full(len(order), NEVER, np.int64)
        before[1:] = number[:-1]
        known = np.full(len(order), NEVER, np.int64)
        before[starts], known[starts] = self._memory.last(keys.take(starts))
        seen = before >= number - self._limit
        known[~seen] = NEVER
        reached = (_forwards if forwards else _reached)(time, known, ~(same & seen))
        latest = known.copy()
        latest[1:] = np.where(same[1:] & seen[1:], reached[:-1], latest[1:])
        ends = np.append(starts[1:], len(order)) - 1
        self._memory.remember(keys.take(ends), number[ends], reached[ends])
        oldest = NEVER if within is None else int(time.max()) - within
        self._memory.forget(first + len(order) - self._limit, oldest)
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return Earlier(seen[back], latest[back])

    def state(self) -> Mapping[str, Any]:
        """What is remembered, as numbers and arrays."""
        return self._memory.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._memory.restore(state)


def _forwards(time: Ints, known: Ints, begins: Truth) -> Ints:
    """The same as `_reached` for times that never go back, without sorting them."""
    start = np.maximum.accumulate(np.where(begins, np.arange(len(time)), 0))
    return np.maximum(time, known[start])


def _reached(time: Ints, known: Ints, begins: Truth) -> Ints:
    """The latest of the times up to each row since its group began, what was known there included."""
    steps, rank = np.unique(np.maximum(time, known), return_inverse=True)
    group = np.cumsum(begins) * len(steps)
    reached: Ints = steps[np.maximum.accumulate(rank + group) - group]
    return reached
