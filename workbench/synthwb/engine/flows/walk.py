"""The sessions of one flow: how they begin, and how all that are due take a step together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.draws import Bits, Ints, mix
from synthwb.engine.flows.admission import NEVER, Gate
from synthwb.engine.flows.choosing import COMING, ENDED, Choice
from synthwb.engine.flows.facts import row_fact
from synthwb.engine.flows.looking import Look, Store
from synthwb.engine.flows.states import Assign, Out, StatePlan, assign
from synthwb.engine.flows.table import Table
from synthwb.engine.flows.values import Kept, nothing
from synthwb.engine.lives import Lives
from synthwb.engine.pick import Pick
from synthwb.engine.sources import Arrivals
from synthwb.scenario.flows.model import Flow

__all__ = ["FlowPlan"]

_WALK = 0x8CB92BA72F3D8DD7  # an odd constant between the walks of one session that are side by side
_PART = 0x2545F4914F6CDD1D  # and between the parts of one walk that have ids of their own


@dataclass(frozen=True)
class FlowPlan:
    """One flow, compiled.

    ``picks``: which row each role is. ``starts``: where a session begins (one choice for each walk side by side).
    ``states``: by number. ``settings`` and ``looks``: of its beginning.
    ``columns``: what is carried only because something needs it. ``gate``: who is let in (None: everybody).
    ``lives``: when an actor is gone, and all sessions with it. ``in_turn``: what begins reads what other sessions
    change, so that it waits for its turn as steps do.
    """

    flow: Flow
    arrivals: Arrivals
    picks: Mapping[str, Pick]
    starts: tuple[Choice, ...]
    states: Mapping[int, StatePlan]
    settings: tuple[Assign, ...]
    looks: tuple[Look, ...]
    columns: frozenset[str]
    gate: Gate | None
    lives: Lives | None = None
    in_turn: bool = False

    def touches(self, table: Table) -> NDArray[np.bool_]:
        """Which sessions read or change, in their next step, what actors of several sessions share."""
        state = table["state"]
        found: NDArray[np.bool_] = (state <= COMING) | self.touching[np.maximum(state, 0)]
        return found

    @cached_property
    def touching(self) -> NDArray[np.bool_]:
        """By the number of a state, whether a step in it touches what actors of several sessions share."""
        found = np.zeros(max(self.states, default=0) + 1, np.bool_)
        found[[number for number, state in self.states.items() if state.touches]] = True
        return found

    def begin(self, time: Ints, came: Ints, address: Bits, store: Store) -> Table:
        """New sessions: where they stand when they begin, or before that if they do so in their turn.

        Whose they are was settled when they ``came``.
        """
        rows = len(time)
        block = Block(address, time, np.full(rows, -1, np.int64))
        zero = np.zeros(rows, np.int32)
        made: dict[str, Kept] = {
            "session": address,
            "start": time,
            "begun": time,
            "left": zero,
            "part": zero,
            "visits": zero,
        }
        made["origin"] = address
        table = Table({"time": time, "address": address, "step": zero})
        table.columns |= {name: values for name, values in made.items() if name in self.columns}
        partners = {role: pick for role, pick in self.picks.items() if role != "actor"}
        table.columns |= {row_fact(role): pick(block).astype(np.int32) for role, pick in partners.items()}
        if self.flow.actor is not None:
            table[row_fact("actor")] = self.actors(came, address)
        if "visits" in self.columns:
            table["seen"] = np.zeros((rows, len(self.states)), np.int32)
        for variable in self.flow.variables.values():
            if variable.entity is None:
                table[variable.name] = nothing(variable.dtype, rows)
        if not self.in_turn:
            self._begin(table, block, store)
        walks = []
        for number, start in enumerate(self.starts):
            walk = Table(table.columns)
            walk["state"] = np.full(rows, COMING - number, np.int32) if self.in_turn else start(block)
            walk["address"] = address if number == 0 else mix(address, _WALK * number)
            walks.append(walk)
        return Table.joined(walks)

    def _begin(self, table: Table, block: Block, store: Store) -> None:
        """Give the variables of sessions their first values."""
        for look in self.looks:
            look(table, block, store)
        for each in self.settings:
            assign(each, table, block, store)

    def start(self, table: Table, store: Store) -> Table:
        """Let sessions begin whose turn it is: they are in their first state then, and time has not gone on."""
        address = table.columns.get("origin", table["address"])
        block = Block(address, table["time"], np.full(len(table), -1, np.int64))
        self._begin(table, block, store)
        walk, state = COMING - table["state"], np.empty(len(table), np.int32)
        for number, start in enumerate(self.starts):
            state = np.where(walk == number, start(block), state)
        table["state"] = state
        return table

    def step(self, table: Table, store: Store, out: list[Out] | None) -> Table:
        """One step of all rows, which are due and have begun. The state of those whose session ends is `ENDED`, their
        time its end.

        ``out`` gets what happens; None: nobody wants to know.
        """
        if len(self.states) == 1:
            return self._step(next(iter(self.states.values())), table.take(slice(None)), store, out)
        present = table["state"]
        order = np.argsort(present, kind="stable")
        edges = np.flatnonzero(np.diff(present[order])) + 1
        pieces = []
        for rows in np.split(order, edges):
            state = self.states[int(present[rows[0]])]
            pieces.append(self._step(state, table.take(rows), store, out))
        return Table.joined(pieces)

    def _step(self, state: StatePlan, table: Table, store: Store, out: list[Out] | None) -> Table:
        """One step of rows that are all in one state."""
        columns = self.columns
        if "visits" in columns:
            seen = table["seen"].copy()
            seen[:, state.place] += table["left"] == 0
            table["seen"] = seen
            table["visits"] = seen[:, state.place]
        stay, onward, left = state.step(table, store, out)
        time = table["time"] + stay
        if self.flow.gap is not None:
            self._part(table, stay > self.flow.gap, time)
        if self.flow.longest is not None:
            last = table["begun"] + self.flow.longest
            over = time > last
            time, onward = np.minimum(time, last), np.where(over, np.int32(ENDED), onward)
        if self.lives is not None:
            last = self.lives.died[table[row_fact("actor")]] - 1
            over = time > last
            time, onward = np.minimum(time, last), np.where(over, np.int32(ENDED), onward)
        table["time"], table["state"] = time, onward
        if "left" in columns:
            table["left"] = left
        table["step"] = table["step"] + np.int32(1)
        return table

    def ends(self, table: Table, store: Store, limit: int) -> Ints:
        """When the sessions of a table end, as they stand; `NEVER` where that is not before a time."""
        ended, before = table["state"] == ENDED, table["time"] < limit
        found = np.where(ended & before, table["time"], NEVER)
        live = Table({**table.columns, "row": np.arange(len(table))})
        live = live.take(np.flatnonzero(before & ~ended))
        while len(live):
            live = self.step(live, store, None)
            before = live["time"] < limit
            over = live["state"] == ENDED
            found[live["row"][over & before]] = live["time"][over & before]
            live = live.take(np.flatnonzero(before & ~over))
        if self.flow.parallel and len(found):
            _, session = np.unique(table["origin"], return_inverse=True)
            last = np.zeros(session.max() + 1, np.int64)
            np.maximum.at(last, session, found)
            return last
        return found

    def owners(self, table: Table) -> NDArray[np.int32]:
        """Whose the sessions of a table are, in the order of `ends`."""
        actors: NDArray[np.int32] = table[row_fact("actor")]
        return actors[np.unique(table["origin"], return_index=True)[1]] if self.flow.parallel else actors

    def lengths(self, time: Ints, came: Ints, address: Bits, store: Store, limit: int) -> Ints:
        """When sessions end that begin at these times, see `begin`; `NEVER` where not before ``limit``."""
        ends = self.ends(self.begin(time, came, address, store), store, limit)
        if not self.flow.parallel:
            return ends
        return ends[np.unique(address, return_inverse=True)[1]]

    def actors(self, time: Ints, address: Bits) -> NDArray[np.int32]:
        """Whose sessions they are that arrive at these times, under these addresses; -1 in a flow without actor."""
        if self.flow.actor is None:
            return np.full(len(time), -1, np.int32)
        return self.picks["actor"](Block(address, time, np.full(len(time), -1, np.int64))).astype(np.int32)

    def gone(self, actors: NDArray[np.int32]) -> Ints | None:
        """From when on these actors are not there any more; None: all stay."""
        return None if self.lives is None else self.lives.died[actors]

    def _part(self, table: Table, far: NDArray[np.bool_], time: Ints) -> None:
        """Where a dwell was longer than the gap, another session id begins at its end."""
        if not far.any():
            return
        if "session" in self.columns:
            part = table["part"] = table["part"] + far.astype(np.int32)
            renewed = mix(table["session"] + part.astype(np.uint64), _PART)
            table["session"] = np.where(far, renewed, table["session"])
        if "start" in self.columns:
            table["start"] = np.where(far, time, table["start"])
