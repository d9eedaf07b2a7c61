"""What makes arrivals and populations live, validated. Times are microseconds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from synthwb.scenario.arrivals.shape import Shape
from synthwb.scenario.diagnostics import Span

if TYPE_CHECKING:
    from synthwb.scenario.model import Field

__all__ = ["Births", "Engagement", "Excitation", "Individual", "Population"]


@dataclass(frozen=True, slots=True)
class Excitation:
    """Every event has ``branching`` children on average (below 1), after ``decay`` microseconds on average each."""

    branching: float
    decay: int


@dataclass(frozen=True, slots=True)
class Individual:
    """How many arrivals each actor has in every period of ``every`` microseconds, with a probability of ``chance``.

    Both may read the actor and the beginning of the period.
    """

    count: Field
    chance: Field | None
    every: int


@dataclass(frozen=True, slots=True)
class Births:
    """A Poisson process with a ``rate`` per second that ``shape`` varies; ``end``: no birth from this time on, or None.

    ``most``: the rows that there will ever be, those at the start among them.
    """

    rate: Fraction
    shape: Shape | None
    end: int | None
    most: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Population:
    """Rows that come and go. ``churn``: the share of them that is gone after so many microseconds, by chance.

    ``lifetime``: how long a row lives, in seconds, whatever churn does; it may read the fields of the row. ``age``: how
    old the rows of the start are there, in seconds.
    """

    births: Births | None = None
    churn: tuple[float, int] | None = None
    lifetime: Field | None = None
    age: Field | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """A factor from 0 to 1 of each row that changes every so many microseconds. All laws may read the row.

    It begins at ``start``. In a change the share ``decay`` of it is lost, ``boost`` and ``noise`` are added (a number
    or an expression is the spread of a normal law); below ``inactive_below`` it is 0, until ``resurrection``: the share
    of the inactive who begin anew in so many microseconds.
    """

    start: Field | None
    every: int
    decay: Field | None = None
    boost: Field | None = None
    noise: Field | None = None
    inactive_below: float = 1e-4
    resurrection: tuple[float, int] | None = None
