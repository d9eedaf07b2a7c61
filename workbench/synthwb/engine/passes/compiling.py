"""From event types to passes over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter

import numpy as np

from synthwb.engine.arrivals import Owners
from synthwb.engine.block import Block
from synthwb.engine.context import owner_of
from synthwb.engine.draws import Ints, key_of
from synthwb.engine.entities import EntityPool
from synthwb.engine.events import EventPlan
from synthwb.engine.flows.links import Links
from synthwb.engine.passes.facts import ADDRESS, TIME, earlier_fact, kept_values, value_column
from synthwb.engine.passes.finding import FinderPlan, Whose
from synthwb.engine.passes.stage import PassPlan
from synthwb.scenario.earlier import Earlier
from synthwb.scenario.model import EventType

__all__ = ["compile_passes"]


def compile_passes(
    links: Links,
    pools: Mapping[str, EntityPool],
    events: Mapping[str, EventPlan],
    owners: Mapping[str, Owners | None],
) -> tuple[PassPlan, ...]:
    """The passes of a scenario, one for each event type that remembers or refers; what is referred to goes before.

    ``owners``: whose the events of a type are that come by themselves, where their arrivals say that.
    """
    scenario = links.scenario
    actors = {name: owner_of(links, event, pools, owners[name]) for name, event in scenario.events.items()}
    kinds = {name: kind for kind, name in enumerate(scenario.events)}
    wanted = {
        name: [ref.event for ref in event.earlier if ref.event != name] for name, event in scenario.events.items()
    }
    found = []
    for name in TopologicalSorter(wanted).static_order():
        event, plan = scenario.events[name], events[name]
        if not plan.memories and not event.earlier:
            continue
        count = 1 if event.actor is None else pools[event.actor].count
        looks = {read: plan.maker([read]) for _, memory in plan.memories for read in memory.reads}
        first_those_that_decide = sorted(event.earlier, key=lambda ref: not ref.skip)
        refs = tuple(_finder(links, event, ref, kinds, events, actors) for ref in first_those_that_decide)
        found.append(PassPlan(kinds[name], refs, actors[name], count, plan.memories, looks))
    return tuple(found)


def _finder(
    links: Links,
    event: EventType,
    ref: Earlier,
    kinds: Mapping[str, int],
    events: Mapping[str, EventPlan],
    actors: Mapping[str, Callable[[Block], Ints]],
) -> FinderPlan:
    values = kept_values(links.scenario, event, ref)
    columns = (TIME, ADDRESS, *map(value_column, values))
    keys = [key_of(links.scenario.seed, event.name, "refs", ref.name, aspect) for aspect in ("", "more")]
    return FinderPlan(
        kinds[event.name],
        kinds[ref.event],
        ref.within,
        ref.pick,
        ref.skip,
        (keys[0], keys[1]),
        _whose(ref.of, actors[event.name]),
        _whose(ref.of, actors[ref.event]),
        values,
        {column: earlier_fact(event.name, ref.name, column) for column in columns},
        events[ref.event].maker(list(values)),
    )


def _whose(of: str, actor: Callable[[Block], Ints]) -> Whose:
    """Whom events belong to: their actor, their session, or all to one."""
    if of == "actor":
        return lambda rows: (actor(Block.of(rows)), np.ones(len(rows), np.bool_))
    if of == "session":
        return lambda rows: (rows.facts["session"].view(np.int64), rows.facts["state"] >= 0)
    return lambda rows: (np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_))
