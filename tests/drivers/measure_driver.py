"""Streams written out by hand, and what checks say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine import Batch, Column, EventSchema, Part
from synthwb.measure import CheckResult, Monitor
from synthwb.scenario import loads
from synthwb.scenario.checks.model import Check

SECOND = 1_000_000
DOCUMENT = """\
clock: {start: 1970-01-01}
events:
  e:
    fields:
      n: {integer: {min: 0, max: 9}}
      x: {uniform: }
      word: {choice: [a, b]}
      flag: {bernoulli: 50%}
      at: timestamp
      price: {uniform: , round: 2, as: decimal}
      box: {object: {wide: {uniform: }, word: {choice: [a, b]}}}
  other: {fields: {k: uuid}}
checks:
"""
TYPES: Mapping[str, pl.DataType] = {
    "n": pl.Int64(),
    "x": pl.Float64(),
    "word": pl.String(),
    "flag": pl.Boolean(),
    "at": pl.Datetime("us", "UTC"),
    "price": pl.Decimal(38, 2),
    "box": pl.Struct({"wide": pl.Float64(), "word": pl.String()}),
}
ABSENT = object()
"""In a row: the key is not there."""
SCHEMA = EventSchema("e", 1, None, TYPES, frozenset(TYPES), frozenset(TYPES))
OTHER = EventSchema("other", 1, None, {}, frozenset(), frozenset())


def checks(*written: str) -> tuple[Check, ...]:
    """The checks of a document with the events above."""
    return loads(DOCUMENT + "".join(f"  - {each}\n" for each in written)).checks


def batches(rows: Sequence[Mapping[str, Any]], size: int = 1000) -> Iterator[Batch]:
    """Rows of ``e`` as a stream; ``time`` is in seconds (a second each without), ``event`` may be another event."""
    for first in range(0, len(rows), size):
        cut = [{"time": first + i, "event": "e", **row} for i, row in enumerate(rows[first : first + size])]
        parts = []
        for schema in (SCHEMA, OTHER):
            places = [i for i, row in enumerate(cut) if row["event"] == schema.event]
            if places:
                parts.append(_part(schema, [cut[i] for i in places], places, first))
        yield Batch(first, len(cut), tuple(parts))


def _part(schema: EventSchema, rows: Sequence[Mapping[str, Any]], places: list[int], first: int) -> Part:
    columns = {}
    for name, dtype in schema.fields.items():
        given = [row.get(name) for row in rows]
        values = pl.Series([None if value is ABSENT else value for value in given], dtype=dtype, strict=False)
        absent = np.array([value is ABSENT for value in given])
        columns[name] = Column(plain=values, absent=absent if absent.any() else None)
    names = pl.Series([f"id-{first + place}" for place in places])
    time = np.array([round(row["time"] * SECOND) for row in rows], np.int64)
    return Part(schema, np.array(places), time, np.arange(len(rows)), Column.of(names), columns)


def monitor(*written: str, limit: int | None = None, start: int | None = None) -> Monitor:
    """A monitor of these checks."""
    options = {} if limit is None else {"limit": limit}
    return Monitor({"e": SCHEMA, "other": OTHER}, checks(*written), origin=0, start=start, **options)


def result(written: str, rows: Sequence[Mapping[str, Any]], size: int = 1000, **options: Any) -> CheckResult:
    """What one check says of these rows."""
    watching = monitor(written, **options)
    for batch in batches(rows, size):
        watching.observe(batch)
    return watching.results()[0]
