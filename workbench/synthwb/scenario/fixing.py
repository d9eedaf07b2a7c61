"""Fixing now: a scenario whose clock starts at ``now`` is read with a start that can be written down.

Nothing that makes events reads the wall clock. A run of ``start: now`` is that of a document with the time in the place
of ``now``; whoever has that time has the same events again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from synthwb.errors import UsageError
from synthwb.scenario.model import Clock
from synthwb.scenario.reader import Parsed, parse

__all__ = ["check_fixed", "fixed", "parse_at", "written"]

_SECOND = 1_000_000


def fixed(clock: Clock, now: float) -> dict[str, str]:
    """What to read the document with (``overrides``) so that its clock has a start; empty where it has one.

    ``now``: seconds since the epoch. Whole seconds, so that the start is short to write.

    >>> fixed(Clock(0, live=True, ago=86_400_000_000), 1_767_312_000.7)
    {'clock.start': '2026-01-01T00:00:00Z'}
    """
    return {} if clock.ago is None else {"clock.start": written(int(now) * _SECOND - clock.ago)}


def parse_at(
    text: str | bytes,
    now: float,
    *,
    overrides: Mapping[str, str] | None = None,
    folder: str | Path | None = None,
) -> Parsed:
    """As `parse`, with the start of the clock fixed where it is ``now``: seconds since the epoch."""
    parsed = parse(text, overrides=overrides, folder=folder)
    start = {} if parsed.scenario is None else fixed(parsed.scenario.clock, now)
    if not start:
        return parsed
    again = parse(text, overrides={**(overrides or {}), **start}, folder=folder)
    return replace(again, document=parsed.document, begin=start["clock.start"])


def written(time: int) -> str:
    """An event time in microseconds as ISO 8601, with a fraction only where it has one.

    >>> written(1_767_312_000_000_000), written(250_000)
    ('2026-01-02T00:00:00Z', '1970-01-01T00:00:00.250000Z')
    """
    moment = datetime.fromtimestamp(time // _SECOND, UTC).replace(microsecond=time % _SECOND, tzinfo=None)
    return f"{moment.isoformat()}Z"


def check_fixed(clock: Clock) -> None:
    """Raise UsageError for a start that nobody has fixed."""
    if clock.ago is not None:
        raise UsageError(
            "clock.start is now, and nobody has said when that is: read the scenario with "
            "overrides=synthwb.scenario.fixed(scenario.clock, time.time())"
        )
