"""Exactly once into Apache Kafka: what consumers of committed messages see, whatever happens to run or broker."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from kafka_driver import Broker, messages, stored
from kafka_sinks import SHOP, dead, numbers, opened, reasons, some, topic
from kill_driver import begun, ended, said

import synthwb
from synthwb.engine import compile_plan
from synthwb.errors import SinkError

if TYPE_CHECKING:
    from pathlib import Path


def test_committed_messages_are_seen_and_others_are_not(apache: Broker, tmp_path: Path) -> None:
    name = topic()
    sink = opened(apache.address, name, tmp_path, create=True, transactional=True, commit_every=60.0)
    sink.write("", some(100), 100)
    sink.mark()
    sink.write("", some(100, first=100), 100)
    assert sorted(numbers(apache.address, name, committed=True)) == list(range(100))
    assert (sink.report().delivered, sink.report().waiting) == (100, 100)
    sink.close(commit=False)
    assert sorted(numbers(apache.address, name, committed=True)) == list(range(100))
    assert {one for one, _ in dead(tmp_path)} == {f"id-{number}" for number in range(100, 200)}
    assert (sink.report().delivered, sink.report().dead, sink.report().waiting) == (100, 100, 0)


def test_a_transaction_is_committed_in_time_without_further_writing(apache: Broker, tmp_path: Path) -> None:
    name = topic()
    sink = opened(apache.address, name, tmp_path, create=True, transactional=True, commit_every=0.3)
    sink.write("", some(10), 10)
    deadline = time.monotonic() + 30
    while sink.report().delivered < 10:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert sorted(numbers(apache.address, name, committed=True)) == list(range(10))
    sink.close()


def test_what_was_committed_after_the_run_was_saved_is_left_out(apache: Broker, tmp_path: Path) -> None:
    name = topic()
    sink = opened(apache.address, name, tmp_path, create=True, transactional=True)
    sink.write("", some(1000), 1000)
    saved = sink.mark()
    sink.write("", some(500, first=1000), 500)
    sink.write("", some(1, first=1500, size=2_000_000), 1)
    sink.mark()  # committed, but the run was killed before it was saved
    sink.write("", some(500, first=1501), 500)  # and this was not committed
    sink.close(commit=False)

    again = opened(apache.address, name, tmp_path, saved, transactional=True)
    assert dead(tmp_path) == [("id-1500", "user-2")], "dead letters of the last commit, and no others"
    for first in range(1000, 3000, 400):
        again.write("", some(400, first=first), 400)
    again.mark()
    assert again.report().delivered == 2000
    again.close()
    found = sorted(numbers(apache.address, name, committed=True))
    assert found == [number for number in range(3000) if number != 1500]


def test_a_refused_message_does_not_take_its_transaction_with_it(apache: Broker, tmp_path: Path) -> None:
    name = topic()
    apache.make(name, **{"max.message.bytes": "3000"})
    one_by_one = {"batch.num.messages": "1", "message.max.bytes": "1000000"}
    sink = opened(apache.address, name, tmp_path, transactional=True, commit_every=60.0, properties=one_by_one)
    for first, size in ((0, 100), (20, 5000), (21, 100)):
        count = 1 if size > 1000 else 20
        sink.write("", some(count, first=first, size=size), count)
    sink.mark()
    sink.close()
    assert numbers(apache.address, name, committed=True) == [number for number in range(41) if number != 20]
    assert dead(tmp_path) == [("id-20", "user-6")]
    assert reasons(tmp_path) == {"Broker: Message size too large"}
    assert (sink.report().delivered, sink.report().dead, sink.report().waiting) == (40, 1, 0)


def test_a_position_that_is_gone_is_told(apache: Broker, tmp_path: Path) -> None:
    mark = {"dead": 0, "id": "synthwb-of-another-cluster", "position": 5}
    with pytest.raises(SinkError, match="5 messages were committed when this run was saved"):
        opened(apache.address, topic(), tmp_path, mark, create=True, transactional=True)


def test_a_run_that_is_killed_again_and_again_is_there_exactly_once(apache: Broker, tmp_path: Path) -> None:
    name, count = topic(), 12_000
    (tmp_path / "shop.yaml").write_text(SHOP)
    address = f"kafka://{apache.address}/{name}?key=user&transactional=true&commit_every=100ms&create=true"
    words = ["run", "shop.yaml", "--rate", "6000/s", "--count", str(count), "--to", address]
    words += ["--state", "run.db", "--checkpoint", "300ms", "--resume"]
    killed = 0
    for life in range(3):
        process = begun(tmp_path, *words)
        deadline = time.monotonic() + 60
        while process.is_alive() and stored(apache.address, name) < (life + 1) * count // 5:
            assert time.monotonic() < deadline, said(tmp_path)
            time.sleep(0.05)
        process.kill()
        process.join()
        killed += process.exitcode == -9
    assert killed >= 2
    assert ended(tmp_path, *words[1:]) == 0
    ids = [json.loads(each.value())["id"] for each in messages(apache.address, name, committed=True)]
    plan = compile_plan(synthwb.loads(SHOP))
    expected = {
        each for batch in synthwb.Stream(plan, limit=count) for part in batch.parts for each in part.id.series()
    }
    assert len(ids) == count
    assert set(ids) == expected
