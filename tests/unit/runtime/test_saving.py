"""Saved runs: where they are kept, who may go on with them, and what is said to those who may not."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faker
import pytest
from postgres_driver import postgres

from synthwb.engine import compile_plan
from synthwb.errors import AlreadyFinished, SinkError, UsageError
from synthwb.runtime import Keeping, Run, State, outputs, target
from synthwb.runtime.saving import store as storing
from synthwb.runtime.saving.saved import Saved
from synthwb.runtime.saving.store import Store
from synthwb.scenario import loads

TEXT = """
seed: 3
events: {ping: {fields: {n: sequence, who: {choice: {a: 3, b: 1}}}}}
arrivals: {ping: 50/s}
checks: [{unique: ping.n}]
"""
PLAN = compile_plan(loads(TEXT))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres", "lease"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place for states: a file, a server, and a database that knows no locks."""
    if request.param == "postgres":
        return f"{request.getfixturevalue('server')}#{tmp_path.name}"
    if request.param == "lease":
        monkeypatch.setattr(storing, "_LOCKED_BY_FILE", ())
    return str(tmp_path / "run.db")


def test_a_state_is_replaced_as_a_whole_and_found_again(where: str) -> None:
    store = Store(where)
    assert store.load() is None
    for state in (b"one", b"\x00" * 3_000_000, b"three"):
        store.save(state)
    store.close()
    store.close()
    again = Store(where)
    found = again.load()
    again.close()
    assert found is not None
    assert found[1] == b"three"
    assert found[0].startswith("20")


def test_two_at_one_state_are_refused(where: str) -> None:
    first = Store(where)
    with pytest.raises(UsageError, match="another process"):
        Store(where)
    other = Store(f"{where}2" if "#" in where else f"{where}#other") if "://" in where else None
    if other is not None:
        other.close()
    first.close()
    Store(where).close()


def test_a_lease_ends_by_itself_and_whoever_lost_it_writes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "_LOCKED_BY_FILE", ())
    where = str(tmp_path / "run.db")
    dead = Store(where)
    dead.save(b"dead")
    assert dead.beat is not None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * storing.LEASE)
    heir = Store(where)
    heir.save(b"heir")
    with pytest.raises(UsageError, match="another process has taken this run over"):
        dead.save(b"dead again")
    dead.close()
    assert (heir.load() or ("", b""))[1] == b"heir"
    heir.close()


