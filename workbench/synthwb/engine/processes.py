"""From arrivals, as a scenario says them, to point processes."""

from __future__ import annotations

from synthwb.engine.arrivals import (
    ConstantArrivals,
    HawkesArrivals,
    Intensity,
    PoissonArrivals,
    Process,
    RenewalArrivals,
    ScheduleArrivals,
    Zone,
)
from synthwb.engine.quantity import quantity
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import Arrival, Scenario

__all__ = ["compile_process"]


def compile_process(scenario: Scenario, arrival: Arrival) -> Process:
    """When an event comes by itself, or a flow begins. Raises ScenarioError where time would not go on."""
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
    if arrival.excitation is not None:
        branching, decay = arrival.excitation.branching, arrival.excitation.decay
        immigrants = PoissonArrivals(seed, name, intensity)
        return HawkesArrivals(seed, name, immigrants, clock.start, branching=branching, decay=decay)
    if arrival.process == "poisson":
        return PoissonArrivals(seed, name, intensity)
    return ConstantArrivals(seed, name, intensity, clock.start)
