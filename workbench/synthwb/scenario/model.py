"""The validated scenario: frozen values, resolved names, no positions lost.

`parse` in this package makes these values; nothing here reads YAML. The engine compiles them, screens show them.
All times are int64 microseconds since 1970-01-01T00:00Z, all durations microseconds, all rates events per second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from synthwb.scenario.arrivals.shape import Shape
from synthwb.scenario.destinations import ChangeRecords, CsvStyle, Envelope, LineHole, LineTemplate, Shell, SinkSpec
from synthwb.scenario.diagnostics import Span
from synthwb.scenario.tables import TableFile, Word

if TYPE_CHECKING:
    from synthwb.scenario.checks.model import Check
    from synthwb.scenario.earlier import Earlier
    from synthwb.scenario.flows.model import Concurrency, Flow
    from synthwb.scenario.layers.model import Layer, TruthSpec
    from synthwb.scenario.living import Engagement, Excitation, Individual, Population
    from synthwb.scenario.replaying import Replay

__all__ = [
    "Arm",
    "Arrival",
    "Call",
    "ChangeRecords",
    "Clock",
    "CsvStyle",
    "DType",
    "EntityType",
    "Envelope",
    "EventType",
    "Expression",
    "Field",
    "FixedSet",
    "Limit",
    "LineHole",
    "LineTemplate",
    "Modifiers",
    "Origin",
    "Pacing",
    "PacingBurst",
    "Ref",
    "Scenario",
    "Schedule",
    "Shell",
    "SinkSpec",
    "SqlTable",
    "Template",
    "common_type",
]


class DType(StrEnum):
    """The logical type of a field's values, known before the run (``UNKNOWN`` only for a path not yet resolved)."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    OBJECT = "object"
    LIST = "list"
    NULL = "null"
    UNKNOWN = "unknown"


_NUMBERS = frozenset({DType.INTEGER, DType.FLOAT, DType.DECIMAL})


def common_type(types: Iterable[DType]) -> DType | None:
    """The type that holds values of all of these; None where there is none.

    >>> common_type([DType.INTEGER, DType.NULL, DType.FLOAT])
    <DType.FLOAT: 'float'>
    """
    found: DType | None = DType.NULL
    for dtype in types:
        found = _wider(found, dtype)
    return found


def _wider(one: DType | None, other: DType) -> DType | None:
    if one is None or one is other:
        return one
    if one is DType.NULL or other is DType.UNKNOWN:
        return other
    if other is DType.NULL or one is DType.UNKNOWN:
        return one
    if one in _NUMBERS and other in _NUMBERS:
        return DType.FLOAT if DType.FLOAT in (one, other) else DType.DECIMAL
    return None


@dataclass(frozen=True, slots=True)
class Expression:
    """A scalar SQL expression, parsed and checked, kept as text. ``names``: the paths it reads, as written."""

    text: str
    names: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``{path}`` holes. ``parts`` alternates literals and names: literal, name, literal, ... literal.

    So ``parts[0::2]`` are the literals (possibly empty) and ``parts[1::2]`` the names. ``{{`` and ``}}`` are braces.
    """

    text: str
    parts: tuple[str, ...]
    span: Span

    @property
    def names(self) -> tuple[str, ...]:
        """The paths it reads."""
        return self.parts[1::2]


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a generator: its name in the registry and its checked arguments.

    An argument is what its `Kind` says (a number, text, `Expression`, `Template`, a nested `Field` ...); an optional
    parameter that was not written is present with its default.
    """

    generator: str
    args: Mapping[str, Any]
    span: Span


@dataclass(frozen=True, slots=True)
class FixedSet:
    """``size`` different values, drawn once; ``pick`` is the law of which one is taken (None: all alike)."""

    size: int
    pick: Call | None
    span: Span


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What may stand beside a generator. The defaults change nothing.

    ``missing`` and ``nullable`` are probabilities in [0, 1] or an `Expression` that gives one per row; ``repeat`` is a
    probability below 1. ``scale``: the decimals of a decimal number, where ``as`` says so.
    """

    missing: float | Expression = 0.0
    nullable: float | Expression = 0.0
    unique: bool = False
    minimum: float | int | Expression | None = None
    maximum: float | int | Expression | None = None
    bounds: str = "clip"
    round: int | None = None
    case: str | None = None
    as_type: DType | None = None
    scale: int | None = None
    cardinality: FixedSet | None = None
    repeat: float = 0.0
    when: Expression | None = None
    hidden: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A named field: ``path`` is its draw address (``order_placed.total``), ``reads`` the paths its values need.

    ``reads`` holds every name used by arguments, modifiers and nested fields: siblings (``qty``, ``parent.child``),
    ``actor.x``, ``<ref>.x``, ``event.time`` ...; an absolute spelling of a sibling is reduced to its short form.
    """

    name: str
    path: str
    call: Call
    modifiers: Modifiers
    reads: tuple[str, ...]
    dtype: DType
    span: Span


