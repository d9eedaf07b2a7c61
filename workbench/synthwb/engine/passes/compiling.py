"""From event types to passes over them."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.engine.arrivals import Owners
from synthwb.engine.context import owner_of
from synthwb.engine.entities import EntityPool
from synthwb.engine.events import EventPlan
from synthwb.engine.flows.links import Links
from synthwb.engine.passes.stage import PassPlan

__all__ = ["compile_passes"]


def compile_passes(
    links: Links,
    pools: Mapping[str, EntityPool],
    events: Mapping[str, EventPlan],
    owners: Mapping[str, Owners | None],
) -> tuple[PassPlan, ...]:
    """The passes of a scenario, one for each event type that remembers.

    ``owners``: whose the events of a type are that come by themselves, where their arrivals say that.
    """
    found = []
    for kind, (name, plan) in enumerate(events.items()):
        if not plan.memories:
            continue
        event = links.scenario.events[name]
        count = 1 if event.actor is None else pools[event.actor].count
        looks = {read: plan.maker([read]) for _, memory in plan.memories for read in memory.reads}
        found.append(PassPlan(kind, owner_of(links, event, pools, owners[name]), count, plan.memories, looks))
    return tuple(found)
