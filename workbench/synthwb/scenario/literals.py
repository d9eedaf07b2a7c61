"""The literals of the language: durations, rates, percentages, event times, factors, byte sizes.

Each function takes what was written and gives the value, or None when it is not such a literal; the constant of the
same name says what was expected, with examples. Times and durations are microseconds, rates events per second.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import lru_cache

__all__ = [
    "DURATION",
    "FACTOR",
    "GROWTH",
    "LEVEL",
    "PATTERNS",
    "PERCENTAGE",
    "RATE",
    "SIZE",
    "SLOPE",
    "START",
    "TIME",
    "TIME_OF_DAY",
    "ago",
    "duration",
    "factor",
    "growth",
    "level",
    "moment",
    "percentage",
    "rate",
    "size",
    "slope",
    "time_of_day",
    "zone",
]

DURATION = "a duration such as 250ms, 40s, 30m, 2h, 3d or 1w"
RATE = "a rate such as 5/s, 120/min, 40/h or 40/day"
PERCENTAGE = "a probability such as 5% or 0.05"
TIME = "a time such as 2026-03-02T09:00, or one relative to the start such as +7d or +3d 18:00"
START = "a time such as 2026-03-02T09:00, or now or now-7d where the clock is live"
FACTOR = "a factor such as x4"
LEVEL = "a level such as 70% or x4"
TIME_OF_DAY = 'a time of day such as "12:30"'
GROWTH = "growth such as 5%/week or -2%/day"
SIZE = "a size such as 64MB"
SLOPE = "a change over time such as 120/min or -0.5/day"

SECOND = 1_000_000
DAY = 86_400 * SECOND
_LONGEST = 60  # characters: no literal is longer, and patterns stay quick
_LARGEST = 2**62  # microseconds: 146,000 years

_UNITS = {
    "us": 1,
    "ms": 1000,
    "s": SECOND,
    "m": 60 * SECOND,
    "min": 60 * SECOND,
    "h": 3600 * SECOND,
    "d": DAY,
    "day": DAY,
    "days": DAY,
    "w": 7 * DAY,
}
_PER = {
    "ms": Fraction(1, 1000),
    **dict.fromkeys(("s", "sec", "second"), Fraction(1)),
    **dict.fromkeys(("m", "min", "minute"), Fraction(60)),
    **dict.fromkeys(("h", "hour"), Fraction(3600)),
    **dict.fromkeys(("d", "day"), Fraction(86_400)),
    **dict.fromkeys(("w", "week"), Fraction(7 * 86_400)),
}
_BYTES = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,15})?)"
_PART = re.compile(_NUMBER + r"\s?([a-z]+)")
_PARTS = re.compile(r"(?:[0-9]{1,15}(?:\.[0-9]{1,15})?\s?[a-z]+\s*)+")
_RATE = re.compile(_NUMBER + r"\s*/\s*([a-z]+)")
_SLOPE = re.compile(r"([-+]?)\s?" + _NUMBER + r"\s*/\s*([a-z]+)")
_PERCENT = re.compile(r"([-+]?" + _NUMBER[1:-1] + r")\s*%")
_FACTOR = re.compile(r"x\s?" + _NUMBER)
_SIZE = re.compile(_NUMBER + r"\s?([A-Za-z]+)")
_ABSOLUTE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)\s?(Z|[-+][0-9]{2}:?[0-9]{2})?)?",
)
_RELATIVE = re.compile(r"([-+])\s?((?:[0-9][0-9.]*\s?[a-z]+\s*)+?)(?:\s+([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
_NOW = re.compile(r"now(?:\s?-\s?([0-9][0-9a-z. ]*))?")
_EPOCH = datetime(1970, 1, 1)

_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2}))?)?")
_GROWTH = re.compile(r"([-+]?)\s?" + _NUMBER + r"\s?%\s?/\s?([a-z]+)")

PATTERNS = {
    "duration": rf"(?:{_NUMBER}\s?(?:{'|'.join(_UNITS)})\s*)+",
    "rate": rf"{_NUMBER}\s*/\s*(?:{'|'.join(_PER)})",
    "slope": rf"[-+]?\s?{_NUMBER}\s*/\s*(?:{'|'.join(_PER)})",
    "size": _SIZE.pattern,
    "percentage": _PERCENT.pattern,
    "factor": _FACTOR.pattern,
    "growth": rf"[-+]?\s?{_NUMBER}\s?%\s?/\s?(?:{'|'.join(_PER)})",
    "time of day": _CLOCK.pattern,
    "time": f"(?:{_ABSOLUTE.pattern}|{_RELATIVE.pattern})",
    "start": f"(?:{_ABSOLUTE.pattern}|{_NOW.pattern})",
}
"""How each literal is written, as a regular expression for Python and JavaScript (an impossible date fits as well)."""


def duration(text: str) -> int | None:
    """Microseconds of ``250ms``, ``40s``, ``1h 30m``.

    >>> duration("1.5s"), duration("1h 30m"), duration("90")
    (1500000, 5400000000, None)
    """
    if len(text) > _LONGEST or not _PARTS.fullmatch(text):
        return None
    total = Fraction(0)
    for number, unit in _PART.findall(text):
        if unit not in _UNITS:
            return None
        total += Fraction(number) * _UNITS[unit]
    return round(total) if total < _LARGEST else None


def ago(text: str) -> int | None:
    """How many microseconds before now: ``now``, ``now-7d``.

    >>> ago("now"), ago("now - 1h 30m"), ago("7d")
    (0, 5400000000, None)
    """
    found = _NOW.fullmatch(text) if len(text) <= _LONGEST else None
    if not found:
        return None
    return duration(found[1].strip()) if found[1] else 0


def rate(text: str) -> Fraction | None:
    """Events per second of ``5/s`` or ``40/day``.

    >>> rate("120/min"), rate("40/day"), rate("5")
    (Fraction(2, 1), Fraction(1, 2160), None)
    """
    found = _RATE.fullmatch(text) if len(text) <= _LONGEST else None
    if not found or found[2] not in _PER:
        return None
    return Fraction(found[1]) / _PER[found[2]]


def slope(text: str) -> tuple[float, int] | None:
    """How much in how many microseconds.

    >>> slope("120/min"), slope("-0.5/day"), slope("5")
    ((120.0, 60000000), (-0.5, 86400000000), None)
    """
    found = _SLOPE.fullmatch(text) if len(text) <= _LONGEST else None
    if not found or found[3] not in _PER:
        return None
    amount = float(found[2])
    return -amount if found[1] == "-" else amount, int(_PER[found[3]] * SECOND)


def percentage(text: str) -> float | None:
    """The number that ``5%`` stands for.

    >>> percentage("5%"), percentage("0.2 %"), percentage("5")
    (0.05, 0.002, None)
    """
    found = _PERCENT.fullmatch(text)
    return float(Fraction(found[1]) / 100) if found else None


def factor(text: str) -> float | None:
    """The number of ``x4``.

    >>> factor("x1.5"), factor("4")
    (1.5, None)
    """
    found = _FACTOR.fullmatch(text)
    return float(found[1]) if found else None


def level(text: str) -> float | None:
    """The factor that a share or a multiple stands for.

    >>> level("70%"), level("x4"), level("70")
    (0.7, 4.0, None)
    """
    found = factor(text)
    return percentage(text) if found is None else found


def growth(text: str) -> tuple[float, int] | None:
    """How much of itself something gains, in how many microseconds.

    >>> growth("5%/week"), growth("-2 %/day"), growth("5%")
    ((0.05, 604800000000), (-0.02, 86400000000), None)
    """
    found = _GROWTH.fullmatch(text) if len(text) <= _LONGEST else None
    if not found or found[3] not in _PER:
        return None
    share = float(Fraction(found[2]) / 100)
    return -share if found[1] == "-" else share, int(_PER[found[3]] * SECOND)


def time_of_day(text: str) -> int | None:
    """Microseconds from midnight of ``9``, ``12:30`` or ``12:30:15``.

    >>> time_of_day("9"), time_of_day("00:01"), time_of_day("24")
    (32400000000, 60000000, None)
    """
    found = _CLOCK.fullmatch(text)
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
    return (hour * 3600 + minute * 60 + second) * SECOND if hour < 24 and minute < 60 and second < 60 else None


def size(text: str) -> int | None:
    """Bytes of ``64MB`` (powers of ten) or ``64MiB`` (powers of two).

    >>> size("64MB"), size("1KiB"), size("12")
    (64000000, 1024, None)
    """
    found = _SIZE.fullmatch(text)
    return round(Fraction(found[1]) * _BYTES[found[2]]) if found and found[2] in _BYTES else None


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name, or None if there is none of this name."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment(text: str, where: tzinfo = UTC, start: int | None = None) -> int | None:
    """Microseconds since the epoch of an absolute time, or of one relative to ``start`` (if that is given).

    A time without an offset is local to ``where``. ``+3d`` is three times 24 hours after the start; ``+3d 18:00`` is
    six in the evening, local time, on the third day after the start's.

    >>> moment("1970-01-02"), moment("+1d", start=5), moment("1970-01-01T01:00+01:00")
    (86400000000, 86400000005, 0)
    """
    if len(text) > _LONGEST:
        return None
    found = _ABSOLUTE.fullmatch(text)
    if found:
        return _absolute(found[1], found[2], found[3], where)
    found = _RELATIVE.fullmatch(text)
    if not found or start is None:
        return None
    span = duration(found[2].strip())
    if span is None:
        return None
    moved = start + span if found[1] == "+" else start - span
    if found[3] is None:
        return moved
    try:
        day = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=moved)
        local = day.astimezone(where).replace(tzinfo=None)
        clock = local.replace(hour=int(found[3]), minute=int(found[4]), second=int(found[5] or 0), microsecond=0)
    except (ValueError, OverflowError):
        return None
    return _local(clock, where)


def _absolute(day: str, clock: str | None, offset: str | None, where: tzinfo) -> int | None:
    """Microseconds of a date, a time of day and an offset."""
    try:
        local = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
        if offset is None:
            return _local(local, where)
        aware = datetime.fromisoformat(f"{day}T{clock}{offset}")
    except ValueError:
        return None
    return _micros(local - _EPOCH) - _micros(aware.utcoffset() or timedelta(0))


def _local(local: datetime, where: tzinfo) -> int | None:
    """Microseconds of a local time; in the hour that is skipped or repeated in autumn and spring, the first reading."""
    try:
        offset = local.replace(tzinfo=where).utcoffset() or timedelta(0)
    except (OverflowError, ValueError):
        return None
    return _micros(local - _EPOCH) - _micros(offset)


def _micros(delta: timedelta) -> int:
    """A span in microseconds, exactly."""
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds
