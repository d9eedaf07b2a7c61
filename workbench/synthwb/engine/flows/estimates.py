"""What to expect of a flow: how many events a session has and how long it lasts.

Where chance alone decides the path, by weights that are fixed, the mean number of visits to each state solves the
equations of an absorbing chain (Kemeny and Snell 1960, "Finite Markov chains"). Elsewhere a sample of sessions is
walked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthwb.engine.block import Block
from synthwb.engine.draws import Ints, mix
from synthwb.engine.flows.choosing import ENDED
from synthwb.engine.flows.looking import Store
from synthwb.engine.flows.states import Out
from synthwb.engine.flows.walk import FlowPlan
from synthwb.engine.rows import SILENT
from synthwb.scenario.flows.model import Branch
from synthwb.scenario.model import Expression, Field

__all__ = ["Estimate", "estimate"]

_SESSIONS = 256
_STEPS = 256  # after so many a session is cut off: flows that go on and on are seen by their pace
_KEY = 0xA24BAED4963EE407
_SINGULAR = 1e-9  # a pivot below this: sessions go round for ever, or nearly so


@dataclass(frozen=True, slots=True)
class Estimate:
    """``events``: mean number a session of each kind of event; ``micros``: how long a session lasts on average.

    ``endless``: most sessions were still going on when the sample ended. ``steps``: mean number a session.
    """

    events: Mapping[int, float]
    micros: float
    endless: bool
    steps: float

    @property
    def total(self) -> float:
        """Events a session, of all kinds."""
        return sum(self.events.values())

    @property
    def work(self) -> float:
        """Events or steps a session, whichever are more: a step costs as much where nothing happens in it."""
        return max(self.total, self.steps)

    @property
    def pace(self) -> float:
        """The same a microsecond of one session that is going on."""
        return self.work / max(self.micros, 1.0)


def estimate(flow: FlowPlan, store: Store, start: int) -> Estimate:
    """What to expect of sessions that begin at ``start``."""
    return _solved(flow, start) or _walked(flow, store, start)


def _solved(flow: FlowPlan, start: int) -> Estimate | None:
    """The exact number of visits, dwells of a sample; None where the path is not free, or has no end."""
    said = flow.flow
    states = list(zip(flow.states.values(), said.states.values(), strict=True))
    laws = [law for _, state in states for law in (state.dwell, state.times) if isinstance(law, Field)]
    if flow.lives is not None or said.longest is not None or any(law.reads for law in laws):
        return None
    place = {name: number for number, name in enumerate(said.states)}
    begins = [_shares((branch,), place) for branch in said.start] if said.parallel else [_shares(said.start, place)]
    ways = [_shares(state.branches, place) for _, state in states]
    if None in begins or None in ways:
        return None
    arriving = [sum(each[number] for each in begins if each is not None) for number in range(len(states))]
    visits = _visits(arriving, [each for each in ways if each is not None])
    if visits is None:
        return None
    events: dict[int, float] = {}
    micros = walked = 0.0
    address = mix(np.arange(_SESSIONS, dtype=np.uint64), _KEY)
    for (plan, _), count in zip(states, visits, strict=True):
        block = Block(mix(address, plan.number), np.full(_SESSIONS, start), np.full(_SESSIONS, -1, np.int64))
        steps = count if plan.times is None else count * _mean(np.maximum(plan.times(block), 1))
        walked += steps
        for emission in plan.emissions:
            events[emission.kind] = events.get(emission.kind, 0.0) + steps
        micros += 0.0 if plan.dwell is None else steps * _mean(plan.dwell(block))
    return Estimate(events, micros, endless=False, steps=walked)


def _mean(values: Ints) -> float:
    return float(np.cumsum(values.astype(np.float64))[-1]) / len(values)


def _shares(branches: Sequence[Branch], place: Mapping[str, int]) -> list[float] | None:
    """The chance to go on to each state; None where it is computed."""
    weights = [
        branch.weight for branch in branches if not isinstance(branch.weight, Expression) and branch.when is None
    ]
    if len(weights) < len(branches):
        return None
    found = [0.0] * len(place)
    for branch, weight in zip(branches, weights, strict=True):
        if branch.to in place:
            found[place[branch.to]] += weight / (sum(weights) or 1.0)
    return found


def _visits(arriving: Sequence[float], ways: Sequence[Sequence[float]]) -> list[float] | None:
    """Solves v = arriving + v * ways by elimination with pivots; None where sessions may go on for ever."""
    size = len(arriving)
    rows = [[(row == column) - ways[column][row] for column in range(size)] + [arriving[row]] for row in range(size)]
    for column in range(size):
        best = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        if abs(rows[column][column]) < _SINGULAR:
            return None
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [max(0.0, rows[number][size] / rows[number][number]) for number in range(size)]


def _walked(flow: FlowPlan, store: Store, start: int) -> Estimate:
    """Walk a few sessions, as if each were alone."""
    address = mix(np.arange(_SESSIONS, dtype=np.uint64), _KEY)
    alone = {name: values.copy() for name, values in store.items()}
    begins = np.full(_SESSIONS, start, np.int64)
    live = flow.begin(begins, begins, address, alone)
    if flow.in_turn:
        live = flow.start(live, alone)
    live = live.take(np.flatnonzero(live["state"] != ENDED))
    lasted, walked, out = 0.0, 0, list[Out]()
    for _ in range(_STEPS):
        walked += len(live)
        live, over = (stepped := flow.step(live, alone, out)).split(stepped["state"] != ENDED)
        lasted += float((over["time"] - start).sum())
        if not len(live):
            break
    lasted += float((live["time"] - start).sum())
    kinds = np.concatenate([each.rows.kind for each in out]) if out else np.empty(0, np.uint16)
    number, count = np.unique(kinds[kinds != SILENT], return_counts=True)
    events = {int(kind): float(found) / _SESSIONS for kind, found in zip(number, count, strict=True)}
    return Estimate(events, lasted / _SESSIONS, len(live) > _SESSIONS // 2, walked / _SESSIONS)
