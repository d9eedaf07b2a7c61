"""How what actors carry is kept up to date: along with the walk, or afterwards in a ledger.

Where a flow changes `actor.balance` and nobody's path depends on it, sessions may walk freely, all together; what they
write is settled afterwards, window by window, in order of event time (see `ledger`). Where a guard, a weight, a dwell
or a variable of a session reads it, the steps that touch the same row must be taken one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl

from synthwb.engine.expressions.arrays import compile_arrays
from synthwb.engine.flows.ties import Deferred, Entry, Given, roles
from synthwb.scenario.flows.model import Branch, Flow, FlowState, Setting
from synthwb.scenario.model import DType, Expression, Field, Modifiers, Scenario

__all__ = ["deferred"]

Shared: TypeAlias = Mapping[tuple[str, str], DType]
"""What flows change of entities, as (entity, attribute), with its type."""

_TYPES: Mapping[DType, pl.DataType] = {
    DType.INTEGER: pl.Int64(),
    DType.FLOAT: pl.Float64(),
    DType.BOOLEAN: pl.Boolean(),
    DType.STRING: pl.String(),
}


def deferred(scenario: Scenario, shared: Shared, given: Mapping[str, Given]) -> Deferred | None:
    """What can be settled afterwards; None where nothing is shared, or where paths depend on it."""
    entities = {entity for entity, _ in shared}
    if len(entities) != 1:
        return None
    (entity,) = entities
    held = {name: [role for role, of in roles(flow).items() if of == entity] for name, flow in scenario.flows.items()}
    if any(len(names) > 1 for names in held.values()):
        return None
    mine = {name: names[0] for name, names in held.items() if names}
    reader = _Reader(scenario, shared, given, entity, mine)
    if any(reader.path_depends(flow) for flow in scenario.flows.values()):
        return None
    entries: dict[str, tuple[Entry, ...]] = {}
    for flow in scenario.flows.values():
        for state in flow.states.values():
            settings = [setting for setting in state.settings if setting.variable.entity is not None]
            found = [reader.entry(flow, setting) for setting in settings]
            if any(entry is None for entry in found):
                return None
            if found:
                entries[state.path] = tuple(entry for entry in found if entry is not None)
    return Deferred(entity, mine, entries, reader.inputs)


class _Reader:
    """Finds out which names depend on the variables of one entity's rows."""

    def __init__(
        self, scenario: Scenario, shared: Shared, given: Mapping[str, Given], entity: str, mine: Mapping[str, str]
    ) -> None:
        self.scenario = scenario
        self.shared = shared
        self.given = given
        self.entity = entity
        self.mine = mine
        self.inputs: dict[str, DType] = {}
        self.attributes = {attribute for _, attribute in shared}

    def path_depends(self, flow: Flow) -> bool:
        """Whether where sessions go, or what they carry themselves, depends on the variables."""
        settings = [*flow.settings, *(each for state in flow.states.values() for each in state.settings)]
        names = {name for each in settings if each.variable.entity is None for name in each.field.reads}
        names |= set(_ways(flow.start))
        for state in flow.states.values():
            names |= set(_laws(state))
        return any(self.depends(flow, name) for name in names)

    def entry(self, flow: Flow, setting: Setting) -> Entry | None:
        """A change as the ledger makes it; None if it cannot."""
        attribute = setting.variable.name.partition(".")[2]
        field = setting.field
        direct = {name: self._attribute(flow, name) for name in field.reads}
        if not any(direct.values()) and not any(self.depends(flow, name) for name in field.reads):
            self.inputs[field.path] = setting.variable.dtype
            return Entry(setting, attribute, None, {}, {})
        if any(found is None and self.depends(flow, name) for name, found in direct.items()):
            return None
        expression = field.call.args.get("expression")
        if not isinstance(expression, Expression) or field.modifiers != Modifiers():
            return None
        dtypes = {
            name: self.shared[self.entity, found] if found is not None else self._dtype(flow, name)
            for name, found in direct.items()
        }
        if not set(dtypes.values()) <= set(_TYPES):
            return None
        program = compile_arrays(expression, {name: _TYPES[dtype] for name, dtype in dtypes.items()})
        if program is None or program.dtype not in (_TYPES[setting.variable.dtype], pl.Int64()):
            return None
        reads = {name: found for name, found in direct.items() if found is not None}
        inputs = {name: f"{field.path}:{name}" for name, found in direct.items() if found is None}
        self.inputs |= {key: dtypes[name] for name, key in inputs.items()}
        return Entry(setting, attribute, program, reads, inputs)

    def depends(self, flow: Flow, name: str) -> bool:
        """Whether a name that a flow reads depends on the variables, be it through a field of an event."""
        if self._attribute(flow, name) is not None:
            return True
        head, _, rest = name.partition(".")
        event = self.scenario.events.get(head)
        if event is None:
            return False
        given = self.given[head]
        fields = {field.name: field for field in event.fields}
        seen: set[str] = set()
        wanted = [rest.partition(".")[0]]
        while wanted:
            found = wanted.pop()
            if found in seen:
                continue
            seen.add(found)
            variants: list[Field] = [fields[found]] if found in fields else []
            variants += given.replaced.get(found, {}).values()
            for field in variants:
                for read in field.reads:
                    variable = given.ties[flow.name].values.get(read)
                    if variable is not None and self._attribute(flow, variable) is not None:
                        return True
                    wanted.append(read.partition(".")[0])
        return False

    def _attribute(self, flow: Flow, name: str) -> str | None:
        head, _, rest = name.partition(".")
        return rest if head == self.mine.get(flow.name) and rest in self.attributes else None

    def _dtype(self, flow: Flow, name: str) -> DType:
        """The type of something else that an entry reads."""
        variable = flow.variables.get(name)
        if variable is not None:
            return variable.dtype
        head, _, rest = name.partition(".")
        event = self.scenario.events.get(head)
        if event is not None:
            return next((field.dtype for field in event.fields if field.name == rest), DType.UNKNOWN)
        entity = self.scenario.entities.get(roles(flow).get(head, ""))
        if entity is not None:
            return next((field.dtype for field in entity.fields if field.name == rest), DType.UNKNOWN)
        return {"session.step": DType.INTEGER, "state.visits": DType.INTEGER}.get(name, DType.UNKNOWN)


def _laws(state: FlowState) -> Iterator[str]:
    for law in (state.dwell, state.times):
        if isinstance(law, Field):
            yield from law.reads
    yield from _ways(state.branches)


def _ways(branches: Sequence[Branch]) -> Iterator[str]:
    for branch in branches:
        for part in (branch.weight, branch.when):
            if isinstance(part, Expression):
                yield from part.names
