"""The monitor: all checks of a scenario over one stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from synthwb.engine import Batch, Column, EventSchema, Part
from synthwb.engine.block import Block
from synthwb.engine.draws import Ints
from synthwb.engine.expressions.compiling import ExpressionError, compile_expression
from synthwb.measure.gauges import OrderGauge, ShareGauge, UniqueGauge, ValueGauge
from synthwb.measure.judging import Truth, values_of
from synthwb.measure.memory import LIMIT, NEVER
from synthwb.measure.rates import RateGauge
from synthwb.measure.results import CheckResult
from synthwb.scenario.checks.model import Check, Order, Rate, Share, Unique
from synthwb.scenario.model import Expression

__all__ = ["Monitor"]

_FACTS: Mapping[str, pl.DataType] = {
    "event.time": pl.Datetime("us", "UTC"),
    "event.ordinal": pl.Int64(),
    "event.name": pl.String(),
}

_Condition: TypeAlias = Callable[[Part], Truth]
_Gauge: TypeAlias = ValueGauge | ShareGauge | UniqueGauge | OrderGauge | RateGauge


class _Line(NamedTuple):
    """Where the clock and this stream begin, and how many records are remembered."""

    origin: int
    start: int
    limit: int


class _Watched:
    """A check with its gauge and its condition; a check that cannot be evaluated has a problem instead."""

    def __init__(self, check: Check, schema: EventSchema, line: _Line) -> None:
        self.check = check
        self.gauge: _Gauge | None = None
        self.problem = ""
        self.kept: _Condition | None = None
        try:
            self.kept = None if check.when is None else _condition(check.when, schema)
            self.gauge = _gauge(check, line)
        except (ValueError, ExpressionError) as error:
            self.problem = str(error)

    def result(self) -> CheckResult:
        """How it stands."""
        if self.gauge is not None:
            return self.gauge.result()
        check = self.check
        return CheckResult(check.name, check.path, False, f"cannot be told: {self.problem}", check.expected)


class Monitor:
    """Evaluates checks on the batches of a stream, each seen once, in the order of delivery.

    ``schemas``: of all events. ``origin``: the clock's start, ``start``: where this stream begins, in microseconds of
    event time. ``limit``: how many records `Unique` and `Order` remember. Not safe to use from several threads at once.
    """

    def __init__(
        self,
        schemas: Mapping[str, EventSchema],
        checks: Sequence[Check],
        *,
        origin: int,
        start: int | None = None,
        limit: int = LIMIT,
    ) -> None:
        line = _Line(origin, origin if start is None else start, limit)
        self._watched = [_Watched(check, schemas[check.event], line) for check in checks]
        self._latest = NEVER
        self._rated = any(isinstance(watched.gauge, RateGauge) for watched in self._watched)

    def observe(self, batch: Batch) -> None:
        """Look at a batch."""
        parts = {part.schema.event: part for part in batch.parts}
        latest = self._passing(batch) if self._rated and len(batch) else None
        for watched in self._watched:
            part, gauge = parts.get(watched.check.event), watched.gauge
            kept = watched.kept(part) if watched.kept is not None and part is not None else None
            if isinstance(gauge, RateGauge):
                if latest is not None:
                    _count(gauge, part, kept, latest)
            elif gauge is not None and part is not None:
                gauge.observe(part, kept)

    def close(self, end: int) -> None:
        """The stream is over, and there is no event before ``end`` (microseconds) that was not seen."""
        nothing = np.zeros(0, np.int64)
        for watched in self._watched:
            if isinstance(watched.gauge, RateGauge):
                watched.gauge.observe(nothing, nothing, max(end, self._latest))

    def results(self) -> tuple[CheckResult, ...]:
        """How all checks stand, in the order of the document."""
        return tuple(watched.result() for watched in self._watched)

    def state(self) -> tuple[Mapping[str, Any], ...]:
        """All that is known, as numbers, text and arrays: one mapping for each check, after one for all of them."""
        gauges = [watched.gauge.state() if watched.gauge is not None else {} for watched in self._watched]
        return ({"latest": self._latest}, *gauges)

    def restore(self, state: Sequence[Mapping[str, Any]]) -> None:
        """Go on where another monitor of the same checks has been. Raises ValueError for that of others."""
        if len(state) != len(self._watched) + 1:
            raise ValueError(f"the state of {len(state) - 1} checks, and there are {len(self._watched)}")
        self._latest = state[0]["latest"]
        for watched, known in zip(self._watched, state[1:], strict=True):
            if watched.gauge is not None:
                watched.gauge.restore(known)

    def _passing(self, batch: Batch) -> Ints:
        """The latest event time up to each event of a batch, those before it included."""
        times = np.empty(len(batch), np.int64)
        for part in batch.parts:
            times[part.rows] = part.time
        latest = np.maximum.accumulate(np.maximum(times, self._latest))
        self._latest = int(latest[-1])
        return latest


def _count(gauge: RateGauge, part: Part | None, kept: Truth | None, latest: Ints) -> None:
    """Count the events of a part, of whose batch ``latest`` are the times that have passed."""
    if part is None:
        gauge.observe(latest[:0], latest[:0], int(latest[-1]))
        return
    rows = slice(None) if kept is None else kept
    gauge.observe(part.time[rows], latest[part.rows[rows]], int(latest[-1]))


def _gauge(check: Check, line: _Line) -> _Gauge:
    rule = check.rule
    if isinstance(rule, Rate):
        return RateGauge(check, rule, line.origin, line.start)
    if isinstance(rule, Order):
        return OrderGauge(check, rule, line.limit)
    if isinstance(rule, Unique):
        return UniqueGauge(check, rule, line.limit)
    if isinstance(rule, Share):
        return ShareGauge(check, rule)
    return ValueGauge(check, rule)


def _condition(when: Expression, schema: EventSchema) -> _Condition:
    """For which rows a condition holds. Raises ExpressionError where the types of the fields do not fit."""
    found = {name: _dtype(schema, name) for name in when.names}
    holds = compile_expression(when, {name: dtype for name, dtype in found.items() if dtype is not None})

    def kept(part: Part) -> Truth:
        block = Block(np.zeros(len(part), np.uint64), part.time, part.ordinal)
        block.columns.update({name: _read(part, name) for name in found})
        values = holds(block).series()
        if values.dtype != pl.Boolean:
            return np.zeros(len(part), np.bool_)
        return values.fill_null(value=False).to_numpy()

    return kept


def _dtype(schema: EventSchema, name: str) -> pl.DataType | None:
    """The type of a field by its dotted name, or of a fact of the event."""
    if name in _FACTS:
        return _FACTS[name]
    top, *inner = name.split(".")
    dtype = schema.fields.get(top)
    for step in inner:
        fields = {field.name: field.dtype for field in dtype.fields} if isinstance(dtype, pl.Struct) else {}
        dtype = fields.get(step)  # type: ignore[assignment]
    return dtype


def _read(part: Part, name: str) -> Column:
    if name == "event.time":
        return Column.of(pl.Series(part.time).cast(_FACTS[name]))
    if name == "event.ordinal":
        return Column.of(pl.Series(part.ordinal))
    if name == "event.name":
        return Column.of(pl.Series([part.schema.event]).new_from_index(0, len(part)))
    return values_of(part, name)
