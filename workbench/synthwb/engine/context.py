"""What the fields of an event may read before any of them is made: its own facts, and the rows it points to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.arrivals import Owners
from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import key_of
from synthwb.engine.entities import EntityPool
from synthwb.engine.flows.context import walk_context
from synthwb.engine.flows.facts import row_fact
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.ties import Given
from synthwb.engine.passes.context import earlier_context
from synthwb.engine.pick import Pick
from synthwb.scenario.model import EventType
from synthwb.scenario.scopes import ACTOR_ROW

__all__ = ["Context", "event_context", "own_sources", "owner_of", "row_pick", "sources_of"]

Context: TypeAlias = Callable[[Block], None]
"""Fills a block with what is read before any field is made."""

_CLOCK = pl.Datetime("us", "UTC")


def own_sources(event: EventType) -> dict[str, str]:
    """The event's own actor and references, with the entity of each."""
    actor = {} if event.actor is None else {"actor": event.actor}
    return actor | {ref.name: ref.entity for ref in event.refs}


def sources_of(event: EventType, given: Given | None) -> dict[str, str]:
    """The same, with the partners of the flows that emit it."""
    return {**({} if given is None else given.entities), **own_sources(event)}


def row_pick(
    links: Links, event: EventType, source: str, pools: Mapping[str, EntityPool], owners: Owners | None
) -> Pick:
    """Which row an event points to by itself; ``owners``: whose it is, where its arrivals say that."""
    scenario = links.scenario
    if source == "actor" and owners is not None:
        return lambda block: owners(block.address)
    entity = own_sources(event)[source]
    law = next((ref.pick for ref in event.refs if ref.name == source), None) or scenario.entities[entity].activity
    return pools[entity].pick(law, key_of(scenario.seed, event.name, "pick", source))


@dataclass(frozen=True, slots=True)
class _Source:
    """A row behind an event: by the fact that a flow gave, else by a draw, else none."""

    pool: EntityPool
    reads: Mapping[str, str]
    fact: str | None
    own: Pick | None

    def fill(self, block: Block) -> None:
        rows, nobody = self.rows(block)
        for name, attribute in self.reads.items():
            column = self.pool.pointed(attribute, rows, block.time) if name != ACTOR_ROW else Column.of(rows)
            if nobody is not None:
                column = Column.of(pl.select(pl.when(~pl.Series(nobody)).then(column.series())).to_series())
            block.columns[name] = column

    def rows(self, block: Block) -> tuple[NDArray[np.uint32], NDArray[np.bool_] | None]:
        if self.fact is None:
            assert self.own is not None
            return self.own(block), None
        given = block.facts[self.fact]
        nobody = given < 0
        if not nobody.any():
            return given.astype(np.uint32), None
        if self.own is not None:
            return np.where(nobody, self.own(block), given).astype(np.uint32), None
        return np.where(nobody, 0, given).astype(np.uint32), nobody


def owner_of(
    links: Links, event: EventType, pools: Mapping[str, EntityPool], owners: Owners | None
) -> Callable[[Block], NDArray[np.int64]]:
    """Whose each event is: the row of its actor, 0 for all where the type has none. ``owners``: see `row_pick`."""
    if event.actor is None:
        return lambda block: np.zeros(len(block), np.int64)
    source = _source(links, event, "actor", {}, pools, owners)
    return lambda block: source.rows(block)[0].astype(np.int64)


def _source(
    links: Links,
    event: EventType,
    source: str,
    reads: Mapping[str, str],
    pools: Mapping[str, EntityPool],
    owners: Owners | None,
) -> _Source:
    given = links.given.get(event.name)
    fact = row_fact(source) if given is not None and source in given.entities else None
    law = row_pick(links, event, source, pools, owners) if source in own_sources(event) else None
    return _Source(pools[sources_of(event, given)[source]], reads, fact, law)


def event_context(
    links: Links, event: EventType, wanted: set[str], pools: Mapping[str, EntityPool], owners: Owners | None
) -> Context:
    """Fills a block with all wanted names that are no fields of the event. ``owners``: see `row_pick`."""
    given = links.given.get(event.name)
    walking = {} if given is None else walk_context(links, given, wanted)
    sources: list[_Source] = []
    for source, entity in sources_of(event, given).items():
        names = {f"{source}.{attribute}": attribute for attribute in pools[entity].names}
        names |= {ACTOR_ROW: ""} if source == "actor" else {}
        reads = {name: attribute for name, attribute in names.items() if name in wanted and name not in walking}
        if reads:
            sources.append(_source(links, event, source, reads, pools, owners))
    name_pool = pl.Series([event.name])

    walking = {**walking, **earlier_context(links.scenario, event, wanted)}

    def fill(block: Block) -> None:
        if "event.time" in wanted:
            block.columns["event.time"] = Column.of(pl.Series(block.time).cast(_CLOCK))
        if "event.ordinal" in wanted:
            block.columns["event.ordinal"] = Column.of(pl.Series(block.ordinal))
        if "event.name" in wanted:
            block.columns["event.name"] = Column.of(name_pool.new_from_index(0, len(block)))
        for source in sources:
            source.fill(block)
        for name, filler in walking.items():
            block.columns[name] = filler(block)

    return fill
