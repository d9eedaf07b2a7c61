"""Retention: who comes back, by when they were first seen.

An actor belongs to the cohort of the period in which the stream first tells of it, and is active in each period in
which the stream tells of it again. Polars is imported where something is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine import Batch, Plan
    from synthwb.scenario.model import Scenario

__all__ = ["MOST", "PERIODS", "Cohort", "CohortCount", "CohortView", "CohortWatch", "returning", "why_nobody"]

_DAY = 86_400_000_000
PERIODS: Mapping[str, int] = {"day": _DAY, "week": 7 * _DAY}
"""What the views offer, in microseconds."""

MOST = 500_000
"""Events that `CohortWatch` looks at."""

_JOINED = 64  # pieces that are kept before they are made one
_BITE = 16_384  # events made together


@dataclass(frozen=True, slots=True)
class Cohort:
    """Actors first seen in the period that begins at ``start`` (microseconds of event time).

    ``active``: how many of them were seen in each period since, up to the last whole one; the first is all of them.
    """

    start: int
    active: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return self.active[0]


@dataclass(frozen=True, slots=True)
class CohortView:
    """The cohorts of one entity, the oldest first; one without actors is left out.

    ``period``: microseconds. ``until``: the event time up to which the stream was looked at. ``curve``: by periods
    since the first, the share of all actors that were seen so long ago at least, who were active. ``before``: how many
    rows the entity has from the beginning, so that who is first seen need not be new (0: none). ``zone``: of
    the scenario's clock, to tell a time in.
    """

    entity: str
    period: int
    until: int
    cohorts: tuple[Cohort, ...]
    curve: tuple[float, ...]
    before: int = 0
    zone: str = "UTC"

    @property
    def actors(self) -> int:
        """How many were seen, in whole periods."""
        return sum(cohort.size for cohort in self.cohorts)

    @property
    def name(self) -> str:
        """The period by its name."""
        return next(name for name, period in PERIODS.items() if period == self.period)


def returning(scenario: Scenario) -> Mapping[str, Mapping[str, str]]:
    """The entities that events tell of, those with a life of their own first; by event, the field that says whose.

    It is the field that reads the key of the entity: without a key, or where it is not sent, nobody can be recognised.
    """
    found: dict[str, dict[str, str]] = {}
    for event in scenario.events.values():
        entity = scenario.entities.get(event.actor or "")
        if entity is None or entity.key is None:
            continue
        wanted = f"actor.{entity.key}"
        for field in event.fields:
            if field.call.generator == "path" and field.call.args["path"] == wanted and not field.modifiers.hidden:
                found.setdefault(entity.name, {})[event.name] = field.name
                break
    living = {name for name, each in scenario.entities.items() if each.population or each.engagement}
    return {name: found[name] for name in sorted(found, key=lambda name: name not in living)}


def why_nobody(scenario: Scenario) -> str:
    """In words, why `returning` finds no entity: what is missing, of the entity that comes nearest."""
    entities = (scenario.entities.get(event.actor or "") for event in scenario.events.values())
    actors = {entity.name: entity for entity in entities if entity is not None}
    keyed = next((entity for entity in actors.values() if entity.key is not None), None)
    if keyed is not None:
        return f"no event of a {keyed.name} sends its key, actor.{keyed.key}"
    return f"{next(iter(actors))} has no key" if actors else "no event has an actor"


class CohortCount:
    """Takes batches in, gives a `CohortView`. ``fields``: by event, the field that says whose it is."""

    def __init__(self, fields: Mapping[str, str], *, origin: int, period: int) -> None:
        self._fields = fields
        self._origin = origin
        self._period = period
        self._seen: list[pl.DataFrame] = []

    def add(self, batch: Batch, until: int | None = None) -> None:
        """Take the events of a batch in, up to an event time; in which order, or how often, does not matter."""
        import polars as pl

        for part in batch.parts:
            name = self._fields.get(part.schema.event)
            if name is None:
                continue
            period = (part.time - self._origin).clip(0) // self._period
            who = part.columns[name].series("who").cast(pl.String)
            seen = pl.DataFrame({"who": who, "period": period})
            self._seen.append((seen if until is None else seen.filter(part.time <= until)).drop_nulls().unique())
        if len(self._seen) > _JOINED:
            self._seen = [pl.concat(self._seen).unique()]

    def view(self, entity: str, until: int, *, before: int = 0, zone: str = "UTC") -> CohortView:
        """The cohorts, as far as whole periods reach."""
        import polars as pl

        whole = max(0, (until - self._origin) // self._period)
        if not self._seen:
            return CohortView(entity, self._period, until, (), (), before, zone)
        self._seen = [pl.concat(self._seen).unique()]
        seen = self._seen[0].filter(pl.col("period") < whole)
        first = seen.with_columns(first=pl.col("period").min().over("who"))
        counts = first.group_by("first", age=pl.col("period") - pl.col("first")).len("actors")
        table: dict[int, dict[int, int]] = {}
        for start, age, actors in counts.iter_rows():
            table.setdefault(start, {})[age] = actors
        cohorts = tuple(
            Cohort(self._origin + start * self._period, tuple(table[start].get(age, 0) for age in range(whole - start)))
            for start in sorted(table)
        )
        return CohortView(entity, self._period, until, cohorts, _curve(cohorts), before, zone)


class CohortWatch:
    """Counts the stream of a plan from its beginning: `advance` goes on by a stretch, ``view`` is what it has come to.

    A stream is a function of its plan, so nobody need have watched it from the start. Ends after `MOST` events.
    """

    def __init__(self, plan: Plan, entity: str, period: int) -> None:
        from synthwb.engine import Stream

        scenario = plan.scenario
        self._entity = entity
        self._start, self._end = scenario.clock.start, plan.end
        self._before = scenario.entities[entity].count
        self._zone = scenario.clock.zone
        self._count = CohortCount(returning(scenario)[entity], origin=self._start, period=period)
        self._batches: Iterator[Batch] = iter(Stream(plan, batch=_BITE, limit=MOST))
        self._open: Batch | None = None  # the one that is looked at
        self._events = 0
        self._until = self._last = self._start  # up to where the stream is known, and the last event's time
        self._over = False
        self._view: CohortView | None = None

    @property
    def events(self) -> int:
        """How many were looked at."""
        return self._events

    def beyond(self, until: int | None) -> bool:
        """Whether more was looked at than the stretch up to an event time (None: the end)."""
        return until is not None and self._last > until

    def advance(self, until: int | None, events: int) -> bool:
        """Look at some ``events`` more, or up to an event time (None: the end); whether there is more to look at."""
        goal = self._events + events
        while self._events < goal and self._fill():
            batch = self._open
            assert batch is not None
            self._count.add(batch, until)
            self._view = None
            if until is not None and batch.last_time > until:
                self._last = self._until = max(self._until, until)
                return False
            self._last = max(self._last, batch.last_time)
            self._until = max(self._until, self._last)
            self._events += len(batch)
            self._open = None
        return self._open is not None or not self._over

    def _fill(self) -> bool:
        """Have a batch to look at; whether there is one. The last one told, the stream is known up to its end."""
        if self._open is None and not self._over:
            self._open = next(self._batches, None)
            if self._open is None:
                self._over, self._view = True, None
                if self._events < MOST and self._end is not None:
                    self._until = max(self._until, self._end)
        return self._open is not None

    @property
    def view(self) -> CohortView:
        """The cohorts so far."""
        if self._view is None:
            self._view = self._count.view(self._entity, self._until, before=self._before, zone=self._zone)
        return self._view


def _curve(cohorts: tuple[Cohort, ...]) -> tuple[float, ...]:
    """The share of all cohorts old enough that was active, by age."""
    found = []
    for age in range(max((len(cohort.active) for cohort in cohorts), default=0)):
        old = [cohort for cohort in cohorts if age < len(cohort.active)]
        found.append(sum(cohort.active[age] for cohort in old) / sum(cohort.size for cohort in old))
    return tuple(found)
