"""How an intensity varies in event time: frozen values, without positions, as `model` has the rest of a scenario.

Everything here is a factor on the rate of an arrival; the factors are multiplied. Times are int64 microseconds since
1970-01-01T00:00Z, durations and times of day microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Burst", "Curve", "Holidays", "Peak", "Shape", "Trend"]


@dataclass(frozen=True, slots=True)
class Peak:
    """A bump around the time of day ``at``: ``height`` there, half way down to the floor ``width / 2`` away."""

    at: int
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A day as a floor with peaks; where peaks overlap the higher one counts."""

    floor: float
    peaks: tuple[Peak, ...]


@dataclass(frozen=True, slots=True)
class Holidays:
    """A factor for some days: the public holidays of a country or its subdivision, and dates of one's own.

    ``dates`` are day numbers since 1970-01-01; ``country`` is an ISO 3166 code or empty.
    """

    factor: float
    country: str = ""
    subdivision: str = ""
    dates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth by ``growth`` in every ``per`` microseconds: compound, or in a straight line if ``linear``.

    It begins at ``start`` with the factor 1 and, if there is an ``until``, stays as it is from then on.
    """

    growth: float
    per: int
    linear: bool
    start: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Burst:
    """The rate times ``factor`` for ``length`` microseconds from ``at`` on, with a ramp at both ends.

    With ``every`` it comes again: whole days are days of the calendar, at the same time of day; anything else is time
    that passes. The last one begins before ``until``.
    """

    at: int
    length: int
    factor: float
    ramp: int = 0
    every: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """All factors of one arrival. ``weekly`` has seven, Monday first.

    ``daily`` is a `Curve`, or steps: (time of day from which it holds, level), the first at midnight.
    """

    daily: Curve | tuple[tuple[int, float], ...] | None = None
    weekly: tuple[float, ...] | None = None
    holidays: tuple[Holidays, ...] = ()
    trend: Trend | None = None
    bursts: tuple[Burst, ...] = ()
