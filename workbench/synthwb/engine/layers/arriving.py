"""Layers that change when records arrive, and which do: late, reorder, duplicate, drop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints, draw
from synthwb.engine.laws.discrete import below
from synthwb.engine.layers.chances import Chance, Copies, copy_fact, layer_key
from synthwb.engine.layers.quantities import drawn
from synthwb.engine.rows import DROPPED, Rows
from synthwb.scenario.layers.model import ROW_LEVEL, Layer
from synthwb.scenario.model import Scenario

__all__ = ["Arriving", "Trace", "arriving"]

_MOST_COPIES = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """What a layer did to some records: ``rows`` of them, ascending, each of which it delayed (µs)."""

    layer: int
    kind: str
    rows: NDArray[np.int64]
    delay: Ints


@dataclass(frozen=True, slots=True)
class Arriving:
    """One such layer, compiled. ``place`` is its place in the document; ``delay`` gives microseconds."""

    place: int
    kind: str
    kinds: NDArray[np.bool_]
    chance: Chance
    copies: Copies
    own: Copies
    delay: Callable[[Bits, Ints], Ints]
    times: Callable[[Bits, Ints], Floats] | None = None

    def __call__(self, rows: Rows) -> Rows:
        """The rows that go on. They keep the order in which they happened, copies behind their originals."""
        hit, address = self._hit(rows)
        if self.kind == "duplicate":
            return self._duplicated(rows, hit, address)
        if not len(hit):
            return rows
        if self.kind == "drop":
            dropped = rows.facts[DROPPED].copy()
            dropped[hit] = self.place + 1
            return replace(rows, facts={**rows.facts, DROPPED: dropped})
        due = rows.due.copy()
        due[hit] += self.delay(address[hit], rows.ordinal[hit])
        return replace(rows, due=due)

    def hits(self, rows: Rows) -> NDArray[np.int64]:
        """Which of the rows that came out at the end it hit: held back, made, or lost."""
        if self.kind == "duplicate":
            return np.flatnonzero(rows.facts[copy_fact(self.place)])
        if self.kind == "drop":
            return np.flatnonzero(rows.facts[DROPPED] == self.place + 1)
        return self._hit(rows)[0]

    def trace(self, rows: Rows) -> Trace:
        """What it did to rows that came out at the end."""
        if self.kind == "duplicate":
            copies = np.flatnonzero(rows.facts[copy_fact(self.place)])
            return Trace(self.place, self.kind, copies, self._after(rows.take(copies)))
        hit, address = self._hit(rows)
        return Trace(self.place, self.kind, hit, self.delay(address[hit], rows.ordinal[hit]))

    def _hit(self, rows: Rows) -> tuple[NDArray[np.int64], Bits]:
        """The rows that it hits, and the address of each at this point; what is dropped already goes by."""
        address = self.copies.address(rows.address, rows.facts)
        hit = self.chance.hits(address, rows.time) & self.kinds[rows.kind]
        if DROPPED in rows.facts:
            dropped = rows.facts[DROPPED]
            hit &= (dropped == 0) | (dropped > self.place)
        return np.flatnonzero(hit), address

    def _duplicated(self, rows: Rows, hit: NDArray[np.int64], address: Bits) -> Rows:
        counts = np.ones(len(rows), np.int64)
        counts[hit] += self.made_of(address[hit], rows.ordinal[hit])
        copy = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = rows.take(np.repeat(np.arange(len(rows)), counts))
        rows = replace(rows, facts={**rows.facts, copy_fact(self.place): copy.astype(np.uint8)})
        made = np.flatnonzero(copy)
        if not len(made):
            return rows
        due = rows.due.copy()
        due[made] += self._after(rows.take(made))
        return replace(rows, due=due)

    def made_of(self, address: Bits, number: Ints) -> Ints:
        """How many copies it makes of each record that it hits."""
        if self.times is None:
            return np.ones(len(address), np.int64)
        return np.clip(np.rint(self.times(address, number)), 0, _MOST_COPIES).astype(np.int64)

    def _after(self, copies: Rows) -> Ints:
        """How much later than their originals copies arrive."""
        address = self.own.address(self.copies.address(copies.address, copies.facts), copies.facts)
        return self.delay(address, copies.ordinal)


def arriving(scenario: Scenario) -> tuple[Arriving, ...]:
    """The layers of this sort, compiled."""
    found = enumerate(scenario.layers)
    return tuple(_compiled(scenario, layer, place) for place, layer in found if layer.kind in ROW_LEVEL)


def _compiled(scenario: Scenario, layer: Layer, place: int) -> Arriving:
    seed, layers = scenario.seed, scenario.layers
    copies, after = Copies.before(seed, layers, place), Copies.before(seed, layers, place + 1)
    own = Copies(after.made[len(copies.made) :])
    times = drawn(scenario, layer, "times")
    chance = Chance.of(seed, layer)
    return Arriving(
        place, layer.kind, _kinds(scenario, layer.events), chance, copies, own, _delay(scenario, layer), times
    )


def _kinds(scenario: Scenario, events: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([name in events for name in scenario.events])


def _delay(scenario: Scenario, layer: Layer) -> Callable[[Bits, Ints], Ints]:
    """How much later, in microseconds, for addresses and numbers."""
    if layer.kind == "reorder":
        key, more = layer_key(scenario.seed, layer, "within"), layer_key(scenario.seed, layer, "within more")
        size = layer.args["within"] + 1

        def within(address: Bits, number: Ints) -> Ints:
            return below(draw(address, key), size, lambda: draw(address, more)).astype(np.int64)

        return within
    law = drawn(scenario, layer, "delay" if layer.kind == "late" else "after")
    if law is None:
        return lambda address, number: np.zeros(len(address), np.int64)
    return lambda address, number: np.rint(law(address, number) * 1e6).astype(np.int64)