def test_runs_of_one_database_do_not_know_each_other(tmp_path: Path) -> None:
    for name in ("a", "b"):
        store = Store(f"{tmp_path / 'run.db'}#{name}")
        assert store.load() is None
        store.save(name.encode())
        store.close()
    store = Store(f"sqlite:///{tmp_path / 'run.db'}#a")
    assert (store.load() or ("", b""))[1] == b"a"
    store.close()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("sqlite://", "a state in memory is gone with the process"),
        ("nothere/run.db", "cannot be kept here: the folder .*nothere does not exist; make it"),
        ("nosuch://host/db", "cannot be kept here"),
        ("mysql://host/db", "cannot be kept here: its driver MySQLdb is not installed; install it"),
        ("postgresql+psycopg://u:secret@/x?host=/nowhere", "cannot be kept here"),
        ("${SYNTHWB_NOT_SET}", "the environment variable SYNTHWB_NOT_SET is not set"),
    ],
)
def test_a_place_that_cannot_be_used(place: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        Store(place)


def test_what_the_environment_gives_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHWB_STATE", "postgresql+psycopg://me:hush@/x?host=/nowhere/hush")
    with pytest.raises(UsageError, match=r"^\$\{SYNTHWB_STATE\}") as refused:
        Store("${SYNTHWB_STATE}")
    assert "hush" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_text("my diary " * 1000)
    with pytest.raises(UsageError, match="not a database"):
        Store(str(tmp_path / "run.db"))
    assert (tmp_path / "run.db").read_text().startswith("my diary")
    assert not (tmp_path / "run.db.lock").exists()


def _run(folder: Path, *, plan: Any = PLAN, to: str = "a.jsonl", resume: bool = False, **how: Any) -> Run:
    made = outputs([target(str(folder / to))], plan, bounded=True)
    return Run(plan, made, state=Keeping(str(folder / "run.db"), resume, every=0.01), **how)


def _part_of_a_run(folder: Path, **how: Any) -> int:
    """Steps through a part of a run, and stops; how much of it is done."""
    run = _run(folder, limit=3000, batch=100, **how)
    run.step(7)
    while run.stats().events < 700:
        time.sleep(0.005)
    run.stop()
    assert run.stats().state is State.STOPPED
    assert run.stats().saved is not None
    return run.stats().events


def test_a_run_goes_on_with_its_counts_its_time_and_its_checks(tmp_path: Path) -> None:
    done = _part_of_a_run(tmp_path)
    with _run(tmp_path, limit=3000, resume=True) as run:
        before = run.stats()
        assert (before.events, before.state) == (done, State.IDLE)
        assert before.elapsed > 0
        run.start()
        assert run.wait(60)
    stats = run.stats()
    assert (stats.state, stats.events, stats.error) == (State.FINISHED, 3000, "")
    assert stats.sinks[0].events == 3000
    assert stats.elapsed > before.elapsed
    assert stats.checks[0].passed
    lines = (tmp_path / "a.jsonl").read_bytes()
    assert lines.count(b"\n") == 3000
    with _fresh(tmp_path / "b.jsonl") as whole:
        whole.start()
        whole.wait(60)
    assert (tmp_path / "b.jsonl").read_bytes() == lines


def _fresh(path: Path) -> Run:
    return Run(PLAN, outputs([target(str(path))], PLAN, bounded=True), limit=3000)


def test_a_finished_run_says_so_and_may_be_made_anew(tmp_path: Path) -> None:
    for _ in range(2):
        with _run(tmp_path, limit=50) as run:
            run.start()
            assert run.wait(60)
        with pytest.raises(AlreadyFinished, match="this run is finished: 50 events"):
            _run(tmp_path, limit=50, resume=True)


def test_a_run_that_is_not_finished_is_not_begun_anew_unasked(tmp_path: Path) -> None:
    _part_of_a_run(tmp_path)
    with pytest.raises(UsageError, match="a run is saved here that is not finished"):
        _run(tmp_path, limit=3000)


def test_another_scenario_is_refused_with_what_has_changed(tmp_path: Path) -> None:
    _part_of_a_run(tmp_path)
    text = (
        TEXT.replace("seed: 3", "seed: 4")
        .replace("a: 3, b: 1", "a: 3, b: 2")
        .replace("n: sequence", "m: uuid, n: sequence")
    )
    with pytest.raises(UsageError) as refused:
        _run(tmp_path, plan=compile_plan(loads(text)), limit=3001, to="c.jsonl", resume=True)
    message = str(refused.value)
    assert "cannot go on. Changed since:" in message
    assert "\n  seed: 3 -> 4\n" in message
    assert "\n  + events.ping.fields.m\n" in message
    assert "fields.who.call.choice" in message
    assert "\n  events at most: 3000 -> 3001\n" in message
    assert "a.jsonl (jsonl) -> " in message


def test_a_file_that_is_cut_now_is_another_output(tmp_path: Path) -> None:
    _part_of_a_run(tmp_path)
    with pytest.raises(UsageError, match=r"output 1: .*a\.jsonl \(jsonl\) -> .*\(jsonl, cut into files\)"):
        _run(tmp_path, limit=3000, to="{date}/a.jsonl", resume=True)


def test_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _part_of_a_run(tmp_path)
    monkeypatch.setattr(faker, "VERSION", "99.0")
    plan = compile_plan(loads(TEXT))
    with pytest.raises(UsageError, match=r"Faker \d.* -> 99\.0"):
        _run(tmp_path, plan=plan, limit=3000, resume=True)


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    _part_of_a_run(tmp_path)
    with sqlite3.connect(tmp_path / "run.db") as database:
        (state,) = database.execute("select state from synthwb_runs").fetchone()
        database.execute("update synthwb_runs set state = ?", (state[:100] + b"x" + state[101:],))
    database.close()
    with pytest.raises(UsageError, match="the saved state cannot be read: it is damaged"):
        _run(tmp_path, limit=3000, resume=True)


@pytest.mark.parametrize("damage", ["shorter", "other", "gone"])
def test_a_file_that_is_not_what_was_written_is_refused(tmp_path: Path, damage: str) -> None:
    _part_of_a_run(tmp_path)
    part = tmp_path / "a.jsonl.part"
    data = part.read_bytes()
    if damage == "gone":
        part.unlink()
    else:
        part.write_bytes(data[:-1] if damage == "shorter" else data[:-5] + b"xxxx\n")
    with _run(tmp_path, limit=3000, resume=True) as run:
        run.start()
        assert run.wait(60)
    assert run.stats().state is State.FAILED
    assert (
        "without it the run cannot go on" if damage == "gone" else "this is not what the run has written"
    ) in run.stats().error
    if damage != "gone":
        assert len(part.read_bytes()) >= len(data) - 1


def test_what_was_written_after_the_state_is_cut_off(tmp_path: Path) -> None:
    _part_of_a_run(tmp_path)
    with (tmp_path / "a.jsonl.part").open("ab") as file:
        file.write(b'{"event":"pi')
    with _run(tmp_path, limit=3000, resume=True) as run:
        run.start()
        assert run.wait(60)
    assert (tmp_path / "a.jsonl").read_bytes().count(b"\n") == 3000
    assert b'{"event":"pi{' not in (tmp_path / "a.jsonl").read_bytes()


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("renamed", [False, True])
def test_a_run_that_died_at_its_very_end_only_gets_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, renamed: bool
) -> None:
    """The end is saved, then the files get their names, then that is saved: it may die between any of them."""
    from synthwb.runtime.fanout import Fanout

    close = Fanout.close

    def dies(self: Fanout, *, commit: bool) -> None:
        if renamed:
            close(self, commit=commit)
        elif suffix == "jsonl":
            close(self, commit=False)
        raise SinkError("died")

    monkeypatch.setattr(Fanout, "close", dies)
    with _run(tmp_path, limit=500, to=f"a.{suffix}") as run:
        run.start()
        assert run.wait(60)
    assert run.stats().error == "died"
    monkeypatch.setattr(Fanout, "close", close)
    with pytest.raises(AlreadyFinished, match="finished now: 500 events"):
        _run(tmp_path, limit=500, to=f"a.{suffix}", resume=True)
    with pytest.raises(AlreadyFinished, match="is finished: 500 events"):
        _run(tmp_path, limit=500, to=f"a.{suffix}", resume=True)
    assert not list(tmp_path.rglob("*.part"))
    if suffix == "jsonl":
        assert (tmp_path / "a.jsonl").read_bytes().count(b"\n") == 500


