"""A state of a flow, compiled: one step of all sessions that are in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block, Draw
from synthwb.engine.draws import Bits, Ints, mix
from synthwb.engine.events import EventPlan
from synthwb.engine.flows.choosing import Choice
from synthwb.engine.flows.facts import TOUCHED, WRITES, after_fact, changed_fact, row_fact, value_fact
from synthwb.engine.flows.looking import Look, Store
from synthwb.engine.flows.table import Table, session_of
from synthwb.engine.flows.ties import Tie
from synthwb.engine.flows.values import Kept, column_of, kept
from synthwb.engine.rows import SILENT, Facts, Rows
from synthwb.scenario.flows.model import Variable
from synthwb.scenario.model import DType

__all__ = ["Assign", "Emission", "Law", "Note", "Out", "StatePlan", "assign", "noted"]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # the golden-ratio increment: a step's address is its session's, so far on
_EVENT = 0xD1342543DE82EF95  # an odd constant between the events of one step

Law: TypeAlias = Callable[[Block], Ints]
"""A quantity for each row, in microseconds or as a count."""


def step_address(address: Bits, step: NDArray[np.int32]) -> Bits:
    """The address of a step of a session."""
    return mix(address + step.astype(np.uint64) * _STEP)


def event_address(step: Bits, place: int) -> Bits:
    """The address of an event of a step: the first has the step's own."""
    return step if place == 0 else mix(step, _EVENT * place)


@dataclass(frozen=True, slots=True)
class Out:
    """Rows that a step gave, with what orders those of one time: the session, its step, the place in the step."""

    rows: Rows
    session: Bits
    step: NDArray[np.int32]
    place: int


@dataclass(frozen=True, slots=True)
class Emission:
    """An event of a state. ``inputs``: the fields that the state itself looks at."""

    kind: int
    plan: EventPlan
    tie: Tie
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """A setting, compiled: the variable, where it is kept, and the value."""

    variable: Variable
    value: Draw


def assign(each: Assign, table: Table, block: Block, store: Store) -> None:
    """Let a variable take its new value; nothing new, and it keeps the one it has."""
    variable = each.variable
    values = each.value(block).series()
    found = kept(values, variable.dtype)
    given = values.is_not_null().to_numpy()
    if variable.entity is None:
        current = table[variable.name] = np.where(given, found, table[variable.name])
    else:
        rows = table[row_fact(variable.owner)]
        whole = store[variable.entity, variable.name.partition(".")[2]]
        whole[rows[given]] = found[given]
        current = whole[rows]
    if variable.name in block.columns:
        block.columns[variable.name] = column_of(current, variable.dtype)


@dataclass(frozen=True, slots=True)
class Note:
    """What a step leaves for the ledger: the number of its entries, and their inputs by fact, with type and value."""

    group: int
    inputs: Mapping[str, tuple[DType, Draw]]


def noted(note: Note, role: str | None, defaults: Facts, table: Table, block: Block, place: int) -> Out:
    """The silent rows of a step that changes what an actor carries; ``role``: whose it is."""
    rows = len(table)
    found: dict[str, Kept] = {WRITES: np.full(rows, note.group, np.int32), TOUCHED: table[row_fact(role or "")]}
    found |= {fact: kept(value(block).series(), dtype) for fact, (dtype, value) in note.inputs.items()}
    facts = {name: found[name] if name in found else default.repeat(rows) for name, default in defaults.items()}
    silent = Rows.of(table["time"], SILENT, table["address"], facts)
    return Out(silent, table["address"], table["step"], place)


