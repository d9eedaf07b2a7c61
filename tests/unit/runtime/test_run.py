"""A run under a hand: states, pace, pause, step, stop, failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

import pytest
from output_driver import Looking

from synthwb.engine import Batch, Stream, compile_plan
from synthwb.errors import SinkError
from synthwb.runtime import Pace, Run, SinkStats, State
from synthwb.scenario import loads

TEXT = """
events: {ping: {fields: {n: sequence, who: uuid}}, pong: {fields: {n: sequence}}}
arrivals: {ping: 50/s, pong: {process: constant, rate: 20/s}}
"""
PLAN = compile_plan(loads(TEXT))


class Collected(Looking):
    """An output that keeps the ids it was given, and can be slow or fail."""

    name = "collected"

    def __init__(self, *, delay: float = 0.0, fail_at: int | None = None) -> None:
        self.ids: list[str] = []
        self.closed: bool | None = None
        self.opened = 0
        self._delay = delay
        self._fail_at = fail_at

    def open(self) -> None:
        self.opened += 1

    def encode(self, batch: Batch) -> list[str]:
        rows = sorted(pair for part in batch.parts for pair in zip(part.rows.tolist(), part.id.series(), strict=True))
        return [name for _, name in rows]

    def write(self, payloads: Iterable[str]) -> None:
        time.sleep(self._delay)
        self.ids.extend(payloads)
        if self._fail_at is not None and len(self.ids) >= self._fail_at:
            raise SinkError("the disk is full")

    def close(self, *, commit: bool) -> None:
        self.closed = commit

    def stats(self) -> SinkStats:
        return SinkStats(self.name, "ok", len(self.ids), 0)


def _expected(count: int) -> list[str]:
    output = Collected()
    return [name for batch in Stream(PLAN, limit=count) for name in output.encode(batch)]


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.005)


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("synthwb-")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bounded_run_delivers_everything_in_order_and_leaves_no_thread(workers: int) -> None:
    output = Collected()
    with Run(PLAN, [output], limit=5000, workers=workers, batch=700) as run:
        run.start()
        assert run.wait(30)
        stats = run.stats()
    assert stats.state is State.FINISHED
    assert stats.events == stats.expected == 5000
    assert sum(stats.by_event.values()) == 5000
    assert output.ids == _expected(5000)
    assert (output.opened, output.closed) == (1, True)
    assert not _threads()


def test_pause_resume_step_and_pace_change_no_data() -> None:
    output = Collected()
    run = Run(PLAN, [output], limit=4000, batch=100, pace=Pace(rate=400))
    run.step()
    _until(lambda: run.stats().events > 0)
    assert run.stats().state is State.PAUSED
    run.start()
    _until(lambda: run.stats().events > 100)
    run.pause()
    time.sleep(0.05)
    held = run.stats().events
    time.sleep(0.2)
    assert run.stats().events == held
    run.step(3)
    _until(lambda: run.stats().events > held)
    run.set_rate(3000)
    run.resume()
    _until(lambda: run.stats().events > 1500)
    run.set_rate(7)
    run.set_rate(None)
    assert run.wait(30)
    assert output.ids == _expected(4000)


@pytest.mark.parametrize("rate", [40.0, 900.0])
def test_a_paced_run_keeps_its_rate_and_at_most_200_ms_ahead(rate: float) -> None:
    with Run(PLAN, pace=Pace(rate=rate)) as run:
        run.start()
        time.sleep(0.5)
        ahead = []
        for _ in range(20):
            time.sleep(0.05)
            ahead.append(run.stats().ahead)
        stats = run.stats()
    assert stats.events == pytest.approx(stats.elapsed * rate, rel=0.15, abs=3)
    assert max(ahead) <= 0.2 * rate + 0.05 * rate + 1


def test_speed_follows_event_time() -> None:
    with Run(PLAN, pace=Pace(speed=20.0)) as run:
        run.start()
        _until(lambda: run.stats().event_time is not None)
        before = run.stats()
        time.sleep(1.0)
        stats = run.stats()
    assert before.event_time is not None
    assert stats.event_time is not None
    passed = (stats.event_time - before.event_time) / 1e6
    assert passed == pytest.approx((stats.elapsed - before.elapsed) * 20, rel=0.2)


def test_a_lower_rate_takes_hold_at_once_even_from_flat_out() -> None:
    with Run(PLAN, batch=5000) as run:
        run.start()
        _until(lambda: run.stats().events > 10_000)
        run.set_rate(10)
        time.sleep(0.15)
        before = run.stats().events
        time.sleep(1.0)
        assert run.stats().events - before <= 13
        run.set_rate(2000)
        time.sleep(0.5)
        assert run.stats().events - before > 500


@pytest.mark.parametrize(("limit", "kept"), [(10**9, False), (None, True)])
def test_stop_discards_a_bounded_run_and_keeps_an_unbounded_one(limit: int | None, kept: bool) -> None:
    output = Collected()
    run = Run(PLAN, [output], limit=limit)
    run.start()
    _until(lambda: run.stats().events > 0)
    run.stop()
    assert run.stats().state is State.STOPPED
    assert output.closed is kept
    assert output.ids == _expected(len(output.ids))


def test_a_failing_output_fails_the_run_with_its_message() -> None:
    output = Collected(fail_at=500)
    with Run(PLAN, [output], batch=100) as run:
        run.start()
        assert run.wait(10)
        stats = run.stats()
    assert stats.state is State.FAILED
    assert stats.error == "the disk is full"
    assert output.closed is False


def test_a_run_that_runs_out_of_unique_values_says_so() -> None:
    plan = compile_plan(loads("events: {e: {fields: {n: {integer: {min: 1, max: 40}, unique: true}}}}"))
    with Run(plan, batch=10) as run:
        run.start()
        assert run.wait(10)
        stats = run.stats()
    assert stats.state is State.FAILED
    assert "only 40 values" in stats.error


def test_a_slow_output_shows_as_lag_with_the_reason() -> None:
    with Run(PLAN, [Collected(delay=0.2)], pace=Pace(rate=1000)) as run:
        run.start()
        _until(lambda: run.stats().lag > 0.5)
        stats = run.stats()
    assert stats.held_by == "collected, which takes no more"
    assert stats.rate < 600


@pytest.mark.parametrize("workers", [1, 2])
def test_generation_waits_for_an_output_that_is_stuck(workers: int) -> None:
    """However long the output hangs, only a few batches are made beyond the one it hangs on."""
    output, made, going = Collected(), [], threading.Event()
    encode, write = output.encode, output.write

    def counted(batch: Batch) -> list[str]:
        made.append(len(batch))
        return encode(batch)

    def stuck(payloads: Iterable[str]) -> None:
        going.wait(30)
        write(payloads)

    output.encode, output.write = counted, stuck  # type: ignore[method-assign]
    with Run(PLAN, [output], limit=20_000, batch=100, workers=workers) as run:
        run.start()
        _until(lambda: len(made) > 1)
        time.sleep(0.5)
        waiting = len(made)
        time.sleep(0.5)
        assert len(made) == waiting <= 8
        going.set()
        assert run.wait(30)
    assert sum(made) == len(output.ids) == 20_000


def test_a_run_of_which_nothing_comes_can_be_stopped() -> None:
    text = """
    entities: {user: {count: 10, fields: {n: sequence}}}
    events: {seen: {actor: user, fields: {n: sequence}}}
    flows: {visit: {actor: user, states: {page: {dwell: 1m, next: {page: 0.5, exit: 0.5}}}}}
    arrivals: {visit: 2/s}
    """
    run = Run(compile_plan(loads(text)), [Collected()])
    run.start()
    time.sleep(0.2)
    run.stop()
    run.wait(10)
    assert run.stats().state is State.STOPPED
    _until(lambda: not _threads())


def test_wall_time_ends_a_run_in_good_order() -> None:
    output = Collected()
    with Run(PLAN, [output], pace=Pace(rate=100), wall=0.5) as run:
        run.start()
        assert run.wait(5)
        stats = run.stats()
    assert stats.state is State.FINISHED
    assert output.closed is True
    assert 40 <= stats.events <= 60


def test_recent_gives_the_last_events_as_one_batch() -> None:
    with Run(PLAN, limit=1234, batch=100) as run:
        assert run.recent() is None
        run.start()
        run.wait(10)
        recent = run.recent()
    assert recent is not None
    assert (recent.first, len(recent)) == (734, 500)
    assert sorted(int(row) for part in recent.parts for row in part.rows) == list(range(500))
    assert Collected().encode(recent) == _expected(1234)[734:]


def test_a_run_can_begin_at_any_event_time() -> None:
    start = PLAN.scenario.clock.start + 60_000_000
    with Run(PLAN, limit=50, start=start) as run:
        run.start()
        run.wait(10)
        recent = run.recent()
    assert recent is not None
    assert recent.first_time >= start


def test_controls_are_idempotent_in_every_state() -> None:
    run = Run(PLAN, limit=10)
    run.pause()
    run.stop()
    run.start()
    run.step()
    run.stop()
    assert run.stats().state is State.STOPPED
    assert run.stats().events == 0
    with pytest.raises(ValueError, match="positive"):
        run.set_rate(0)


CHECKED = (
    TEXT
    + """
checks:
  - {field: ping.n, between: [0, 99]}
  - {unique: ping.who}
"""
)


def test_checks_stand_in_the_snapshot() -> None:
    with Run(compile_plan(loads(CHECKED)), limit=1400) as run:
        assert [check.observed for check in run.stats().checks] == ["nothing seen yet"] * 2
        run.start()
        assert run.wait(60)
        stats = run.stats()
    assert [check.passed for check in stats.checks] == [False, True]
    assert stats.failed_checks == stats.checks[:1]
    assert stats.checks[0].failures == stats.by_event["ping"] - 99
    assert stats.checks[0].first is not None
    assert stats.checks[0].first.value == "100"


def test_a_change_of_pace_counts_nothing_twice() -> None:
    with Run(compile_plan(loads(CHECKED)), pace=Pace(rate=2000), limit=1400) as run:
        run.start()
        for rate in (5000, 3000, None):
            time.sleep(0.05)
            run.set_rate(rate)
        assert run.wait(60)
        stats = run.stats()
    assert stats.checks[1].passed
    assert stats.checks[1].observed == f"100% of {stats.by_event['ping']:,} records"
