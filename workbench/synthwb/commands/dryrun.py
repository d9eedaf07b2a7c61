"""``synthwb run --dry-run``: what a run would do, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthwb.runtime.words import size_text

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.runtime import Pace
    from synthwb.scenario.layers.model import Layer
    from synthwb.scenario.model import Scenario, SinkSpec

__all__ = ["describe"]


def describe(plan: Plan, specs: Sequence[SinkSpec], pace: Pace, wall: float | None, *, truth: str | None = None) -> str:
    """Events and rates, pools and memory, layers, end, pace and targets of a run, and where the truth goes."""
    from synthwb.engine.outlook import clean_events

    scenario = plan.scenario
    lines = [f"scenario  {scenario.name or '(without a name)'}, seed {scenario.seed}, plan {plan.fingerprint[:12]}"]
    width = max(len(name) for name in (*scenario.events, *scenario.flows, *plan.pools))
    lines.append(f"events    {plan.rate:,.6g}/s of event time")
    for name, schema in plan.schemas.items():
        lines.append(
            f"  {name:<{width}}  {plan.rates[name]:,.6g}/s {_ways(scenario, name)}, {len(schema.fields)} fields"
        )
    if scenario.flows:
        lines.append("flows")
        lines += [f"  {name:<{width}}  {_flow(scenario, name)}" for name in scenario.flows]
    lines.append(f"pools     {size_text(plan.memory)} in memory")
    for name, pool in plan.pools.items():
        born = "" if pool.lives is None else f" ({pool.lives.initial:,} at the start)"
        lines.append(f"  {name:<{width}}  {pool.count:,} rows{born}, {size_text(pool.memory)}")
    if plan.rooms:
        lines.append(f"refs      {size_text(sum(room.bytes for room in plan.rooms.values()))} in memory at most, about")
        lines += [
            f"  {event}.{ref.name}  {room.events:,.0f} of {ref.event}, {size_text(room.bytes)}"
            for (event, ref), room in plan.rooms.items()
        ]
    if scenario.layers:
        lines.append("layers")
        lines += [f"  {_layer(layer, len(scenario.events))}" for layer in scenario.layers]
    expected, clean = plan.expected(), clean_events(plan)
    before = f" ({clean:,} before the layers)" if clean != expected else ""
    ends = [f"after about {expected:,} events{before}"] if expected is not None else []
    ends += [f"after {wall:g} s"] if wall is not None else []
    lines.append(f"end       {' or '.join(ends) if ends else 'never: it runs until it is stopped'}")
    lines.append(f"pace      {_pace(pace)}")
    lines.append("targets")
    lines += [f"  {_target(spec)}" for spec in specs]
    lines += [] if truth is None else [f"truth     {truth}"]
    return "\n".join(lines)


def _ways(scenario: Scenario, event: str) -> str:
    """How an event comes: by a process of its own, and by the flows that emit it."""
    found = [arrival.process for arrival in scenario.arrivals if arrival.event == event]
    for name, flow in scenario.flows.items():
        if any(event in state.emit for state in flow.states.values()):
            found.append(f"by {name}")
    return " and ".join(found) or "never"


def _flow(scenario: Scenario, name: str) -> str:
    """How the sessions of a flow begin, and how many there may be."""
    arrival = next(arrival for arrival in scenario.arrivals if arrival.event == name)
    rate = f"{float(arrival.rate):,.6g}/s " if arrival.rate else ""
    cap = arrival.concurrency
    most = f", at most {cap.limit:,} at once ({cap.at_cap})" if cap is not None else ""
    return f"sessions {rate}{arrival.process}, {len(scenario.flows[name].states)} states{most}"


def _layer(layer: Layer, events: int) -> str:
    """``missing-2  missing, 3%, order_placed.coupon``."""
    how = f" ({', '.join(layer.args['how'])})" if layer.kind == "corrupt" else ""
    rate = f"{layer.rate:.4%}".rstrip("0%").rstrip(".") + "%" if isinstance(layer.rate, float) else "a computed rate"
    where = [] if len(layer.events) == events else [", ".join(layer.events)]
    when = ["in a window"] if layer.start is not None or layer.end is not None else []
    kind = [] if layer.name == layer.kind else [layer.kind]
    return f"{layer.name}{how}  " + "; ".join([*kind, rate, *where, *when])


def _pace(pace: Pace) -> str:
    if pace.rate is not None:
        ramp = f", after {pace.ramp:g} s of ramp" if pace.ramp else ""
        return f"{pace.rate:,.6g} events/s of wall time{ramp}"
    if pace.live:
        return "live: each event at its time on the clock"
    if pace.speed is not None:
        return f"{pace.speed:g} x event time"
    return "as fast as it can"


def _target(spec: SinkSpec) -> str:
    from synthwb.runtime.outputs import format_of
    from synthwb.sinks.registry import sink_class

    shape = spec.format or ("jsonl" if spec.kind == "stdout" else format_of(spec.path))
    events = f"  only {', '.join(spec.events)}" if spec.events else ""
    declared = sink_class(spec.kind)
    where = spec.path or spec.kind if declared is None else f"{spec.kind} {declared(spec.options).position()}"
    return f"{where}  {shape}{events}"
