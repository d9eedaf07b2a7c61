"""From arrivals, as a scenario says them, to point processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from synthwb.engine.arrivals import (
    Beginnings,
    ConstantArrivals,
    HawkesArrivals,
    Intensity,
    PoissonArrivals,
    Process,
    RenewalArrivals,
    ScheduleArrivals,
    Zone,
    attended,
)
from synthwb.engine.entities import EntityPool
from synthwb.engine.individuals import compile_individual
from synthwb.engine.quantity import quantity
from synthwb.engine.recordings import ReplayArrivals
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import Arrival, Scenario

__all__ = ["check_company", "compile_process"]


def compile_process(scenario: Scenario, arrival: Arrival, pools: Mapping[str, EntityPool]) -> Process:
    """When an event comes by itself, or a flow begins. Raises ScenarioError where time would not go on."""
    needed = [pools[entity].lives for entity in _picked(scenario, arrival.event)]
    process = _process(scenario, arrival, pools)
    return attended(process, [lives for lives in needed if lives is not None], scenario.clock.end)


def check_company(scenario: Scenario, pools: Mapping[str, EntityPool]) -> None:
    """Refuse references of events inside of sessions to a population of which nobody may be left.

    A session that goes on cannot wait for somebody. Raises ScenarioError.
    """
    emitted = {event for flow in scenario.flows.values() for state in flow.states.values() for event in state.emit}
    problems = []
    for name in sorted(emitted):
        for ref in scenario.events[name].refs:
            lives = pools[ref.entity].lives
            since = None if lives is None else lives.empty(scenario.clock.end)
            if since is not None:
                when = datetime.fromtimestamp(since // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
                message = f"at {when} (UTC) nobody of {ref.entity!r} is left, and {name!r} needs a row of it"
                hint = "more births, less churn, or an earlier end of the clock"
                path = f"{name}.refs.{ref.name}"
                problems.append(Diagnostic(Severity.ERROR, "contradiction", message, ref.span, path, hint))
    if problems:
        raise ScenarioError(problems)


def _picked(scenario: Scenario, name: str) -> list[str]:
    """The entities of which an event, or a session of a flow, needs a row."""
    if name in scenario.flows:
        flow = scenario.flows[name]
        actor, others = flow.actor, flow.partners
    else:
        event = scenario.events[name]
        actor, others = event.actor, event.refs
    return [*([] if actor is None else [actor]), *(other.entity for other in others)]


def _process(scenario: Scenario, arrival: Arrival, pools: Mapping[str, EntityPool]) -> Process:
    """The same, whoever is there."""
    seed, name, clock = scenario.seed, arrival.event, scenario.clock
    if arrival.process == "replay" and scenario.replay is not None:
        return ReplayArrivals(scenario.replay, name)
    if arrival.process == "per_actor":
        return compile_individual(scenario, arrival, pools[_picked(scenario, name)[0]])
    if arrival.process in ("once", "births"):
        pool = pools[_picked(scenario, name)[0]]
        lives, first = pool.lives, 0
        time = np.full(pool.count, clock.start, np.int64) if lives is None else np.maximum(lives.born, clock.start)
        if arrival.process == "births" and lives is not None:
            first = lives.initial
        return Beginnings(seed, name, time[first:], first, jitter=arrival.jitter, lives=lives)
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
    if arrival.excitation is not None:
        branching, decay = arrival.excitation.branching, arrival.excitation.decay
        immigrants = PoissonArrivals(seed, name, intensity)
        return HawkesArrivals(seed, name, immigrants, clock.start, branching=branching, decay=decay)
    if arrival.process == "poisson":
        return PoissonArrivals(seed, name, intensity)
    return ConstantArrivals(seed, name, intensity, clock.start)
