"""A run on the wall clock, against a clock that the test sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from output_driver import Looking

from synthwb.engine import Batch, Stream, compile_plan
from synthwb.errors import UsageError
from synthwb.runtime import Pace, Run, SinkStats, State, Stats
from synthwb.runtime.counts import Counts
from synthwb.runtime.generation import Prepared
from synthwb.runtime.line import Line
from synthwb.runtime.schedule import Schedule
from synthwb.runtime.slicing import Slice
from synthwb.scenario import fixed, loads, parse_at

LIVE = Pace(live=True)


class HandSet:
    """A clock that stands still until it is set."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).timestamp()

    def __call__(self) -> float:
        return self.now


class Ticking:
    """A clock that goes on from a time like the real one."""

    def __init__(self, text: str) -> None:
        self._ahead = datetime.fromisoformat(text).timestamp() - time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() + self._ahead


class Timed(Looking):
    """An output that keeps each event's time, and the clock's when it came."""

    name = "timed"

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.times: list[int] = []
        self.came: list[float] = []

    def open(self) -> None:
        """Nothing to open."""

    def encode(self, batch: Batch) -> list[int]:
        return sorted(time for part in batch.parts for time in part.time.tolist())

    def write(self, payloads: Iterable[int]) -> None:
        for each in payloads:
            self.times.append(each)
            self.came.append(self.clock())

    def close(self, *, commit: bool) -> None:
        """Nothing to close."""

    def stats(self) -> SinkStats:
        return SinkStats(self.name, "ok", len(self.times), 0)

    @property
    def local(self) -> list[str]:
        return [datetime.fromtimestamp(each / 1e6, UTC).isoformat() for each in self.times]


def _until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.005)


PAST = """
events: {ping: {fields: {n: sequence}}}
clock: {mode: live, start: 2026-03-02T09:00Z}
arrivals: {ping: {process: constant, rate: 20/s}}
"""


def test_what_lies_before_now_comes_at_once_and_then_each_event_at_its_time() -> None:
    clock = Ticking("2026-03-02T10:00:00+00:00")
    output = Timed(clock)
    seen: list[Stats] = []
    with Run(loads(PAST), [output], pace=LIVE, batch=1000, clock=clock) as run:
        run.start()
        _until(lambda: seen.append(run.stats()) or len(output.times) >= 72_010)  # type: ignore[func-returns-value]
        stats = run.stats()
        run.stop()
    assert seen[0].live
    assert any(each.catching_up and not each.held_by for each in seen)
    assert not stats.catching_up
    assert all(came >= each / 1e6 - 0.06 for each, came in zip(output.times, output.came, strict=True))
    made = [each for batch in Stream(loads(PAST), limit=len(output.times)) for each in output.encode(batch)]
    assert output.times == made


def test_a_start_that_is_still_to_come_is_waited_for() -> None:
    clock = HandSet("2026-03-02T08:59:59+00:00")
    output = Timed(clock)
    with Run(loads(PAST), [output], pace=LIVE, clock=clock) as run:
        run.start()
        _until(lambda: run.stats().ahead > 0)
        time.sleep(0.1)
        assert (output.times, run.stats().catching_up) == ([], False)
        clock.set("2026-03-02T09:00:00.3+00:00")
        _until(lambda: len(output.times) >= 5)
        assert max(output.times) <= clock.now * 1e6 + 50_000


