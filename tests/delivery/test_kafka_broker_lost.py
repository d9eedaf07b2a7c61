"""Apache Kafka is killed while events go there, and comes back: nothing is lost, nothing doubled, the order is kept."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from threading import Thread
from typing import TYPE_CHECKING

from kafka_driver import Broker, messages
from kafka_sinks import numbers, opened, some, topic

from synthwb.sinks import transacting

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_broker_that_is_killed_and_comes_back(apache: Broker, tmp_path: Path) -> None:
    plain, committed = topic(), topic()
    (tmp_path / "two").mkdir()
    sinks = [
        opened(apache.address, plain, tmp_path, create=True, partitions=3),
        opened(apache.address, committed, tmp_path / "two", create=True, transactional=True, commit_every=0.2),
    ]
    for first in range(0, 20_000, 500):
        if first == 10_000:
            apache.kill()
        for sink in sinks if first < 10_000 else sinks[:1]:
            sink.write("", some(500, first=first), 500)
    deadline = time.monotonic() + 30
    while not sinks[0].report().trouble:
        assert time.monotonic() < deadline, "trouble is shown"
        time.sleep(0.02)
    assert sinks[0].report().delivered < 20_000
    apache.start()
    for first in range(10_000, 20_000, 500):
        sinks[1].write("", some(500, first=first), 500)
    for name, sink in zip((plain, committed), sinks, strict=True):
        sink.mark()
        assert (sink.report().delivered, sink.report().waiting, sink.report().trouble) == (20_000, 0, "")
        sink.close()
        found = messages(apache.address, name, committed=name == committed)
        assert sorted(json.loads(each.value())["number"] for each in found) == list(range(20_000))
        by_key = defaultdict(list)
        for each in found:
            by_key[each.key()].append(json.loads(each.value())["number"])
        assert all(each == sorted(each) for each in by_key.values()), "messages of one key are in their order"


def test_a_call_that_does_not_return_is_left_alone(
    apache: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As librdkafka's do now and then, whatever their time-out, when a broker is lost while it commits."""
    monkeypatch.setattr(transacting, "_LOST", 1.5)
    name = topic()
    sink = opened(apache.address, name, tmp_path, create=True, transactional=True, commit_every=60.0, linger=0.0)
    sink.write("", some(500), 500)
    sink.mark()
    sink.write("", some(500, first=500), 500)
    time.sleep(1)  # all of it is stored
    apache.freeze()
    committing = Thread(target=sink.mark)
    committing.start()
    time.sleep(4)
    assert committing.is_alive()
    assert sink.report().trouble
    apache.thaw()
    committing.join(60)
    assert not committing.is_alive()
    assert (sink.report().delivered, sink.report().waiting, sink.report().dead) == (1000, 0, 0)
    sink.close()
    assert sorted(numbers(apache.address, name, committed=True)) == list(range(1000))
