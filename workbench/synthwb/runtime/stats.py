"""What a run says of itself: frozen snapshots, cheap to take from any thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.engine import Steps
    from synthwb.measure import CheckResult
    from synthwb.sinks.report import SinkReport

__all__ = ["SinkStats", "State", "Stats"]


class State(StrEnum):
    """The states of a run. FINISHED: its bound was reached; STOPPED: by hand; FAILED: see ``Stats.error``."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self in (State.STOPPED, State.FINISHED, State.FAILED)


@dataclass(frozen=True, slots=True)
class SinkStats:
    """One destination: ``state`` is ok, retrying, failed or closed; ``position`` says where it is (a path).

    ``events``: those it has confirmed, or that were written. ``error``: why it failed, or what went wrong last.
    ``report``: what became of the others. ``dead_letters``: the file that has some.
    """

    name: str
    state: str
    events: int
    bytes: int
    error: str = ""
    position: str = ""
    report: SinkReport | None = None
    dead_letters: str = ""

    @property
    def words(self) -> str:
        """What became of events that are not delivered, and what it says, such as ``5 dead letters in x.jsonl``."""
        report = self.report
        if report is None:
            return ""
        parts = []
        if report.waiting:
            parts.append(f"{report.waiting:,} on their way")
        if report.retries:
            parts.append(f"{report.retries:,} sent again")
        if report.dead:
            parts.append(f"{report.dead:,} dead letter{'s' * (report.dead != 1)} in {self.dead_letters}")
        said = report.trouble or report.error
        if said and self.state != "failed":
            parts.append(said if report.trouble else f"last: {said}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Stats:
    """A snapshot of a run.

    ``events``: delivered so far. ``rate``: delivered per second of wall time over the last two seconds. ``target``: the
    wished rate, None for flat out. ``lag``: seconds behind the schedule. ``ahead``: events generated but not yet
    delivered. ``elapsed``: wall seconds since the start, pauses left out. ``event_time``: of the last delivered event,
    microseconds. ``expected``: about how many events there will be at the end, if it has one. ``history``: rates of the
    last 60 half-seconds. ``saved``: seconds since the run was saved, None without a state. ``held_by``: what slows the
    run below its target, in words, or empty. ``live``: event time is the wall clock's. ``catching_up``: a live run
    delivers what lies before now, as fast as it can; ``lag`` is how far it has to go. ``checks``: how the scenario's
    checks stand over what was delivered. ``clean``: events of the clean stream so far, which a limit counts.
    ``altered``: records that each layer altered, by its name. ``skipped``: of the events, those that were too late to
    be sent (see `synthwb.runtime.pace.OnLag`). ``steps``: what the sessions of flows did so far (None: no flow, nothing
    delivered yet, or nobody watches).
    """

    state: State = State.IDLE
    events: int = 0
    rate: float = 0.0
    target: float | None = None
    lag: float = 0.0
    ahead: int = 0
    elapsed: float = 0.0
    event_time: int | None = None
    expected: int | None = None
    by_event: Mapping[str, int] = field(default_factory=dict)
    clean: int = 0
    altered: Mapping[str, int] = field(default_factory=dict)
    skipped: int = 0
    sinks: tuple[SinkStats, ...] = ()
    history: tuple[float, ...] = ()
    held_by: str = ""
    live: bool = False
    catching_up: bool = False
    saved: float | None = None
    error: str = ""
    checks: tuple[CheckResult, ...] = ()
    steps: Steps | None = None

    @property
    def altered_words(self) -> str:
        """How many records each layer altered, such as ``late 5,012, drop 993``; empty where none did anything."""
        return ", ".join(f"{name} {count:,}" for name, count in self.altered.items() if count)

    @property
    def skipped_words(self) -> str:
        """How many events were too late to be sent, in words; empty without any."""
        return f"{self.skipped:,} skipped" if self.skipped else ""

    @property
    def saved_words(self) -> str:
        """How long ago it was saved, in words; empty for a run that is not."""
        return "" if self.saved is None else f"saved {self.saved:,.0f} s ago"

    @property
    def failed_checks(self) -> tuple[CheckResult, ...]:
        """The checks that do not pass, in the order of the document."""
        return tuple(check for check in self.checks if not check.passed)
