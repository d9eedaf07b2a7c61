"""Events into real databases: types, exactly once after kills and lost connections, refused rows."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from kill_driver import begun, ended, said
from postgres_driver import Server, server

from synthwb.engine import compile_plan
from synthwb.errors import UsageError
from synthwb.runtime import Keeping, Run, State, outputs, target
from synthwb.scenario import loads
from synthwb.sinks.tables import POSITIONS

TEXT = """
seed: 5
events:
  ping:
    fields:
      n: sequence
      who: {choice: {a: 3, b: 1}}
      share: {uniform: {min: 0, max: 1}}
      ok: {expr: "n % 2 == 0"}
      day: {date: {min: 2026-01-01, max: 2026-02-01}}
      price: {uniform: {min: 1, max: 9}, as: {decimal: 2}}
      note: {choice: [x, "ü"], nullable: 30%}
      place: {object: {city: {const: Bonn}, spots: {list: {integer: {min: 1, max: 9}}, length: 2}}}
  pong: {fields: {n: sequence}}
arrivals: {ping: 50/s, pong: 20/s}
"""
PLAN = compile_plan(loads(TEXT))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with server() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    made = request.getfixturevalue("postgres").url
    _do(made, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    yield made


def _do(url: str, *statements: str) -> list[Any]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(sa.text(statement))
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


def _run(url: str, to: str = "create=true", **how: Any) -> Run:
    address = f"{url}{'&' if '?' in url else '?'}{to}"
    return Run(PLAN, outputs([target(address)], PLAN, bounded=True), **how)


def _ended(run: Run) -> Run:
    with run:
        run.start()
        assert run.wait(120)
    return run


def _whole(url: str, events: int) -> None:
    """Every event is there once."""
    counts = []
    for event in ("ping", "pong"):
        ((rows, least, most, ids),) = _do(url, f"SELECT count(*), min(n), max(n), count(DISTINCT id) FROM {event}")
        assert (least, most, ids) == (1, rows, rows)
        counts.append(rows)
    assert sum(counts) == events


def test_rows_have_the_types_of_their_fields(url: str) -> None:
    stats = _ended(_run(url, limit=700)).stats()
    assert (stats.state, stats.error, stats.sinks[0].events) == (State.FINISHED, "", 700)
    _whole(url, 700)
    frame = {row.n: row for row in _do(url, "SELECT * FROM ping ORDER BY n")}
    row = frame[1]._mapping
    assert list(row) == ["event", "id", "time", "n", "who", "share", "ok", "day", "price", "note", "place"]
    assert (row["event"], len(row["id"]), row["who"] in "ab") == ("ping", 36, True)
    place = row["place"] if isinstance(row["place"], dict) else json.loads(row["place"])
    assert place["city"] == "Bonn"
    assert len(place["spots"]) == 2
    assert {one.note for one in frame.values()} == {None, "x", "ü"}
    if url.startswith("postgres"):
        types = _do(url, "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'ping'")
        kinds = dict(tuple(each) for each in types)
        assert kinds["time"] == "timestamp with time zone"
        assert (kinds["n"], kinds["share"], kinds["ok"]) == ("bigint", "double precision", "boolean")
        assert (kinds["day"], kinds["price"], kinds["place"]) == ("text", "numeric", "json")
    assert _do(url, f"SELECT * FROM {POSITIONS}") == []


def test_a_second_run_appends(url: str) -> None:
    for _ in range(2):
        _ended(_run(url, limit=100))
    assert _do(url, "SELECT (SELECT count(*) FROM ping) + (SELECT count(*) FROM pong)") == [(200,)]


def test_tables_that_are_not_there_or_lack_columns_are_named(url: str) -> None:
    _do(url, "CREATE TABLE pong (event TEXT, n BIGINT)")
    run = _ended(_run(url, "batch=10", limit=100))
    assert run.stats().state is State.FAILED
    assert "there is no table ping; make it, or write create: true" in run.stats().error
    assert "the table pong has no column id, time" in run.stats().error
    with pytest.raises(UsageError, match=r"one table cannot hold 2 event types .* put \{event\} into its name"):
        _run(url, "table=all")


def test_rows_that_are_refused_become_dead_letters_and_no_other(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _ended(_run(url, limit=1))
    _do(url, "DROP TABLE ping", "CREATE TABLE pong2 (n BIGINT)")
    kinds = "who TEXT, share FLOAT, ok BOOLEAN, day TEXT, price NUMERIC, note TEXT, place JSON"
    _do(url, f"CREATE TABLE ping (event TEXT, id TEXT UNIQUE, time TIMESTAMP, n BIGINT CHECK (n % 50 <> 7), {kinds})")
    stats = _ended(_run(url, "dead_letters=dead.jsonl&batch=64", limit=700)).stats()
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]
    ((rows,),) = _do(url, "SELECT count(*) FROM ping")
    dead = [json.loads(letter["value"])["n"] for letter in letters]
    assert dead == [7 + 50 * number for number in range(len(dead))]
    assert len(dead) == (rows + len(dead) + 43) // 50
    assert "check" in letters[0]["reason"].lower()
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.dead, report.waiting) == (700 - len(dead), len(dead), 0)


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_every_event_once(url: str, tmp_path: Path) -> None:
    (tmp_path / "ping.yaml").write_text(TEXT)
    address = f"{url}{'&' if '?' in url else '?'}create=true&batch=40&dead_letters=dead.jsonl"
    words = ["run", "ping.yaml", "--to", address, "--count", "6000", "--state", "run.db", "--resume"]
    for pause in (0.3, 0.0, 0.7, 0.1):
        process = begun(tmp_path, *words, "--rate", "1500/s", "--checkpoint", "150ms")
        before = _rows(url)
        deadline = time.monotonic() + 60
        while _rows(url) == before and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(pause)
        assert process.is_alive(), said(tmp_path)
        process.kill()
        process.join(30)
    assert ended(tmp_path, *words[1:]) == 0, said(tmp_path)
    _whole(url, 6000)


def _rows(url: str) -> int:
    try:
        return int(_do(url, "SELECT count(*) FROM ping")[0][0])
    except sa.exc.DBAPIError:
        return 0


@pytest.mark.slow
def test_a_connection_that_is_lost_again_and_again_loses_and_doubles_nothing(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url
    monkeypatch.chdir(tmp_path)
    _do(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    run = _run(url, "create=true&batch=20", limit=8000)
    run.start()
    cuts = 0
    while not run.stats().sinks[0].events:  # a connection that fails at the start ends the run
        assert not run.wait(0.01), run.stats()
    while not run.wait(0.05):
        cut = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        )
        cuts += _do(url, f"{cut}'postgres'")[0][0]
    stats = run.stats()
    assert (stats.state, stats.error) == (State.FINISHED, "")
    assert cuts > 3
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.dead) == (8000, 0)
    assert report.retries > 0
    _whole(url, 8000)


@pytest.mark.slow
def test_a_server_that_crashes_and_comes_back(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url
    monkeypatch.chdir(tmp_path)
    _do(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    run = _run(url, "create=true&batch=20", limit=8000)
    run.start()
    while _rows(url) < 100:
        time.sleep(0.01)
    postgres.stop(signal.SIGQUIT)
    back = threading.Timer(0.5, postgres.start)
    back.start()
    assert run.wait(120)
    back.join()
    assert (run.stats().state, run.stats().error) == (State.FINISHED, "")
    _whole(url, 8000)


@pytest.mark.slow
def test_a_run_can_be_ended_though_the_database_does_not_answer(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url
    monkeypatch.chdir(tmp_path)
    _do(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    made = outputs([target(f"{url}&create=true&batch=20&dead_letters=dead.jsonl")], PLAN, bounded=False)
    run = Run(PLAN, made, limit=100_000)
    run.start()
    while _rows(url) < 100:
        time.sleep(0.01)
    busy = _do(url, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'")
    for (pid,) in busy:
        os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(0.3)
        run.stop(wait=False)
        made[0].give_up()
        assert run.wait(20), "it waits for the database"
    finally:
        for (pid,) in busy:
            os.kill(pid, signal.SIGCONT)
    report = run.stats().sinks[0].report
    assert report is not None
    assert (report.waiting, report.dead > 0) == (0, True)
    dead = len((tmp_path / "dead.jsonl").read_text().splitlines())
    assert dead == report.dead
    deadline = time.monotonic() + 20
    query = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'"
    while _do(url, query) != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    rows = _rows(url) + _do(url, "SELECT count(*) FROM pong")[0][0]
    assert rows in (report.delivered, report.delivered + 20)  # one batch may have been on its way to be committed


def test_a_run_that_is_saved_while_it_comes_to_where_it_was_doubles_nothing(url: str, tmp_path: Path) -> None:
    def fresh() -> Any:
        (made,) = outputs([target(f"{url}{'&' if '?' in url else '?'}create=true&batch=30")], PLAN, bounded=True)
        return made

    spine = PLAN.spine(limit=600)
    blocks = [PLAN.realise(spine.take(100)) for _ in range(6)]
    first = fresh()
    first.open_kept(None)
    saved = first.mark()
    for block in blocks[:4]:
        first.write(first.encode(block))
    first.mark()  # delivered, and not saved any more
    first.close(commit=False)
    for count in (2, 3):  # it dies two more times, before and behind where it was
        again = fresh()
        again.open_kept(saved)
        done = 0 if count == 2 else 2
        for block in blocks[done : done + count]:
            again.write(again.encode(block))
        saved = again.mark()
        again.close(commit=False)
    last = fresh()
    last.open_kept(saved)
    last.write(last.encode(blocks[5]))
    last.close(commit=True)
    _whole(url, 600)


def test_a_state_from_before_the_database_was_emptied_is_refused(url: str, tmp_path: Path) -> None:
    state = str(tmp_path / "run.db")
    run = _run(url, limit=3000, batch=100, state=Keeping(state, every=0.01))
    run.step(7)
    while run.stats().events < 700:
        time.sleep(0.005)
    run.stop()
    _do(url, f"DELETE FROM {POSITIONS}")
    again = _ended(_run(url, limit=3000, state=Keeping(state, resume=True)))
    assert "this run is not known in the table synthwb_positions, so it cannot go on" in again.stats().error


def test_what_the_environment_gives_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hush")
    run = _ended(_run("postgresql://me:${SECRET}@127.0.0.1:1/x", limit=5))
    assert run.stats().state is State.FAILED
    assert "hush" not in run.stats().error
    assert "postgresql://me:${SECRET}@127.0.0.1:1/x" in run.stats().error
    with pytest.raises(UsageError, match="a password does not belong into a document"):
        _run("postgresql://me:hush@127.0.0.1:1/x")
