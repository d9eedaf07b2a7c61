"""The runs behind the screen: one of the preview, which writes nothing, and at most one into the document's sinks.

No Textual here: the screen calls, and reads `stats`. Everything returns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from synthwb.tui.run import rates

if TYPE_CHECKING:
    from synthwb.engine import Batch, Plan
    from synthwb.runtime import Pace, Stats
    from synthwb.scenario.model import Scenario

__all__ = ["MakeRun", "RunControl", "RunLike", "pace_of"]


class RunLike(Protocol):
    """What the screen needs of a `synthwb.runtime.Run`."""

    @property
    def plan(self) -> Plan:
        """The plan being run."""
        ...

    def start(self) -> None:
        """Begin, or go on."""

    def pause(self) -> None:
        """Hold delivery."""

    def step(self, batches: int = 1) -> None:
        """Deliver so many batches."""

    def stop(self, wait: bool = True, *, hard: bool = False) -> None:
        """End it; ``hard``: without waiting for any destination."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end."""
        ...

    def set_rate(self, rate: float | None) -> None:
        """Another pace."""

    def stats(self) -> Stats:
        """How it goes."""
        ...

    def recent(self) -> Batch | None:
        """The last events."""
        ...


MakeRun = Callable[..., RunLike]

_BATCH = 4096  # events that a preview makes together: short turns, so that keys are answered while it runs flat out
_HELD = ("paused", "stopping", "stopped")  # states in which a person, not the stream, has brought a preview to rest


def pace_of(scenario: Scenario, *, bounded: bool, outputs: bool) -> Pace:
    """The pace the document asks for; without a word, event time at 1x, and flat out for a bounded run into files."""
    from synthwb.runtime import Pace

    if scenario.pacing is not None:
        return Pace.of(scenario.pacing)
    if scenario.clock.live:
        return Pace(live=True)
    if scenario.clock.speed is not None:
        return Pace(speed=scenario.clock.speed)
    return Pace() if outputs and bounded else Pace(speed=1.0)


class RunControl:
    """Holds the runs and knows which one the keys mean: the document's while there is one, else the preview's."""

    def __init__(self, make: MakeRun) -> None:
        self._make = make
        self.preview: RunLike | None = None
        self.document: RunLike | None = None
        self._retired: list[RunLike] = []
        self._rate: float | None = None
        self._rated = False
        self._speeds: dict[int, float | None] = {}

    @property
    def active(self) -> RunLike | None:
        """The run that the strip shows and the keys drive."""
        return self.document or self.preview

    @property
    def into_sinks(self) -> bool:
        """Whether the active run is the document's."""
        return self.document is not None

    @property
    def speed(self) -> float | None:
        """Seconds of event time per second of the active run, if that is what paces it."""
        return self._speeds.get(id(self.active)) if self.active is not None else None

    def stats(self) -> Stats | None:
        """A snapshot of the active run; None while there is none."""
        return self.active.stats() if self.active is not None else None

    def replace_preview(self, plan: Plan, at: int) -> None:
        """Go on with another plan from the same event time, running or paused as before."""
        held = self.preview is not None and self.preview.stats().state in _HELD
        self._retire(self.preview)
        self.preview = self._preview(plan, start=at)
        if held or self.into_sinks:
            self.preview.step(0)
        else:
            self.preview.start()

    def start_document(self, plan: Plan, outputs: Sequence[Any], *, bounded: bool, truth: Any = None) -> None:
        """Begin the run into the document's sinks, with its truth if it wants one; the preview waits."""
        if self.preview is not None:
            self.preview.pause()
        self._retire(self.document)
        pace = pace_of(plan.scenario, bounded=bounded, outputs=True)
        self.document = self._make(plan, tuple(outputs), pace=pace, **({} if truth is None else {"truth": truth}))
        self._speeds[id(self.document)] = pace.speed
        self.document.start()

    def toggle(self) -> None:
        """Pause the active run, or let it go on."""
        if self.active is None:
            return
        state = self.active.stats().state
        if state == "running":
            self.active.pause()
        elif not state.over:
            self.active.start()
        elif not self.into_sinks and self.preview is not None:
            self._restart_preview(self.preview.plan)

    def stop(self) -> None:
        """Stop the document's run, at once if it is stopping already; when it is over, show the preview again.

        A preview is stopped for good.
        """
        if self.document is None:
            if self.preview is not None:
                self.preview.stop(wait=False)
        elif self.document.stats().state.over:
            self.document = None
            if self.preview is not None:
                self.preview.start()
        else:
            self.document.stop(wait=False, hard=self.document.stats().state == "stopping")

    def step(self) -> None:
        """Deliver one batch and stay paused."""
        if self.active is not None:
            self.active.step()

    def set_rate(self, rate: float | None) -> None:
        """Another target for the active run; None: as fast as it can."""
        if self.active is None:
            return
        if not self.into_sinks:
            self._rate, self._rated = rate, True
        self._speeds[id(self.active)] = None
        self.active.set_rate(rate)

    def nudge(self, *, up: bool) -> float | None:
        """One step up or down the scale; the new target."""
        if self.active is None:
            return None
        now = self.active.stats().target
        if now is None and (self.speed is not None or self.active.stats().live):
            now = self._natural()
        wanted = rates.faster(now) if up else rates.slower(now)
        self.set_rate(wanted)
        return wanted

    def forget_rate(self) -> None:
        """A document was opened: its own pacing counts again."""
        self._rated = False

    def close(self, timeout: float = 3.0) -> bool:
        """Stop everything and wait, then for no destination any more; whether all threads have ended."""
        runs = [run for run in (self.document, self.preview, *self._retired) if run is not None]
        for run in runs:
            run.stop(wait=False)
        self.document = self.preview = None
        self._retired.clear()
        late = [run for run in runs if not run.wait(timeout)]
        for run in late:
            run.stop(wait=False, hard=True)
        ended = [run.wait(timeout) for run in late]
        return all(ended)

    def _restart_preview(self, plan: Plan) -> None:
        self._retire(self.preview)
        self.preview = self._preview(plan, start=None)
        self.preview.start()

    def _preview(self, plan: Plan, *, start: int | None) -> RunLike:
        pace = pace_of(plan.scenario, bounded=False, outputs=False)
        run = self._make(plan, pace=pace, start=start, batch=min(_BATCH, plan.batch))
        self._speeds[id(run)] = pace.speed
        if self._rated:
            self._speeds[id(run)] = None
            run.set_rate(self._rate)
        return run

    def _natural(self) -> float:
        """The rate that event time at its speed comes to."""
        plan = self.active.plan if self.active is not None else None
        return max(rates.SLOWEST, plan.rate * (self.speed or 1.0)) if plan is not None else rates.SLOWEST

    def _retire(self, run: RunLike | None) -> None:
        if run is not None:
            self._speeds.pop(id(run), None)
            run.stop(wait=False)
            self._retired = [*(each for each in self._retired if not each.wait(0)), run]
