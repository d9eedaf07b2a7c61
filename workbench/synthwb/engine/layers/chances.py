"""Which records a layer hits, and at which address it draws for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, mix
from synthwb.engine.laws.discrete import happens
from synthwb.engine.rows import Facts
from synthwb.scenario.layers.model import Layer

__all__ = ["NUMBER", "Chance", "Copies", "copy_fact", "layer_key"]

NUMBER = "clean number"
"""The fact that holds a record's number in the clean stream, over all types, from 0."""


def copy_fact(layer: int) -> str:
    """The fact that holds which copy a record is that a layer made; 0 for the original."""
    return f"copy {layer}"


def layer_key(seed: int, layer: Layer, *purpose: str) -> int:
    """The draw key of a layer for a purpose: what it is addressed by does not change with other layers."""
    return key_of(seed, "imperfections", layer.key, *purpose)


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a hit is. ``kinds``: by type of event, whether it is one of the layer's."""

    key: int
    rate: float
    start: int | None
    end: int | None

    @staticmethod
    def of(seed: int, layer: Layer, *purpose: str) -> Chance:
        """That of a layer, for a purpose such as a field; a rate that is an expression is given with each call."""
        rate = layer.rate if isinstance(layer.rate, float) else 0.0
        return Chance(layer_key(seed, layer, "rate", *purpose), rate, layer.start, layer.end)

    def acts(self, time: int) -> bool:
        """Whether an event time lies in its window."""
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)

    def hits(self, address: Bits, time: Ints, rate: Floats | None = None) -> NDArray[np.bool_]:
        """Whether each record is hit; ``rate`` per record where it is computed."""
        hit = happens(draw(address, self.key), self.rate if rate is None else rate)
        if self.start is not None:
            hit &= time >= self.start
        if self.end is not None:
            hit &= time < self.end
        return hit


@dataclass(frozen=True, slots=True)
class Copies:
    """The layers that made copies before some point: a copy has draws of its own from there on."""

    made: tuple[tuple[str, int], ...] = ()  # the fact of each, and its key

    @staticmethod
    def before(seed: int, layers: Sequence[Layer], place: int) -> Copies:
        """Those before a place in the document."""
        duplicates = [(number, layer) for number, layer in enumerate(layers[:place]) if layer.kind == "duplicate"]
        return Copies(tuple((copy_fact(number), layer_key(seed, layer, "copy")) for number, layer in duplicates))

    def address(self, address: Bits, facts: Facts) -> Bits:
        """The addresses of records, with those of copies moved."""
        for fact, key in self.made:
            copy = facts[fact]
            rows = np.flatnonzero(copy)
            if len(rows):
                address = address.copy()
                address[rows] = mix(address[rows] ^ mix(copy[rows].astype(np.uint64), key))
        return address
