"""Small documents around one field: what they say is wrong, and what they draw."""

from __future__ import annotations

import polars as pl

from synthwb.engine import Stream, compile_plan, sample
from synthwb.scenario import Diagnostic, parse
from synthwb.scenario.model import Scenario


def document(field: str, more: str = "") -> str:
    """One event type ``e``, once per second, with a field ``x`` beside the fields in ``more``."""
    return f"seed: 7\nevents:\n  e:\n    fields:\n{more}      x: {field}\n"


def complaints(field: str, more: str = "") -> list[str]:
    """Every problem of the field, as ``marked text: message``."""
    text = document(field, more)
    return [f"{text[d.span.start : d.span.end]}: {d.message}" for d in found(text)]


def found(text: str) -> tuple[Diagnostic, ...]:
    """The problems of a whole document."""
    return parse(text).diagnostics


def scenario(field: str, more: str = "") -> Scenario:
    """The scenario of a field that has no problem."""
    parsed = parse(document(field, more))
    assert parsed.scenario is not None, [d.render() for d in parsed.diagnostics]
    return parsed.scenario


def values(field: str, rows: int, more: str = "") -> pl.Series:
    """The first values of the field, through a whole plan."""
    return sample(compile_plan(scenario(field, more)), rows).frames["e"]["x"]


def in_batches(field: str, rows: int, batch: int, more: str = "", workers: int = 1) -> pl.Series:
    """The same values, made batch by batch."""
    batches = Stream(scenario(field, more), batch=batch, limit=rows, workers=workers)
    return pl.concat([made.frames["e"]["x"] for made in batches])
