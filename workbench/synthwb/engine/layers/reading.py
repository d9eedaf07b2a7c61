"""What layers read of clean records."""

from __future__ import annotations

from synthwb.scenario.model import Scenario

__all__ = ["read_by_layers"]


def read_by_layers(scenario: Scenario, event: str) -> set[str]:
    """What conditions and rates read of the records of an event, besides what its own fields read."""
    return {name for layer in scenario.layers if event in layer.events for name in layer.reads(event)}
