"""Event types, compiled: how the events of a stretch of the spine are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.arrivals import Owners
from synthwb.engine.batch import EventSchema, Part
from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.context import Context, event_context, own_sources, owner_of, sources_of
from synthwb.engine.draws import Bits, draw, key_of
from synthwb.engine.entities import EntityPool, probe_block
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.replacing import Replacing
from synthwb.engine.history import History
from synthwb.engine.layers.compiling import Altered, Made, altered
from synthwb.engine.layers.reading import read_by_layers
from synthwb.engine.origins import check_reads
from synthwb.engine.passes.facts import carried_fields, memory_fact
from synthwb.engine.passes.seen import Memory
from synthwb.engine.presence import Presence
from synthwb.engine.program import FieldSite, Program, Workplace
from synthwb.engine.rows import Rows
from synthwb.engine.text.identity import uuid_matrix
from synthwb.scenario.model import EventType, Scenario

__all__ = ["EventPlan", "compile_event"]


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event type, compiled: its schema, what it points to, and the program of its fields.

    ``contexts`` makes contexts for fewer names. ``memories``: of its fields that remember, by fact, in the order in
    which they are made.
    """

    schema: EventSchema
    emitted: tuple[str, ...]
    context: Context
    program: Program
    id_keys: tuple[int, int]
    reads: frozenset[str]
    contexts: Callable[[set[str]], Context]
    memories: tuple[tuple[str, Memory], ...]
    altered: Altered | None = None

    def realise(self, rows: Rows, at: NDArray[np.int64], *, clean: bool = False) -> Part:
        """The events of this type among some rows, ``at`` their places there; ``clean``: before layers alter them."""
        found = rows if len(at) == len(rows) else rows.take(at)
        block = Block.of(found)
        self.context(block)
        self.program.run(block)
        columns = {name: block.columns[name] for name in self.emitted}
        altered = None if clean else self.altered
        address = block.address if altered is None else altered.identities(block)
        identity = partial(_identities, address, self.id_keys)
        part = Part(self.schema, at, found.time, found.ordinal, identity, columns, found.due)
        return part if altered is None else altered(part, block)

    def values(self, rows: Rows, names: Iterable[str]) -> Mapping[str, Column]:
        """Some fields of the events of these rows, all of this type, and what they are made of."""
        block = Block.of(rows)
        self.context(block)
        self.program.needed(names).run(block)
        return block.columns

    def maker(self, names: Sequence[str]) -> Callable[[Rows], Mapping[str, Column]]:
        """The same for many rows to come, and with nothing beside what these names need."""
        program = self.program.needed(names)
        context = self.contexts({*names, *(read for name, _ in program.steps for read in program.reads.get(name, ()))})

        def made(rows: Rows) -> Mapping[str, Column]:
            block = Block.of(rows)
            context(block)
            program.run(block)
            return block.columns

        return made


def _identities(address: Bits, keys: tuple[int, int]) -> Column:
    """The UUIDs of the events at these addresses."""
    return Column.fixed(uuid_matrix(draw(address, keys[0]), draw(address, keys[1])))


def compile_event(
    scenario: Scenario,
    event: EventType,
    pools: Mapping[str, EntityPool],
    history: History,
    links: Links,
    owners: Owners | None = None,
) -> EventPlan:
    """Compile an event type. Raises ScenarioError with the problems of all its fields.

    ``owners``: whose the events are that come by themselves, where their arrivals say that.
    """
    check_reads(event, _attributes(scenario, event, pools))
    given = links.given.get(event.name)
    replacing = Replacing(links, event, given)
    probe = probe_block(key_of(scenario.seed, event.name))
    probe.time[:] = scenario.clock.start
    probe.facts = links.facts

    def contexts(wanted: set[str]) -> Context:
        return event_context(links, event, wanted, pools, owners)

    wanted = replacing.wanted | read_by_layers(scenario, event.name)
    context = contexts(wanted)
    context(probe)
    place = Workplace(scenario.seed, event.name, scenario.locales, scenario.clock, probe, history, contexts)
    program = Program.compile(place, replacing.fields, replacing.maker(place))
    presence = Presence(replacing.variants, sources_of(event, given), pools, replacing.optional)
    emitted = replacing.emitted
    schema = EventSchema(
        event.name,
        event.version,
        event.key,
        {name: probe.columns[name].dtype for name in emitted},
        frozenset(name for name in emitted if presence.can_be_absent(name)),
        frozenset(name for name in emitted if presence.can_be_null(name)),
    )
    keys = (key_of(scenario.seed, event.name, "id", "high"), key_of(scenario.seed, event.name, "id", "low"))
    memories = tuple(
        (memory_fact(field.path), found.memory(field.call, FieldSite(place, field.path)))
        for field, found in carried_fields(event.fields)
    )
    layers = altered(Made(scenario, event, place, program, owner_of(links, event, pools, owners)))
    return EventPlan(schema, emitted, context, program, keys, frozenset(wanted), contexts, memories, layers)


def _attributes(scenario: Scenario, event: EventType, pools: Mapping[str, EntityPool]) -> dict[str, list[str]]:
    """The attributes behind the actor and each reference whose rows come from outside."""
    outside = {
        source: entity for source, entity in own_sources(event).items() if scenario.entities[entity].origin is not None
    }
    return {source: list(pools[entity].columns) for source, entity in outside.items()}
