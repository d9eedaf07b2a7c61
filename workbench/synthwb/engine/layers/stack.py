"""The layers of a scenario, compiled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.batch import Batch, Part
from synthwb.engine.layers.arriving import Arriving, Trace, arriving
from synthwb.engine.layers.chances import NUMBER, copy_fact
from synthwb.engine.layers.stage import Layered
from synthwb.engine.rows import DROPPED, Rows
from synthwb.engine.spine import Slab
from synthwb.scenario.layers.model import Layer
from synthwb.scenario.model import Scenario

__all__ = ["Stack", "arrived", "lost"]


@dataclass(frozen=True, slots=True)
class Stack:
    """All layers of a scenario, and those of them that work on the spine."""

    layers: tuple[Layer, ...]
    arriving: tuple[Arriving, ...]

    @staticmethod
    def of(scenario: Scenario) -> Stack:
        """Compile those that work on the spine; the others are compiled with their events."""
        return Stack(scenario.layers, arriving(scenario))

    def stages(self) -> tuple[Layered, ...]:
        """A new stage for a walk of the spine; none where nothing changes on the way."""
        return (Layered(self.arriving),) if self.arriving else ()

    @property
    def recounts(self) -> bool:
        """Whether other numbers of records arrive than happen."""
        return any(layer.kind in ("drop", "duplicate") for layer in self.arriving)

    def numbers(self, slab: Slab) -> NDArray[np.int64]:
        """The number in the clean stream of every row of a slab."""
        found = slab.rows.facts.get(NUMBER)
        return slab.first + np.arange(len(slab), dtype=np.int64) if found is None else found

    def reached(self, slab: Slab) -> int:
        """How many clean events there are up to the last one of a slab."""
        if NUMBER not in slab.rows.facts or not len(slab):
            return slab.first + len(slab)
        return int(slab.rows.facts[NUMBER].max()) + 1

    def altered(self, slab: Slab, batch: Batch) -> dict[str, int]:
        """How many records of a slab, which became a batch, each layer altered, by its name."""
        found = dict.fromkeys((layer.name for layer in self.layers), 0)
        for layer in self.arriving:
            found[self.layers[layer.place].name] += len(layer.hits(slab.rows))
        for part in batch.parts:
            for place, rows in _touched(part).items():
                found[self.layers[place].name] += len(np.unique(np.concatenate(rows)))
        return found

    def copies(self, rows: Rows) -> NDArray[np.int64]:
        """Which copy every row is, whichever layer made it; 0 for originals."""
        found = np.zeros(len(rows), np.int64)
        for layer in self.arriving:
            if layer.kind == "duplicate":
                copy = rows.facts[copy_fact(layer.place)].astype(np.int64)
                found = np.where(copy > 0, copy, found)
        return found

    def dropped_by(self, rows: Rows) -> NDArray[np.int64]:
        """The place of the layer that dropped each row; -1 where none did."""
        dropped = rows.facts.get(DROPPED)
        return np.full(len(rows), -1, np.int64) if dropped is None else dropped.astype(np.int64) - 1

    def traces(self, rows: Rows) -> Iterator[Trace]:
        """By how much layers delayed rows that came out of the spine, copies among them."""
        for layer in self.arriving:
            if layer.kind != "drop":
                yield layer.trace(rows)


def _touched(part: Part) -> dict[int, list[NDArray[np.int64]]]:
    """The records whose values or text are altered, by the place of the layer."""
    found: dict[int, list[NDArray[np.int64]]] = {}
    for change in part.changes:
        found.setdefault(change.layer, []).append(change.rows)
    if part.damage is not None:
        for place in np.unique(part.damage.layer):
            found.setdefault(int(place), []).append(part.damage.rows[part.damage.layer == place])
    return found


def arrived(rows: Rows) -> Rows:
    """The rows that arrive."""
    sent = rows.sent
    return rows if sent is None or sent.all() else rows.take(sent)


def lost(rows: Rows) -> Rows:
    """The rows that do not, as if they had: no layer has touched them."""
    dropped = rows.facts.get(DROPPED)
    return rows.take(slice(0, 0) if dropped is None else dropped != 0)
