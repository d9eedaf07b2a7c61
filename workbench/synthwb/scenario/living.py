"""What makes arrivals and populations live, validated."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Excitation"]


@dataclass(frozen=True, slots=True)
class Excitation:
    """Every event has ``branching`` children on average (below 1), after ``decay`` microseconds on average each."""

    branching: float
    decay: int
