"""What to expect of a flow: how many events a session has and how long it lasts, seen from a sample of sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthwb.engine.draws import mix
from synthwb.engine.flows.choosing import ENDED
from synthwb.engine.flows.looking import Store
from synthwb.engine.flows.states import Out
from synthwb.engine.flows.walk import FlowPlan

__all__ = ["Estimate", "estimate"]

_SESSIONS = 256
_STEPS = 256  # after so many a session is cut off: flows that go on and on are seen by their pace
_KEY = 0xA24BAED4963EE407


@dataclass(frozen=True, slots=True)
class Estimate:
    """``events``: mean number a session of each kind of event; ``micros``: how long a session lasts on average.

    ``endless``: most sessions were still going on when the sample ended.
    """

    events: Mapping[int, float]
    micros: float
    endless: bool

    @property
    def total(self) -> float:
        """Events a session, of all kinds."""
        return sum(self.events.values())

    @property
    def pace(self) -> float:
        """Events a microsecond of one session that is going on."""
        return self.total / max(self.micros, 1.0)


def estimate(flow: FlowPlan, store: Store, start: int) -> Estimate:
    """Walk a few sessions that all begin at ``start``, as if each were alone."""
    address = mix(np.arange(_SESSIONS, dtype=np.uint64), _KEY)
    alone = {name: values.copy() for name, values in store.items()}
    live = flow.begin(np.full(_SESSIONS, start, np.int64), address, alone)
    lasted, out = 0.0, list[Out]()
    for _ in range(_STEPS):
        live, over = (stepped := flow.step(live, alone, out)).split(stepped["state"] != ENDED)
        lasted += float((over["time"] - start).sum())
        if not len(live):
            break
    lasted += float((live["time"] - start).sum())
    kinds = np.concatenate([each.rows.kind for each in out]) if out else np.empty(0, np.uint16)
    number, count = np.unique(kinds, return_counts=True)
    events = {int(kind): float(found) / _SESSIONS for kind, found in zip(number, count, strict=True)}
    return Estimate(events, lasted / _SESSIONS, len(live) > _SESSIONS // 2)
