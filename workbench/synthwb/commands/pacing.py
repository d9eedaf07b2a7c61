"""What the options say about time: how fast events are delivered, and when the clock starts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synthwb.errors import UsageError
from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.pacekeys import ON_LAG

if TYPE_CHECKING:
    from synthwb.runtime import Pace
    from synthwb.scenario.model import Clock, Scenario, SinkSpec

__all__ = ["Following", "begin_of", "pace_of", "seconds"]

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Following:
    """The options of ``run`` that say how delivery follows the wall clock, as they were typed."""

    rate: str | None = None
    speed: str | None = None
    live: bool = False
    begin: str | None = None
    on_lag: str | None = None

    def check(self) -> None:
        """Raise UsageError for options that contradict one another."""
        given = [name for name, wish in (("--rate", self.rate), ("--speed", self.speed), ("--live", self.live)) if wish]
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} both say how fast events are delivered; give one of them")
        if self.on_lag is not None and self.on_lag not in ON_LAG:
            near = nearest(self.on_lag, ON_LAG)
            wish = f"did you mean {near}?" if near else f"it is one of {', '.join(ON_LAG)}"
            raise UsageError(f"--on-lag {self.on_lag}: {wish}")


def begin_of(clock: Clock, wishes: Following, now: float) -> dict[str, str]:
    """With which ``clock.start`` to read the document, at a wall clock of ``now`` seconds; empty: with its own.

    Raises UsageError for what is no time.
    """
    from synthwb.scenario import fixed
    from synthwb.scenario.fixing import written
    from synthwb.scenario.literals import ago, moment

    if wishes.begin is None:
        unsaid = wishes.live and not clock.live
        return {"clock.start": written(int(now) * _MICROSECONDS)} if unsaid else fixed(clock, now)
    text = wishes.begin.strip()
    back = ago(text)
    if back is not None:
        if back > int(now) * _MICROSECONDS:
            raise UsageError(f"--from {text}: that is before 1970; write now-7d")
        return {"clock.start": written(int(now) * _MICROSECONDS - back)}
    if moment(text) is None:
        raise UsageError(f"--from {text}: not a time; write 2026-03-02T09:00, now or now-7d")
    return {"clock.start": text}


def pace_of(scenario: Scenario, specs: Sequence[SinkSpec], wishes: Following) -> Pace:
    """How fast: as the options say, else as the document does, else event time at 1x on a terminal, else flat out.

    Raises UsageError for options that cannot be met.
    """
    from synthwb.runtime.pace import OnLag

    pace = _pace(scenario, specs, wishes)
    if wishes.on_lag is None:
        return pace
    if pace.flat or pace.live:
        other = "a live run delivers what is late at once" if pace.live else "nothing is late without a rate or a speed"
        raise UsageError(f"--on-lag {wishes.on_lag}: {other}; add --rate, or pacing: to the document")
    return replace(pace, on_lag=OnLag(wishes.on_lag))


def _pace(scenario: Scenario, specs: Sequence[SinkSpec], wishes: Following) -> Pace:
    from synthwb.runtime.pace import Pace

    if wishes.live:
        return Pace(live=True)
    if wishes.speed is not None:
        return Pace(speed=_factor(wishes.speed))
    if wishes.rate is not None:
        return Pace() if wishes.rate.strip() == "max" else Pace(rate=_per_second(wishes.rate))
    if scenario.pacing is not None:
        return Pace.of(scenario.pacing)
    if scenario.clock.live:
        return Pace(live=True)
    if scenario.clock.speed is not None:
        return Pace(speed=scenario.clock.speed)
    if any(spec.kind == "stdout" for spec in specs) and sys.stdout.isatty():
        return Pace(speed=1.0)
    return Pace()


def seconds(option: str, text: str) -> float:
    """A duration in seconds. Raises UsageError for what is none."""
    from synthwb.scenario.literals import duration

    found = duration(text.strip())
    if not found or found < 0:
        raise UsageError(f"{option} {text}: not a duration; write 40s, 10m, 2h or 3d")
    return found / _MICROSECONDS


def _factor(text: str) -> float:
    from synthwb.scenario.timing import speed

    found = speed(text.strip())
    if found is None:
        raise UsageError(f"--speed {text}: not a factor above 0; write 60x")
    return found


def _per_second(text: str) -> float:
    from synthwb.scenario.literals import rate

    try:
        found = float(text)
    except ValueError:
        found = float(rate(text.strip()) or 0)
    if not 0 < found < float("inf"):
        raise UsageError(f"--rate {text}: not a rate; write 500/s, 120/min, or max for as fast as it can")
    return found
