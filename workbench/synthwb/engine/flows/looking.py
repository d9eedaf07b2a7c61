"""What a state may look at: the block on which its dwells, weights, guards and settings are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.entities import EntityPool
from synthwb.engine.flows.context import session_ids
from synthwb.engine.flows.facts import row_fact
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.table import Table, session_of
from synthwb.engine.flows.ties import roles
from synthwb.engine.flows.values import Kept, column_of
from synthwb.scenario.flows.model import Flow, FlowState, Variable

__all__ = ["Look", "Store", "look_of"]

Store = dict[tuple[str, str], Kept]
"""What the rows of entities carry, by (entity, attribute): one value a row."""

Look = Callable[[Table, Block, Store], None]
"""Fills a block that stands for the rows of a table, all in one state, with one column."""

_CLOCK = pl.Datetime("us", "UTC")


def look_of(links: Links, flow: Flow, state: FlowState | None, pools: Mapping[str, EntityPool], name: str) -> Look:
    """What gives a name that is no field of the state's events. ``state`` None: the session only begins."""
    head, _, rest = name.partition(".")
    variable = flow.variables.get(name)
    if head == "session":
        return _of_session(variable) if variable is not None else _of_walk(links.scenario.seed, flow, rest, name)
    if name == "event.time":
        return lambda table, block, store: _put(block, name, Column.of(pl.Series(block.time).cast(_CLOCK)))
    if name == "state.name" and state is not None:
        text = pl.Series([state.name])
        return lambda table, block, store: _put(block, name, Column.of(text.new_from_index(0, len(block))))
    if name == "state.visits":
        return lambda table, block, store: _put(block, name, Column.of(pl.Series(table["visits"]).cast(pl.Int64)))
    entity = roles(flow)[head]
    dtype = links.shared.get((entity, rest))
    if dtype is not None:
        return lambda table, block, store: _put(
            block, name, column_of(store[entity, rest][table[row_fact(head)]], dtype)
        )
    pool = pools[entity]
    return lambda table, block, store: _put(
        block, name, pool.pointed(rest, table[row_fact(head)].astype("uint32"), block.time)
    )


def _put(block: Block, name: str, column: Column) -> None:
    block.columns[name] = column


def _of_session(variable: Variable) -> Look:
    name, dtype = variable.name, variable.dtype
    return lambda table, block, store: _put(block, name, column_of(table[name], dtype))


def _of_walk(seed: int, flow: Flow, rest: str, name: str) -> Look:
    """The session's own facts."""
    flow_name = pl.Series([flow.name])
    made: dict[str, Callable[[Table, Block], Column]] = {
        "id": lambda table, block: session_ids(seed, session_of(table)),
        "start": lambda table, block: Column.of(pl.Series(table["start"]).cast(_CLOCK)),
        "step": lambda table, block: Column.of(pl.Series(table["step"]).cast(pl.Int64)),
        "flow": lambda table, block: Column.of(flow_name.new_from_index(0, len(block))),
    }
    make = made[rest]
    return lambda table, block, store: _put(block, name, make(table, block))
