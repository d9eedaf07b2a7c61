"""A plan: the scenario compiled, immutable, ready to give any stretch of its stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb._version import __version__
from synthwb.engine.arrivals import (
    ConstantArrivals,
    Intensity,
    PoissonArrivals,
    Process,
    RenewalArrivals,
    ScheduleArrivals,
    Zone,
)
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, draw, key_of
from synthwb.engine.entities import EntityPool, entity_pool, probe_block
from synthwb.engine.fingerprint import fingerprint
from synthwb.engine.history import EventHistory
from synthwb.engine.origins import check_reads
from synthwb.engine.pick import Pick, pick
from synthwb.engine.program import Program, Workplace
from synthwb.engine.quantity import quantity
from synthwb.engine.rows import Rows
from synthwb.engine.size import batch_of
from synthwb.engine.sources import Arrivals
from synthwb.engine.spine import Position, Slab, Spine
from synthwb.engine.tables import digests
from synthwb.engine.text.identity import uuid_matrix
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity, Span
from synthwb.scenario.model import Arm, Arrival, EventType, Field, Scenario, has_expressions

__all__ = ["EventPlan", "Plan", "compile_plan"]

_CLOCK = pl.Datetime("us", "UTC")
_TRIES = 12  # to find a stretch with about so many events
_WEEK = 7 * 86_400 * 1_000_000
_YEARS = 208 * _WEEK

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event type, compiled: its schema, what it points to, and the program of its fields."""

    schema: EventSchema
    emitted: tuple[str, ...]
    context: Callable[[Block], None]
    program: Program
    id_keys: tuple[int, int]

    def realise(self, rows: Rows, at: NDArray[np.int64]) -> Part:
        """The events of this type among some rows; ``at`` are their places there."""
        found = rows if len(at) == len(rows) else rows.take(at)
        block = Block(found.address, found.time, found.ordinal, facts=found.facts)
        self.context(block)
        self.program.run(block)
        columns = {name: block.columns[name] for name in self.emitted}
        identity = partial(_identities, block.address, self.id_keys)
        return Part(self.schema, at, found.time, found.ordinal, identity, columns, found.due)


@dataclass(frozen=True)
class Plan:
    """A compiled scenario. Cheap to make, never changed; pickled as its scenario."""

    scenario: Scenario
    events: Mapping[str, EventPlan]
    pools: Mapping[str, EntityPool]
    processes: tuple[Process, ...]

    def __reduce__(self) -> tuple[Callable[[Scenario], Plan], tuple[Scenario]]:
        return compile_plan, (self.scenario,)

    @cached_property
    def schemas(self) -> Mapping[str, EventSchema]:
        """The schema of every event type, in the document's order."""
        return {name: event.schema for name, event in self.events.items()}

    @property
    def memory(self) -> int:
        """Bytes held by entity pools."""
        return sum(pool.memory for pool in self.pools.values())

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
        return {name: self._mean(process) for name, process in zip(self.events, self.processes, strict=True)}

    def _mean(self, process: Process) -> float:
        """Events per second over the first week; over the first years for what does not happen in that week."""
        start, mean = self.scenario.clock.start, 0.0
        for span in (_WEEK, _YEARS):
            end = start + span if self.end is None else min(start + span, self.end)
            mean = mean or process.expected(start, end) / (end - start) * 1e6
        return mean

    def back(self, time: int, events: int) -> int:
        """An event time before ``time`` from which about so many events come until then; the clock's start at most."""
        start = self.scenario.clock.start
        reach = events / self.rate * 1e6 if self.rate > 0 else float(time - start)
        for _ in range(_TRIES):
            begin = max(start, int(time - reach))
            expected = sum(process.expected(begin, time) for process in self.processes)
            if (begin == start and expected <= events) or events <= 1.25 * expected <= 1.5 * events:
                break
            reach *= min(8.0, max(0.125, events / max(expected, 1e-9)))
        return begin

    @cached_property
    def fingerprint(self) -> str:
        """What the plan depends on, hashed: the scenario's meaning, its files and the versions that shape its bytes."""
        import faker

        return fingerprint(
            self.scenario, __version__, faker.VERSION, digests(self.scenario), *_calendars(self.scenario)
        )

    @property
    def end(self) -> int | None:
        """The event time at which the stream ends, in microseconds, or None."""
        clock, duration = self.scenario.clock, self.scenario.limit.duration
        ends = [end for end in (clock.end, None if duration is None else clock.start + duration) if end is not None]
        return min(ends) if ends else None

    def expected(self, limit: int | None = None) -> int | None:
        """About how many events there will be until the end, or None if there is none. ``limit`` adds a bound."""
        bounds = [bound for bound in (limit, self.scenario.limit.events) if bound is not None]
        if self.end is not None:
            bounds.append(self._until_end)
        return min(bounds) if bounds else None

    @cached_property
    def _until_end(self) -> int:
        """About how many events there are from the start of the clock to the end."""
        start, end = self.scenario.clock.start, self.end or 0
        return round(sum(process.expected(start, end) for process in self.processes))

    def spine(self, *, position: Position | None = None, limit: int | None = None) -> Spine:
        """The walk over all that happens from a position on (the start of the clock by default).

        ``limit``: at most so many events counted from the start of the stream, besides the scenario's own limit.
        """
        bounds = [bound for bound in (limit, self.scenario.limit.events) if bound is not None]
        sources = [Arrivals(kind, process, {}) for kind, process in enumerate(self.processes)]
        return Spine(
            sources,
            tuple(self.events),
            position=position or Position(self.scenario.clock.start, {}),
            end=self.end,
            limit=min(bounds) if bounds else None,
        )

    def realise(self, slab: Slab) -> Batch:
        """Make the events of a slab: a pure function, safe in any thread."""
        parts = []
        for kind, event in enumerate(self.events.values()):
            at = np.flatnonzero(slab.kind == kind)
            if len(at):
                parts.append(event.realise(slab.rows, at))
        return Batch(slab.first, len(slab), tuple(parts))


