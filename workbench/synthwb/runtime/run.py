"""A run: one plan delivered to its outputs, under a hand.

Two threads: one generates and encodes ahead of time, one delivers on schedule. The bounded queue between them is the
back-pressure. Every control is thread-safe, returns at once, and may be called in any state. A change of pace never
changes data: what was generated ahead is dropped and made again from the first undelivered block. A block that was
begun goes to its end (50 ms at most, on schedule) before anything else than a pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto
from functools import partial
from threading import Condition, Thread
from types import TracebackType
from typing import Self

from synthwb.engine import Batch, Plan, Position, compile_plan
from synthwb.errors import SynthwbError
from synthwb.runtime.checking import Checking
from synthwb.runtime.fanout import Fanout
from synthwb.runtime.generation import Ahead, Prepared
from synthwb.runtime.line import Line
from synthwb.runtime.meter import Meter
from synthwb.runtime.outputs import Output
from synthwb.runtime.pace import Pace
from synthwb.runtime.recent import Recent
from synthwb.runtime.saving import Keeper, Keeping
from synthwb.runtime.saving.saved import Progress
from synthwb.runtime.slicing import Slice
from synthwb.runtime.stats import State, Stats
from synthwb.runtime.truth import TruthOutput
from synthwb.scenario.fixing import check_fixed
from synthwb.scenario.model import Scenario

__all__ = ["Run"]

_RECENT = 500  # events kept for screens


class _Turn(Enum):
    """What the delivering thread has to do when no block is due."""

    SAVE = auto()
    OVER = auto()


class Run:
    """A run of ``plan`` (or of a scenario, compiled here) into ``outputs``.

    ``pace``: how delivery follows the wall clock. ``limit``: at most so many events. ``wall``: at most so many seconds.
    ``batch``: events made together at most. ``workers``: threads that generate when the pace is flat out. ``start``:
    event time in microseconds to begin at. ``truth``: where every alteration is written. ``watch``: count the steps of
    flows for `Stats.steps`, which takes a tenth of a flow's time. ``clock``: what the wall clock says, in seconds since
    the epoch. ``state``: where the run is saved as it goes, and whether it goes on with what was saved there. Use it as
    a context manager, or call `stop`.

    Raises UsageError for a clock that starts at a now which nobody has fixed (see `synthwb.scenario.fixed`), and where
    a saved run cannot go on; AlreadyFinished where it had come to its end.
    """

    def __init__(
        self,
        plan: Plan | Scenario,
        outputs: Sequence[Output] = (),
        *,
        pace: Pace | None = None,
        limit: int | None = None,
        wall: float | None = None,
        workers: int = 1,
        batch: int | None = None,
        start: int | None = None,
        truth: TruthOutput | None = None,
        watch: bool = True,
        clock: Callable[[], float] = time.time,
        state: Keeping | str | None = None,
    ) -> None:
        self.plan = plan = compile_plan(plan) if isinstance(plan, Scenario) else plan
        check_fixed(plan.scenario.clock)
        self._fanout = Fanout(outputs if truth is None else (*outputs, truth))
        self._limit, self._wall = limit, wall
        self._expected = plan.expected(limit)
        self._changed = Condition()
        self._state = State.IDLE
        self._steps, self._hard, self._error = 0, False, ""
        start = plan.scenario.clock.start if start is None else start
        keeping = Keeping(state) if isinstance(state, str) else state
        self._keeper = None if keeping is None else Keeper(keeping, plan, self._fanout, limit, start)
        saved = None if self._keeper is None else self._keeper.saved
        self._line = Line(pace or Pace(), Position(start, {}) if saved is None else saved.progress.position, clock)
        self._fanout.may_skip(self._line.pace)
        self._recent = Recent(_RECENT)
        self._checking = Checking(plan, start if saved is None else saved.start, limit)
        if saved is not None:
            self._checking.restore(saved.progress.checks)
        self._event_time = None if saved is None else saved.progress.event_time
        self._started = self._paused_at = 0.0
        self._rested = 0.0 if saved is None else -saved.progress.elapsed  # wall seconds not to be counted: pauses
        self._ended: float | None = None
        self._meter = Meter(0.0, None if saved is None else saved.progress.counts)
        size = batch or plan.batch
        self._ahead = Ahead(plan, outputs, truth, limit=limit, workers=workers, batch=size, clock=clock, watch=watch)
        self._epoch = 0
        self._threads: tuple[Thread, ...] = ()

    # Control ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, or go on after a pause. Without effect on a run that runs or is over."""
        with self._changed:
            if self._state is State.IDLE:
                self._launch(State.RUNNING)
            elif self._state is State.PAUSED:
                self._resume()
            self._changed.notify_all()

    resume = start

    def pause(self) -> None:
        """Hold delivery; what is generated ahead waits."""
        with self._changed:
            if self._state is State.RUNNING:
                self._state, self._paused_at = State.PAUSED, time.monotonic()
                self._changed.notify_all()

    def step(self, batches: int = 1) -> None:
        """Deliver so many batches now, then stay paused."""
        with self._changed:
            if self._state is State.IDLE:
                self._launch(State.PAUSED)
            elif self._state is State.RUNNING:
                self._state, self._paused_at = State.PAUSED, time.monotonic()
            if self._state is State.PAUSED:
                self._steps += batches
                self._changed.notify_all()

    def stop(self, wait: bool = True, *, hard: bool = False) -> None:
        """End the run: what was handed over is delivered first. A run with a state is saved, and keeps everything.

        A bounded file that is not complete is discarded; unbounded files keep what they hold. ``hard``: wait for no
        destination any more, so that what is on its way becomes dead letters; nothing more is saved.
        """
        with self._changed:
            self._hard = self._hard or hard
            if self._state is State.IDLE:
                self._state = State.STOPPED
                if self._keeper is not None:
                    self._keeper.release()
            elif not self._state.over:
                self._state = State.STOPPING
            self._changed.notify_all()
        if hard:
            self._fanout.give_up()
        if wait:
            self.wait()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the run is over, at most ``timeout`` seconds; whether it is."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def set_rate(self, rate: float | None) -> None:
        """Deliver at ``rate`` events per second from now on; None: as fast as it can.

        Raises ValueError for a rate that is not positive.
        """
        if rate is not None and not rate > 0:
            raise ValueError(f"a rate is a positive number of events per second, not {rate:g}")
        self.set_pace(replace(self._line.pace, rate=rate, speed=None, live=False, ramp=0.0, burst=None))

    def set_pace(self, pace: Pace) -> None:
        """Deliver at another pace from now on."""
        with self._changed:
            self._line.change(pace)
            self._fanout.may_skip(pace)
            self._epoch += 1
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # Sight -----------------------------------------------------------------------------------------------------------

    def stats(self) -> Stats:
        """A frozen snapshot, cheap enough for several a second from any thread."""
        with self._changed:
            resting = self._state is State.PAUSED
            now = self._ended or (self._paused_at if resting else time.monotonic())
            started = self._state is not State.IDLE and self._started > 0
            counts = self._meter.counts
            if started and not resting:
                self._meter.tick(now)
            return Stats(
                state=self._state,
                events=self._meter.events,
                rate=self._meter.rate(now) if started and not resting else 0.0,
                target=self._line.target,
                lag=self._line.lag(now) if started else 0.0,
                ahead=self._line.ahead,
                elapsed=max(0.0, now - self._started - self._rested) if started else -self._rested,
                event_time=self._event_time,
                expected=self._expected,
                by_event=counts.by_event,
                clean=counts.clean,
                altered=counts.altered,
                skipped=self._fanout.skipped,
                sinks=tuple(output.stats() for output in self._fanout.outputs),
                history=self._meter.history,
                held_by="" if resting or self._state.over else self._fanout.held_by(self._line, now),
                live=self._line.pace.live,
                catching_up=self._line.catching_up and started,
                saved=None if self._keeper is None else self._keeper.age,
                error=self._error,
                checks=self._checking.results,
                steps=counts.steps,
            )

    def recent(self) -> Batch | None:
        """The last delivered events, up to 500, for screens; None before the first."""
        with self._changed:
            kept = self._recent.batches
        joined = self._recent.last(kept)
        with self._changed:
            self._recent.fold(kept, joined)
        return joined

    @property
    def bounded(self) -> bool:
        """Whether the run ends by itself."""
        return self._expected is not None or self._wall is not None

    # Threads ---------------------------------------------------------------------------------------------------------

    def _launch(self, state: State) -> None:
        self._state = state
        self._started = self._paused_at = time.monotonic()
        self._meter = Meter(self._started, self._meter.counts)
        self._threads = (
            Thread(target=self._generate, name="synthwb-generate", daemon=True),
            Thread(target=self._deliver, name="synthwb-deliver", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def _resume(self) -> None:
        rested = time.monotonic() - self._paused_at
        self._rested += rested
        self._line.rested(rested)
        self._meter.shift(rested)
        self._state, self._steps = State.RUNNING, 0

    def _generate(self) -> None:
        """The generating thread: keep the queue filled from the first undelivered event on."""
        try:
            while (fresh := self._fresh()) is not None:
                epoch, position, pace = fresh
                for prepared in self._ahead.blocks(position, pace, partial(self._leaving, epoch)):
                    if not self._offer(prepared, epoch):
                        break
                else:
                    self._offer(None, epoch)
        except SynthwbError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - top of a worker: a run that fails says so instead of hanging
            self._fail(f"generating failed: {type(error).__name__}: {error}")

    def _fresh(self) -> tuple[int, Position, Pace] | None:
        """Wait until there is something to generate: the epoch, where to begin, the pace. None: the run is over."""
        with self._changed:
            while not self._leaving() and self._ahead.epoch == self._epoch:
                self._changed.wait()
            self._ahead.epoch = self._epoch
            return None if self._leaving() else (self._epoch, self._line.frontier, self._line.pace)

    def _offer(self, prepared: Prepared | None, epoch: int) -> bool:
        """Put a block into the queue when there is room; whether generation should go on."""
        with self._changed:
            while self._line.full and not self._leaving(epoch):
                self._changed.wait()
            if self._leaving(epoch):
                return False
            held = self._state is State.PAUSED and not self._line.begun
            self._line.put(prepared, self._paused_at if held else time.monotonic())
            self._changed.notify_all()
            return self._wait_ahead(prepared, epoch)

    def _wait_ahead(self, prepared: Prepared | None, epoch: int) -> bool:
        """Let a paced run be at most 200 ms ahead of its schedule."""
        while prepared is not None and not self._leaving(epoch):
            early = self._line.early(prepared, time.monotonic()) - Ahead.SECONDS
            if self._state is State.RUNNING and early <= 0:
                break
            if self._state is State.PAUSED and not self._line.full:
                break
            self._changed.wait(self._line.schedule.patience(early if self._state is State.RUNNING else None))
        return not self._leaving(epoch)

    def _deliver(self) -> None:
        """The delivering thread: open the outputs, write each block when it is due, close the outputs."""
        state = State.STOPPED
        try:
            if self._keeper is None:
                self._fanout.open()
            else:
                self._keeper.open(self._progress())
            while (turn := self._next()) is not _Turn.OVER:
                if isinstance(turn, tuple):
                    self._hand_over(*turn)
                elif self._keeper is not None:
                    self._keeper.save(self._progress())
            with self._changed:
                state = State.FINISHED if self._state in (State.RUNNING, State.PAUSED) else State.STOPPED
            self._checking.over(self._line, self._meter.counts.clean)
            finished = state is State.FINISHED
            if self._keeper is None and not self._hard:
                self._fanout.close(commit=finished or not self.bounded, drained=True)
            elif self._keeper is not None and not self._hard:
                self._keeper.close(self._progress(), finished=finished, bounded=self.bounded)
        except SynthwbError as error:
            if not self._hard:
                self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - top of a worker: a run that fails says so instead of hanging
            self._fail(f"delivery failed: {type(error).__name__}: {error}")
        with self._changed:
            if self._error:
                state = State.FAILED
        keeps = self._hard and not self._error and not self.bounded and self._keeper is None
        troubles = self._fanout.abandon(commit=keeps) if self._error or self._hard else []
        troubles += [] if self._keeper is None else self._keeper.release()
        with self._changed:
            self._error = "; ".join(part for part in (self._error, *troubles) if part)
            self._state, self._ended = state, time.monotonic()
            self._changed.notify_all()

    def _next(self) -> tuple[Slice, Prepared | None] | _Turn:
        """Wait for the next slice to be due, for a time to save, or for the end of the run."""
        with self._changed:
            while not self._error and not self._hard:
                now = time.monotonic()
                between = not self._line.begun
                if between and self._leaving():
                    break
                saving = self._keeper.wait(now) if between and self._keeper is not None else None
                if saving is not None and saving <= 0:
                    return _Turn.SAVE
                left = None if self._wall is None else self._started + self._rested + self._wall - now
                over = left is not None and left <= 0
                if between and over:
                    break
                paused = self._state is State.PAUSED and not over and (between or self._keeper is None)
                at = self._paused_at if paused else now
                delay = None if paused and not self._steps else self._line.delay(at, at_once=paused)
                if delay is not None and delay <= 0:
                    self._changed.notify_all()
                    taken = self._line.take(now, at_once=paused)
                    self._steps -= paused and not self._line.begun
                    return taken or _Turn.OVER
                waits = [seconds for seconds in (delay, None if over else left, saving) if seconds is not None]
                self._changed.wait(self._line.schedule.patience(min(waits) if waits else None))
            return _Turn.OVER

    def _hand_over(self, piece: Slice, ended: Prepared | None) -> None:
        """Give a slice to the outputs, and count the block that it ends."""
        self._fanout.hand_over(piece, self._line.too_late)
        if ended is None:
            return
        self._checking.see(ended.batch)
        with self._changed:
            self._meter.add(time.monotonic(), ended.counts)
            self._event_time = int(ended.slab.due[-1])
            self._recent.add(ended.batch)
        if self._keeper is not None:
            self._keeper.delivered()

    def _progress(self) -> Progress:
        """How far delivery has come."""
        stats = self.stats()
        return Progress(
            self._line.position, self._meter.counts, stats.event_time, stats.elapsed, self._checking.state()
        )

    def _leaving(self, epoch: int | None = None) -> bool:
        """Whether the run is about to be over, or this epoch is; neither ever comes back."""
        past = epoch is not None and epoch != self._epoch
        return past or self._state is State.STOPPING or self._state.over or bool(self._error)

    def _fail(self, message: str) -> None:
        with self._changed:
            self._error = self._error or message
            self._changed.notify_all()
