"""How much is remembered for references to earlier events: shown before a run, refused where it cannot be held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthwb.engine.entities import machine_memory
from synthwb.engine.passes.facts import kept_values
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.earlier import Earlier
from synthwb.scenario.model import DType, Scenario

__all__ = ["Room", "check_room", "rooms"]

_EVENT = 48  # bytes: time, address, owner, and its places on the shelf
_NUMBER, _TEXT = 8, 64
_WHILE_ORDERED = 3  # a shelf needs about so many times its size while it is put in order


@dataclass(frozen=True, slots=True)
class Room:
    """About how many ``events`` one reference remembers at most, and how many ``bytes`` they need."""

    events: float
    bytes: int


def rooms(scenario: Scenario, rates: Mapping[str, float], length: int | None) -> dict[tuple[str, Earlier], Room]:
    """By event and reference. ``rates``: events of each type per second; ``length`` of the stream in microseconds."""
    found = {}
    for name, event in scenario.events.items():
        for ref in event.earlier:
            reach = ref.within if length is None else min(ref.within, length)
            size = _EVENT + sum(
                _TEXT if dtype is DType.STRING else _NUMBER for dtype in kept_values(scenario, event, ref).values()
            )
            events = rates[ref.event] * reach / 1e6
            found[name, ref] = Room(events, int(events * size))
    return found


def check_room(found: Mapping[tuple[str, Earlier], Room]) -> None:
    """Raises ScenarioError where this machine cannot hold what a reference remembers."""
    there = machine_memory()
    problems = []
    for (name, ref), room in found.items():
        needed = room.bytes * _WHILE_ORDERED
        if there is not None and needed > there:
            message = (
                f"about {room.events:,.0f} events of {ref.event!r} within reach need {needed / 1e9:,.1f} GB, and this "
                f"machine has {there / 1e9:,.1f} GB"
            )
            path = f"{name}.refs.{ref.name}.within"
            hint = "make within shorter, or let fewer of them happen"
            problems.append(Diagnostic(Severity.ERROR, "too-large", message, ref.span, path, hint))
    if problems:
        raise ScenarioError(problems)
