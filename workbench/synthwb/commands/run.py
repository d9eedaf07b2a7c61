"""``synthwb run``: generate a stream into its targets."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING

from synthwb.commands.documents import compiled, overridden, read_source, valid
from synthwb.commands.pacing import Following, begin_of, pace_of, seconds
from synthwb.commands.stopping import counted, wind_down
from synthwb.commands.talk import CHECKS_FAILED, INTERRUPTED, close_stdout, printable, say, say_error
from synthwb.errors import AlreadyFinished, UsageError

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.measure import CheckResult
    from synthwb.runtime import Keeping, Run, Stats
    from synthwb.scenario.model import Clock, Scenario, SinkSpec

__all__ = ["Saving", "Wishes", "run"]

_TICK = 0.2  # seconds between two looks at the run
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Saving:
    """The options of ``run`` that say where and how often it is saved, as they were typed."""

    state: str | None = None
    resume: bool = False
    checkpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of ``run``, as they were typed."""

    to: Sequence[str] = ()
    follow: Following = Following()  # noqa: RUF009 - frozen
    count: int | None = None
    duration: str | None = None
    wall: str | None = None
    seed: int | None = None
    batch: int | None = None
    workers: int = 1
    overrides: Sequence[str] = ()
    dry: bool = False
    entities: str | None = None
    truth: str | None = None
    saving: Saving = Saving()


def run(word: str, wishes: Wishes) -> int:
    """Run the scenario; the exit code.

    Raises UsageError for options that cannot be met.
    """
    wishes.follow.check()
    source, now = read_source(word), time.time()
    state = keeping_of(wishes.saving, now)

    def begin(clock: Clock) -> Mapping[str, str]:
        return told(begin_of(clock, wishes.follow, now if state is None else state.now), wishes.follow)

    scenario = bounded_by(valid(source, overridden(wishes.overrides), begin=begin), wishes)
    wall = None if wishes.wall is None else seconds("--wall", wishes.wall)
    specs = targets(scenario, wishes.to)
    pace = pace_of(scenario, specs, wishes.follow)
    plan = compiled(source, scenario)

    from synthwb.runtime import Run, TruthOutput, outputs

    endless = plan.expected() is None and wall is None
    made = outputs(specs, plan, bounded=not endless)
    truth = TruthOutput.of(plan, made, wishes.truth, bounded=not endless)
    if wishes.dry:
        from synthwb.commands.dryrun import describe

        print(describe(plan, specs, pace, wall, truth=None if truth is None else truth.sink.position()))
        return 0
    if wishes.entities is not None:
        for path, rows in save_entities(plan, wishes.entities):
            say(f"{rows:,} rows saved to {path}")
    with _interruptible():
        workers, batch = wishes.workers, wishes.batch
        try:
            delivery = Run(
                plan, made, pace=pace, wall=wall, workers=workers, batch=batch, truth=truth, watch=False, state=state
            )
        except AlreadyFinished as end:
            print(end, file=sys.stderr)
            return end.exit_code
        return _watched(delivery, reading=[spec.kind for spec in specs], wall=wall, state=state)


def keeping_of(saving: Saving, now: float) -> Keeping | None:
    """Where and how often a run is saved, if it is; it began ``now``, or when the one did that goes on.

    Raises UsageError for options that need another one.
    """
    if saving.state is None:
        if saving.resume or saving.checkpoint is not None:
            option = "--resume" if saving.resume else "--checkpoint"
            raise UsageError(f"{option} needs the place where the run is saved: --state run.db")
        return None
    from synthwb.runtime import Keeping
    from synthwb.runtime.saving import EVERY

    every = EVERY if saving.checkpoint is None else seconds("--checkpoint", saving.checkpoint)
    keeping = Keeping(saving.state, saving.resume, every)
    return replace(keeping, now=keeping.begun() or now)


def told(start: Mapping[str, str], wishes: Following) -> Mapping[str, str]:
    """The start that a document is read with; one that came from a clock is told, so that it can be typed again."""
    for moment in start.values():
        if moment != (wishes.begin or "").strip():
            words = f"begins at {moment}: with --from {moment} it makes the same events again"
            print(words, file=sys.stderr, flush=True)
    return start


def save_entities(plan: Plan, folder: str) -> list[tuple[str, int]]:
    """Write each population to ``folder/NAME.parquet``, whole or not at all; the files and their rows.

    ``from: folder/NAME.parquet`` reads it back. Raises SinkError for a file that cannot be written, UsageError for a
    folder that cannot be made, or without populations.
    """
    import polars as pl

    from synthwb.engine.absence import written
    from synthwb.sinks import SinkInfo
    from synthwb.sinks.parquet import ParquetSink

    if not plan.pools:
        raise UsageError("--save-entities: the scenario has no entities to save")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--save-entities {folder}: {os.strerror(error.errno or 0).lower()}") from None
    saved = []
    for name, pool in plan.pools.items():
        path = os.path.join(folder, f"{name}.parquet")
        frame = pl.DataFrame([column.series(field) for field, column in pool.columns.items()])
        sink = ParquetSink(path, metadata=written(pool.columns))
        sink.open(SinkInfo(bounded=True, headers={"": b""}, schemas={"": frame.schema}))
        sink.write("", frame, pool.count)
        sink.close()
        saved.append((path, pool.count))
    return saved


