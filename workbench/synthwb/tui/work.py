"""Jobs of the desk: check the text, compile, sample, measure. Results are frozen values for the UI thread.

The engine is imported here, when the first job needs it, and nowhere else in this room at module level.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthwb.errors import ScenarioError, SynthwbError
from synthwb.tui.chart.bins import Categories, Histogram, Profile, Rates, categories, histogram, rates
from synthwb.tui.place import Place
from synthwb.tui.preview.cells import show
from synthwb.tui.preview.table import Table, table_of, type_word

if TYPE_CHECKING:
    from synthwb.engine import Batch, Plan, Steps
    from synthwb.guide import Completion
    from synthwb.runtime import Run
    from synthwb.scenario import Diagnostic, Parsed, Scenario
    from synthwb.views import FlowChart, Rate, TimeView

__all__ = [
    "Charted",
    "Checked",
    "Edited",
    "Flowed",
    "Offered",
    "Refused",
    "Rows",
    "Sampled",
    "Timed",
    "Trouble",
    "Workshop",
]

ROWS = 200  # rows of the preview
CHARTED = 2000  # rows under the chart
RECENT = 500  # events of the time view
_HOURS = 48  # slices of the day whose rates are expected
_DAY = 86_400_000_000
_CATEGORIES = 40  # bars that are counted; the chart shows as many as it has lines for


@dataclass(frozen=True, slots=True)
class Edited:
    """A text to check: edit ``number``, with a ``seed`` instead of its own, at the event time ``at`` shown now.

    ``event`` is the event type on screen (empty: all), whose table is made at once. ``folder``: where the paths of
    files in the text begin.
    """

    number: int
    text: str
    seed: int | None
    at: int | None
    event: str = ""
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the language says of a text."""

    number: int
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that is valid but cannot be compiled or sampled, and why."""

    number: int
    message: str
    diagnostics: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampled:
    """A plan, and rows just before ``at``: the event time at which a preview run goes on.

    ``table`` holds those of the event type that was on screen.
    """

    number: int
    plan: Plan
    table: Table
    at: int


@dataclass(frozen=True, slots=True)
class Charted:
    """The measured shape of what the cursor stands on (None: nothing to show)."""

    place: Place
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A table for the grid; ``run`` tells whose rows they are, None for a sample."""

    table: Table
    run: Run | None


@dataclass(frozen=True, slots=True)
class Flowed:
    """The charts of all flows; ``run`` tells whose steps they count."""

    charts: tuple[FlowChart, ...]
    run: Run | None


@dataclass(frozen=True, slots=True)
class Timed:
    """The last events in time; ``run`` tells whose."""

    times: TimeView
    run: Run | None


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be written at an offset of a text; ``asked``: by a key, not while somebody types."""

    text: str
    offset: int
    completion: Completion
    asked: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something unexpected: shown as a message, never as a traceback."""

    message: str


