"""The stage of the spine in which records are held back, come again, or do not come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthwb.engine.layers.arriving import Arriving
from synthwb.engine.layers.chances import NUMBER
from synthwb.engine.rows import DROPPED, Rows, in_time_order
from synthwb.engine.sources import Carried

__all__ = ["Layered"]


class Layered:
    """Takes records as they happen and gives them as they arrive. Implements `synthwb.engine.spine.Stage`.

    Each layer is a function of the records alone; what is carried is only the count of clean records and those that
    are due in a later window. Records due at one time come in their clean order, copies behind their originals.
    """

    def __init__(self, layers: tuple[Arriving, ...]) -> None:
        self._layers = layers
        self._drops = any(layer.kind == "drop" for layer in layers)
        self._count = 0
        self._held: Rows | None = None

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """See `Stage.advance`: nothing that follows is due before ``end``, for nothing arrives before it happens."""
        facts = {**rows.facts, NUMBER: np.arange(self._count, self._count + len(rows), dtype=np.int64)}
        if self._drops:
            facts[DROPPED] = np.zeros(len(rows), np.uint16)
        self._count += len(rows)
        rows = replace(rows, facts=facts)
        for layer in self._layers:
            rows = layer(rows)
        if self._held is not None and len(self._held):
            rows = Rows.joined([self._held, rows])
        if (rows.due[1:] < rows.due[:-1]).any():
            rows = rows.take(in_time_order(rows.due))
        reached = len(rows) if end is None else int(np.searchsorted(rows.due, end, side="left"))
        self._held = rows.take(slice(reached, None)) if reached < len(rows) else None
        return rows.take(slice(0, reached))

    def carried(self) -> Carried:
        """See `Stage.carried`: how many clean records there were, and those held back."""
        return self._count, self._held

    def restore(self, carried: Carried) -> None:
        """See `Stage.restore`."""
        self._count, self._held = carried