@dataclass(frozen=True, slots=True)
class Arm:
    """One way that a value may take: the field that gives it, where a test holds.

    ``test`` is an `Expression` that is true or false, or a value to compare with; a condition of None always holds.
    """

    test: Any
    field: Field


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table or a query of a database. ``url`` holds ``${NAME}`` where the environment is read; never show the result.

    ``folder``: where the path of an SQLite file begins.
    """

    url: str
    table: str | None
    query: str | None
    folder: str = field(metadata={"meaning": False})
    span: Span


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from. ``columns``: attributes and the columns that give them (none: all, by their own names)."""

    table: TableFile | SqlTable
    columns: tuple[tuple[str, Word], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class EntityType:
    """A population: ``count`` rows, each with the same fields for ever. ``fields`` are in evaluation order.

    ``order`` keeps the document's order of the field names. ``activity`` is the law of who is picked how often
    (None: everybody alike). With a ``population`` the ``count`` is that of the start.
    """

    name: str
    count: int
    key: str | None
    fields: tuple[Field, ...]
    order: tuple[str, ...]
    activity: Call | None
    span: Span
    origin: Origin | None = None
    population: Population | None = None
    engagement: Engagement | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """``name`` picks one whole row of ``entity`` for each event, by the law ``pick`` (None: the entity's activity)."""

    name: str
    entity: str
    pick: Call | None
    span: Span


@dataclass(frozen=True, slots=True)
class EventType:
    """A record type: ``fields`` in evaluation order, ``order`` in the document's, ``earlier`` events referred to."""

    name: str
    version: int
    actor: str | None
    key: str | None
    refs: tuple[Ref, ...]
    fields: tuple[Field, ...]
    order: tuple[str, ...]
    doc: str
    span: Span
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times of the calendar as ``crons`` (cron expressions), in the clock's zone.

    ``count`` events come at each of them, every one up to ``jitter`` microseconds later.
    """

    crons: tuple[str, ...]
    count: int | Field = 1
    jitter: int = 0
    individual: Individual | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """How often an event type happens, or a flow begins, in event time; ``event`` is the name of either.

    ``process``: ``poisson`` or ``constant``, with a ``rate`` in events per second that ``shape`` varies; ``renewal``
    with a ``gap`` in seconds; ``schedule``; ``hawkes``, whose ``rate`` is that of its immigrants; ``once`` or
    ``births``, up to ``jitter`` later; ``per_actor`` with a ``rate``, a ``gap`` or an ``individual`` law of each.
    Where there is no rate it is 0 here: it follows from what else is said.
    """

    event: str
    process: str
    rate: Fraction
    span: Span | None
    shape: Shape | None = None
    gap: Field | None = None
    schedule: Schedule | None = None
    concurrency: Concurrency | None = None
    excitation: Excitation | None = None
    jitter: int = 0
    individual: Individual | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The event-time line, in microseconds since the epoch. ``speed``: event seconds per wall second, or None.

    ``live``: event time is the wall clock's. ``ago``: the document says that it starts so many microseconds before now,
    which only a run can know; ``start`` then stands for a now at the default start.
    """

    start: int
    end: int | None = None
    zone: str = "UTC"
    speed: float | None = None
    live: bool = False
    ago: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a run ends: after so many clean events, after so many microseconds of event time."""

    events: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class PacingBurst:
    """Another rate, in events per second, for ``length`` at the end of every ``every``; both in microseconds."""

    rate: float
    every: int
    length: int


@dataclass(frozen=True, slots=True)
class Pacing:
    """The wall-clock rate of delivery in events per second, reached after ``ramp`` microseconds.

    ``on_lag`` is report, catch_up or skip: what becomes of events that are late. ``max_lag``: microseconds that one may
    be late and is not skipped.
    """

    rate: float
    ramp: int = 0
    on_lag: str = "report"
    max_lag: int = 1_000_000
    burst: PacingBurst | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """The whole document, valid; everything keeps its order. Every row has one of the ``locales``, by their weights.

    ``arrivals``: of events, then of flows; an event that only flows emit has none. ``layers``: imperfections.
    """

    name: str
    seed: int
    locales: tuple[tuple[str, Fraction], ...]
    clock: Clock
    entities: Mapping[str, EntityType]
    events: Mapping[str, EventType]
    arrivals: tuple[Arrival, ...]
    limit: Limit
    pacing: Pacing | None
    envelope: Envelope
    sinks: tuple[SinkSpec, ...]
    doc: str = ""
    flows: Mapping[str, Flow] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    layers: tuple[Layer, ...] = ()
    truth: TruthSpec | None = None
    replay: Replay | None = None
