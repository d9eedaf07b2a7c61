"""Entity pools: every row of a population, made once and pointed into by events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np

from synthwb.engine.block import Block
from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import key_of, mix
from synthwb.engine.fingerprint import fingerprint
from synthwb.engine.history import RowHistory
from synthwb.engine.program import Program, Workplace
from synthwb.scenario.model import EntityType, Scenario

__all__ = ["EntityPool", "entity_pool", "probe_block"]

_KEPT = 16  # pools kept between plans, so that typing does not rebuild populations
_cache: OrderedDict[str, EntityPool] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class EntityPool:
    """The rows of one entity type: one column per field, in the document's order."""

    name: str
    count: int
    pools: Mapping[str, Pool]
    columns: Mapping[str, Column]
    memory: int  # bytes

    def pointed(self, field: str, rows: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> Column:
        """The attribute of the picked rows: codes into the pool; absent where the attribute is."""
        made = self.columns[field]
        column = Column.coded(self.pools[field], rows, ascii_safe=made.ascii_safe)
        return column if made.absent is None else column.without(made.absent[rows])


def probe_block(key: int) -> Block:
    """One row on which programs are tried out while they are compiled."""
    return Block(mix(np.zeros(1, np.uint64), key), np.zeros(1, np.int64), np.zeros(1, np.int64))


def entity_pool(scenario: Scenario, entity: EntityType) -> EntityPool:
    """The pool of an entity type; the same object as before if nothing that it depends on has changed."""
    name = fingerprint(scenario.seed, scenario.locale, scenario.clock.start, scenario.clock.zone, entity)
    with _lock:
        found = _cache.get(name)
        if found is not None:
            _cache.move_to_end(name)
            return found
    made = _make(scenario, entity)
    with _lock:
        _cache[name] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made


def _make(scenario: Scenario, entity: EntityType) -> EntityPool:
    key = key_of(scenario.seed, "entity", entity.name)
    rows = np.arange(entity.count, dtype=np.int64)
    block = Block(mix(rows.astype(np.uint64), key), np.zeros(entity.count, np.int64), rows)
    history = RowHistory(block.address)
    place = Workplace(scenario.seed, entity.name, scenario.locale, scenario.clock, probe_block(key), history)
    program = Program.compile(place, entity.fields)
    program.run(block)
    columns = {name: block.columns[name] for name in entity.order}
    pools = {name: Pool(column.series(name)) for name, column in columns.items()}
    memory = sum(int(pool.series.estimated_size()) for pool in pools.values())
    return EntityPool(entity.name, entity.count, pools, columns, memory)
