"""Quantities of arrivals, drawn: gaps and counts that belong to no record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import polars as pl

from synthwb.engine.block import Block
from synthwb.engine.draws import Bits, Floats, Ints, key_of
from synthwb.engine.entities import probe_block
from synthwb.engine.history import RowHistory
from synthwb.engine.program import Workplace
from synthwb.scenario.model import Field, Scenario

__all__ = ["Quantity", "quantity"]

Quantity: TypeAlias = Callable[[Bits, Ints], Floats]
"""Values for hashed addresses and their numbers (what ``sequence`` counts); never NaN, and not negative by default."""


def quantity(scenario: Scenario, field: Field, *, signed: bool = False) -> Quantity:
    """Compile a numeric field with fixed parameters. ``signed``: its values may be negative."""
    probe = probe_block(key_of(scenario.seed, field.path))
    probe.time[:] = scenario.clock.start
    nowhere = RowHistory(np.empty(0, np.uint64))
    place = Workplace(scenario.seed, field.path, scenario.locales, scenario.clock, probe, nowhere)
    draw = place.compile(field)

    def values(address: Bits, number: Ints) -> Floats:
        block = Block(address, np.full(len(address), scenario.clock.start), number)
        found: Floats = draw(block).series().cast(pl.Float64).to_numpy()
        return found if signed else np.maximum(found, 0.0)

    return values