def _calendars(scenario: Scenario) -> tuple[str, ...]:
    """The version of the library that knows the holidays, where a country's are observed."""
    shapes = [arrival.shape for arrival in scenario.arrivals if arrival.shape is not None]
    if not any(holidays.country for shape in shapes for holidays in shape.holidays):
        return ()
    from importlib.metadata import version

    return (version("holidays"),)


def _identities(address: Bits, keys: tuple[int, int]) -> Column:
    """The UUIDs of the events at these addresses."""
    return Column.fixed(uuid_matrix(draw(address, keys[0]), draw(address, keys[1])))


def compile_plan(scenario: Scenario) -> Plan:
    """Compile a valid scenario.

    Raises ScenarioError, with all problems at once, where only the types of compiled fields show what cannot work.
    """
    if scenario.flows:
        span = next(flow.span for flow in scenario.flows.values()) or Span(0, 0, 1, 1, 1, 1)
        raise ScenarioError([Diagnostic(Severity.ERROR, "not-yet", "flows are not compiled yet", span, "flows")])
    pools = _gathered({n: partial(entity_pool, scenario, entity) for n, entity in scenario.entities.items()})
    processes = _gathered({arrival.event: partial(_process, scenario, arrival) for arrival in scenario.arrivals})
    histories = {name: EventHistory(process, scenario.clock.start) for name, process in processes.items()}
    events = _gathered(
        {name: partial(_event, scenario, event, pools, histories[name]) for name, event in scenario.events.items()}
    )
    return Plan(scenario, events, pools, tuple(processes[name] for name in scenario.events))


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


def _process(scenario: Scenario, arrival: Arrival) -> Process:
    seed, name, clock = scenario.seed, arrival.event, scenario.clock
    if arrival.gap is not None:
        try:
            return RenewalArrivals(seed, name, quantity(scenario, arrival.gap), clock.start)
        except ValueError as error:
            message, path = f"{error}: time would not go on", f"arrivals.{name}.gap"
            problem = Diagnostic(Severity.ERROR, "contradiction", message, arrival.gap.span, path)
            raise ScenarioError([problem]) from error
    if arrival.schedule is not None:
        crons, count, jitter = arrival.schedule.crons, arrival.schedule.count, arrival.schedule.jitter
        drawn = count if isinstance(count, int) else quantity(scenario, count)
        return ScheduleArrivals(seed, name, crons, Zone(clock.zone), clock.start, count=drawn, jitter=jitter)
    intensity = Intensity(arrival.rate, arrival.shape, clock.zone)
    if arrival.process == "poisson":
        return PoissonArrivals(seed, name, intensity)
    return ConstantArrivals(seed, name, intensity, clock.start)


