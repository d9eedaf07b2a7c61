"""Events into Kafka: what arrives, in which order, with which keys, and what becomes of what does not."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from kafka_driver import PASSWORD, USER, Broker, free_port, messages, stored, tansu
from kafka_sinks import SHOP, dead, numbers, opened, reasons, some, topic
from kill_driver import begun, ended, said

import synthwb
from synthwb.engine import compile_plan
from synthwb.errors import SinkError, UsageError
from synthwb.runtime import Run, State
from synthwb.runtime.outputs import outputs, target
from synthwb.sinks.kafka import KafkaSink
from synthwb.sinks.messages import Messages

if TYPE_CHECKING:
    from pathlib import Path


def until(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_a_run_arrives_by_topic_and_key_in_order(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = topic()
    scenario = synthwb.loads(SHOP)
    plan = compile_plan(scenario)
    words = [f"kafka://{address}/{name}.{{event}}?key=user&create=true&partitions=4", "all.jsonl"]
    with Run(plan, outputs([target(word, scenario) for word in words], plan, bounded=True), limit=20_000) as run:
        run.start()
        assert run.wait(120)
        stats = run.stats()
    assert stats.state is State.FINISHED, stats.error
    assert stats.sinks[0].events == 20_000
    written = defaultdict(list)
    for line in (tmp_path / "all.jsonl").read_text().splitlines():
        written[json.loads(line)["event"]].append(line)
    for event, lines in written.items():
        found = messages(address, f"{name}.{event}")
        assert sorted(message.value().decode() for message in found) == sorted(lines)
        by_key = defaultdict(list)
        places = defaultdict(set)
        for message in found:
            by_key[message.key().decode()].append(message.value().decode())
            places[message.key()].add(message.partition())
        expected = defaultdict(list)
        for line in lines:
            expected[str(json.loads(line)["user"])].append(line)
        assert by_key == expected, "messages of one key are in their order"
        assert len({message.partition() for message in found}) == 4
        assert all(len(partitions) == 1 for partitions in places.values())
    assert not (tmp_path / "kafka.dead.jsonl").exists()


def test_keys_headers_times_and_tombstones(address: str, tmp_path: Path) -> None:
    name = topic()
    sink = opened(address, name, tmp_path, create=True, timestamp="event", headers={"kind": "{event}", "id": "{id}"})
    given = some(3)
    sink.write("", Messages([given.values[0], None, given.values[2]], *_rest(given)), 3)
    sink.mark()
    sink.close()
    first, tombstone, last = sorted(messages(address, name), key=lambda message: message.timestamp()[1])
    assert (first.value(), last.value()) == (given.values[0], given.values[2])
    assert tombstone.value() is None
    assert [each.key() for each in (first, tombstone, last)] == [b"user-0", b"user-1", b"user-2"]
    assert [each.timestamp()[1] for each in (first, tombstone, last)] == [
        1_700_000_000_000 + after for after in (0, 1000, 2000)
    ]
    assert first.headers() == [("kind", b"order"), ("id", b"id-0")]


def _rest(given: Messages) -> tuple[Any, ...]:
    return given.events, given.kinds, given.ids, given.times, given.keys


def test_nothing_is_on_its_way_after_a_mark(address: str, tmp_path: Path) -> None:
    name = topic()
    sink = opened(address, name, tmp_path, create=True, linger=5.0)
    for first in range(0, 30_000, 10_000):
        sink.write("", some(10_000, first=first), 10_000)
        assert sink.mark() == {"dead": 0}
        report = sink.report()
        assert (report.delivered, report.waiting, report.dead) == (first + 10_000, 0, 0)
        assert len(numbers(address, name)) == first + 10_000
    sink.close()


def test_a_message_too_large_is_a_dead_letter_and_the_rest_arrives(address: str, tmp_path: Path) -> None:
    name = topic()
    sink = opened(address, name, tmp_path, create=True)
    sink.write("", some(10), 10)
    sink.write("", some(1, first=10, size=2_000_000), 1)
    sink.write("", some(10, first=11), 10)
    sink.mark()
    assert (sink.report().delivered, sink.report().dead) == (20, 1)
    sink.close()
    assert sorted(numbers(address, name)) == [number for number in range(21) if number != 10]
    assert dead(tmp_path) == [("id-10", "user-3")]
    assert "too large" in next(iter(reasons(tmp_path)))


def test_a_broker_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(SinkError, match=r"cannot be reached .*Connection refused.*is the broker running"):
        opened(f"127.0.0.1:{free_port()}", "t", tmp_path)
    assert time.monotonic() - began < 8


def test_a_topic_that_nobody_creates_is_told_at_once(tmp_path: Path, apache: Broker) -> None:
    with pytest.raises(SinkError, match=r"there is no topic 'not there'|Invalid topic"):
        opened(apache.address, "not there", tmp_path, timeout=1.0)


def test_what_a_broker_refuses_is_a_dead_letter_with_its_reason(tmp_path: Path, apache: Broker) -> None:
    name = topic()
    apache.make(name, **{"max.message.bytes": "2000"})
    sink = opened(apache.address, name, tmp_path, properties={"message.max.bytes": "1000000"})
    for first, size, count in ((0, 100, 300), (300, 5000, 1), (301, 100, 300)):
        sink.write("", some(count, first=first, size=size), count)
    sink.mark()
    assert (sink.report().delivered, sink.report().dead) == (600, 1)
    sink.close()
    assert numbers(apache.address, name) == [number for number in range(601) if number != 300]
    assert dead(tmp_path) == [("id-300", "user-6")]
    assert reasons(tmp_path) == {"Broker: Message size too large"}


def test_credentials_come_from_the_environment_and_are_shown_nowhere(
    apache: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    name, guarded = topic(), f"127.0.0.1:{apache.guarded}"
    who = {"user": USER, "password": "${KAFKA_PASSWORD}", "security": "sasl_plaintext"}
    monkeypatch.setenv("KAFKA_PASSWORD", PASSWORD)
    sink = opened(guarded, name, tmp_path, create=True, transactional=True, **who)
    sink.write("", some(10), 10)
    assert PASSWORD not in json.dumps(dict(sink.mark()))
    sink.close()
    assert sorted(numbers(apache.address, name, committed=True)) == list(range(10))
    monkeypatch.setenv("KAFKA_PASSWORD", "another-one")
    with pytest.raises(SinkError, match=r"cannot be reached \(.*Authentication failed") as told:
        opened(guarded, name, tmp_path, **who)
    monkeypatch.delenv("KAFKA_PASSWORD")
    with pytest.raises(SinkError, match="the environment variable KAFKA_PASSWORD is not set"):
        opened(guarded, name, tmp_path, **who)
    said = "".join(capfd.readouterr()) + str(told.value) + sink.position()
    assert PASSWORD not in said
    assert "another-one" not in said


def test_a_key_that_no_event_has_is_told_with_the_nearest(tmp_path: Path) -> None:
    scenario = synthwb.loads(SHOP)
    with pytest.raises(UsageError, match="has a field 'usr' to be the key; did you mean 'user'"):
        outputs([target("kafka://127.0.0.1:9092/t?key=usr", scenario)], compile_plan(scenario), bounded=True)


def test_a_broker_that_forgets_everything_leaves_every_event_accounted_for(tmp_path: Path) -> None:
    with tansu() as broker:
        sink = opened(broker.address, topic(), tmp_path, patience=8.0)
        sink.write("", some(20_000), 20_000)
        broker.kill()
        broker.start()
        failed = ""
        try:
            sink.write("", some(20_000, first=20_000), 20_000)
            sink.mark()
        except SinkError as error:
            failed = str(error)
        sink.close(commit=not failed)
        report = sink.report()
        assert report.delivered + report.dead == 40_000, failed
        assert report.waiting == 0
        assert (report.dead > 0) == bool(failed) == (tmp_path / "dead.jsonl").exists()


def test_a_broker_that_stays_away_ends_the_run_and_nothing_is_unaccounted(tmp_path: Path) -> None:
    name = topic()
    with tansu() as broker:
        sink = opened(
            broker.address, name, tmp_path, patience=2.0, properties={"queue.buffering.max.messages": "20000"}
        )
        sink.write("", some(1000), 1000)
        sink.mark()
        broker.kill()
        with pytest.raises(SinkError, match=r"kafka: .* for more than 2 s"):
            sink.write("", some(30_000, first=1000), 30_000)
        sink.close(commit=False)
    report = sink.report()
    assert report.delivered == 1000
    assert report.waiting == 0
    assert report.dead == 30_000
    assert {name for name, _ in dead(tmp_path)} == {f"id-{number}" for number in range(1000, 31_000)}


def test_a_slow_broker_holds_the_run_back_and_is_shown(tmp_path: Path) -> None:
    name = topic()
    with tansu() as broker:
        sink = opened(broker.address, name, tmp_path, properties={"queue.buffering.max.messages": "2000"})
        broker.freeze()
        writer = Thread(target=lambda: sink.write("", some(10_000), 10_000))
        writer.start()
        until(lambda: "no answer" in sink.report().trouble, "trouble is shown")
        assert writer.is_alive(), "the queue is full, so the run waits"
        assert sink.report().delivered == 0
        broker.thaw()
        writer.join(60)
        sink.mark()
        assert (sink.report().delivered, sink.report().trouble) == (10_000, "")
        sink.close()
        assert sorted(numbers(broker.address, name)) == list(range(10_000))


def test_giving_up_ends_the_wait(tmp_path: Path) -> None:
    with tansu() as broker:
        sink = opened(broker.address, topic(), tmp_path)
        broker.freeze()
        sink.write("", some(500), 500)
        sink.give_up()
        with pytest.raises(SinkError, match="the run was ended before"):
            sink.mark()
        sink.close(commit=False)
        broker.thaw()
    assert (sink.report().dead, sink.report().waiting) == (500, 0)
    assert len(dead(tmp_path)) == 500


def test_dead_letters_behind_a_mark_are_cut_back(tmp_path: Path, tansu: Broker) -> None:
    name = topic()
    sink = opened(tansu.address, name, tmp_path)
    sink.write("", some(1, size=2_000_000), 1)
    mark = sink.mark()
    sink.write("", some(1, first=1, size=2_000_000), 1)
    sink.mark()
    sink.close(commit=False)
    assert len(dead(tmp_path)) == 2
    opened(tansu.address, name, tmp_path, mark).close()
    assert dead(tmp_path) == [("id-0", "user-0")]


def test_the_connection_test_says_what_is_there(address: str, tmp_path: Path) -> None:
    name = topic()
    opened(address, name, tmp_path, create=True).close()
    assert KafkaSink({"bootstrap": address, "topic": name}).test().endswith(f"1 broker; the topic {name!r} is there")


def test_a_run_that_is_killed_comes_again_with_the_same_ids(address: str, tmp_path: Path) -> None:
    name, count = topic(), 10_000
    (tmp_path / "shop.yaml").write_text(SHOP)
    words = ["shop.yaml", "--rate", "8000/s", "--count", str(count), "--state", "run.db", "--checkpoint", "200ms"]
    words += ["--to", f"kafka://{address}/{name}?key=user&create=true", "--resume"]
    process = begun(tmp_path, "run", *words)
    until(lambda: not process.is_alive() or stored(address, name) > count // 3, "messages arrive")
    process.kill()
    process.join()
    assert process.exitcode == -9, said(tmp_path)
    assert ended(tmp_path, *words) == 0
    ids = [json.loads(each.value())["id"] for each in messages(address, name)]
    plan = compile_plan(synthwb.loads(SHOP))
    parts = (part for batch in synthwb.Stream(plan, limit=count) for part in batch.parts)
    assert set(ids) == {each for part in parts for each in part.id.series()}
    assert len(ids) < 2 * count, "only what came after the last save comes again"
