"""What the fields of an event may read because of its flow: the session, the state, and the rows it holds on to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import Bits, draw, key_of
from synthwb.engine.flows.facts import value_fact
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.ties import Given
from synthwb.engine.flows.values import column_of
from synthwb.engine.text.identity import uuid_matrix

__all__ = ["Filler", "session_ids", "walk_context"]

Filler = Callable[[Block], Column]
"""Makes one column out of a block's facts."""

_CLOCK = pl.Datetime("us", "UTC")


@cache
def _id_keys(seed: int) -> tuple[int, int]:
    return key_of(seed, "session", "id", "high"), key_of(seed, "session", "id", "low")


def session_ids(seed: int, session: Bits) -> Column:
    """The ids of sessions with these hashed identities: UUIDs."""
    high, low = _id_keys(seed)
    return Column.fixed(uuid_matrix(draw(session, high), draw(session, low)))


def walk_context(links: Links, given: Given, wanted: set[str]) -> Mapping[str, Filler]:
    """What makes each of the wanted names of an event that flows emit."""
    seed = links.scenario.seed
    states = Pool(pl.Series([state.name for state in links.states] + [None], dtype=pl.String))
    flows = Pool(pl.Series([*links.flow_of, None], dtype=pl.String))

    def named(pool: Pool) -> Filler:
        last = len(pool) - 1
        return lambda block: Column.coded(pool, _or_last(block.facts["state"], last))

    plain: dict[str, Filler] = {
        "session.id": lambda block: session_ids(seed, block.facts["session"]),
        "session.start": lambda block: Column.of(pl.Series(block.facts["start"]).cast(_CLOCK)),
        "session.step": lambda block: Column.of(pl.Series(block.facts["step"]).cast(pl.Int64)),
        "state.visits": lambda block: Column.of(pl.Series(block.facts["visits"]).cast(pl.Int64)),
        "session.flow": named(flows),
        "state.name": named(states),
    }
    found = {name: filler for name, filler in plain.items() if name in wanted}
    if given.alone:
        found = {name: filler if name in _NAMED else _where_walking(filler) for name, filler in found.items()}
    for name, dtype in given.values.items():
        found[name] = _value(value_fact(name), dtype)
    return found


_NAMED = ("session.flow", "state.name")


def _value(fact: str, dtype: object) -> Filler:
    return lambda block: column_of(block.facts[fact], dtype)  # type: ignore[arg-type]


def _or_last(number: NDArray[np.int32], last: int) -> NDArray[np.uint32]:
    return np.where(number < 0, last, number).astype(np.uint32)


def _where_walking(filler: Filler) -> Filler:
    """Null for the events that belong to no flow."""

    def fill(block: Block) -> Column:
        series = filler(block).series()
        return Column.of(pl.select(pl.when(pl.Series(block.facts["state"] >= 0)).then(series)).to_series())

    return fill
