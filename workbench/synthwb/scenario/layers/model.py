"""Imperfections, validated: layers over a clean stream, in the document's order, and the file that undoes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthwb.scenario.diagnostics import Span
from synthwb.scenario.model import Expression

__all__ = ["BYTE_LEVEL", "HOWS", "ROW_LEVEL", "TIME_PATH", "Layer", "TruthSpec"]

ROW_LEVEL = ("late", "reorder", "duplicate", "drop")
"""The kinds that change when records arrive, and which do."""

HOWS = ("wrong_type", "bad_timestamp", "truncate", "bad_utf8", "empty", "duplicated_key")
"""The ways to corrupt a record."""

BYTE_LEVEL = ("truncate", "bad_utf8", "empty", "duplicated_key")
"""Those of them that break the text of a record, and so need a format of text."""

TIME_PATH = "event.time"
"""The path of the time that the envelope carries."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One imperfection.

    ``kind``: late, reorder, duplicate, drop, missing, outlier, skew or corrupt. ``name``: what it is called in the
    truth file. ``key``: what its draws are addressed by; other layers do not change it. ``events`` it is about, and
    the ``fields`` of each, by their path without the event (`TIME_PATH` for the envelope's time). ``rate``: a
    probability, or an expression over the clean record, by event; ``when`` likewise (empty: always). ``start`` and
    ``end``: its window in event time, in microseconds. ``args``: what else its kind says; quantities are fields.
    """

    kind: str
    name: str
    key: str
    events: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    rate: float | Mapping[str, Expression]
    when: Mapping[str, Expression]
    start: int | None
    end: int | None
    args: Mapping[str, Any]
    span: Span

    def reads(self, event: str) -> tuple[str, ...]:
        """The paths that it reads of the clean records of an event."""
        rate = () if isinstance(self.rate, float) else self.rate[event].names if event in self.rate else ()
        return (*rate, *(self.when[event].names if event in self.when else ()))


@dataclass(frozen=True, slots=True)
class TruthSpec:
    """Where the truth is written: a file of JSON lines."""

    path: str
    span: Span | None = field(default=None, compare=False)
