"""What events that come by themselves read of what flows change, where sessions take their turns.

Every step that changes something then leaves a silent row with the values after it. An event by itself reads what the
last change before it has left; what came before the window is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthwb.engine.block import Block
from synthwb.engine.flows.facts import after_fact, changed_fact, value_fact
from synthwb.engine.flows.ledger import last_before
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.looking import Store
from synthwb.engine.pick import Pick
from synthwb.engine.rows import Rows
from synthwb.engine.sources import Carried

__all__ = ["Hearing", "HearingPlan"]


@dataclass(frozen=True)
class HearingPlan:
    """``entity``: whose rows are changed; ``picks``: by kind, the row that an event points to by itself.

    ``names``: by attribute, the name under which these events read it.
    """

    entity: str
    picks: Mapping[int, Pick]
    names: Mapping[str, str]
    store: Store

    @staticmethod
    def of(links: Links, entity: str, picks: Mapping[int, Pick], store: Store) -> HearingPlan:
        """The plan for one entity."""
        names = {attribute: f"actor.{attribute}" for of, attribute in links.shared if of == entity}
        kept = {name: each for name, each in names.items() if value_fact(each) in links.facts}
        return HearingPlan(entity, picks, kept, store)


class Hearing:
    """Implements `synthwb.engine.spine.Stage`."""

    def __init__(self, plan: HearingPlan) -> None:
        self._plan = plan
        self._store = {name: plan.store[plan.entity, name].copy() for name in plan.names}

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """See `Stage.advance`."""
        changed = rows.facts[changed_fact(self._plan.entity)]
        writing = np.flatnonzero(changed >= 0)
        facts = dict(rows.facts)
        for kind, pick in self._plan.picks.items():
            reading = np.flatnonzero((rows.kind == kind) & (facts["state"] < 0))
            if not len(reading):
                continue
            touched = changed.copy()
            touched[reading] = pick(Block(rows.address[reading], rows.time[reading], rows.ordinal[reading]))
            last = last_before(touched, writing, reading)
            for attribute, name in self._plan.names.items():
                values = self._store[attribute][touched[reading]]
                if len(writing):
                    after = rows.facts[after_fact(self._plan.entity, attribute)][writing]
                    values = np.where(last < 0, values, after[last])
                filled = facts[value_fact(name)].copy()
                filled[reading] = values
                facts[value_fact(name)] = filled
        for attribute in self._plan.names:
            after = rows.facts[after_fact(self._plan.entity, attribute)]
            self._store[attribute][changed[writing]] = after[writing]  # of several the last one stays
        return rows.knowing(facts)

    def carried(self) -> Carried:
        """See `Stage.carried`."""
        return {name: values.copy() for name, values in self._store.items()}

    def restore(self, carried: Carried) -> None:
        """See `Stage.restore`."""
        self._store = {name: values.copy() for name, values in carried.items()}
