"""Whether something stands anywhere in a scenario, or in a part of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from synthwb.scenario.model import Expression, FixedSet, Origin
from synthwb.scenario.tables import TableFile

__all__ = ["has_expressions", "needs_engine"]


def has_expressions(value: Any) -> bool:
    """Whether an expression stands anywhere in a scenario, or in any part of one."""
    return _holds(value, (Expression,))


def needs_engine(value: Any) -> bool:
    """Whether a scenario, or a part of one, has what only compiling can check: expressions, tables, fixed sets."""
    return _holds(value, (Expression, FixedSet, TableFile, Origin))


def _holds(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, kinds):
        return True
    if isinstance(value, Mapping):
        return any(_holds(item, kinds) for item in value.values())
    if isinstance(value, tuple):
        return any(_holds(item, kinds) for item in value)
    if is_dataclass(value):
        return any(_holds(getattr(value, each.name), kinds) for each in fields(value))
    return False
