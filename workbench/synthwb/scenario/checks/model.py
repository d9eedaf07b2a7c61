"""Expectations on a stream, as values: what a check looks at, and what it expects of it.

A check reads what is sent: the fields of an event as they leave, never what is hidden. `reading` reads them from a
document, `synthwb.measure` evaluates them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

from synthwb.scenario.diagnostics import Span
from synthwb.scenario.model import DType, EventType, Expression, Field

__all__ = [
    "Between",
    "Check",
    "Matches",
    "NotNull",
    "OneOf",
    "Order",
    "Rate",
    "Rule",
    "Scalar",
    "Share",
    "Unique",
    "number_text",
    "rate_text",
    "sent_fields",
    "share_text",
    "span_text",
    "time_text",
    "value_text",
]

Scalar: TypeAlias = str | int | float | bool | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPANS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1000, "us": 1}
_PER = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
_NAMED = 8  # values listed in a sentence


@dataclass(frozen=True, slots=True)
class Between:
    """No value below ``low`` or above ``high`` (None: no limit on that side).

    ``times``: the limits are event times in microseconds. Null and absent values are not looked at.
    """

    low: float | int | None
    high: float | int | None
    times: bool = False

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return _limits(self.low, self.high, time_text if self.times else number_text)


@dataclass(frozen=True, slots=True)
class NotNull:
    """No value is null, and none is absent."""

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return "not null"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Every value is one of these. Null and absent values are not looked at."""

    values: tuple[Scalar, ...]

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        more = f" and {len(self.values) - _NAMED} more" if len(self.values) > _NAMED else ""
        return f"one of {', '.join(map(value_text, self.values[:_NAMED]))}{more}"


@dataclass(frozen=True, slots=True)
class Matches:
    """Every text matches the regular expression from its beginning to its end. Null and absent are not looked at."""

    pattern: str

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"matching {self.pattern}"


@dataclass(frozen=True, slots=True)
class Unique:
    """No value comes twice, or not twice ``within`` microseconds of event time. Null and absent are not looked at."""

    within: int | None = None

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return "no value twice" if self.within is None else f"no value twice within {span_text(self.within)}"


@dataclass(frozen=True, slots=True)
class Share:
    """The share of records that have this value lies between ``low`` and ``high``, among all that are looked at.

    An absent value counts as null; ``value`` None asks for the share of those.
    """

    value: Scalar
    low: Fraction | None
    high: Fraction | None

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"{value_text(self.value)} in {_limits(self.low, self.high, share_text)} of records"


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per second of event time, in each full window of ``over`` microseconds from the clock's start on."""

    low: Fraction | None
    high: Fraction | None
    over: int

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return f"{_limits(self.low, self.high, rate_text)} in each {span_text(self.over)}"


@dataclass(frozen=True, slots=True)
class Order:
    """Event times do not go back in the order of delivery, for each value of the field ``key`` (empty: for all)."""

    key: str = ""

    @property
    def expected(self) -> str:
        """What is expected, in words."""
        return "event times in order" + (f" for each {self.key}" if self.key else "")


Rule: TypeAlias = Between | NotNull | OneOf | Matches | Unique | Share | Rate | Order


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation. ``field``: the dotted name of a field of ``event``; empty where the event itself is meant.

    ``at_least``: the share of records (of windows, for a rate) that must fulfil it. ``when``: only records for which
    this holds are looked at.
    """

    name: str
    event: str
    field: str
    rule: Rule
    at_least: Fraction
    when: Expression | None
    span: Span

    @property
    def path(self) -> str:
        """What it looks at: ``order_placed.total``, or ``order_placed``."""
        return f"{self.event}.{self.field}" if self.field else self.event

    @property
    def counted(self) -> str:
        """What passes or fails: records, or windows of time."""
        return "windows" if isinstance(self.rule, Rate) else "records"

    @property
    def expected(self) -> str:
        """What is expected, in words: ``0 to 5,000, in at least 99.9% of records``."""
        words = self.rule.expected
        if self.at_least < 1:
            words += f", in at least {share_text(self.at_least)} of {self.counted}"
        return words if self.when is None else f"{words}, where {self.when.text}"


def sent_fields(event: EventType, given: Iterable[Field] = ()) -> dict[str, DType]:
    """The dotted names of the fields that an event sends, those of objects included, with their types.

    ``given``: what states put in the place of its fields, or beside them; a field has one type, whoever gives it.
    """
    found: dict[str, DType] = {}
    for field in sorted(event.fields, key=lambda field: event.order.index(field.name)):
        _collect(field, field.name, found)
    for field in given:
        _collect(field, field.name, found)
    return found


def _collect(field: Field, name: str, found: dict[str, DType]) -> None:
    if field.modifiers.hidden:
        return
    found[name] = field.dtype
    for child in field.call.args["fields"] if field.call.generator == "object" else ():
        _collect(child, f"{name}.{child.name}", found)


# Words


def _limits(low: object, high: object, text: object) -> str:
    assert callable(text)
    if high is None:
        return f"at least {text(low)}"
    if low is None:
        return f"at most {text(high)}"
    return f"{text(low)} to {text(high)}"


def number_text(value: float) -> str:
    """A number for people.

    >>> number_text(5000), number_text(0.25), number_text(12.0)
    ('5,000', '0.25', '12')
    """
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    return f"{value:,.6g}"


def value_text(value: object) -> str:
    """A value as the language writes it.

    >>> value_text(True), value_text(None), value_text("new")
    ('true', 'null', 'new')
    """
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def share_text(share: Fraction | float) -> str:
    """A share as a percentage, with as many decimals as it needs and never rounded to 0% or 100%.

    >>> share_text(Fraction(999, 1000)), share_text(Fraction(1, 3)), share_text(Fraction(999_999_999, 10**9))
    ('99.9%', '33.33%', '99.9999999%')
    """
    percent = float(share) * 100
    for digits in (2, 4, 7):
        text = f"{percent:.{digits}f}".rstrip("0").rstrip(".")
        if (text != "0" or not share) and (text != "100" or share == 1):
            return f"{text}%"
    return f"{percent:.12g}%"


def rate_text(rate: Fraction | float) -> str:
    """Events per second in the unit in which they are at least one, if there is one.

    >>> rate_text(Fraction(20)), rate_text(Fraction(1, 30)), rate_text(Fraction(0))
    ('20/s', '2/min', '0/s')
    """
    for unit, seconds in _PER.items():
        if rate * seconds >= 1:
            return f"{number_text(float(rate * seconds))}/{unit}"
    return f"{float(rate * 86_400):.6g}/day" if rate else "0/s"


def span_text(microseconds: int) -> str:
    """A duration in the largest unit of which it is a whole number.

    >>> span_text(3_600_000_000), span_text(90_000_000)
    ('1h', '90s')
    """
    word = next(word for word, unit in _SPANS.items() if microseconds % unit == 0) if microseconds else "s"
    return f"{microseconds // _SPANS[word]}{word}"


def time_text(microseconds: float) -> str:
    """An event time in UTC.

    >>> time_text(0)
    '1970-01-01T00:00:00Z'
    """
    return (_EPOCH + timedelta(microseconds=int(microseconds))).isoformat().replace("+00:00", "Z")