class Workshop:
    """The jobs, and what they keep between them: only the desk's thread touches it."""

    def __init__(self, deliver: Callable[[Any], object]) -> None:
        self._deliver = deliver
        self._plan: Plan | None = None
        self._wide: Batch | None = None
        self._from = 0
        self._at: int | None = None
        self._now = 0.0  # what `now` is in the text: when its stream began to be shown
        self._history: dict[str, Table] = {}
        self._batch: Batch | None = None
        self._past: tuple[int, Batch, Steps | None] | None = None
        self._day: tuple[tuple[Rate, ...], int] | None = None

    def complete(self, text: str, offset: int, problems: Sequence[Diagnostic], *, asked: bool) -> None:
        """Find what may be written at an offset of a text."""
        from synthwb.guide import complete

        self._deliver(Offered(text, offset, complete(text, offset, problems), asked))

    def edit(self, edited: Edited, superseded: Callable[[], bool]) -> None:
        """Check a text; if it is valid, compile it and sample it around the event time on screen."""
        from synthwb.scenario import parse_at

        if edited.at is None:
            self._now = time.time()
        parsed = parse_at(edited.text, self._now, folder=edited.folder)
        self._deliver(Checked(edited.number, parsed))
        if parsed.scenario is None or superseded():
            return
        try:
            self._sample(edited, parsed.scenario, superseded)
        except ScenarioError as error:
            self._deliver(Refused(edited.number, str(error), error.diagnostics))
        except SynthwbError as error:
            self._deliver(Refused(edited.number, str(error)))

    def _sample(self, edited: Edited, scenario: Scenario, superseded: Callable[[], bool]) -> None:
        from synthwb.engine import compile_plan, sample

        if edited.seed is not None:
            scenario = replace(scenario, seed=edited.seed)
        plan = compile_plan(scenario)
        start = self._from if edited.at is not None and edited.at == self._at else _window(plan, edited.at)
        batch = sample(plan, ROWS, start=start)
        at = edited.at if edited.at is not None else (batch.last_time + 1 if len(batch) else scenario.clock.start)
        self._plan, self._batch, self._wide, self._from, self._at = plan, batch, None, start, at
        self._history.clear()
        self._past = self._day = None
        event = edited.event if edited.event in plan.events else ""
        if not superseded():
            self._deliver(Sampled(edited.number, plan, self._before(event, at), at))

    def chart(self, place: Place, bins: int, superseded: Callable[[], bool]) -> None:
        """Measure what the cursor stands on in a wide sample."""
        from synthwb.engine import sample

        if self._plan is None:
            return
        if self._wide is None:
            self._wide = sample(self._plan, CHARTED, start=self._from)
        if not superseded():
            self._deliver(Charted(place, profile_of(self._plan, self._wide, place, bins)))

    def rows(self, run: Run | None, event: str, until: int, superseded: Callable[[], bool]) -> None:
        """The table of a run's last events, after the sample before them; without a run, of the sample alone."""
        from synthwb.tui.preview.table import join

        if self._plan is None:
            return
        own = run is None or run.plan is self._plan
        schemas = self._plan.schemas if run is None or own else run.plan.schemas
        recent = table_of(run.recent() if run is not None else None, schemas, event=event)
        if own:
            recent = join(self._before(event, until), recent)
        if not superseded():
            self._deliver(Rows(recent, run))

    def flows(self, run: Run | None, since: int | None) -> None:
        """The charts of all flows: what a run did, and what came before ``since`` (None: nothing), when it began."""
        from synthwb.views import flow_charts

        plan = self._plan if run is None else run.plan
        if plan is None:
            return
        steps = run.stats().steps if run is not None else None
        if since is not None and plan is self._plan:
            _, before = self._came_before(since)
            steps = before if steps is None or before is None else before + steps
        self._deliver(Flowed(flow_charts(plan.scenario, steps), run))

    def times(self, run: Run | None, since: int | None, bound: int, slices: int) -> None:
        """The last events of a run in time, after those that came before ``since`` (None: without those)."""
        from synthwb.views import expected_rates, time_view

        plan = self._plan if run is None else run.plan
        if plan is None:
            return
        recent = run.recent() if run is not None else None
        batches = [] if recent is None else [recent.tail(RECENT)]
        if since is not None and plan is self._plan:
            before, _ = self._came_before(since)
            batches.insert(0, before.tail(RECENT - sum(map(len, batches))))
        view = time_view(
            [batch for batch in batches if len(batch)], bound=bound, slices=slices, names=list(plan.events)
        )
        now = view.time[-1] if len(view) else plan.scenario.clock.start
        if plan is not self._plan or self._day is None or not self._day[1] <= now < self._day[1] + _DAY:
            self._day = expected_rates(plan, now, _HOURS)
        self._deliver(Timed(replace(view, expected=self._day[0], day=self._day[1]), run))

    def _came_before(self, time: int) -> tuple[Batch, Steps | None]:
        """Events and steps in the stretch before an event time."""
        from synthwb.engine import past

        assert self._plan is not None
        if self._past is None or self._past[0] != time:
            self._past = (time, *past(self._plan, time, CHARTED))
        return self._past[1:]

    def _before(self, event: str, until: int) -> Table:
        """The sample's rows of an event type (empty: all) before an event time; all of them if none is before it."""
        assert self._plan is not None
        if event not in self._history:
            table = table_of(self._batch, self._plan.schemas, event=event)
            rows = tuple(row for row in table.rows if row.time < until)
            self._history[event] = replace(table, rows=rows) if rows else table
        return self._history[event]


def _window(plan: Plan, at: int | None) -> int:
    """Where to begin a sample so that about all of its rows come before ``at``; never before the clock's start."""
    return plan.scenario.clock.start if at is None else plan.back(at, ROWS)


def profile_of(plan: Plan, batch: Batch, place: Place, bins: int) -> Profile | None:
    """The shape of a field's values, of an event type's arrivals, or of all arrivals; None for an empty sample."""
    if place.entity:
        pool = plan.pools[place.entity].columns.get(place.field)
        return None if pool is None else _column_profile(place, pool, bins)
    parts = [part for part in batch.parts if not place.event or part.schema.event == place.event]
    if place.event and place.field and parts:
        column = parts[0].columns.get(place.field)
        return None if column is None else _column_profile(place, column, bins)
    times = sorted(time for part in parts for time in part.time.tolist())
    return Profile(place.path, "", len(times), 0, 0, rates(times, bins)) if times else None


def _column_profile(place: Place, column: Any, bins: int) -> Profile:
    series = column.series()[:CHARTED]
    size = len(series)
    absent = int(column.absent[:CHARTED].sum()) if column.absent is not None else 0
    for name in place.inner:
        series = series.struct.field(name)
    nulls = series.null_count()
    shape = _shape(series.drop_nulls(), bins)
    return Profile(place.path, place.generator, size, absent, max(0, nulls - absent), shape)


def _shape(series: Any, bins: int) -> Histogram | Categories | Rates | None:
    word = type_word(series.dtype)
    if word in ("integer", "float", "decimal"):
        return histogram(series.to_list(), bins, whole=word == "integer")
    if word == "list":
        return histogram(series.list.len().to_list(), bins, whole=True)
    if word == "timestamp":
        return rates([int(value.timestamp() * 1_000_000) for value in series.to_list()], bins)
    if word in ("string", "boolean"):
        return categories([show(value) for value in series.to_list()], _CATEGORIES)
    return None
