"""The quantities of a layer, drawn under addresses that other layers do not change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from synthwb.engine.quantity import Quantity, quantity
from synthwb.scenario.layers.model import Layer
from synthwb.scenario.model import Arm, Field, Scenario

__all__ = ["drawn"]


def drawn(scenario: Scenario, layer: Layer, name: str, *, signed: bool = False) -> Quantity | None:
    """A quantity by its name, compiled; None where the layer does not say it. ``signed``: it may lie below zero."""
    field = layer.args.get(name)
    if field is None:
        return None
    return quantity(scenario, _moved(field, field.path, f"imperfections {layer.key}.{name}"), signed=signed)


def _moved(value: Any, old: str, new: str) -> Any:
    """The same field with everything nested in it under another path."""
    if isinstance(value, Field):
        call = replace(value.call, args={name: _moved(each, old, new) for name, each in value.call.args.items()})
        return replace(value, path=new + value.path.removeprefix(old), call=call)
    if isinstance(value, Arm):
        return replace(value, field=_moved(value.field, old, new))
    if isinstance(value, tuple):
        return tuple(_moved(each, old, new) for each in value)
    return value