def bounded_by(scenario: Scenario, wishes: Wishes) -> Scenario:
    """The scenario with the seed and the limits of the command line in place of its own."""
    limit = scenario.limit
    if wishes.count is not None:
        limit = replace(limit, events=wishes.count)
    if wishes.duration is not None:
        limit = replace(limit, duration=round(seconds("--for", wishes.duration) * _MICROSECONDS))
    seed = scenario.seed if wishes.seed is None else wishes.seed
    return replace(scenario, limit=limit, seed=seed)


def targets(scenario: Scenario, words: Sequence[str]) -> tuple[SinkSpec, ...]:
    """Where to: the targets named, else the document's sinks, else stdout."""
    from synthwb.runtime.outputs import target

    if words:
        return tuple(target(word, scenario) for word in words)
    return scenario.sinks or (target("-"),)


def _watched(delivery: Run, *, reading: Sequence[str], wall: float | None, state: Keeping | None = None) -> int:
    """Start, show progress, and wait for the end or for a signal; the exit code."""
    from synthwb.commands.progress import progress
    from synthwb.runtime import State

    _say_beginning(delivery.stats(), state)
    with counted() as signals:
        delivery.start()
        with progress(to_terminal="stdout" in reading and sys.stdout.isatty(), wall=wall) as show:
            while not delivery.wait(_TICK) and not signals.count:
                show(delivery.stats())
            show(delivery.stats())
        interrupted = signals.count > 0
        if interrupted:
            wind_down(delivery, signals, stuck=set(reading) == {"stdout"})
    stats = delivery.stats()
    if _reader_gone(stats):
        close_stdout()
        return 0
    if stats.state is State.FAILED:
        say_error(stats.error)
        show_sinks(stats)
        if state is not None and stats.saved is not None:
            print(f"what was saved in {state.where} stays: the same command with --resume goes on", file=sys.stderr)
        show_checks(stats.failed_checks, len(stats.checks))
        return 1
    files = [sink.position for sink in stats.sinks if sink.position != "stdout"]
    say(_summary(stats, files if not interrupted else []))
    show_sinks(stats)
    if stats.altered_words:
        say(f"altered: {stats.altered_words}")
    if interrupted and state is not None and stats.state is not State.FINISHED:
        saved = f"interrupted after {stats.events:,} events, which are saved in {state.where}"
        print(f"{saved}: the same command with --resume goes on", file=sys.stderr)
    elif interrupted and state is None and delivery.bounded and (lost := [path for path in files if "://" not in path]):
        print(f"interrupted before the end, so not kept: {', '.join(lost)}", file=sys.stderr)
    show_checks(stats.failed_checks, len(stats.checks))
    if interrupted:
        return INTERRUPTED
    return CHECKS_FAILED if stats.failed_checks else 0


def _say_beginning(stats: Stats, state: Keeping | None) -> None:
    """Tell whether a run goes on, where somebody wished it to."""
    if state is not None and state.resume:
        known = (
            f"{stats.events:,} events are there already, going on" if stats.events else "nothing there yet, beginning"
        )
        print(f"{state.where}: {known}", file=sys.stderr)


def show_sinks(stats: Stats) -> None:
    """Tell whoever reads it which events were not delivered and where they are; a person, what each sink has."""
    for sink in stats.sinks:
        told = f"{sink.name}: {sink.events:,} delivered" + (f", {sink.words}" if sink.words else "")
        if sink.report is not None and sink.report.dead:
            print(printable(told), file=sys.stderr, flush=True)
        elif sink.words:
            say(printable(told))


def show_checks(failed: Sequence[CheckResult], count: int) -> None:
    """Tell which checks have failed, whoever reads it, and that none has, if a person is watching."""
    if not failed:
        if count:
            say(f"{count} check{'s' * (count != 1)} passed")
        return
    say_error(f"{len(failed)} of {count} check{'s' * (count != 1)} failed")
    for check in failed:
        print(printable(f"  {check.words}"), file=sys.stderr)


def _reader_gone(stats: Stats) -> bool:
    """Whether the run ended because nobody reads stdout any more."""
    from synthwb.runtime import State
    from synthwb.sinks.stdout import READER_GONE

    return stats.state is State.FAILED and any(sink.error == READER_GONE for sink in stats.sinks)


def _summary(stats: Stats, files: Sequence[str]) -> str:
    rate = stats.events / stats.elapsed if stats.elapsed else 0.0
    done = f"{stats.events:,} events in {stats.elapsed:.1f} s ({rate:,.0f}/s)"
    done += f", {stats.skipped_words}" if stats.skipped else ""
    return f"{done}, written to {', '.join(files)}" if files else done


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
