"""What is drawn ahead of the flows, and therefore cannot read what they set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from synthwb.scenario.flows.model import Flow
from synthwb.scenario.living import Engagement
from synthwb.scenario.model import Arrival, EntityType, Field
from synthwb.scenario.report import Report

__all__ = ["check_ahead"]


def check_ahead(
    report: Report,
    entities: Mapping[str, EntityType],
    arrivals: Sequence[Arrival],
    actors: Mapping[str, str | None],
    flows: Mapping[str, Flow],
) -> None:
    """Report arrivals and engagements that read an attribute which a flow sets: they would never see a change.

    ``actors``: by event, the entity it belongs to.
    """
    setting = {
        (variable.entity, variable.name.partition(".")[2]): flow.name
        for flow in flows.values()
        for variable in flow.variables.values()
        if variable.entity is not None
    }
    whose = {**actors, **{flow.name: flow.actor for flow in flows.values()}}
    for arrival in arrivals:
        for law in _laws_of(arrival):
            names = {name.partition(".")[2] for name in law.reads if name.startswith("actor.")}
            _check(report, law, whose.get(arrival.event), names, setting, "who comes when")
    for entity in entities.values():
        for law in _laws_within(entity.engagement):
            _check(report, law, entity.name, set(law.reads), setting, "how engaged a row is")


def _laws_of(arrival: Arrival) -> Iterator[Field]:
    if arrival.gap is not None:
        yield arrival.gap
    if arrival.individual is not None:
        yield arrival.individual.count
        if arrival.individual.chance is not None:
            yield arrival.individual.chance


def _laws_within(engagement: Engagement | None) -> Iterator[Field]:
    if engagement is not None:
        laws = (engagement.start, engagement.decay, engagement.boost, engagement.noise)
        yield from (law for law in laws if law is not None)


def _check(
    report: Report,
    law: Field,
    entity: str | None,
    names: set[str],
    setting: Mapping[tuple[str, str], str],
    what: str,
) -> None:
    for name in sorted(names):
        flow = None if entity is None else setting.get((entity, name))
        if flow is not None:
            message = f"{name!r} of {entity!r} is set by the flow {flow!r}, and {what} is settled before flows go"
            hint = f"let sessions begin, and read actor.{name} in the weights of their first state"
            report.error("contradiction", message, law.span, law.path, hint)
