"""The ledger: what actors carry, settled in order of event time after sessions have walked.

A step that changes something leaves a silent row, with what the change reads. Window by window the changes of each
actor are made one after the other: the first of every actor together, then the second of those that have one, and so
on. What happens in between reads what the last change before it has left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.engine.draws import Ints
from synthwb.engine.flows.facts import TOUCHED, WRITES, input_fact, value_fact
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.looking import Store
from synthwb.engine.flows.ties import Deferred, Entry
from synthwb.engine.flows.values import Kept, nulls_of
from synthwb.engine.pick import Pick
from synthwb.engine.rows import SILENT, Rows
from synthwb.engine.sources import Carried
from synthwb.scenario.model import DType

__all__ = ["Ledger", "LedgerPlan", "last_before"]


@dataclass(frozen=True)
class LedgerPlan:
    """``groups``: entries by number. ``names``: by attribute, the names under which events read it.

    ``picks``: by kind, the row that an event points to by itself.
    """

    deferred: Deferred
    groups: tuple[tuple[Entry, ...], ...]
    types: Mapping[str, DType]
    names: Mapping[str, Sequence[str]]
    picks: Mapping[int, Pick]
    store: Store

    @staticmethod
    def of(links: Links, deferred: Deferred, picks: Mapping[int, Pick], store: Store) -> LedgerPlan:
        """The plan of a scenario's ledger."""
        types = {attribute: dtype for (_, attribute), dtype in links.shared.items()}
        names: dict[str, list[str]] = {attribute: [] for attribute in types}
        for given in links.given.values():
            for name in given.values:
                head, _, attribute = name.partition(".")
                if head != "session" and attribute in names and name not in names[attribute]:
                    names[attribute].append(name)
        return LedgerPlan(deferred, tuple(deferred.entries.values()), types, names, picks, store)


class Ledger:
    """The ledger of one walk through the stream. Implements `synthwb.engine.spine.Stage`."""

    def __init__(self, plan: LedgerPlan) -> None:
        self._plan = plan
        self._store = {attribute: values.copy() for (_, attribute), values in plan.store.items()}

    def advance(self, rows: Rows, end: int | None) -> Rows:
        """See `Stage.advance`: fills what events read of the variables."""
        touched = self._touched(rows)
        writing = np.flatnonzero(rows.facts[WRITES] >= 0)
        reading = np.flatnonzero((touched >= 0) & (rows.kind != SILENT))
        before = {name: values[touched[reading]] for name, values in self._store.items()}
        after = self._settled(rows, writing, touched[writing])
        facts = dict(rows.facts)
        last = last_before(touched, writing, reading)
        for attribute, names in self._plan.names.items():
            values = (
                np.where(last < 0, before[attribute], after[attribute][last]) if len(writing) else before[attribute]
            )
            for name in names:
                filled = facts[value_fact(name)].copy()
                filled[reading] = values
                facts[value_fact(name)] = filled
        return rows.knowing(facts)

    def carried(self) -> Carried:
        """See `Stage.carried`."""
        return {name: values.copy() for name, values in self._store.items()}

    def restore(self, carried: Carried) -> None:
        """See `Stage.restore`."""
        self._store = {name: values.copy() for name, values in carried.items()}

    def _touched(self, rows: Rows) -> NDArray[np.int32]:
        """The row that each event points to: as the flow gave it, or as the event picks it by itself."""
        touched = rows.facts[TOUCHED]
        alone = rows.facts["state"] < 0
        if not self._plan.picks or not alone.any():
            return touched
        touched = touched.copy()
        for kind, pick in self._plan.picks.items():
            at = np.flatnonzero(alone & (rows.kind == kind))
            if len(at):
                touched[at] = pick(Block(rows.address[at], rows.time[at], rows.ordinal[at]))
        return touched

    def _settled(self, rows: Rows, writing: NDArray[np.int64], touched: NDArray[np.int32]) -> dict[str, Kept]:
        """Make all changes in turn: the value of each attribute after each of them."""
        after = {name: np.empty(len(writing), values.dtype) for name, values in self._store.items()}
        if not len(writing):
            return after
        facts = {name: rows.facts[input_fact(name)][writing] for name in self._plan.deferred.inputs}
        group = rows.facts[WRITES][writing]
        rank = _rank(touched)
        turn = np.argsort(rank, kind="stable")
        bounds = np.searchsorted(rank[turn], np.arange(int(rank.max()) + 2))
        for begin, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            now = turn[begin:stop]
            key = touched[now]
            current = {name: values[key] for name, values in self._store.items()}
            inputs = {name: values[now] for name, values in facts.items()}
            self._change(group[now], current, inputs)
            for name, values in current.items():
                self._store[name][key] = values
                after[name][now] = values
        return after

    def _change(self, group: NDArray[np.int32], current: dict[str, Kept], inputs: Mapping[str, Kept]) -> None:
        """The changes of one turn, in place: every row is another one."""
        for number in np.unique(group).tolist() if len(group) > 1 else [int(group[0])]:
            at = slice(None) if len(group) == 1 else np.flatnonzero(group == number)
            for entry in self._plan.groups[number]:
                held = current[entry.attribute]
                values, nulls = self._value(entry, current, inputs, at)
                held[at] = values if nulls is None else np.where(nulls, held[at], values)

    def _value(
        self, entry: Entry, current: Mapping[str, Kept], inputs: Mapping[str, Kept], at: slice | NDArray[np.int64]
    ) -> tuple[Kept, NDArray[np.bool_] | None]:
        """What an entry gives for some rows, and where that is nothing."""
        types = self._plan.deferred.inputs
        if entry.program is None:
            values = inputs[entry.setting.field.path][at]
            return values, nulls_of(values, types[entry.setting.field.path])
        columns = {name: _column(current[each][at], self._plan.types[each]) for name, each in entry.reads.items()}
        columns |= {name: _column(inputs[key][at], types[key]) for name, key in entry.inputs.items()}
        return entry.program(columns)


def _column(values: Kept, dtype: DType) -> tuple[Kept, NDArray[np.bool_] | None]:
    """Carried values as a program takes them."""
    nulls = nulls_of(values, dtype)
    return values.view(np.bool_) if dtype is DType.BOOLEAN else values, nulls


def _rank(key: NDArray[np.int32]) -> Ints:
    """How many before each have the same key."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(first, len(key)))
    rank = np.empty(len(key), np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(first, sizes)
    return rank


def last_before(touched: NDArray[np.int32], writing: NDArray[np.int64], reading: NDArray[np.int64]) -> Ints:
    """For each reading row the number, among the writing ones, of the last before it on the same actor; -1 for none."""
    if not len(writing):
        return np.full(len(reading), -1, np.int64)
    size = np.int64(len(touched))
    written = touched[writing].astype(np.int64) * size + writing
    order = np.argsort(written)
    at = np.searchsorted(written[order], touched[reading].astype(np.int64) * size + reading) - 1
    number = order[np.maximum(at, 0)]
    same = (at >= 0) & (touched[writing][number] == touched[reading])
    found: Ints = np.where(same, number, -1)
    return found
