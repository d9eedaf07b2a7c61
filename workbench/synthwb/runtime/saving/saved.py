"""What a saved run holds, and whether another one may go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthwb.engine import Position
from synthwb.engine.carrying import decoded, encoded, keepable
from synthwb.engine.fingerprint import versions
from synthwb.engine.meaning import Meaning, differences, meaning
from synthwb.engine.tables import digests
from synthwb.runtime.counts import Counts

if TYPE_CHECKING:
    from synthwb.engine import Plan

__all__ = ["Identity", "Progress", "Saved", "identity"]

_SHOWN = 20  # differences that are told


@keepable("identity")
@dataclass(frozen=True, slots=True)
class Identity:
    """What must be the same for a run to go on: ``fingerprint`` stands for ``versions``, ``files`` and ``scenario``.

    ``versions``: of what shapes the bytes. ``files``: digests of what the scenario reads. ``outputs``: where each
    writes. ``limit``: after how many events the run ends, besides the scenario's own.
    """

    fingerprint: str
    versions: Mapping[str, str]
    files: list[str]
    scenario: Meaning
    outputs: list[str]
    limit: int | None

    def changes(self, now: Identity) -> list[str]:
        """What is different now, one line each."""
        lines = []
        for library, version in self.versions.items():
            if now.versions.get(library) != version:
                lines.append(f"{library} {version} -> {now.versions.get(library)}")
        if self.fingerprint != now.fingerprint:
            lines += differences(self.scenario, now.scenario)
            lines += ["a file or a table that the scenario reads"] * (self.files != now.files)
            lines = lines or ["the order of what the scenario says, or what a plug-in declares"]
        lines += differences(str(self.limit), str(now.limit), "events at most")
        for number, (before, after) in enumerate(zip(self.outputs, now.outputs, strict=False), 1):
            lines += differences(before, after, f"output {number}")
        lines += [f"- output {where}" for where in self.outputs[len(now.outputs) :]]
        lines += [f"+ output {where}" for where in now.outputs[len(self.outputs) :]]
        more = len(lines) - _SHOWN
        return lines if more <= 0 else [*lines[:_SHOWN], f"… and {more} more"]


def identity(plan: Plan, outputs: list[str], limit: int | None) -> Identity:
    """That of a run which is about to begin."""
    scenario = plan.scenario
    return Identity(plan.fingerprint, versions(scenario), digests(scenario), meaning(scenario), outputs, limit)


@keepable("progress")
@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: its place in the stream, what is counted of it, how its checks stand.

    ``elapsed``: wall seconds that it has run. ``event_time``: of the last delivered event, in microseconds.
    """

    position: Position
    counts: Counts
    event_time: int | None
    elapsed: float
    checks: Any

    @property
    def events(self) -> int:
        """How many were delivered."""
        return sum(self.counts.by_event.values())


@keepable("saved")
@dataclass(frozen=True, slots=True)
class Saved:
    """The state of a run. ``now``, ``start``: wall clock and event time when it began. ``marks``: of its outputs.

    ``ended``: nothing more will be delivered. ``finished``: and the outputs are whole.
    """

    identity: Identity
    now: float
    start: int
    progress: Progress
    marks: list[Any]
    ended: bool = False
    finished: bool = False

    def encode(self) -> bytes:
        """In the form of `synthwb.engine.carrying`."""
        return encoded(self)

    @staticmethod
    def decode(data: bytes) -> Saved:
        """What `encode` gave. Raises ValueError, which says why, for anything else."""
        found = decoded(data)
        if not isinstance(found, Saved):
            raise ValueError("it is not the state of a run")
        return found
