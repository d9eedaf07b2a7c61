"""From flows to plans of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from synthwb.engine.arrivals import Process, owners_of
from synthwb.engine.block import Block, Draw
from synthwb.engine.draws import Ints, key_of
from synthwb.engine.entities import EntityPool, probe_block
from synthwb.engine.events import EventPlan
from synthwb.engine.flows.admission import Gate
from synthwb.engine.flows.choosing import ENDED, choice
from synthwb.engine.flows.crowd import CrowdPlan
from synthwb.engine.flows.facts import input_fact, row_fact
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.looking import Look, look_of
from synthwb.engine.flows.states import Assign, Emission, Law, Note, StatePlan
from synthwb.engine.flows.table import Table
from synthwb.engine.flows.ties import roles
from synthwb.engine.flows.values import kept, nothing
from synthwb.engine.flows.walk import FlowPlan
from synthwb.engine.history import RowHistory
from synthwb.engine.lives import Lives
from synthwb.engine.pick import Pick
from synthwb.engine.program import FieldSite, Workplace
from synthwb.engine.rows import Rows
from synthwb.engine.sources import Arrivals
from synthwb.errors import ScenarioError
from synthwb.scenario.carrying import counted, remembering, variants_of
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.flows.model import Branch, Flow, FlowState, Setting
from synthwb.scenario.model import DType, Expression, Field

__all__ = ["compile_flows"]

_SECOND = 1_000_000.0
_LONGEST = float(1 << 53)  # microseconds: 285 years
_MOST_TIMES = float(1 << 31) - 1


def compile_flows(
    links: Links,
    pools: Mapping[str, EntityPool],
    events: Mapping[str, EventPlan],
    processes: Mapping[str, Process],
) -> CrowdPlan | None:
    """All flows of a scenario; None if it has none. Raises ScenarioError with the problems of all of them."""
    scenario = links.scenario
    if not scenario.flows:
        return None
    store = {
        (entity, attribute): kept(pools[entity].columns[attribute].series(), dtype)
        for (entity, attribute), dtype in links.shared.items()
    }
    plans: list[FlowPlan] = []
    problems: list[Diagnostic] = []
    for flow in scenario.flows.values():
        try:
            plans.append(_Compiler(links, flow, pools, events).plan(processes[flow.name]))
        except ScenarioError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise ScenarioError(problems)
    changed = {entity for entity, _ in links.shared}
    touched = {
        flow.name: {role: entity for role, entity in roles(flow).items() if entity in changed}
        for flow in scenario.flows.values()
        if links.deferred is None
    }
    return CrowdPlan(tuple(plans), store, touched, links.facts, scenario.clock.start)


class _Compiler:
    """Compiles one flow."""

    def __init__(
        self, links: Links, flow: Flow, pools: Mapping[str, EntityPool], events: Mapping[str, EventPlan]
    ) -> None:
        self.links = links
        self.flow = flow
        self.pools = pools
        self.events = events
        self.scenario = links.scenario
        self.kinds = {name: kind for kind, name in enumerate(self.scenario.events)}
        deferred = links.deferred
        self.touching = None if deferred is None else deferred.roles.get(flow.name)
        self.numbers = {name: links.number[state.path] for name, state in flow.states.items()}

    def plan(self, process: Process) -> FlowPlan:
        """The flow with all its states. Raises ScenarioError."""
        states: dict[int, StatePlan] = {}
        problems: list[Diagnostic] = []
        for state in self.flow.states.values():
            try:
                compiled = self._state(state)
                states[compiled.number] = compiled
            except ScenarioError as error:
                problems.extend(error.diagnostics)
        if problems:
            raise ScenarioError(problems)
        names = self._first_names()
        place = self._place(None, names)
        starts = [(branch,) for branch in self.flow.start] if self.flow.parallel else [self.flow.start]
        site = FieldSite(place, f"{self.flow.name}.start")
        return FlowPlan(
            self.flow,
            Arrivals(0, process, {}),
            {role: self._pick(role, entity, process) for role, entity in roles(self.flow).items()},
            tuple(choice(branches, self._targets(branches), site) for branches in starts),
            states,
            tuple(self._assigned(place, self.flow.settings)),
            tuple(self._looks(None, names)),
            frozenset(self._columns()),
            self._gate(),
            self._lives(),
            self.links.deferred is None and any(self._shared(name) for name in names),
        )

    def _first_names(self) -> set[str]:
        """All names that are read when a session begins."""
        return set(_names_of(self.flow.settings, (), self.flow.start))

    def _shared(self, name: str) -> bool:
        """Whether a name is of what flows change in rows of entities."""
        role, _, attribute = name.partition(".")
        return (roles(self.flow).get(role), attribute) in self.links.shared

    def _pick(self, role: str, entity: str, process: Process) -> Pick:
        owners = owners_of(process)
        if role == "actor" and owners is not None:
            return lambda block: owners(block.address)
        partner = next((each for each in self.flow.partners if each.name == role), None)
        law = (partner.pick if partner is not None else None) or self.scenario.entities[entity].activity
        return self.pools[entity].pick(law, key_of(self.scenario.seed, self.flow.name, "pick", role))

    def _lives(self) -> Lives | None:
        return None if self.flow.actor is None else self.pools[self.flow.actor].lives

    def _targets(self, branches: Sequence[Branch]) -> list[int]:
        return [self.numbers.get(branch.to, ENDED) for branch in branches]

    def _state(self, state: FlowState) -> StatePlan:
        names = self._names(state)
        place = self._place(state, names)
        emissions = [self._emission(event, names) for event in state.emit]
        live = {
            f"{role}.{attribute}": (entity, attribute)
            for role, of in roles(self.flow).items()
            for entity, attribute in self.links.shared
            if entity == of
        }
        live = live if self.links.deferred is None else {}
        used = names | {setting.variable.name for setting in state.settings}
        used |= {variable for emission in emissions for variable in emission.tie.values.values()}
        return StatePlan(
            self.numbers[state.name],
            list(self.flow.states).index(state.name),
            tuple(emissions),
            _count(place, state.times),
            None if state.dwell is None else _micros(place, state.dwell),
            tuple(self._assigned(place, state.settings)),
            self._note(place, state.path),
            choice(state.branches, self._targets(state.branches), FieldSite(place, f"{state.path}.next")),
            tuple(self._looks(state, names)),
            self.links.facts,
            live,
            self.touching,
            self._heard(state),
            bool(used & set(live)),
        )

    def _heard(self, state: FlowState) -> dict[str, list[str]]:
        """The roles that a state changes, with what of it events that come by themselves read."""
        held = roles(self.flow)
        changing = {setting.variable.owner for setting in state.settings if setting.variable.entity is not None}
        return {role: self.links.heard[held[role]] for role in sorted(changing) if held[role] in self.links.heard}

    def _names(self, state: FlowState, *, path: bool = False) -> set[str]:
        """All names that the laws and settings of a state read; of those that the ``path`` of a session depends on.

        It does not depend on what is settled in the ledger.
        """
        laws = [field for field in (state.dwell, state.times) if isinstance(field, Field)]
        settings = state.settings
        if path and self.links.deferred is not None:
            settings = tuple(each for each in settings if each.variable.entity is None)
        return set(_names_of(settings, laws, state.branches))

    def _emission(self, event: str, names: set[str]) -> Emission:
        inputs = tuple(sorted(name.partition(".")[2] for name in names if name.partition(".")[0] == event))
        self._check_inputs(event, inputs)
        given = self.links.given[event]
        return Emission(self.kinds[event], self.events[event], given.ties[self.flow.name], inputs)

    def _check_inputs(self, event: str, inputs: Sequence[str]) -> None:
        """What counts the events of a type, or follows from them, is known only when all flows are merged.

        Raises ScenarioError where a state looks at it.
        """
        of = self.scenario.events[event]
        fields = variants_of(of, self.scenario.flows)
        for found, how in ((counted(fields, inputs), "counts"), (remembering(of, fields, inputs), "follows from")):
            if found is None:
                continue
            message = f"a state of {self.flow.name!r} reads {event}.{found}, which {how} the events of all sessions"
            hint = "read a field that does not, or keep it in a variable of the session or the actor"
            field = fields[inputs[0].partition(".")[0]][0] if found not in fields else fields[found][0]
            raise ScenarioError([Diagnostic(Severity.ERROR, "contradiction", message, field.span, field.path, hint)])

    def _gate(self) -> Gate | None:
        """Who is let in. Where the path depends on the time, a session is measured when its beginning is known."""
        cap = next(arrival.concurrency for arrival in self.scenario.arrivals if arrival.event == self.flow.name)
        if cap is None and not self.flow.one_at_a_time:
            return None
        names = {name for state in self.flow.states.values() for name in self._names(state, path=True)}
        names |= self._first_names()
        emitted = {event for state in self.flow.states.values() for event in state.emit}
        engaged = {f"{role}.engagement" for role, of in roles(self.flow).items() if self.pools[of].engagement}
        timed = (
            self._lives() is not None
            or bool(names & engaged)
            or bool(names & {"event.time", "session.start"})
            or any(name.partition(".")[0] in emitted for name in names)
        )
        return Gate(cap, self.flow.one_at_a_time, timed)

    def _columns(self) -> Iterator[str]:
        """What sessions carry only because something needs it."""
        states = self.flow.states.values()
        wanted = {name for state in states for name in self._names(state)} | self._first_names()
        wanted |= {name for state in states for event in state.emit for name in self.links.given[event].wanted}
        if "session.id" in wanted and (self.flow.gap is not None or self.flow.parallel):
            yield from ("session", "part")
        if "session.start" in wanted:
            yield "start"
        if self.flow.longest is not None:
            yield "begun"
        if "state.visits" in wanted:
            yield from ("visits", "left")
        if any(state.times != 1 for state in states):
            yield "left"
        if self.flow.parallel:
            yield "origin"

    def _looks(self, state: FlowState | None, names: set[str]) -> Iterator[Look]:
        events = set() if state is None else set(state.emit)
        for name in sorted(names):
            if name.partition(".")[0] not in events:
                yield look_of(self.links, self.flow, state, self.pools, name)

    def _assigned(self, place: Workplace, settings: Sequence[Setting]) -> Iterator[Assign]:
        for each in settings:
            if each.variable.entity is None or self.links.deferred is None:
                yield Assign(each.variable, place.compile(each.field))

    def _note(self, place: Workplace, path: str) -> Note | None:
        """What steps in a state leave for the ledger."""
        deferred = self.links.deferred
        if deferred is None or path not in deferred.entries:
            return None
        inputs: dict[str, tuple[DType, Draw]] = {}
        for entry in deferred.entries[path]:
            if entry.program is None:
                key = entry.setting.field.path
                inputs[input_fact(key)] = (deferred.inputs[key], place.compile(entry.setting.field))
            for name, key in entry.inputs.items():
                inputs[input_fact(key)] = (deferred.inputs[key], _reading(name))
        return Note(deferred.groups[path], inputs)

    def _place(self, state: FlowState | None, names: set[str]) -> Workplace:
        """Where the laws of a state are compiled: its probe has a column for every name."""
        path = self.flow.name if state is None else state.path
        probe = probe_block(key_of(self.scenario.seed, path))
        probe.time[:] = self.scenario.clock.start
        table = self._probe_table()
        store = {key: nothing(dtype, 1) for key, dtype in self.links.shared.items()}
        for look in self._looks(state, names):
            look(table, probe, store)
        for event in () if state is None else state.emit:
            wanted = [name.partition(".")[2] for name in names if name.partition(".")[0] == event]
            if wanted:
                rows = Rows(
                    probe.time, probe.time, np.zeros(1, np.uint16), probe.address, probe.ordinal, self.links.facts
                )
                made = self.events[event].values(rows, wanted)
                probe.columns.update({f"{event}.{name}": made[name] for name in wanted})
        nowhere = RowHistory(np.empty(0, np.uint64))
        return Workplace(self.scenario.seed, self.flow.name, self.scenario.locales, self.scenario.clock, probe, nowhere)

    def _probe_table(self) -> Table:
        start = np.full(1, self.scenario.clock.start, np.int64)
        zero = np.zeros(1, np.int32)
        table = Table({"time": start, "address": np.zeros(1, np.uint64)})
        table.columns |= {"start": start, "step": zero, "visits": zero}
        table.columns |= {row_fact(role): zero for role in roles(self.flow)}
        table.columns |= {v.name: nothing(v.dtype, 1) for v in self.flow.variables.values() if v.entity is None}
        return table


def _reading(name: str) -> Draw:
    return lambda block: block.column(name)


def _names_of(settings: Sequence[Setting], laws: Sequence[Field], branches: Sequence[Branch]) -> Iterator[str]:
    for each in settings:
        yield from each.field.reads
    for law in laws:
        yield from law.reads
    for branch in branches:
        for part in (branch.weight, branch.when):
            if isinstance(part, Expression):
                yield from part.names


def _micros(place: Workplace, field: Field) -> Law:
    """A duration in microseconds; null counts as none."""
    return _whole(place, field, _SECOND, _LONGEST)


def _count(place: Workplace, times: int | Field) -> Law | None:
    """How often a state repeats; None: once."""
    if isinstance(times, int):
        return None if times == 1 else lambda block: np.full(len(block), times, np.int64)
    return _whole(place, times, 1.0, _MOST_TIMES)


def _whole(place: Workplace, field: Field, scale: float, most: float) -> Callable[[Block], Ints]:
    draw = place.compile(field)

    def law(block: Block) -> Ints:
        series = draw(block).series()
        if series.dtype != pl.Float64 or series.null_count():
            series = series.cast(pl.Float64).fill_null(0.0)
        whole: Ints = np.clip(series.to_numpy() * scale, 0.0, most).astype(np.int64)
        return whole

    return law