@pytest.mark.parametrize(
    ("day", "steps", "hours"),
    [
        ("2026-03-29", ["00:00", "01:00", "02:00"], ["01", "03", "04"]),  # clocks go from two to three
        ("2026-10-25", ["00:00", "01:00", "02:00"], ["02", "02", "03"]),  # from three to two
    ],
)
def test_where_the_clocks_change_live_events_keep_the_hours_of_the_zone(
    day: str, steps: list[str], hours: list[str]
) -> None:
    text = f"""
events: {{struck: {{fields: {{at: {{timestamp: {{format: "%H"}}}}}}}}}}
clock: {{mode: live, start: {day}T00:00Z, zone: Europe/Paris}}
arrivals: {{struck: {{process: schedule, cron: "0 * * * *"}}}}
"""
    plan = compile_plan(loads(text))
    clock = HandSet(f"{day}T00:00:00+00:00")
    output = Timed(clock)
    with Run(plan, [output], pace=LIVE, clock=clock) as run:
        run.start()
        for count, step in enumerate(steps, 1):
            clock.set(f"{day}T{step}:01+00:00")
            _until(lambda count=count: len(output.times) == count)  # type: ignore[misc]
            assert output.local[-1] == f"{day}T{step}:00+00:00"
        recent = run.recent()
    assert recent is not None
    assert recent.frames["struck"]["at"].to_list() == hours


def test_late_events_go_when_they_are_due() -> None:
    schedule = Schedule(LIVE, 0.0, 0, 0, lambda: time.monotonic() + 100.0)
    assert schedule.due(7, 130_000_000) == pytest.approx(30.0, abs=0.01)
    schedule.moved(5.0)
    assert schedule.due(900, 130_000_000) == pytest.approx(30.0, abs=0.01)


@pytest.mark.parametrize(
    ("pace", "wish", "patience"), [(LIVE, None, 1.0), (LIVE, 0.3, 0.3), (LIVE, 9.0, 1.0), (Pace(), None, None)]
)
def test_a_live_schedule_looks_at_the_clock_again(pace: Pace, wish: float | None, patience: float | None) -> None:
    assert Schedule(pace, 0.0, 0, 0).patience(wish) == patience


def test_after_a_pause_a_live_run_catches_up() -> None:
    clock = HandSet("2026-03-02T09:00:00.5+00:00")
    output = Timed(clock)
    with Run(loads(PAST), [output], pace=LIVE, clock=clock) as run:
        run.start()
        _until(lambda: len(output.times) >= 10)
        run.pause()
        held = len(output.times)
        clock.set("2026-03-02T09:10:00+00:00")
        time.sleep(0.1)
        assert len(output.times) <= held + 1
        run.resume()
        _until(lambda: len(output.times) >= 12_000)
        assert run.stats().state is State.RUNNING


def test_a_line_that_falls_far_behind_catches_up_and_one_that_is_a_little_late_does_not() -> None:
    plan = compile_plan(loads(PAST))
    spine = plan.spine()
    clock = HandSet("2026-03-02T09:00:00+00:00")
    line = Line(LIVE, spine.take(1).after, clock)
    for late, caught in ((1.0, True), (0.1, False), (1.0, False), (60.0, True), (0.2, False)):
        slab = spine.take(1)
        batch = plan.realise(slab)
        line.put(Prepared(slab, batch, (Slice(slab.first, int(slab.due[0]), len(batch), ()),), Counts()), 0.0)
        clock.now = int(slab.due[0]) / 1e6 + late
        line.take(time.monotonic())
        assert (line.catching_up, line.late) == (caught, pytest.approx(late, abs=0.05))


def test_a_start_that_nobody_has_fixed_is_refused() -> None:
    text = PAST.replace("2026-03-02T09:00Z", "now-1h")
    scenario = loads(text)
    with pytest.raises(UsageError, match=r"clock\.start is now.*synthwb\.scenario\.fixed"):
        Run(scenario)
    start = fixed(scenario.clock, 1_772_442_000.9)
    assert start == {"clock.start": "2026-03-02T08:00:00Z"}
    read = parse_at(text, 1_772_442_000.9).scenario
    assert read == loads(text, overrides=start)
    assert read is not None
    assert (read.clock.start, read.clock.ago, read.clock.live) == (1_772_438_400_000_000, None, True)
    assert (
        compile_plan(read).fingerprint == compile_plan(loads(text.replace("now-1h", "2026-03-02T08:00Z"))).fingerprint
    )
