"""About how many events a stream has until its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.engine.layers.estimates import arriving_share

if TYPE_CHECKING:
    from synthwb.engine.plan import Plan

__all__ = ["arriving_events", "clean_events"]

_YEARS = 4 * 365 * 86_400 * 1_000_000
_CLOSE = 10  # bits to which the end of a limit is found


def clean_events(plan: Plan, limit: int | None = None) -> int | None:
    """Of the clean stream, over which layers work, or None if it has no end. ``limit`` adds a bound."""
    bounds = [bound for bound in (limit, plan.scenario.limit.events) if bound is not None]
    if plan.end is not None:
        bounds.append(_until(plan, plan.end))
    return min(bounds) if bounds else None


def arriving_events(plan: Plan, limit: int | None = None) -> int | None:
    """The same of what arrives: less where layers drop events, more where they come again."""
    clean = clean_events(plan, limit)
    if not clean or not plan.stack.recounts:
        return clean
    share = arriving_share(plan.stack.arriving, plan.happening, plan.scenario.clock.start, _over(plan, clean))
    return round(clean * share)


def _until(plan: Plan, time: int) -> int:
    return round(sum(plan.happening(plan.scenario.clock.start, time).values()))


def _over(plan: Plan, clean: int) -> int:
    """When about so many clean events have happened."""
    start, end = plan.scenario.clock.start, plan.end
    if end is not None and clean >= _until(plan, end):
        return end
    low, high = start, start + (round(clean / plan.rate * 1e6) + 1 if plan.rate > 0 else _YEARS)
    while _until(plan, high) < clean and high < start + _YEARS:
        low, high = high, min(start + _YEARS, start + 2 * (high - start))
    while (high - low) >> 1 > (high - start) >> _CLOSE:
        middle = (low + high) // 2
        low, high = (middle, high) if _until(plan, middle) < clean else (low, middle)
    return high
