"""Entity pools: every row of a population, made once and pointed into by events."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import Ints, key_of, mix
from synthwb.engine.engagement import Trajectory
from synthwb.engine.fingerprint import fingerprint
from synthwb.engine.history import RowHistory
from synthwb.engine.joining import pooled
from synthwb.engine.lives import Lives
from synthwb.engine.origins import origin_columns
from synthwb.engine.pick import Pick, pick
from synthwb.engine.populations import births_of, lives_of
from synthwb.engine.program import Program, Workplace
from synthwb.engine.tables import digests
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import Call, EntityType, Scenario

__all__ = ["EntityPool", "entity_pool", "machine_memory", "probe_block"]

_KEPT = 16  # pools kept between plans, so that typing does not rebuild populations
_LARGE = 1_000_000  # rows from which on their memory is estimated before they are made
_TRIED = 1_000  # rows that are made for the estimate
_LIFE = 100  # bytes of a row's life, and of its places among the candidates for picks
_WHILE_MADE = 3  # a pool needs about so many times its size while it is made
_cache: OrderedDict[str, EntityPool] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class EntityPool:
    """The rows of one entity type: one column per field, in the document's order.

    ``lives``: from when to when they live, where they come and go. ``engagement``: see there, where they have one.
    """

    name: str
    count: int
    pools: Mapping[str, Pool]
    columns: Mapping[str, Column]
    memory: int  # bytes
    lives: Lives | None = None
    engagement: Trajectory | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What can be read of a row."""
        return (*self.columns, *([] if self.engagement is None else ["engagement"]))

    def pick(self, law: Call | None, key: int) -> Pick:
        """Who is picked by a law: a row for each row of a block, of those that live then."""
        return pick(law, self.count, key) if self.lives is None else self.lives.pick(law, key)

    def pointed(self, field: str, rows: NDArray[np.uint32], time: Ints) -> Column:
        """The attribute of the picked rows at these times: codes into the pool; absent where the attribute is."""
        if field == "engagement" and self.engagement is not None:
            return self.engagement.column(rows, time)
        made = self.columns[field]
        if made.counts is not None:
            return made.take(rows)
        column = Column.coded(self.pools[field], rows, ascii_safe=made.ascii_safe)
        return column if made.absent is None else column.without(made.absent[rows])


def probe_block(key: int) -> Block:
    """One row on which programs are tried out while they are compiled."""
    return Block(mix(np.zeros(1, np.uint64), key), np.zeros(1, np.int64), np.zeros(1, np.int64), trial=True)


def entity_pool(scenario: Scenario, entity: EntityType) -> EntityPool:
    """The pool of an entity type; the same object as before if nothing that it depends on has changed.

    Raises ScenarioError for a population that this machine's memory cannot hold.
    """
    clock = scenario.clock
    name = fingerprint(scenario.seed, scenario.locales, clock.start, clock.zone, entity, digests(entity))
    with _lock:
        found = _cache.get(name)
        if found is not None:
            _cache.move_to_end(name)
            return found
    births = births_of(scenario.seed, entity, clock)
    if entity.count + len(births) > _LARGE and entity.origin is None:
        _check_memory(scenario, entity, len(births))
    made = _make(scenario, entity, births)
    with _lock:
        _cache[name] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made


def _check_memory(scenario: Scenario, entity: EntityType, births: int) -> None:
    """Refuse a population that does not fit, judged by its first rows."""
    rows = entity.count + births
    few = replace(entity, count=_TRIED, population=None, engagement=None)
    needed = _make(scenario, few, np.empty(0, np.int64)).memory / _TRIED * rows * _WHILE_MADE
    needed += rows * _LIFE if entity.population is not None else 0
    there = machine_memory()
    if there is not None and needed > there:
        sizes = f"about {needed / 1e9:,.1f} GB to be made, and this machine has {there / 1e9:,.1f} GB"
        message = f"{rows:,} rows of {entity.name!r} need {sizes}"
        hint = f"lower the {'births' if births > entity.count else 'count'}; "
        hint += f"about {int(rows * there / needed / 2):,} rows fit well"
        problem = Diagnostic(Severity.ERROR, "too-large", message, entity.span, f"{entity.name}.count", hint)
        raise ScenarioError([problem])


def machine_memory() -> int | None:
    """Bytes of memory in this machine, where the system says it."""
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _make(scenario: Scenario, entity: EntityType, births: Ints) -> EntityPool:
    key = key_of(scenario.seed, "entity", entity.name)
    given = {} if entity.origin is None else origin_columns(entity)
    initial = len(next(iter(given.values()))) if given else entity.count
    count = initial + len(births)
    rows = np.arange(count, dtype=np.int64)
    block = Block(mix(rows.astype(np.uint64), key), np.zeros(count, np.int64), rows, dict(given))
    history = RowHistory(block.address)
    probe = probe_block(key)
    probe.columns.update({name: column.take(rows[:1]) for name, column in given.items()})
    place = Workplace(scenario.seed, entity.name, scenario.locales, scenario.clock, probe, history, _pointing(given))
    program = Program.compile(place, entity.fields)
    program.run(block)
    columns = {name: _kept(block.columns[name]) for name in (*given, *entity.order)}
    lives = None
    if entity.population is not None:
        lives = lives_of(place, entity.population, block, births, initial)
        columns.setdefault("born", Column.of(pl.Series(lives.born).cast(pl.Datetime("us", "UTC"))))
    pools = {name: Pool(column.series(name)) for name, column in columns.items()}
    memory = sum(int(pool.series.estimated_size()) for pool in pools.values())
    memory += 0 if lives is None else lives.memory
    engagement = None
    if entity.engagement is not None:
        engagement = Trajectory(place, entity.engagement, block, lives, initial)
        memory += engagement.memory
    return EntityPool(entity.name, count, pools, columns, memory, lives, engagement)


def _pointing(given: Mapping[str, Column]) -> Callable[[set[str]], Callable[[Block], None]]:
    """Fills blocks of earlier rows with the columns that come from outside: rows are found by their number."""

    def filling(names: set[str]) -> Callable[[Block], None]:
        wanted = {name: column for name, column in given.items() if name in {each.partition(".")[0] for each in names}}
        return lambda block: block.columns.update({n: column.take(block.ordinal) for n, column in wanted.items()})

    return filling


def _kept(column: Column) -> Column:
    """The attribute as the pool keeps it."""
    return column if column.counts is None else pooled(column)
