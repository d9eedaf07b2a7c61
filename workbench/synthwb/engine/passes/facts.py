"""The facts that rows carry for fields which remember: their names, and what they are in rows of other events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.flows.values import nothing
from synthwb.engine.layers.reading import read_by_layers
from synthwb.generators.registry import Generator, generator
from synthwb.scenario.carrying import variants_of
from synthwb.scenario.earlier import OWN_FACTS, Earlier, type_of
from synthwb.scenario.model import DType, EventType, Field, Scenario

__all__ = [
    "ADDRESS",
    "TIME",
    "carried_fields",
    "earlier_fact",
    "kept_values",
    "memory_fact",
    "pass_facts",
    "value_column",
]

ADDRESS, TIME = "address", "time"
"""The columns in which the address and the time of an event are kept that may be referred to."""


def value_column(name: str) -> str:
    """The column in which a value is kept, by the name of its field."""
    return f"={name}"


def memory_fact(path: str) -> str:
    """The fact that holds what the field at this path takes from its memory."""
    return f"memory:{path}"


def carried_fields(fields: tuple[Field, ...]) -> Iterator[tuple[Field, Generator]]:
    """The fields that remember, those inside of objects as well, in the order of evaluation."""
    for field in fields:
        found = generator(field.call.generator)
        if found is not None and found.is_carried(field.call.args):
            yield field, found
        elif field.call.generator == "object":
            yield from carried_fields(field.call.args["fields"])


def earlier_fact(event: str, ref: str, column: str) -> str:
    """The fact that holds a column of the event that an event's reference refers to."""
    return f"earlier:{event}.{ref}:{column}"


def _reads(scenario: Scenario, event: EventType, ref: Earlier) -> list[str]:
    """What the fields of an event and its layers read of an earlier one, by its name there."""
    variants = variants_of(event, scenario.flows)
    reads = {name for fields in variants.values() for field in fields for name in field.reads}
    reads |= read_by_layers(scenario, event.name)
    return sorted(name.partition(".")[2] for name in reads if name.startswith(f"{ref.name}."))


def kept_values(scenario: Scenario, event: EventType, ref: Earlier) -> dict[str, DType]:
    """The fields of an earlier event that an event reads, by their names there, with their types."""
    target = scenario.events[ref.event].fields
    own = {field.name for field in target} if ref.event != event.name else set()
    reads = _reads(scenario, event, ref)
    return {name: type_of(target, name) for name in reads if name not in OWN_FACTS or name in own}


def pass_facts(scenario: Scenario) -> dict[str, NDArray[Any]]:
    """All of them, each with its value for a row that has none: arrays of one entry."""
    found: dict[str, NDArray[Any]] = {}
    for event in scenario.events.values():
        found |= {memory_fact(field.path): each.fact(field.call) for field, each in carried_fields(event.fields)}
        for ref in event.earlier:
            found[earlier_fact(event.name, ref.name, TIME)] = nothing(DType.TIMESTAMP, 1)
            found[earlier_fact(event.name, ref.name, ADDRESS)] = np.zeros(1, np.uint64)
            for name, dtype in kept_values(scenario, event, ref).items():
                found[earlier_fact(event.name, ref.name, value_column(name))] = nothing(dtype, 1)
    return found
