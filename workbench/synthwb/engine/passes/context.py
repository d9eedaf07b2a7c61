"""What the fields of an event may read of the earlier events that it refers to."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, draw, key_of
from synthwb.engine.flows.context import Filler
from synthwb.engine.flows.values import column_of, nulls_of
from synthwb.engine.passes.facts import ADDRESS, TIME, earlier_fact, kept_values, value_column
from synthwb.engine.text.identity import uuid_matrix
from synthwb.scenario.earlier import Earlier
from synthwb.scenario.model import DType, EventType, Scenario

__all__ = ["earlier_context"]


def earlier_context(scenario: Scenario, event: EventType, wanted: set[str]) -> Mapping[str, Filler]:
    """What makes each of the wanted names."""
    found: dict[str, Filler] = {}
    for ref in event.earlier:
        for name, dtype in kept_values(scenario, event, ref).items():
            if f"{ref.name}.{name}" in wanted:
                found[f"{ref.name}.{name}"] = _value(earlier_fact(event.name, ref.name, value_column(name)), dtype)
        time, address = (earlier_fact(event.name, ref.name, column) for column in (TIME, ADDRESS))
        if (name := f"{ref.name}.time") in wanted:
            found.setdefault(name, _value(time, DType.TIMESTAMP))
        if (name := f"{ref.name}.id") in wanted:
            found.setdefault(name, _identity(scenario.seed, ref, time, address))
    return found


def _value(fact: str, dtype: DType) -> Filler:
    return lambda block: column_of(block.facts[fact], dtype)


def _identity(seed: int, ref: Earlier, time: str, address: str) -> Filler:
    """The id of the earlier event, as its envelope has it."""
    high, low = (key_of(seed, ref.event, "id", part) for part in ("high", "low"))

    def fill(block: Block) -> Column:
        addresses: Bits = block.facts[address]
        column = Column.fixed(uuid_matrix(draw(addresses, high), draw(addresses, low)))
        nobody = nulls_of(block.facts[time], DType.TIMESTAMP)
        if nobody is None:
            return column
        return Column.of(pl.select(pl.when(~pl.Series(nobody)).then(column.series())).to_series(), ascii_safe=True)

    return fill
