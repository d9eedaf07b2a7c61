"""The scale of rates: steps of one, two and five from one event in ten seconds up to as fast as it can."""

from __future__ import annotations

import re

from synthwb.errors import UsageError

__all__ = ["FASTEST", "SLOWEST", "count_text", "duration_text", "faster", "parse_rate", "rate_text", "slower"]

SLOWEST = 0.1
FASTEST = 1_000_000.0
_STEPS = (*tuple(base * 10**power for power in range(-1, 6) for base in (1.0, 2.0, 5.0)), FASTEST)
_PER = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0, "day": 86400.0}
_RATE = re.compile(r"^\s*([0-9][0-9_,.]*)\s*([kKmM]?)\s*(?:(?:/|per)\s*([a-z]+)\s*)?$")
_NEAR = 1.0001  # a rate that was typed may differ from a step by rounding


def faster(rate: float | None) -> float | None:
    """The next step up; None (as fast as it can) after the last."""
    if rate is None:
        return None
    return next((step for step in _STEPS if step > rate * _NEAR), None)


def slower(rate: float | None) -> float:
    """The next step down, never below the slowest."""
    if rate is None:
        return FASTEST
    return next((step for step in reversed(_STEPS) if step * _NEAR < rate), SLOWEST)


def parse_rate(text: str) -> float | None:
    """A typed rate in events per second: ``500``, ``2k``, ``120/min``, ``40/day``; ``max`` is None.

    Raises UsageError with what may be typed.
    """
    if text.strip().lower() in ("max", "full", "flat out", "unlimited"):
        return None
    found = _RATE.match(text.lower())
    unit = found.group(3) or "s" if found else ""
    if found is None or unit not in _PER:
        raise UsageError(f"{text.strip()!r} is not a rate: type events per second (500, 2k), 120/min, 40/day or max")
    try:
        number = float(found.group(1).replace("_", "").replace(",", ""))
    except ValueError:
        raise UsageError(f"{found.group(1)!r} is not a number: type a rate such as 500, 0.5 or 120/min") from None
    rate = number * {"": 1.0, "k": 1e3, "m": 1e6}[found.group(2).lower()] / _PER[unit]
    if rate <= 0:
        raise UsageError("a rate is above zero; pause the run to send nothing")
    return rate


def rate_text(rate: float | None) -> str:
    """A rate in words of few letters.

    >>> [rate_text(r) for r in (0.25, 12.0, 498.4, 1_204_331.0, None)]
    ['0.25/s', '12/s', '498/s', '1.2M/s', 'max']
    """
    if rate is None:
        return "max"
    if rate >= 1e6:
        return f"{rate / 1e6:.3g}M/s"
    if rate >= 1e4:
        return f"{rate / 1e3:.3g}k/s"
    if rate >= 100:
        return f"{rate:.0f}/s"
    return f"{rate:.3g}/s"


def count_text(count: int) -> str:
    """A count with separators.

    >>> count_text(1204331)
    '1,204,331'
    """
    return f"{count:,}"


def duration_text(seconds: float) -> str:
    """Seconds as a clock.

    >>> duration_text(72.9), duration_text(90061)
    ('00:01:12', '25:01:01')
    """
    whole = int(max(0.0, seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
