"""What ties flows to the events they emit: names of states, rows that a session holds on to, variables that are read.

A row of the spine carries *facts* (see `synthwb.engine.rows`), from which the fields of its event can read the session,
the state, and whoever takes part. Which facts there are follows from the scenario alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.flows.facts import WALK_FACTS, after_fact, changed_fact, row_fact, value_fact
from synthwb.engine.flows.sharing import deferred
from synthwb.engine.flows.ties import Deferred, Given, Tie, roles
from synthwb.engine.flows.values import nothing
from synthwb.engine.layers.reading import read_by_layers
from synthwb.engine.passes.facts import pass_facts
from synthwb.scenario.flows.model import Flow, FlowState
from synthwb.scenario.model import DType, EventType, Field, Scenario

__all__ = ["Links"]

_NOBODY = -1


class Links:
    """The ties of one scenario. States are numbered through, over all flows in their order."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.states: tuple[FlowState, ...] = tuple(
            state for flow in scenario.flows.values() for state in flow.states.values()
        )
        self.number = {state.path: number for number, state in enumerate(self.states)}
        self.flow_of = [flow.name for flow in scenario.flows.values() for _ in flow.states]

    @cached_property
    def shared(self) -> dict[tuple[str, str], DType]:
        """The attributes of entities that flows change, as (entity, attribute), with their types."""
        found: dict[tuple[str, str], DType] = {}
        for flow in self.scenario.flows.values():
            for variable in flow.variables.values():
                if variable.entity is not None:
                    found[variable.entity, variable.name.partition(".")[2]] = variable.dtype
        return found

    @cached_property
    def deferred(self) -> Deferred | None:
        """What of it is settled after sessions have walked; None where that cannot be, or nothing is shared."""
        return deferred(self.scenario, self.shared, self.given)

    @cached_property
    def heard(self) -> dict[str, list[str]]:
        """Where sessions take turns: by entity, what flows change and events that come by themselves read."""
        if self.deferred is not None:
            return {}
        alone = {arrival.event for arrival in self.scenario.arrivals}
        events = [event for event in self.scenario.events.values() if event.name in alone and self._reads_shared(event)]
        entities = {event.actor for event in events}
        found: dict[str, list[str]] = {}
        for entity, attribute in self.shared:
            if entity in entities and any(f"actor.{attribute}" in given.values for given in self.given.values()):
                found.setdefault(entity, []).append(attribute)
        return found

    @cached_property
    def given(self) -> dict[str, Given]:
        """What flows give to each event type that one of them emits."""
        alone = {arrival.event for arrival in self.scenario.arrivals}
        return {
            name: self._given(event, name in alone)
            for name, event in self.scenario.events.items()
            if any(name in state.emit for state in self.states) or self._reads_shared(event)
        }

    @cached_property
    def _bound_by_session(self) -> set[str]:
        """The events that refer to others of their own session, and those others."""
        events = self.scenario.events.values()
        return {
            name for event in events for ref in event.earlier if ref.of == "session" for name in (event.name, ref.event)
        }

    def _reads_shared(self, event: EventType) -> bool:
        """Whether an event reads of its actor what flows change."""
        shared = {f"actor.{attribute}" for entity, attribute in self.shared if entity == event.actor}
        return any(name in shared for field in event.fields for name in field.reads)

    @cached_property
    def facts(self) -> dict[str, NDArray[Any]]:
        """All facts that rows carry, each with its value for a row of which nobody says it: arrays of one entry."""
        return self._walking | pass_facts(self.scenario)

    @property
    def _walking(self) -> dict[str, NDArray[Any]]:
        """Those of flows."""
        if not self.states:
            return {}
        wanted = {name for each in self.given.values() for name in each.wanted}
        found: dict[str, NDArray[Any]] = {"state": np.full(1, _NOBODY, np.int32)}
        found |= {fact: nobody for name, (fact, nobody) in WALK_FACTS.items() if name in wanted}
        if self.deferred is not None:
            found |= self.deferred.facts
        for entity, attributes in self.heard.items():
            found[changed_fact(entity)] = np.full(1, _NOBODY, np.int32)
            found |= {after_fact(entity, each): nothing(self.shared[entity, each], 1) for each in attributes}
        for given in self.given.values():
            found |= {row_fact(source): np.full(1, _NOBODY, np.int32) for source in given.entities}
            found |= {value_fact(name): nothing(dtype, 1) for name, dtype in given.values.items()}
        return found

    def _given(self, event: EventType, alone: bool) -> Given:
        emitting = [
            flow
            for flow in self.scenario.flows.values()
            if any(event.name in state.emit for state in flow.states.values())
        ]
        wanted = {*_read_by(event, emitting), *read_by_layers(self.scenario, event.name)}
        if event.name in self._bound_by_session:
            wanted.add("session.id")
        ties: dict[str, Tie] = {}
        entities: dict[str, str] = {}
        types: dict[str, DType] = {}
        for flow in emitting:
            held = roles(flow)
            sources = _sources(event, flow)
            entities |= {source: held[role] for source, role in sources.items()}
            values: dict[str, str] = {}
            for variable in flow.variables.values():
                owner, _, attribute = variable.name.partition(".")
                names = [f"session.{attribute}"] if variable.entity is None else []
                names += [f"{source}.{attribute}" for source, role in sources.items() if role == owner]
                for name in names:
                    if name in wanted:
                        values[name] = variable.name
                        types[name] = variable.dtype
            for source, role in sources.items():  # changed by another flow
                for (entity, attribute), dtype in self.shared.items():
                    name = f"{source}.{attribute}"
                    if entity == held[role] and name in wanted:
                        values.setdefault(name, f"{role}.{attribute}")
                        types[name] = dtype
            ties[flow.name] = Tie(sources, values)
        for (entity, attribute), dtype in self.shared.items():
            if entity == event.actor and f"actor.{attribute}" in wanted:
                types[f"actor.{attribute}"] = dtype
        return Given(ties, entities, types, self._replaced(event.name), frozenset(wanted), alone)

    def _replaced(self, event: str) -> dict[str, dict[int, Field]]:
        found: dict[str, dict[int, Field]] = {}
        for number, state in enumerate(self.states):
            for field in state.fields.get(event, ()):
                found.setdefault(field.name, {})[number] = field
        return found


def _sources(event: EventType, flow: Flow) -> dict[str, str]:
    """The event's sources whose rows the flow chooses, with the role that each of them is."""
    found: dict[str, str] = {}
    if event.actor is not None:
        role = "actor" if flow.actor == event.actor else _partner_of(flow, event.actor)
        if role is not None:
            found["actor"] = role
    for partner in flow.partners:
        found[partner.name] = partner.name
    return found


def _partner_of(flow: Flow, entity: str) -> str | None:
    return next((partner.name for partner in flow.partners if partner.entity == entity), None)


def _read_by(event: EventType, flows: list[Flow]) -> Iterator[str]:
    """All names that the fields of an event read, those of states included."""
    for field in event.fields:
        yield from field.reads
    for flow in flows:
        for state in flow.states.values():
            for field in state.fields.get(event.name, ()):
                yield from field.reads
