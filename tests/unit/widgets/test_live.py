"""One document under several hands: edits, runs and bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from synthwb.engine import sample
from synthwb.errors import ScenarioError
from synthwb.runtime import State
from synthwb_widgets.live import Bound, LiveScenario, Snapshot


@pytest.fixture
def live(shop: str) -> Iterator[LiveScenario]:
    """A live scenario that is stopped after the test."""
    made = LiveScenario(shop)
    yield made
    made.stop(wait=True)


def until(live: LiveScenario, wanted: Callable[[Snapshot], bool], seconds: float = 10.0) -> Snapshot:
    """Wait until a snapshot is as wanted."""
    deadline = time.monotonic() + seconds
    while not wanted(found := live.snapshot()):
        assert time.monotonic() < deadline, found.stats
        time.sleep(0.01)
    return found


def test_before_any_run_it_shows_a_sample(live: LiveScenario) -> None:
    found = live.snapshot()
    assert (found.state, found.made, found.stale, len(found.window)) == (State.IDLE, False, False, 500)
    assert found.stats.target == 200.0


def test_a_run_shows_what_it_delivered(live: LiveScenario) -> None:
    live.start()
    found = until(live, lambda it: it.stats.events >= 40)
    assert found.made
    assert found.window.batches[0].first == 0
    live.pause()
    held = live.snapshot()
    assert held.state is State.PAUSED
    time.sleep(0.1)
    assert live.snapshot().stats.events == held.stats.events


def test_pause_stop_and_edits_never_wait(live: LiveScenario) -> None:
    live.set_rate(0.1)
    live.start()
    began = time.monotonic()
    for act in (live.pause, live.start, live.stop, live.start, live.stop):
        act()
    live.edit("nonsense: [")
    assert time.monotonic() - began < 1.0


def test_an_error_keeps_the_last_good_document(live: LiveScenario) -> None:
    live.edit("events: {viewed: {fields: {a: {lognormall: {median: 3}}}}}")
    assert not live.snapshot().settled
    reading = live.settle()
    found = live.snapshot()
    assert found.settled
    assert found.stale
    assert [d.code for d in reading.diagnostics] != []
    assert found.good is not None
    assert found.good.events == ("viewed", "bought")
    with pytest.raises(ScenarioError):
        live.plan()


def test_a_document_that_never_was_good_cannot_start() -> None:
    live = LiveScenario("events: [")
    live.start()
    found = live.snapshot()
    assert found.state is State.IDLE
    assert found.good is None
    assert len(found.window) == 0


def test_an_edit_while_running_goes_on_at_the_same_event_time(live: LiveScenario, shop: str) -> None:
    live.start()
    before = until(live, lambda it: it.stats.events >= 30).stats
    live.edit(shop.replace("tier: {choice: {free: 80, pro: 20}}", "tier: {choice: {free: 1}}\n      added: uuid"))
    live.settle()
    after = until(live, lambda it: it.stats.events >= before.events + 60)
    assert after.state is State.RUNNING
    assert after.stats.event_time > before.event_time
    assert after.window.series("bought", "tier").unique().to_list() == ["free"]
    assert after.window.series("bought", "added").null_count() == 0
    live.pause()
    times = pl.concat([frame["time"] for batch in live.batches() for frame in [_times(batch)]])
    assert times.is_sorted()
    assert times.n_unique() == len(times)
    assert len(times) == live.snapshot().stats.events


def _times(batch: object) -> pl.DataFrame:
    frames = batch.frames.values()  # type: ignore[attr-defined]
    return pl.concat([frame.select("time") for frame in frames]).sort("time")


def test_an_edit_while_paused_stays_paused_and_can_go_on(live: LiveScenario, shop: str) -> None:
    live.start()
    until(live, lambda it: it.stats.events >= 10)
    live.pause()
    total = live.snapshot().stats.events
    live.edit(shop.replace("median: 12", "median: 90"))
    live.settle()
    found = live.snapshot()
    assert (found.state, found.stats.events) == (State.PAUSED, total)
    live.start()
    until(live, lambda it: it.stats.events > total)


def test_stopping_a_run_replaced_in_its_pause_leaves_nothing(live: LiveScenario, shop: str) -> None:
    live.start()
    until(live, lambda it: it.stats.events >= 10)
    live.pause()
    live.edit(shop.replace("median: 12", "median: 90"))
    live.settle()
    live.stop()
    assert live.snapshot().state is State.IDLE


def test_a_comment_does_not_disturb_the_run(live: LiveScenario, shop: str) -> None:
    live.start()
    until(live, lambda it: it.stats.events >= 10)
    revision = live.snapshot().revision
    live.edit(shop + "# a remark\n")
    live.settle()
    found = live.snapshot()
    assert found.revision == revision + 1
    assert found.window.batches[0].first == 0, "the same run goes on"


def test_every_run_is_bounded_in_events(shop: str) -> None:
    live = LiveScenario(shop, bound=Bound(events=300))
    live.set_rate(None)
    live.start()
    found = until(live, lambda it: it.state.over)
    assert (found.state, found.stats.events) == (State.FINISHED, 300)
    assert "300 events" in found.note


def test_every_run_is_bounded_in_time(shop: str) -> None:
    live = LiveScenario(shop, bound=Bound(seconds=0.2))
    live.start()
    found = until(live, lambda it: it.state.over)
    assert found.state is State.FINISHED
    assert "0.2 seconds" in found.note


def test_an_edit_does_not_lift_the_bound(shop: str) -> None:
    live = LiveScenario(shop, bound=Bound(events=60))
    live.start()
    until(live, lambda it: it.stats.events >= 20)
    live.edit(shop.replace("median: 12", "median: 90"))
    live.settle()
    assert until(live, lambda it: it.state.over).stats.events == 60


def test_a_finished_run_starts_anew(shop: str) -> None:
    live = LiveScenario(shop, bound=Bound(events=50))
    live.set_rate(None)
    for _ in range(2):
        live.start()
        assert until(live, lambda it: it.state.over).stats.events == 50


def test_a_live_run_delivers_what_a_sample_says(shop: str) -> None:
    live = LiveScenario(shop)
    live.set_rate(None)
    live.start(limit=1234)
    until(live, lambda it: it.state.over)
    (batch,) = live.batches()
    expected = sample(live.plan(), 1234)
    assert {name: frame.equals(expected.frames[name]) for name, frame in batch.frames.items()} == {
        "viewed": True,
        "bought": True,
    }


def test_making_events_takes_no_thread(live: LiveScenario) -> None:
    before = threading.active_count()
    batch = live.make(700)
    assert threading.active_count() == before
    found = live.snapshot()
    assert (found.state, found.stats.events, len(found.window), found.made) == (State.FINISHED, 700, 700, True)
    assert live.batches() == (batch,)


def test_the_rate_follows_the_document_when_it_changes_there(live: LiveScenario, shop: str) -> None:
    live.set_rate(5.0)
    live.edit(shop.replace("median: 12", "median: 13"))
    live.settle()
    assert live.rate == 5.0, "an edit elsewhere leaves the hand's rate alone"
    live.edit(shop.replace("pacing: 200/s", "pacing: 70/s"))
    live.settle()
    assert live.rate == 70.0
    with pytest.raises(ValueError, match="positive"):
        live.set_rate(0.0)


def test_the_window_keeps_the_newest_events_without_overlap(live: LiveScenario) -> None:
    live.set_rate(4000.0)
    live.start()
    found = until(live, lambda it: it.stats.events >= 9000, seconds=30)
    ends = [batch.first + len(batch) for batch in found.window.batches]
    assert all(end <= batch.first for end, batch in zip(ends, found.window.batches[1:], strict=False))
    assert len(found.window) < 6000 + 4000


def test_a_document_on_the_wall_clock_is_run_on_it_until_a_hand_says_otherwise(shop: str) -> None:
    on_the_clock = shop.replace("pacing: 200/s", "clock: {mode: live, start: now}")
    live = LiveScenario(on_the_clock)
    assert live.rate is None
    live.start()
    try:
        assert until(live, lambda it: it.stats.events > 0).stats.live
        live.set_rate(500)
        assert not live.snapshot().stats.live
        live.edit(shop)
        live.settle()
        live.edit(on_the_clock)
        live.settle()
        assert live.snapshot().stats.live
    finally:
        live.stop(wait=True)
