"""Events into streams of Kinesis: moto's server, with a door before it that refuses, throttles and hangs up."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kinesis_driver import Door, client, moto, records

from synthwb.engine import compile_plan
from synthwb.errors import UsageError
from synthwb.runtime import Keeping, Run, State, outputs, target
from synthwb.scenario import loads
from synthwb.sinks.records import RECORD, REQUEST

TEXT = """
seed: 4
events:
  ping: {key: who, fields: {n: sequence, who: {choice: [a, b, c, d]}}}
  pong: {fields: {n: sequence}}
arrivals: {ping: 30/s, pong: 10/s}
"""
PLAN = compile_plan(loads(TEXT))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with moto() as found:
        yield found


@pytest.fixture
def door(port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Door]:
    """A way to a server with an empty stream ``shop``."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    made = client(port)
    made.create_stream(StreamName="shop", ShardCount=2)
    with Door(port) as before:
        yield before
    for stream in made.list_streams()["StreamNames"]:
        made.delete_stream(StreamName=stream)
    made.close()


def _run(door: Door, more: str = "", stream: str = "shop", plan: Any = PLAN, **how: Any) -> Run:
    to = f"kinesis://{stream}?region=eu-central-1&endpoint=http://127.0.0.1:{door.port}&dead_letters=dead.jsonl{more}"
    return Run(plan, outputs([target(to)], plan, bounded=True), **how)


def _ended(run: Run) -> Run:
    with run:
        run.start()
        assert run.wait(90)
    return run


def _taken(port: int, stream: str = "shop") -> Counter[tuple[str, int]]:
    found = (json.loads(data) for _, data in records(port, stream))
    return Counter((record["event"], record["n"]) for record in found)


def _all_once(port: int, events: int) -> None:
    taken = _taken(port)
    assert set(taken.values()) == {1}
    assert len(taken) == events


def test_every_event_is_a_record_with_its_key(door: Door, port: int) -> None:
    stats = _ended(_run(door, limit=2000)).stats()
    assert (stats.state, stats.error, stats.sinks[0].events) == (State.FINISHED, "", 2000)
    _all_once(port, 2000)
    for key, data in records(port, "shop"):
        record = json.loads(data)
        assert key == (record["who"] if record["event"] == "ping" else record["id"])
    assert max(count for count, _ in door.sizes) == 500


def test_another_key_and_a_stream_for_every_event(door: Door, port: int) -> None:
    for event in ("ping", "pong"):
        client(port).create_stream(StreamName=f"shop-{event}", ShardCount=1)
    stats = _ended(_run(door, "&key=n&batch=100", "shop-{event}", limit=500)).stats()
    assert (stats.state, stats.error) == (State.FINISHED, "")
    for event in ("ping", "pong"):
        found = records(port, f"shop-{event}")
        assert [key for key, _ in found] == [str(json.loads(data)["n"]) for _, data in found]
        assert {json.loads(data)["event"] for _, data in found} == {event}


def test_of_a_batch_that_is_taken_in_part_only_the_rest_is_sent_again(door: Door, port: int) -> None:
    door.refuse = lambda number: number % 3 == 1
    stats = _ended(_run(door, "&retries=50", limit=2000)).stats()
    assert (stats.state, stats.error) == (State.FINISHED, "")
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.dead, report.waiting) == (2000, 0, 0)
    assert report.retries > 0
    _all_once(port, 2000)
    assert door.records < 2000 * 2


def test_throttling_failures_and_lost_answers(door: Door, port: int) -> None:
    moods: list[tuple[int, str] | str] = [
        (400, "ProvisionedThroughputExceededException"),
        (500, "InternalFailure"),
        (503, "ServiceUnavailable"),
        "cut",
    ]
    door.answer = lambda number: moods[number // 2 % 4] if number % 2 else ""
    stats = _ended(_run(door, "&batch=100&retries=50", limit=2000)).stats()
    assert (stats.state, stats.error) == (State.FINISHED, "")
    taken = _taken(port)
    assert len(taken) == 2000
    assert 1 < max(taken.values()) < 20  # at least once: those whose answer was lost came again


def test_what_is_never_taken_is_a_dead_letter(door: Door, port: int) -> None:
    refused = set(range(5, 10))
    door.refuse = lambda number: number in refused or number >= 300
    stats = _ended(_run(door, "&retries=1&concurrency=1", limit=300)).stats()
    letters = [json.loads(line) for line in Path("dead.jsonl").read_text().splitlines()]
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.dead) == (295, 5)
    assert "Rate exceeded for shard (tried 2 times)" in letters[0]["reason"]
    dead = {(letter["event"], json.loads(letter["value"])["n"]) for letter in letters}
    assert len(dead | set(_taken(port))) == 300
    assert all(letter["id"] == json.loads(letter["value"])["id"] for letter in letters)


def test_requests_stay_below_their_size_and_a_record_that_is_too_large_is_a_dead_letter(door: Door, port: int) -> None:
    lengths = "{mixture: [{weight: 9, const: 500}, {weight: 1, const: 10000}]}"
    ways = f"{{list: {{const: {'x' * 120}}}, length: {lengths}}}"
    plan = compile_plan(loads(TEXT.replace("{n: sequence}}", f"{{n: sequence, t: {ways}}}}}")))
    stats = _ended(_run(door, plan=plan, limit=500)).stats()
    assert (stats.state, stats.error) == (State.FINISHED, "")
    letters = [json.loads(line) for line in Path("dead.jsonl").read_text().splitlines()]
    assert letters
    assert all(len(letter["value"]) > RECORD and "1,048,576 bytes at most" in letter["reason"] for letter in letters)
    assert sum(_taken(port).values()) == 500 - len(letters)
    assert len(door.sizes) > 2
    assert all(size < REQUEST * 4 / 3 + 100_000 for _, size in door.sizes)  # base64 in JSON


def test_a_run_with_a_state_goes_on(door: Door, port: int, tmp_path: Path) -> None:
    state = str(tmp_path / "run.db")
    run = _run(door, limit=2000, batch=100, state=Keeping(state, every=0.01))
    run.step(7)
    while run.stats().events < 700:
        time.sleep(0.005)
    run.stop()
    stats = _ended(_run(door, limit=2000, state=Keeping(state, resume=True))).stats()
    assert (stats.state, stats.sinks[0].events) == (State.FINISHED, 1300)
    _all_once(port, 2000)


def test_what_is_wrong_from_the_start(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ResourceNotFoundException" in _ended(_run(door, stream="other", limit=5)).stats().error
    with pytest.raises(UsageError, match="an endpoint begins with http:// or https://"):
        target("kinesis://shop?endpoint=localhost:4566")
    to = "kinesis://shop?region=eu-central-1&endpoint=http://127.0.0.1:9"
    run = _ended(Run(PLAN, outputs([target(to)], PLAN, bounded=True), limit=5))
    assert "kinesis://shop: Could not connect to the endpoint URL" in run.stats().error
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert "Unable to locate credentials" in _ended(_run(door, limit=5)).stats().error