@dataclass(frozen=True, slots=True)
class StatePlan:
    """One state: what happens to the sessions in it, all at once.

    ``place``: its number within its flow. ``times`` None: once; ``dwell`` None: no time. ``looks``: what the laws and
    settings read. ``defaults``: the facts of a row that belongs to no flow. ``live``: the variables of entities whose
    values are known while the walk goes on, with entity and attribute. ``touching``: whose row the ledger
    keeps. ``heard``: see `Links.heard`, for the roles that this state changes. ``touches``: whether the step reads or
    writes ``live`` variables.
    """

    number: int
    place: int
    emissions: tuple[Emission, ...]
    times: Law | None
    dwell: Law | None
    settings: tuple[Assign, ...]
    note: Note | None
    chosen: Choice
    looks: tuple[Look, ...]
    defaults: Facts
    live: Mapping[str, tuple[str, str]]
    touching: str | None
    heard: Mapping[str, Sequence[str]]
    touches: bool

    def step(
        self, table: Table, store: Store, out: list[Out] | None
    ) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
        """One step of the rows of a table.

        Gives how long each of them stays, the state it goes on to, and how often it still repeats this one (0: it
        leaves). The rows that happen are added to ``out``; variables take their new values.
        """
        address = step_address(table["address"], table["step"])
        block = Block(address, table["time"], np.full(len(table), -1, np.int64))
        for place, emission in enumerate(self.emissions):
            if out is None and not emission.inputs:
                continue
            self._emit(place, emission, address, table, block, store, out)
        for look in self.looks:
            look(table, block, store)
        left = None
        if self.times is not None:
            left = table["left"]
            left = np.where(left > 0, left, np.maximum(self.times(block), 1)).astype(np.int32) - np.int32(1)
        for each in self.settings:
            assign(each, table, block, store)
        if out is not None:
            for role, attributes in self.heard.items():
                out.append(self._told(role, attributes, table, store))
        if self.note is not None and out is not None:
            out.append(noted(self.note, self.touching, self.defaults, table, block, len(self.emissions)))
        stay = np.zeros(len(table), np.int64) if self.dwell is None else self.dwell(block)
        onward = self.chosen(block)
        if left is None:
            return stay, onward, np.zeros(len(table), np.int32)
        return stay, np.where(left > 0, np.int32(self.number), onward), left

    def _emit(
        self,
        place: int,
        emission: Emission,
        address: Bits,
        table: Table,
        block: Block,
        store: Store,
        out: list[Out] | None,
    ) -> None:
        """Add the rows of one event, and take from it what the state looks at."""
        rows = Rows.of(
            table["time"], emission.kind, event_address(address, place), self.facts(table, emission.tie, store)
        )
        if out is not None:
            out.append(Out(rows, table["address"], table["step"], place))
        if emission.inputs:
            made = emission.plan.values(rows, emission.inputs)
            event = emission.plan.schema.event
            block.columns.update({f"{event}.{name}": made[name] for name in emission.inputs})

    def _told(self, role: str, attributes: Sequence[str], table: Table, store: Store) -> Out:
        """The silent rows that tell events which come by themselves what has changed."""
        entity = self.live[f"{role}.{attributes[0]}"][0]
        at, rows = table[row_fact(role)], len(table)
        found: dict[str, Kept] = {changed_fact(entity): at}
        found |= {after_fact(entity, each): store[entity, each][at] for each in attributes}
        facts = {name: found[name] if name in found else each.repeat(rows) for name, each in self.defaults.items()}
        silent = Rows.of(table["time"], SILENT, table["address"], facts)
        return Out(silent, table["address"], table["step"], len(self.emissions))

    def facts(self, table: Table, tie: Tie, store: Store) -> Facts:
        """What the rows of an event know of their sessions."""
        rows = len(table)
        found: dict[str, Kept] = {"state": np.full(rows, self.number, np.int32), "session": session_of(table)}
        found |= {name: table[name] for name in ("start", "step", "visits") if name in table.columns}
        if self.touching is not None:
            found[TOUCHED] = table[row_fact(self.touching)]
        found |= {row_fact(source): table[row_fact(role)] for source, role in tie.sources.items()}
        for name, variable in tie.values.items():
            if variable in table.columns:
                found[value_fact(name)] = table[variable]
            elif variable in self.live:
                role = variable.partition(".")[0]
                found[value_fact(name)] = store[self.live[variable]][table[row_fact(role)]]
        return {name: found[name] if name in found else default.repeat(rows) for name, default in self.defaults.items()}