def test_stdout_and_devices_cannot_be_gone_on_with(tmp_path: Path) -> None:
    for place, words in (("-", "stdout cannot be gone on with"), ("/dev/null", "only a file can be gone on with")):
        state = Keeping(str(tmp_path / "run.db"))
        with Run(PLAN, outputs([target(place)], PLAN, bounded=True), limit=5, state=state) as run:
            run.start()
            assert run.wait(60)
        assert words in run.stats().error


def test_an_idle_run_lets_go_of_its_state(tmp_path: Path) -> None:
    _run(tmp_path, limit=5).stop()
    _run(tmp_path, limit=5).stop()
    assert not (tmp_path / "run.db.lock").exists()


def test_a_slow_run_is_saved_while_it_waits(tmp_path: Path) -> None:
    run = _run(tmp_path, limit=3000, batch=1)
    run.step(3)
    deadline = time.monotonic() + 60
    while _saved_events(tmp_path / "run.db") != 3:
        assert time.monotonic() < deadline, "it is not saved"
        time.sleep(0.05)
    run.stop()


def _saved_events(path: Path) -> int:
    database = sqlite3.connect(path)
    (state,) = database.execute("select state from synthwb_runs").fetchone()
    database.close()
    return 0 if state is None else Saved.decode(state).progress.events
