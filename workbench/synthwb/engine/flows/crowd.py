"""All sessions of all flows, walking through event time window by window.

Everybody who is due takes a step, all of them together, again and again, until nobody is due before the window ends.
Sessions that share nothing may step in any order, for every draw is addressed by the session and its step. Where what
an actor carries is changed, the steps that touch the same row are taken one after the other, in order of event time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits
from synthwb.engine.flows.admission import NEVER, Gate, Waiting
from synthwb.engine.flows.choosing import COMING, ENDED
from synthwb.engine.flows.doors import Door
from synthwb.engine.flows.estimates import Estimate, estimate
from synthwb.engine.flows.facts import row_fact
from synthwb.engine.flows.looking import Store
from synthwb.engine.flows.states import Out
from synthwb.engine.flows.table import Table
from synthwb.engine.flows.tally import MET, Tally
from synthwb.engine.flows.turns import first_in_turn
from synthwb.engine.flows.walk import FlowPlan
from synthwb.engine.rows import Facts, Rows, in_time_order
from synthwb.engine.sources import Carried

__all__ = ["Crowd", "CrowdPlan"]

_Pairs: TypeAlias = tuple[tuple[int, int], ...]

_LEAST = 1 / 16  # events a session, when windows are cut: one in which nothing happens takes room, too


@dataclass(frozen=True)
class CrowdPlan:
    """All flows, compiled. ``store``: what entities carry at the start. ``touched``: by flow, the roles that share it.

    ``facts``: those of a row that belongs to no flow.
    """

    flows: tuple[FlowPlan, ...]
    store: Store
    touched: Mapping[str, Mapping[str, str]]
    facts: Facts
    start: int

    @cached_property
    def estimates(self) -> tuple[Estimate, ...]:
        """What to expect of each flow."""
        return tuple(estimate(flow, self.store, self.start) for flow in self.flows)


class Crowd:
    """The sessions of one walk through the stream. Implements `synthwb.engine.sources.Source`.

    ``tally``: who watches their steps, if anybody does.
    """

    end: int | None = None

    def __init__(self, plan: CrowdPlan, tally: Tally | None = None) -> None:
        self._plan = plan
        self._tally = tally
        self._store: Store = {name: values.copy() for name, values in plan.store.items()}
        self._waiting = [Waiting.none()] * len(plan.flows)
        self._over: list[tuple[_Pairs, _Pairs]] = [((), ())] * len(plan.flows)  # see `Door`: ends and parts
        self._live = [self._begun(flow, Waiting.none()) for flow in plan.flows]

    def expected(self, start: int, end: int) -> float:
        """See `Source.expected`; steps in which nothing happens count as well, for they are walked too."""
        found = 0.0
        for flow, live, seen in zip(self._plan.flows, self._live, self._plan.estimates, strict=True):
            going_on = len(live) * min(seen.pace * (end - start), seen.work)
            each = min(seen.pace * (end - start) / 2 + 1, max(seen.work, _LEAST))
            found += going_on + flow.arrivals.expected(start, end) * each
        return found

    def advance(self, start: int, end: int) -> Rows:
        """See `Source.advance`."""
        out: list[Out] = []
        due: list[Table] = []
        later: list[list[Table]] = []
        doors: dict[int, Door] = {}
        for number, (flow, live) in enumerate(zip(self._plan.flows, self._live, strict=True)):
            arrived = flow.arrivals.advance(start, end)
            begun = Waiting.arrived(arrived.time, arrived.address)
            if flow.gate is not None:
                begun = begun.take(np.lexsort((begun.address, begun.time)))
            if flow.gate is not None and self._plan.touched.get(flow.flow.name):
                doors[number] = self._door(number, flow, flow.gate, begun)
                begun = Waiting.none()
            elif flow.gate is not None:
                begun = self._admitted(number, flow, flow.gate, begun, end)
            everybody = Table.joined([live, self._begun(flow, begun)])
            now, after = everybody.split(everybody["time"] < end)
            due.append(now.take(np.flatnonzero(now["state"] != ENDED)))
            later.append([after])
        if doors:
            self._walk_by_doors(doors, due, later, end, out)
        else:
            self._walk(due, later, end, end, out, doors)
        self._live = [Table.joined(tables) for tables in later]
        return self._rows(out)

    def _walk(
        self,
        due: list[Table],
        later: list[list[Table]],
        until: int,
        end: int,
        out: list[Out],
        doors: Mapping[int, Door],
    ) -> None:
        """Let all sessions take the steps that are due before ``until``; ``due`` holds those before ``end``."""
        now, rest = [], []
        for table in due:
            before, after = table.split(table["time"] < until)
            now.append(before)
            rest.append([after])
        while any(len(table) for table in now):
            for number, (table, turn) in enumerate(zip(now, self._turns(now), strict=True)):
                if not len(table):
                    continue
                stepping, left = (table, table.take(slice(0, 0))) if turn is None else table.split(turn)
                flow = self._plan.flows[number]
                if flow.in_turn:
                    coming, stepping = stepping.split(stepping["state"] <= COMING)
                    begun = self._open(number, flow.start(coming.copy(), self._store), doors)
                    left = Table.joined([left, begun])
                if len(stepping):
                    stepped = flow.step(stepping, self._store, out)
                    if self._tally is not None:
                        self._tally.note(stepping, stepped, min(flow.states))
                    over, time = stepped["state"] == ENDED, stepped["time"]
                    kept = time >= end  # where a cap counts sessions, those too whose end is known and has not come
                    if number in doors or self._plan.flows[number].gate is None:
                        kept &= ~over
                    if kept.any():  # no empty tables: all that are there are counted at each decision of a door
                        later[number].append(stepped.take(np.flatnonzero(kept)))
                    rest[number].append(stepped.take(np.flatnonzero(~over & (time >= until) & (time < end))))
                    left = Table.joined([left, stepped.take(np.flatnonzero(~over & (time < until)))])
                    if number in doors and over.any():
                        going_on = (left, *rest[number], *later[number])
                        _close(doors[number], stepped.take(np.flatnonzero(over)), going_on)
                now[number] = left
        due[:] = [Table.joined(tables) for tables in rest]

    def _walk_by_doors(
        self, doors: Mapping[int, Door], due: list[Table], later: list[list[Table]], end: int, out: list[Out]
    ) -> None:
        """Walk from decision to decision."""
        while True:
            until, deciding = end, -1
            for number, door in doors.items():
                self._enter(number, door.let_in(_going_on(due[number], later[number]), end), due, later, end, doors)
                next_step = int(due[number]["time"].min()) if len(due[number]) else NEVER - 1
                when = door.decides(_going_on(due[number], later[number]), next_step)
                if when < until:
                    until, deciding = when, number
            self._walk(due, later, until, end, out, doors)
            if deciding < 0:
                break
            live = [table for table in (due[deciding], *later[deciding]) if len(table)]
            actors = (actor for table in live for actor in _actors(table).tolist())
            begun = doors[deciding].opens(until, actors, _going_on(due[deciding], later[deciding]))
            self._enter(deciding, begun, due, later, end, doors)
        for number, door in doors.items():
            self._waiting[number] = door.left()
            self._over[number] = (tuple(door.ends), tuple(door.parts.items()))

    def _door(self, number: int, flow: FlowPlan, gate: Gate, came: Waiting) -> Door:
        ends, parts = self._over[number]
        door = Door(gate, ends=list(ends), parts=dict(parts))
        waiting = self._waiting[number]
        everybody = waiting.then(came)
        actors = flow.actors(everybody.came, everybody.address)
        door.come(everybody, actors, flow.gone(actors), len(waiting))
        return door

    def _enter(
        self,
        number: int,
        begun: Waiting,
        due: list[Table],
        later: list[list[Table]],
        end: int,
        doors: Mapping[int, Door],
    ) -> None:
        """Let sessions begin."""
        if len(begun):
            table = self._open(number, self._begun(self._plan.flows[number], begun), doors)
            now, after = table.split(table["time"] < end)
            due[number] = Table.joined([due[number], now])
            if len(after):
                later[number].append(after)

    def _open(self, number: int, begun: Table, doors: Mapping[int, Door]) -> Table:
        """Those of the sessions that begin for whom a way is open; the others are over at once."""
        going, over = begun.split(begun["state"] != ENDED)
        if len(over) and number in doors:
            doors[number].over(over["time"], _actors(over))
        return going

    def _admitted(self, number: int, flow: FlowPlan, gate: Gate, came: Waiting, end: int) -> Waiting:
        """Who of those that wait and of those that came begins a session before ``end``."""
        live, store = self._live[number], self._store
        ends = flow.ends(live, store, end)
        busy = dict(zip(flow.owners(live).tolist(), ends.tolist(), strict=True)) if gate.alone else {}
        everybody = self._waiting[number].then(came)
        actors = flow.actors(everybody.came, everybody.address)
        begun, self._waiting[number] = gate.admit(
            everybody,
            end,
            ends,
            busy,
            actors,
            flow.gone(actors),
            lambda who, limit: flow.lengths(who.time, who.came, who.address, store, limit),
        )
        return begun

    def carried(self, time: int) -> Carried:
        """See `Source.carried`: the sessions, and what the rows of entities carry."""
        marks = tuple(flow.arrivals.carried(time) for flow in self._plan.flows)
        store = {name: values.copy() for name, values in self._store.items()}
        return (
            tuple(dict(table.columns) for table in self._live),
            tuple(self._waiting),
            tuple(self._over),
            store,
            marks,
        )

    def restore(self, carried: Carried) -> None:
        """See `Source.restore`."""
        tables, waiting, over, store, marks = carried
        self._waiting, self._over = list(waiting), list(over)
        self._live = [Table({name: values for name, values in each.items() if name != MET}) for each in tables]
        if self._tally is not None:  # sessions that nobody has watched so far have met nothing
            for live, columns in zip(self._live, tables, strict=True):
                live[MET] = columns.get(MET, self._tally.watch(live)[MET])
        self._store = {name: values.copy() for name, values in store.items()}
        for flow, mark in zip(self._plan.flows, marks, strict=True):
            if mark is not None:
                flow.arrivals.restore(mark)

    def _begun(self, flow: FlowPlan, who: Waiting) -> Table:
        """New sessions of a flow."""
        begun = flow.begin(who.time, who.came, who.address, self._store)
        return begun if self._tally is None else self._tally.watch(begun)

    def _turns(self, due: Sequence[Table]) -> Sequence[NDArray[np.bool_] | None]:
        """By flow, the sessions that may step now; None: all of them."""
        touched = [self._plan.touched.get(flow.flow.name, {}) for flow in self._plan.flows]
        if not any(touched):
            return [None] * len(due)
        turns = first_in_turn(due, touched)
        for flow, table, turn in zip(self._plan.flows, due, turns, strict=True):
            if turn is not None:  # who touches nothing in this step need not wait
                turn |= ~flow.touches(table)
        return turns

    def _rows(self, out: Sequence[Out]) -> Rows:
        """What happened, in order of time; those of one time by session, step and place in the step."""
        if not out:
            return Rows.none(self._plan.facts)
        rows = Rows.joined([each.rows for each in out])
        order = in_time_order(rows.time)
        same = np.flatnonzero(np.diff(rows.time[order]) == 0)
        if len(same):
            _settle(order, rows, out, np.union1d(same, same + 1))
        return rows.take(order)


def _going_on(due: Table, later: Sequence[Table]) -> int:
    """How many sessions: walks that are side by side belong to one."""
    if "origin" in due.columns:
        return len(_origins((due, *later)))
    return len(due) + sum(len(table) for table in later)


def _origins(tables: Iterable[Table]) -> set[int]:
    return {origin for table in tables for origin in table["origin"].tolist()}


def _close(door: Door, over: Table, going_on: Sequence[Table]) -> None:
    """Tell a door which sessions are over, at times that are known."""
    if "origin" not in over.columns:
        door.over(over["time"], _actors(over))
        return
    walks = zip(over["origin"].tolist(), over["time"].tolist(), _actors(over).tolist(), strict=True)
    door.over_beside(walks, _origins(going_on))


def _actors(table: Table) -> NDArray[np.int32]:
    """Whose sessions they are; nobody's in a flow without actor."""
    found: NDArray[np.int32] = table.columns.get(row_fact("actor"), np.full(len(table), -1, np.int32))
    return found


def _settle(order: NDArray[np.int64], rows: Rows, out: Sequence[Out], at: NDArray[np.int64]) -> None:
    """Put the rows at these places of the order, which share their times with others, into an order of their own."""
    filled = [each for each in out if len(each.rows)]
    session: Bits = np.concatenate([each.session for each in filled])
    step = np.concatenate([each.step for each in filled])
    place = np.concatenate([np.full(len(each.step), each.place, np.int32) for each in filled])
    among = order[at]
    order[at] = among[np.lexsort((place[among], step[among], session[among], rows.time[among]))]
