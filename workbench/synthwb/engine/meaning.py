"""What a scenario says, value by value under paths, so that people can be told in what two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from synthwb.scenario.diagnostics import Span
from synthwb.scenario.flows.model import FlowState
from synthwb.scenario.model import Call, Clock, EntityType, EventType, Expression, Field, Template

__all__ = ["Meaning", "differences", "meaning"]

Meaning: TypeAlias = "dict[str, Meaning] | str | None"
"""A value as text, None where nothing is said, or named ones."""

_DERIVED: Mapping[type[Any], frozenset[str]] = {
    Field: frozenset({"path", "reads", "dtype"}),
    FlowState: frozenset({"path"}),
    EntityType: frozenset({"order"}),
    EventType: frozenset({"order"}),
}
"""What follows from other values."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = ("name", "event", "to")  # what tells apart the items of a list


def meaning(value: Any) -> Meaning:
    """The values of a scenario, or of a part of it, by the names that they have in the document."""
    if value is None or value == ():
        return None
    if isinstance(value, Expression | Template):
        return value.text
    if isinstance(value, Call):
        return {value.generator: meaning(value.args) or {}}
    if isinstance(value, Clock):
        times = {"start": _time(value.start), "end": _time(value.end), "zone": value.zone}
        return {**times, "mode": "live" if value.live else None, "speed": meaning(value.speed)}
    if isinstance(value, Mapping):
        return {str(key): meaning(item) for key, item in value.items()}
    if is_dataclass(value):
        derived = _DERIVED.get(type(value), frozenset())
        said = [each.name for each in fields(value) if each.metadata.get("meaning", True) and each.name not in derived]
        return {name: meaning(item) for name in said if not isinstance(item := getattr(value, name), Span)}
    if isinstance(value, tuple | list):
        return {_name_of(item, number): meaning(item) for number, item in enumerate(value)}
    if isinstance(value, Enum):
        return str(value.value)
    return f"{float(value):g}" if isinstance(value, Fraction) else str(value)


def _time(micros: int | None) -> str | None:
    return None if micros is None else (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def _name_of(item: Any, number: int) -> str:
    """What an item of a list is called: its name, or its place."""
    found = next((getattr(item, name) for name in _NAMES if hasattr(item, name)), None)
    return found if isinstance(found, str) else str(number + 1)


def differences(before: Meaning, now: Meaning, path: str = "") -> list[str]:
    """One line for each difference: ``- path``, ``+ path: value`` or ``path: value -> value``."""
    if before == now:
        return []
    if isinstance(before, dict) and isinstance(now, dict):
        lines = []
        for name in dict.fromkeys((*before, *now)):
            lines += differences(before.get(name), now.get(name), f"{path}.{name}" if path else name)
        return lines
    if before is None:
        return [f"+ {path}{_shown(now)}"]
    if now is None:
        return [f"- {path}{_shown(before)}"]
    return [f"{path}: {_brief(before)} -> {_brief(now)}"]


def _shown(value: Meaning) -> str:
    return f": {_brief(value)}" if isinstance(value, str) else ""


def _brief(value: Meaning) -> str:
    return value if isinstance(value, str) else ", ".join(value or ())
