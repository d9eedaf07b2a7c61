"""A live scenario: one document, its plan and its run, under several hands at once.

Every control is thread-safe and returns at once: a handler of a widget may run on any thread, with any event loop or
none. An edit is only noted; whoever has time calls `LiveScenario.settle`, which reads and compiles it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import RLock

from synthwb.engine import Batch, Plan, Steps, sample, watched
from synthwb.errors import ScenarioError
from synthwb.runtime import Pace, Run, State, Stats
from synthwb.scenario.diagnostics import Diagnostic
from synthwb_widgets.reading import Reading, read_document
from synthwb_widgets.window import NEWEST, Window, WindowKeeper

__all__ = ["Bound", "LiveScenario", "Snapshot", "Stretch"]

_RATE = 20.0  # events per second where the document says nothing
_KEPT = 100_000  # events of a live run that `LiveScenario.batches` makes again at most


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a run ends at the latest, so that a stop button need not be the only brake."""

    events: int = 1_000_000
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """``count`` events made by one plan from event time ``start`` on (None: the start of the clock)."""

    plan: Plan
    start: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a screen may want to show, at one moment.

    ``revision`` grows with every document read. ``made``: the window was delivered by a run or made by `run`; if not,
    it is the sample of the document. ``stale``: the document has an error, the rest shows the last good one.
    ``steps``: what sessions of flows did, from the beginning of the run under way or of the window that is no run's.
    """

    revision: int
    reading: Reading
    good: Reading | None
    settled: bool
    stats: Stats
    window: Window
    made: bool
    note: str
    steps: Steps | None = None

    @property
    def state(self) -> State:
        """The state of the run."""
        return self.stats.state

    @property
    def plan(self) -> Plan | None:
        """The plan of the last good document."""
        return None if self.good is None else self.good.plan

    @property
    def stale(self) -> bool:
        """Whether the document itself cannot be shown."""
        return self.reading.plan is None


class LiveScenario:
    """A document that can be edited while it runs.

    ``bound``: where every run ends at the latest. ``make_run`` replaces `Run` in tests. ``reading``: of the text, where
    somebody has read it already. ``lent``: the run belongs to somebody else.
    """

    lent = False

    def __init__(
        self,
        text: str,
        *,
        bound: Bound | None = None,
        make_run: Callable[..., Run] = Run,
        reading: Reading | None = None,
    ) -> None:
        self.bound = bound or Bound()
        self._make_run = make_run
        self._lock = RLock()
        self._settling = RLock()
        self._text = text
        self._pending: tuple[str, str, int] | None = None
        self._revision = 1
        self._now = time.time()  # what `now` is in the document
        self._reading = reading or read_document(text, now=self._now)
        self._good = self._reading if self._reading.plan is not None else None
        self._steered = False
        self._rate = self._wished(None)
        self._run: Run | None = None
        self._made: Batch | None = None
        self._steps: Steps | None = None  # of what was made
        self._start: int | None = None
        self._past: tuple[Stretch, ...] = ()
        self._elapsed = 0.0
        self._limit = self.bound.events
        self._note = ""
        self._by_hand = False
        self._keeper = WindowKeeper()

    # The document -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The document as it stands now, read or not."""
        with self._lock:
            return self._text

    def edit(self, text: str, client: str = "", version: int = 0) -> None:
        """Note a new text; ``client`` and ``version`` tell a page which of its edits an answer belongs to."""
        with self._lock:
            self._text = text
            self._pending = (text, client, version)

    def settle(self) -> Reading:
        """Read the newest edit if there is one: parse, compile, sample, and put it under a run that is under way."""
        with self._settling:
            with self._lock:
                pending, self._pending = self._pending, None
            if pending is not None:
                reading = read_document(*pending, now=self._now)
                with self._lock:
                    self._adopt(reading)
            with self._lock:
                return self._reading

    def plan(self) -> Plan:
        """The plan of the document as it stands now. Raises ScenarioError, with all problems, if it has an error."""
        reading = self.settle()
        if reading.plan is None:
            raise ScenarioError(reading.diagnostics)
        return reading.plan

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All problems of the document as it stands now."""
        return self.settle().diagnostics

    # The run ----------------------------------------------------------------------------------------------------------

    def start(self, *, limit: int | None = None, by_hand: bool = False) -> None:
        """Begin a run, or go on after a pause. Without effect while one runs or the document was never good.

        ``limit``: end after so many events (never beyond the bound). ``by_hand``: started by a button, so that it
        should not go on when nobody looks any more.
        """
        with self._lock:
            state = self._state()
            if self._good is None or state in (State.RUNNING, State.STOPPING):
                return
            self._note, self._by_hand = "", by_hand
            if state is not State.PAUSED:
                self._forget()
                self._limit = self.bound.events if limit is None else min(limit, self.bound.events)
            if self._run is None:
                self._run = self._fresh_run()
            self._run.start()

    def pause(self, note: str = "") -> None:
        """Hold the run; ``note`` says why if it was not a hand."""
        with self._lock:
            if self._run is not None and self._state() is State.RUNNING:
                self._run.pause()
                self._note = note

    def stop(self, *, wait: bool = False) -> None:
        """End the run; one that is stopping already, without waiting for any destination.

        ``wait`` for its threads only from a thread that may block.
        """
        with self._lock:
            run, self._note = self._run, ""
            if run is not None and run.stats().state is State.IDLE and self._past:
                self._forget()
        if run is not None:
            run.stop(wait=wait, hard=run.stats().state is State.STOPPING)

    def set_rate(self, rate: float | None) -> None:
        """Deliver so many events per second from now on; None: as fast as it can. Raises ValueError below 0."""
        with self._lock:
            if rate is not None and not rate > 0:
                raise ValueError(f"a rate is a positive number of events per second, not {rate:g}")
            self._rate, self._steered = rate, True
            if self._run is not None:
                self._run.set_rate(rate)

    def remark(self, note: str) -> None:
        """Say something beside the state, until the next command."""
        with self._lock:
            self._note = note

    @property
    def rate(self) -> float | None:
        """The wished rate in events per second; None: as fast as it can, or on the wall clock if the document is."""
        with self._lock:
            return self._rate

    def make(self, count: int) -> Batch:
        """Make the first ``count`` events of the document here and now, in place of any run."""
        plan = self.plan()
        self.stop(wait=True)
        batch, steps = watched(plan, count)
        with self._lock:
            self._forget()
            self._made, self._steps = batch, steps
            self._past = (Stretch(plan, None, len(batch)),)
            self._keeper.add(batch.tail(NEWEST))
            return batch

    # Sight ------------------------------------------------------------------------------------------------------------

    @property
    def by_hand(self) -> bool:
        """Whether a button started the run."""
        with self._lock:
            return self._by_hand

    def snapshot(self) -> Snapshot:
        """Everything at this moment; cheap enough for several a second."""
        with self._lock:
            stats = self._stats()
            recent = self._run.recent() if self._run is not None else None
            if recent is not None:
                self._keeper.add(recent)
            window = self._keeper.window()
            made = len(window) > 0
            if not made and self._good is not None and self._good.sample is not None:
                window = Window((self._good.sample,))
            steps = stats.steps if self._run is not None else self._steps
            if not made and steps is None and self._good is not None:
                steps = self._good.steps
            settled = self._pending is None
            note = self._note or self._ended(stats)
            return Snapshot(self._revision, self._reading, self._good, settled, stats, window, made, note, steps)

    def batches(self) -> tuple[Batch, ...]:
        """What has been made so far: all that `make` made, or the first 100,000 events of a live run.

        Nothing is collected while a run goes on: a stream is a function of its document, so its events are made again.
        """
        with self._lock:
            if self._made is not None:
                return (self._made,)
            found = self._past
            if self._run is not None:
                found = (*found, Stretch(self._run.plan, self._start, self._run.stats().events))
        batches, room = [], _KEPT
        for stretch in found:
            count = min(stretch.count, room)
            if count > 0:
                batches.append(sample(stretch.plan, count, start=stretch.start))
            room -= count
        return tuple(batches)

    # Within the lock --------------------------------------------------------------------------------------------------

    def _adopt(self, reading: Reading) -> None:
        before = self._good
        self._reading = reading
        self._revision += 1
        if reading.plan is None:
            return
        self._good = reading
        if reading.live and not (before is not None and before.live):
            self._steered = False
        self._rate = self._wished(before)
        if before is not None and before.plan is not None and before.plan.fingerprint == reading.plan.fingerprint:
            return
        state = self._state()
        if state in (State.RUNNING, State.PAUSED):
            self._replace(running=state is State.RUNNING)
        else:
            self._forget()

    def _replace(self, *, running: bool) -> None:
        """Go on with the new plan where the old run stood in event time."""
        assert self._run is not None
        old, stats = self._run, self._run.stats()
        old.stop(wait=False)
        if stats.events:
            self._past = (*self._past, Stretch(old.plan, self._start, stats.events))
        if stats.event_time is not None:
            self._start = stats.event_time + 1  # the last event is delivered already
        self._elapsed += stats.elapsed
        self._keeper.clear()
        self._run = self._fresh_run()
        if running:
            self._run.start()

    def _fresh_run(self) -> Run:
        assert self._good is not None
        made = sum(stretch.count for stretch in self._past)
        return self._make_run(
            self._good.plan,
            pace=Pace(live=True) if self._good.live and not self._steered else Pace(rate=self._rate),
            limit=max(0, self._limit - made),
            wall=max(0.0, self.bound.seconds - self._elapsed),
            start=self._start,
        )

    def _forget(self) -> None:
        self._run, self._made, self._start, self._past, self._elapsed = None, None, None, (), 0.0
        self._steps = None
        self._keeper.clear()

    def _state(self) -> State:
        return self._stats().state

    def _stats(self) -> Stats:
        """The run's statistics, with what was made before its last replacement."""
        past = sum(stretch.count for stretch in self._past)
        if self._run is None:
            return Stats(state=State.FINISHED if past else State.IDLE, events=past, target=self._rate)
        stats = self._run.stats()
        state = State.PAUSED if stats.state is State.IDLE and (past or self._start is not None) else stats.state
        return replace(stats, state=state, events=past + stats.events, elapsed=self._elapsed + stats.elapsed)

    def _ended(self, stats: Stats) -> str:
        if stats.state is not State.FINISHED or self._run is None:
            return ""
        if sum(stretch.count for stretch in self._past) + stats.clean >= self._limit:
            return f"{stats.events:,} events: the bound of this run. Start begins anew."
        if stats.elapsed >= self.bound.seconds:
            return f"{self.bound.seconds:g} seconds: the bound of this run. Start begins anew."
        return "The stream has ended. Start begins anew."

    def _wished(self, before: Reading | None) -> float | None:
        """The rate to go on with: the document's where it says something new, else the hand's."""
        if self._good is not None and self._good.live and not self._steered:
            return None
        now = self._good.pace if self._good is not None else None
        if before is None or (before.live and not self._steered):
            return now if now is not None else _RATE
        return self._rate if now is None or now == before.pace else now
