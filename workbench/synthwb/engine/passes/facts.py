"""The facts that rows carry for fields which remember: their names, and what they are in rows of other events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from synthwb.generators.registry import Generator, generator
from synthwb.scenario.model import Field, Scenario

__all__ = ["carried_fields", "memory_fact", "pass_facts"]


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


def pass_facts(scenario: Scenario) -> dict[str, NDArray[Any]]:
    """All of them, each with its value for a row that has none: arrays of one entry."""
    return {
        memory_fact(field.path): found.fact(field.call)
        for event in scenario.events.values()
        for field, found in carried_fields(event.fields)
    }
