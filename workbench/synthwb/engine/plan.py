"""A plan: the scenario compiled, immutable, ready to give any stretch of its stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

import numpy as np

from synthwb.engine.arrivals import Process, owners_of
from synthwb.engine.batch import Batch, EventSchema
from synthwb.engine.context import row_pick
from synthwb.engine.entities import EntityPool, entity_pool
from synthwb.engine.events import EventPlan, compile_event
from synthwb.engine.fingerprint import fingerprint, versions
from synthwb.engine.flows.compiling import compile_flows
from synthwb.engine.flows.crowd import Crowd, CrowdPlan
from synthwb.engine.flows.hearing import Hearing, HearingPlan
from synthwb.engine.flows.ledger import Ledger, LedgerPlan
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.tally import Tally
from synthwb.engine.flows.typing import with_types
from synthwb.engine.history import EventHistory, RowHistory
from synthwb.engine.layers.stack import Stack, arrived, lost
from synthwb.engine.outlook import arriving_events
from synthwb.engine.passes.compiling import compile_passes
from synthwb.engine.passes.room import Room, check_room, rooms
from synthwb.engine.passes.stage import EventPass, PassPlan
from synthwb.engine.pick import Pick
from synthwb.engine.processes import check_company, compile_process
from synthwb.engine.recordings import alone
from synthwb.engine.rows import Rows
from synthwb.engine.size import batch_of
from synthwb.engine.sources import Arrivals
from synthwb.engine.spine import Position, Slab, Spine, Stage
from synthwb.engine.tables import digests
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic
from synthwb.scenario.earlier import Earlier
from synthwb.scenario.model import EventType, Scenario

__all__ = ["EventPlan", "Plan", "compile_plan"]

_WINDOW = 1 << 16  # events that a window is expected to hold, so that arrays stay in the cache
_TOGETHER = 1 << 18  # where sessions step together: the more of them, the better
_IN_TURN = 1 << 12  # where they take turns: every turn looks at all that are due
_TRIES = 12  # to find a stretch with about so many events
_WEEK = 7 * 86_400 * 1_000_000
_YEARS = 208 * _WEEK
_NOBODY = np.empty(0, np.uint64)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Plan:
    """A compiled scenario. Cheap to make, never changed; pickled as its scenario."""

    scenario: Scenario
    events: Mapping[str, EventPlan]
    pools: Mapping[str, EntityPool]
    processes: Mapping[str, Process]
    crowd: CrowdPlan | None
    links: Links
    memories: tuple[PassPlan, ...]

    def __reduce__(self) -> tuple[Callable[[Scenario], Plan], tuple[Scenario]]:
        return compile_plan, (self.scenario,)

    @cached_property
    def passes(self) -> tuple[Callable[[], Stage], ...]:
        """What all that happens goes through before it is numbered: makers, for each walk has its own."""
        return (*self._shared, *(partial(EventPass, each) for each in self.memories))

    @property
    def _shared(self) -> tuple[Callable[[], Stage], ...]:
        """Those that tell events what flows have changed."""
        if self.crowd is None:
            return ()
        if self.links.deferred is not None:
            picks = self._picks_of(self.links.deferred.entity)
            return (partial(Ledger, LedgerPlan.of(self.links, self.links.deferred, picks, self.crowd.store)),)
        plans = [
            HearingPlan.of(self.links, entity, self._picks_of(entity), self.crowd.store) for entity in self.links.heard
        ]
        return tuple(partial(Hearing, plan) for plan in plans)

    @property
    def _window(self) -> int:
        """Events that a window is expected to hold at most."""
        if self.crowd is None:
            return _WINDOW
        return _IN_TURN if any(self.crowd.touched.values()) else _TOGETHER

    def _picks_of(self, entity: str) -> dict[int, Pick]:
        """By kind, whom an event of this entity's actors points to when it comes by itself."""
        return {
            kind: row_pick(self.links, event, "actor", self.pools, owners_of(self.processes[name]))
            for kind, (name, event) in enumerate(self.scenario.events.items())
            if event.actor == entity and name in self.processes
        }

    @cached_property
    def schemas(self) -> Mapping[str, EventSchema]:
        """The schema of every event type, in the document's order."""
        return {name: event.schema for name, event in self.events.items()}

    @property
    def memory(self) -> int:
        """Bytes held by entity pools."""
        return sum(pool.memory for pool in self.pools.values())

    @cached_property
    def rooms(self) -> Mapping[tuple[str, Earlier], Room]:
        """About how much references to earlier events remember, by event and reference."""
        length = None if self.end is None else self.end - self.scenario.clock.start
        any_refs = any(event.earlier for event in self.scenario.events.values())
        return rooms(self.scenario, self.rates, length) if any_refs else {}

    @cached_property
    def batch(self) -> int:
        """Events to make together where nobody asks for another number; it changes no value."""
        return batch_of(event.fields for event in self.scenario.events.values())

    @cached_property
    def rate(self) -> float:
        """Expected events per second of event time, over all types: on average over the first week, or to the end."""
        return sum(self.rates.values())

    @cached_property
    def rates(self) -> Mapping[str, float]:
        """Expected events of each type per second of event time, averaged like `rate`."""
        found = {name: self._mean(self.processes[name]) if name in self.processes else 0.0 for name in self.events}
        if self.crowd is not None:
            names = list(self.events)
            for flow, seen in zip(self.crowd.flows, self.crowd.estimates, strict=True):
                begun = self._mean(flow.arrivals)
                for kind, events in seen.events.items():
                    found[names[kind]] += begun * events
        return found

    def _mean(self, process: Process | Arrivals) -> float:
        """How often per second over the first week; over the first years for what does not happen in that week."""
        start, mean = self.scenario.clock.start, 0.0
        for span in (_WEEK, _YEARS):
            end = start + span if self.end is None else min(start + span, self.end)
            mean = mean or process.expected(start, end) / (end - start) * 1e6
        return mean

    def happening(self, start: int, end: int) -> dict[str, float]:
        """About how many events of each type a stretch of event time has, long after the start of the clock."""
        found = {
            name: self.processes[name].expected(start, end) if name in self.processes else 0.0 for name in self.events
        }
        if self.crowd is not None:
            names = list(self.events)
            for flow, seen in zip(self.crowd.flows, self.crowd.estimates, strict=True):
                begun = flow.arrivals.expected(start, end)
                for kind, events in seen.events.items():
                    found[names[kind]] += begun * events
        return found

    def _happening(self, start: int, end: int) -> float:
        """The same of all types together."""
        return sum(self.happening(start, end).values())

    def back(self, time: int, events: int) -> int:
        """An event time before ``time`` from which about so many events come until then; the clock's start at most."""
        start = self.scenario.clock.start
        reach = events / self.rate * 1e6 if self.rate > 0 else float(time - start)
        for _ in range(_TRIES):
            begin = max(start, int(time - reach))
            expected = self._happening(begin, time)
            if (begin == start and expected <= events) or events <= 1.25 * expected <= 1.5 * events:
                break
            reach *= min(8.0, max(0.125, events / max(expected, 1e-9)))
        return begin

    @cached_property
    def fingerprint(self) -> str:
        """What the plan depends on, hashed: the scenario's meaning, its files and the versions that shape its bytes."""
        return fingerprint(self.scenario, *versions(self.scenario).items(), digests(self.scenario))

    @property
    def end(self) -> int | None:
        """The event time at which the stream ends, in microseconds, or None."""
        clock, duration = self.scenario.clock, self.scenario.limit.duration
        ends = [end for end in (clock.end, None if duration is None else clock.start + duration) if end is not None]
        if self.scenario.replay is not None and self.crowd is None:
            own = [process.end for process in self.processes.values()]
            ends += [] if None in own else [max(end for end in own if end is not None)]
        return min(ends) if ends else None

    def expected(self, limit: int | None = None) -> int | None:
        """About how many events arrive until the end, or None if there is none. ``limit``: of so many clean ones."""
        return arriving_events(self, limit)

    def tally(self, position: Position) -> Tally | None:
        """Who can watch the steps of flows in a walk from a position on (see `spine`); None without flows."""
        after = position.time - 1 if position.reached is None else position.reached
        return None if self.crowd is None else Tally(len(self.links.states), after)

    def spine(
        self,
        *,
        position: Position | None = None,
        limit: int | None = None,
        tally: Tally | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Spine:
        """The walk over all that happens from a position on (the start of the clock by default, and at the earliest).

        ``limit``: at most so many events counted from the start of the stream, besides the scenario's own limit.
        ``tally``: who watches the steps of flows. ``stopped``: see `Spine`; the way to a late position is walked here.
        """
        bounds = [bound for bound in (limit, self.scenario.limit.events) if bound is not None]
        kinds = {name: kind for kind, name in enumerate(self.events)}
        sources = alone(self.processes, kinds, self.links.facts)
        if self.crowd is not None:
            sources.append(Crowd(self.crowd, tally))
        start = self.scenario.clock.start
        if position is None or position.time < start:
            position = Position(start, {})
        remembers = self.crowd is not None or bool(self.memories)
        cold = remembers and position.carried is None and position.time > start
        spine = Spine(
            sources,
            tuple(self.events),
            position=Position(start, {}) if cold else position,
            end=self.end,
            limit=None if cold or not bounds else min(bounds),
            passes=[make() for make in self.passes],
            facts=self.links.facts,
            largest=self._window,
            layers=self.stack.stages(),
            stopped=stopped,
        )
        if cold:  # who is there at that time, and what they did before, is known only from the start on
            spine.skip_to(position.time, limit=min(bounds, default=None))
        return spine

    @cached_property
    def stack(self) -> Stack:
        """The layers over the clean stream."""
        return Stack.of(self.scenario)

    def realise(self, slab: Slab) -> Batch:
        """Make the events of a slab that arrive: a pure function, safe in any thread."""
        return self._batch(slab.first, arrived(slab.rows))

    def lost(self, slab: Slab) -> Batch:
        """The events of a slab that never arrive, clean; they have no numbers of their own."""
        return self._batch(slab.first, lost(slab.rows), clean=True)

    def _batch(self, first: int, rows: Rows, *, clean: bool = False) -> Batch:
        parts = []
        for kind, event in enumerate(self.events.values()):
            at = np.flatnonzero(rows.kind == kind)
            if len(at):
                parts.append(event.realise(rows, at, clean=clean))
        return Batch(first, len(rows), tuple(parts))


def compile_plan(scenario: Scenario) -> Plan:
    """Compile a valid scenario.

    Raises ScenarioError, with all problems at once, where only the types of compiled fields show what cannot work.
    """
    pools = _gathered({n: partial(entity_pool, scenario, entity) for n, entity in scenario.entities.items()})
    check_company(scenario, pools)
    processes = _gathered(
        {arrival.event: partial(compile_process, scenario, arrival, pools) for arrival in scenario.arrivals}
    )
    links = Links(with_types(scenario, pools))

    owners = {name: owners_of(processes.get(name)) for name in scenario.events}

    def compiled(event: EventType) -> EventPlan:
        process = processes.get(event.name)
        history = RowHistory(_NOBODY) if process is None else EventHistory(process, scenario.clock.start)
        return compile_event(scenario, event, pools, history, links, owners[event.name])

    events = _gathered({name: partial(compiled, event) for name, event in scenario.events.items()})
    crowd = compile_flows(links, pools, events, processes)
    alone = {name: process for name, process in processes.items() if name in scenario.events}
    plan = Plan(scenario, events, pools, alone, crowd, links, compile_passes(links, pools, events, owners))
    check_room(plan.rooms)
    return plan


def _gathered(makers: Mapping[str, Callable[[], Made]]) -> dict[str, Made]:
    """What all makers make, or the problems of all of them."""
    made: dict[str, Made] = {}
    problems: list[Diagnostic] = []
    for name, make in makers.items():
        try:
            made[name] = make()
        except ScenarioError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise ScenarioError(problems)
    return made