def _event(scenario: Scenario, event: EventType, pools: Mapping[str, EntityPool], history: EventHistory) -> EventPlan:
    check_reads(event, _attributes(scenario, event, pools))
    probe = probe_block(key_of(scenario.seed, event.name))
    probe.time[:] = scenario.clock.start
    context = _context(scenario, event, pools)
    context(probe)
    place = Workplace(scenario.seed, event.name, scenario.locales, scenario.clock, probe, history, context)
    program = Program.compile(place, event.fields)
    by_name = {field.name: field for field in event.fields}
    sparse = _sparse(event, pools)
    emitted = tuple(name for name in event.order if not by_name[name].modifiers.hidden)
    schema = EventSchema(
        event.name,
        event.version,
        event.key,
        {name: probe.columns[name].dtype for name in emitted},
        frozenset(n for n in emitted if _can_be_absent(by_name[n], by_name, sparse)),
        frozenset(n for n in emitted if _can_be_null(by_name[n])),
    )
    keys = (key_of(scenario.seed, event.name, "id", "high"), key_of(scenario.seed, event.name, "id", "low"))
    return EventPlan(schema, emitted, context, program, keys)


def _attributes(scenario: Scenario, event: EventType, pools: Mapping[str, EntityPool]) -> dict[str, list[str]]:
    """The attributes behind the actor and each reference whose rows come from outside."""
    entities = {ref.name: ref.entity for ref in event.refs} | ({} if event.actor is None else {"actor": event.actor})
    outside = {source: entity for source, entity in entities.items() if scenario.entities[entity].origin is not None}
    return {source: list(pools[entity].columns) for source, entity in outside.items()}


def _sparse(event: EventType, pools: Mapping[str, EntityPool]) -> frozenset[str]:
    """The attributes of the actor and the references that some rows do not have."""
    entities = {ref.name: ref.entity for ref in event.refs} | ({} if event.actor is None else {"actor": event.actor})
    found = {source: pools[entity].columns for source, entity in entities.items()}
    return frozenset(
        f"{source}.{name}" for source, columns in found.items() for name in columns if columns[name].absent is not None
    )


def _can_be_absent(field: Field, fields: Mapping[str, Field], sparse: frozenset[str]) -> bool:
    """Whether the key may be missing: by a modifier, in a branch, for an unknown key, or where what it copies is."""
    modifiers, args = field.modifiers, field.call.args
    if modifiers.missing or modifiers.when is not None or args.get("unknown") == "absent":
        return True
    copied = args.get("path") if field.call.generator == "path" else args.get("field")
    if isinstance(copied, str) and field.call.generator in ("path", "same_as"):
        if copied in sparse or (copied in fields and _can_be_absent(fields[copied], fields, sparse)):
            return True
        if "." in copied and copied.partition(".")[0] in fields:
            return True  # a child of an object, which may be missing inside
    arms = [*(args.get("branches") or ()), *(args.get("cases") or ())]
    inner = [arm.field for arm in arms if isinstance(arm, Arm)]
    inner += [each for each in (args.get("else"), args.get("otherwise")) if isinstance(each, Field)]
    return any(_can_be_absent(each, fields, sparse) for each in inner)


def _can_be_null(field: Field) -> bool:
    """Whether a null is possible: asked for, listed among the values, or from something computed."""
    modifiers = field.modifiers
    if modifiers.nullable or modifiers.as_type is not None or field.reads or has_expressions(field.call):
        return True
    options = field.call.args.get("values") or ()  # of a choice: pairs of value and weight
    listed = any(isinstance(option, tuple) and option[0] is None for option in options)
    return listed or field.call.args.get("value", ...) is None


def _context(scenario: Scenario, event: EventType, pools: Mapping[str, EntityPool]) -> Callable[[Block], None]:
    """What fields may read before any field is made: the event's own facts, its actor and its refs."""
    wanted = {name for field in event.fields for name in field.reads}
    sources = {ref.name: (ref.entity, ref.pick) for ref in event.refs}
    if event.actor is not None:
        sources["actor"] = (event.actor, None)
    picks: list[tuple[Pick, EntityPool, dict[str, str]]] = []
    for source, (entity, law) in sources.items():
        reads = {f"{source}.{field}": field for field in pools[entity].columns if f"{source}.{field}" in wanted}
        if reads:
            law = law or scenario.entities[entity].activity
            key = key_of(scenario.seed, event.name, "pick", source)
            picks.append((pick(law, pools[entity].count, key), pools[entity], reads))
    name_pool = pl.Series([event.name])

    def fill(block: Block) -> None:
        if "event.time" in wanted:
            block.columns["event.time"] = Column.of(pl.Series(block.time).cast(_CLOCK))
        if "event.ordinal" in wanted:
            block.columns["event.ordinal"] = Column.of(pl.Series(block.ordinal))
        if "event.name" in wanted:
            block.columns["event.name"] = Column.of(name_pool.new_from_index(0, len(block)))
        for rows_of, pool, reads in picks:
            rows = rows_of(block)
            for name, field in reads.items():
                block.columns[name] = pool.pointed(field, rows)

    return fill
