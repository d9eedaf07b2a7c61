"""A destination that is slower than the pace: the run waits for it, and says for whom and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from http_driver import HttpServer

from synthwb.commands.progress import status
from synthwb.engine import compile_plan
from synthwb.runtime import OnLag, Pace, Run, State, Stats, outputs, target
from synthwb.scenario import loads
from synthwb.sinks.dead import read_dead_letters
from synthwb.tui.run.strip import RunView, strip_lines

PLAN = compile_plan(loads("events: {viewed: {fields: {n: sequence}}}\narrivals: {viewed: 200/s}"))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpServer]:
    monkeypatch.chdir(tmp_path)
    with HttpServer(tmp_path) as running:
        yield running


@contextmanager
def _into(server: HttpServer, query: str, pace: Pace, limit: int | None = None) -> Iterator[Run]:
    """A run into the server; a test that fails does not wait for it."""
    made = outputs([target(f"{server.url}?{query}")], PLAN, bounded=limit is not None)
    run = Run(PLAN, made, pace=pace, limit=limit)
    try:
        yield run
        run.stop()
    finally:
        run.stop(hard=True)


def _until(run: Run, condition: Callable[[Stats], bool], seconds: float = 30.0) -> Stats:
    deadline = time.monotonic() + seconds
    while not condition(stats := run.stats()):
        assert stats.state is not State.FAILED, stats.error
        assert time.monotonic() < deadline, stats
        time.sleep(0.02)
    return stats


def test_a_throttling_server_is_named_with_what_it_says_until_it_is_well(server: HttpServer) -> None:
    with _into(server, "batch=5&retries=1000", Pace(rate=500)) as run:
        run.start()
        _until(run, lambda stats: stats.events > 200)
        server.mood(status=429, headers={"Retry-After": "1"})
        stats = _until(run, lambda stats: stats.held_by != "")
        assert stats.held_by == f"{server.url}: the server answered 429 Too Many Requests"
        sink = stats.sinks[0]
        assert sink.state == "retrying"
        assert sink.report is not None
        assert sink.report.waiting > 0
        assert sink.report.retries > 0
        assert stats.held_by in status(stats, None)
        assert f"! held up by {stats.held_by}" in strip_lines(RunView(stats, document=True), 120)
        assert any("on their way" in line for line in strip_lines(RunView(stats, document=True), 120))
        server.mood()
        stats = _until(run, lambda stats: not stats.held_by and stats.lag < 0.1)
        assert stats.sinks[0].state == "ok"
        assert stats.sinks[0].words.endswith("last: the server answered 429 Too Many Requests")
    assert max(server.taken().values()) == 1


def test_a_server_that_is_merely_slow_is_named(server: HttpServer) -> None:
    server.mood(delay=0.2)
    with _into(server, "batch=1&concurrency=2", Pace(rate=500)) as run:
        run.start()
        stats = _until(run, lambda stats: stats.held_by != "")
        assert stats.held_by == f"{server.url}, which takes no more"
        assert stats.rate < 100
        run.stop(hard=True)
    assert run.stats().state is State.STOPPED


def test_what_a_slow_server_is_too_late_for_is_skipped_and_kept(server: HttpServer, tmp_path: Path) -> None:
    server.mood(delay=0.05)
    with _into(server, "batch=1&concurrency=2", Pace(rate=400, on_lag=OnLag.SKIP, max_lag=0.3), limit=1200) as run:
        run.start()
        assert run.wait(60)
        stats = run.stats()
    assert stats.state is State.FINISHED, stats.error
    assert stats.elapsed < 6
    assert 0 < stats.skipped < 1200
    letters = list(read_dead_letters(str(tmp_path / "http.dead.jsonl")))
    assert len(letters) == stats.skipped
    taken = server.taken()
    assert max(taken.values()) == 1
    assert len(taken) == stats.sinks[0].events == 1200 - stats.skipped
    assert stats.sinks[0].report is not None
    assert stats.sinks[0].report.dead == stats.skipped
    assert f"{stats.skipped:,} skipped" in status(stats, None)
