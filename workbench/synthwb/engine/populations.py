"""Populations: who is born when, and how long everybody lives."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.arrivals import Intensity, PoissonArrivals
from synthwb.engine.arrivals.walked import settled
from synthwb.engine.block import Block
from synthwb.engine.draws import Floats, Ints, draw, key_of
from synthwb.engine.laws.continuous import standard_exponential
from synthwb.engine.laws.special import log1p
from synthwb.engine.lives import NEVER, Lives
from synthwb.engine.program import Workplace
from synthwb.engine.years import YEAR_10000
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.living import Births, Population
from synthwb.scenario.model import Clock, EntityType, Field

__all__ = ["MOST_ROWS", "births_of", "lives_of"]

MOST_ROWS = 100_000_000
_LONGEST = float(1 << 55)  # microseconds: eleven centuries
_ATTEMPTS = 64  # lifetimes that are drawn for a row that has an age already
_STEP = 1 << 16  # births that are made at a time


def births_of(seed: int, entity: EntityType, clock: Clock) -> Ints:
    """When the rows are born that are not there at the start, in order. Raises ScenarioError for too many."""
    births = entity.population.births if entity.population is not None else None
    if births is None:
        return np.empty(0, np.int64)
    intensity = Intensity(births.rate, births.shape, clock.zone)
    process = PoissonArrivals(seed, f"{entity.name}.population", intensity)
    ends = [end for end in (births.end, process.end) if end is not None]
    end = min(ends, default=YEAR_10000)
    most = (births.most or MOST_ROWS) - entity.count
    if births.most is None:
        _check_number(entity, births, intensity.expected(clock.start, end))
    found, time = [np.empty(0, np.int64)], clock.start
    length = max(1, int(_STEP / max(float(births.rate), 1e-9) * 1e6))
    while most > 0 and time < end:
        until = min(end, time + length)
        came, _ = settled(*process.between(time, until))
        found.append(came[:most])
        most -= len(came)
        time, length = until, length if len(came) else 2 * length
    return np.concatenate(found)


def _check_number(entity: EntityType, births: Births, expected: float) -> None:
    total = entity.count + expected
    if total > MOST_ROWS:
        message = f"about {total:,.0f} rows of {entity.name!r} until the end, and at most {MOST_ROWS:,} are possible"
        hint = "lower the births, end the clock earlier, or say max"
        path = f"{entity.name}.population.births"
        raise ScenarioError([Diagnostic(Severity.ERROR, "too-large", message, births.span, path, hint)])


def lives_of(place: Workplace, population: Population, block: Block, births: Ints, count: int) -> Lives:
    """From when to when the rows of a block live: ``count`` that are there at the start, then those of ``births``.

    Raises ScenarioError if the laws do not compile.
    """
    start = place.clock.start
    born = np.concatenate([np.full(count, start, np.int64), births])
    initial = slice(0, count)
    if population.age is not None:
        born[initial] -= _micros(place, population.age, block)[initial]
    died = np.full(len(born), NEVER, np.int64)
    if population.churn is not None:
        share, per = population.churn
        key = key_of(place.seed, place.owner, "population", "churn")
        if share < 1.0:
            mean = -float(per) / float(log1p(np.array([-share]))[0])
            lasts = np.minimum(standard_exponential(draw(block.address, key)) * mean, _LONGEST).astype(np.int64)
            died = np.maximum(born, start) + lasts  # chance has no memory: it does not ask how old a row is
    if population.lifetime is not None:
        died = np.minimum(died, born + _lifetimes(place, population.lifetime, block, start - born))
    return Lives(born, died, count, start)


def _lifetimes(place: Workplace, field: Field, block: Block, age: Ints) -> Ints:
    """How long rows live, at least as long as they have lived already if that is possible."""
    found = _micros(place, field, block)
    left = np.flatnonzero(found <= age)
    value = place.compile(field)
    for attempt in range(1, _ATTEMPTS):
        if not len(left):
            break
        found[left] = _whole(value(block.again(left, attempt)).series())
        left = left[found[left] <= age[left]]
    return found


def _micros(place: Workplace, field: Field, block: Block) -> Ints:
    return _whole(place.compile(field)(block).series())


def _whole(seconds: pl.Series) -> NDArray[np.int64]:
    """Seconds as whole microseconds; null lasts for ever."""
    values: Floats = seconds.cast(pl.Float64).fill_null(np.inf).to_numpy()
    return np.clip(values * 1e6, 0.0, _LONGEST).astype(np.int64)
