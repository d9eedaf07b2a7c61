"""Counting the steps of flows while they walk: how often each way was taken, how many sessions were where.

A `Tally` watches the sessions of one walk through a stream, `Steps` are what it has seen. Nothing of it shapes the
stream. States that emit nothing are counted like all others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.carrying import keepable
from synthwb.engine.draws import Ints
from synthwb.engine.flows.table import Table

__all__ = ["MET", "Steps", "Tally"]

MET = "met"
"""The column of a watched session in which every state it was in has a bit."""

_BITS = 63  # states of one flow whose first visits are told from later ones
_ONE = np.int64(1)


@keepable("steps")
@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What sessions did in a stretch of event time. States are numbered as in `synthwb.engine.flows.links.Links`.

    ``moves``: int64, (states + 1, states + 1), from the state of the row to that of the column; the last row is where
    sessions begin, the last column where they end. A move counts when the state is entered that it leaves.
    ``reached``: int64, (states,), sessions that were in the state for the first time. In a flow of more than 63 states
    every visit counts as the first. Walks side by side count each.
    """

    moves: Ints
    reached: Ints

    @staticmethod
    def none(states: int) -> Steps:
        """No steps at all."""
        return Steps(np.zeros((states + 1, states + 1), np.int64), np.zeros(states, np.int64))

    def __add__(self, other: Steps) -> Steps:
        return Steps(self.moves + other.moves, self.reached + other.reached)

    @property
    def entered(self) -> Ints:
        """int64, (states,): how often each state was entered."""
        found: Ints = self.moves[:, :-1].sum(axis=0)
        return found


class Tally:
    """Notes the steps of a walk, and gives them out up to an event time. Those until ``after`` (inclusive) are not
    counted: a walk that begins in the midst of a stream may have to come from further back.
    """

    def __init__(self, states: int, after: int) -> None:
        self._width = states + 1
        self._after = after
        self._noted: list[tuple[Ints, NDArray[np.int32]]] = []

    def watch(self, table: Table) -> Table:
        """Sessions with the column that watching needs."""
        table[MET] = np.zeros(len(table), np.int64)
        return table

    def note(self, before: Table, after: Table, first: int) -> None:
        """Note one step of some sessions of a flow whose first state has the number ``first``.

        ``before`` holds them in any order, ``after`` by the state that they were in (see `FlowPlan.step`), otherwise
        in the same order.
        """
        order = np.argsort(before["state"].astype(np.uint16), kind="stable")
        time, state = before["time"][order], before["state"][order]
        leaving = after["state"] % self._width + state * self._width
        if "left" in after.columns:
            going = after["left"] == 0
            self._add(time[going], leaving[going])
        else:
            self._add(time, leaving)
        begun = after["step"] == 1
        self._add(time[begun], state[begun] + (self._width - 1) * self._width)
        place = state.astype(np.int64) - first
        bit = np.where(place < _BITS, _ONE << np.minimum(place, _BITS - 1), 0)
        met = after[MET]
        fresh = (met & bit) == 0
        after[MET] = met | bit
        self._add(time[fresh], state[fresh] + self._width * self._width)

    def until(self, time: int) -> Steps:
        """What has been noted up to an event time (inclusive), and not been given out before."""
        width = self._width
        noted, self._noted = self._noted, []
        codes = [np.empty(0, np.int32)]
        for times, code in noted:
            reached = times <= time
            if reached.all():
                codes.append(code)
                continue
            codes.append(code[reached])
            self._noted.append((times[~reached], code[~reached]))
        counts = np.bincount(np.concatenate(codes), minlength=width * width + width - 1)
        return Steps(counts[: width * width].reshape(width, width), counts[width * width :])

    def _add(self, time: Ints, code: NDArray[np.int32]) -> None:
        if len(time) and time.min() <= self._after:
            later = time > self._after
            time, code = time[later], code[later]
        if len(time):
            self._noted.append((time, code))
