"""From what a scenario says of each actor's arrivals to point processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import polars as pl

from synthwb.engine.arrivals import Counted, Intensity, Process, Renewed
from synthwb.engine.arrivals.individual import Rows
from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, mix, unit
from synthwb.engine.entities import EntityPool, probe_block
from synthwb.engine.history import RowHistory
from synthwb.engine.laws.continuous import poisson
from synthwb.engine.lives import NEVER
from synthwb.engine.program import Workplace
from synthwb.engine.shares import shares
from synthwb.errors import ScenarioError
from synthwb.scenario.arrivals.shape import Shape
from synthwb.scenario.arrivals.shaping import tallest
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.living import Individual
from synthwb.scenario.model import Arrival, Field, Scenario

__all__ = ["compile_individual"]

_CLOCK = pl.Datetime("us", "UTC")
_SECOND = 1_000_000
_WEEK = 7 * 86_400 * _SECOND
_PERIODS = (86_400 * _SECOND, 3600 * _SECOND, 60 * _SECOND, _SECOND)  # of a rate: the longest with so few arrivals
_FEW = 512.0  # mean number of one row in one period, at most
_ONE = Fraction(1)
_TRIED = 4096  # draws from which the mean number in a period is estimated

Law: TypeAlias = Callable[[Rows, Ints, Bits], Floats]
"""A quantity of each actor: for rows, times and addresses."""


def compile_individual(scenario: Scenario, arrival: Arrival, pool: EntityPool) -> Process:
    """The arrivals of each row of a pool by itself. Raises ScenarioError where time would not go on."""
    if arrival.gap is not None:
        return _renewed(scenario, arrival, arrival.gap, pool)
    if arrival.individual is not None:
        return _counted(scenario, arrival, arrival.individual, pool)
    return _rated(scenario, arrival, pool)


def _law(scenario: Scenario, field: Field, pool: EntityPool) -> Law:
    """Compile a quantity that may read the actor and the time."""
    attributes = {name: name.partition(".")[2] for name in field.reads if name.startswith("actor.")}

    def fill(block: Block, rows: Rows) -> None:
        for name, attribute in attributes.items():
            block.columns[name] = pool.pointed(attribute, rows, block.time)
        if "event.time" in field.reads:
            block.columns["event.time"] = Column.of(pl.Series(block.time).cast(_CLOCK))

    probe = probe_block(key_of(scenario.seed, field.path))
    probe.time[:] = scenario.clock.start
    fill(probe, np.zeros(1, np.uint32))
    nowhere = RowHistory(np.empty(0, np.uint64))
    place = Workplace(scenario.seed, field.path, scenario.locales, scenario.clock, probe, nowhere)
    value = place.compile(field)

    def values(rows: Rows, time: Ints, address: Bits) -> Floats:
        block = Block(address, time, rows.astype(np.int64))
        fill(block, rows)
        found: Floats = value(block).series().cast(pl.Float64).fill_null(0.0).fill_nan(0.0).to_numpy()
        return found

    return values


def _renewed(scenario: Scenario, arrival: Arrival, gap: Field, pool: EntityPool) -> Process:
    """One gap after the other, from the start of the clock or the birth on, up to ``jitter`` later."""
    seed, name, start, lives = scenario.seed, arrival.event, scenario.clock.start, pool.lives
    law = _law(scenario, gap, pool)
    begin = np.full(pool.count, start, np.int64) if lives is None else np.maximum(lives.born, start)
    died = np.full(pool.count, NEVER, np.int64) if lives is None else lives.died
    if arrival.jitter:
        shift = unit(_row_bits(pool.count, key_of(seed, "arrivals", name, "jitter")))
        begin = begin + (shift * arrival.jitter).astype(np.int64)
    try:
        return Renewed(seed, name, start, begin, died, lambda row, time, bits: law(row, time, bits) * 1e6)
    except ValueError as error:
        message, path = f"{error}: time would not go on", f"arrivals.{name}.gap"
        raise ScenarioError([Diagnostic(Severity.ERROR, "contradiction", message, gap.span, path)]) from error


def _counted(scenario: Scenario, arrival: Arrival, individual: Individual, pool: EntityPool) -> Process:
    """So many in each period as a law says."""
    count = _law(scenario, individual.count, pool)
    chance = None if individual.chance is None else _law(scenario, individual.chance, pool)
    key = key_of(scenario.seed, "arrivals", arrival.event, "chance")

    def counts(row: Rows, time: Ints, address: Bits, area: Floats) -> Ints:
        found = np.clip(np.rint(count(row, time, address)), 0.0, 1e6).astype(np.int64)
        if chance is not None:
            found = np.where(unit(draw(address, key)) < chance(row, time, address), found, 0)
        if pool.engagement is not None:
            found = np.where(pool.engagement.at(row, time) > 0.0, found, 0)
        return found

    shape, zone = arrival.shape or Shape(), scenario.clock.zone
    rest = replace(shape, daily=None)
    kept = Intensity(_ONE, rest, zone) if rest != Shape() else None
    profile = Intensity(_ONE, Shape(daily=shape.daily), zone)
    start = scenario.clock.start
    usual = profile.expected(start, start + _WEEK) / _WEEK * 1e6  # the profile says when, not how many
    return _process(scenario, arrival, pool, individual.every, counts, profile, kept, usual)


def _rated(scenario: Scenario, arrival: Arrival, pool: EntityPool) -> Process:
    """A Poisson process for each row, by its weight: counted in periods so short that the counts stay small."""
    law = scenario.entities[pool.name].activity
    weights = shares(law, pool.count if pool.lives is None else pool.lives.initial)
    rate = float(arrival.rate)
    highest = 1.0 if arrival.shape is None else tallest(arrival.shape, scenario.clock)[0]
    most = rate * float(weights.max()) * highest
    every = next((period for period in _PERIODS if most * period / 1e6 <= _FEW), None)
    if every is None:
        message = f"the busiest actor would come {most:,.4g} times a second, and at most {_FEW:g} are possible"
        path = f"arrivals.{arrival.event}.rate"
        span = arrival.span or scenario.entities[pool.name].span
        raise ScenarioError([Diagnostic(Severity.ERROR, "range", message, span, path, "lower the rate")])
    key = key_of(scenario.seed, "arrivals", arrival.event, "count")

    def counts(row: Rows, time: Ints, address: Bits, area: Floats) -> Ints:
        rank = row if pool.lives is None else pool.lives.ranks(row)
        mean = weights[rank] * (rate * 1e-6) * area
        if pool.engagement is not None:
            mean *= pool.engagement.at(row, time)
        return poisson(draw(address, key), mean)

    profile = Intensity(_ONE, arrival.shape, scenario.clock.zone)
    return _process(scenario, arrival, pool, every, counts, profile, None)


def _process(
    scenario: Scenario,
    arrival: Arrival,
    pool: EntityPool,
    every: int,
    counts: Callable[[Rows, Ints, Bits, Floats], Ints],
    profile: Intensity,
    kept: Intensity | None,
    usual: float = 1.0,
) -> Process:
    """The process, with its mean number in a period at the level 1. ``usual``: the level at which counts are whole."""
    start = scenario.clock.start
    rows = pool.count if pool.lives is None else pool.lives.initial
    bits = _row_bits(_TRIED, key_of(scenario.seed, "arrivals", arrival.event, "tried"))
    tried = (np.arange(_TRIED) % rows).astype(np.uint32)
    mean = float(counts(tried, np.full(_TRIED, start), bits, np.full(_TRIED, float(every))).mean())
    return Counted(
        scenario.seed,
        arrival.event,
        start,
        every,
        pool.count,
        counts,
        mean=mean / usual,
        profile=profile,
        kept=kept,
        lives=pool.lives,
    )


def _row_bits(rows: int, key: int) -> Bits:
    """Random bits of each row of a pool."""
    return draw(mix(np.arange(rows, dtype=np.uint64)), key)
