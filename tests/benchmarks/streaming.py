"""Events to a broker: ``python -m tests.benchmarks.streaming WHO EVENTS`` prints events per second as JSON.

WHO is ``loop`` (``produce()`` of confluent-kafka for each of the records, which are ready), ``sink`` (our sink, with
records that are ready), ``engine`` (records made and encoded, sent nowhere) or ``whole`` (made, encoded and sent). All
of them wait until every record is confirmed. The broker is tansu, a process of its own on the same cores.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.append(str(Path(__file__).parents[1] / "drivers"))

from kafka_driver import tansu

if TYPE_CHECKING:
    from synthwb.encode import Payload

RECORD = Path(__file__).with_name("record.yaml")
TOPIC = "records"


def _payloads(count: int) -> list[Payload]:
    """Records as messages."""
    import synthwb
    from synthwb.encode import message_encoder
    from synthwb.engine import compile_plan

    plan = compile_plan(synthwb.load(RECORD))
    made = message_encoder("jsonl", plan.scenario.envelope, plan.schemas)
    return [payload for batch in synthwb.Stream(plan, limit=count) for payload in made.encode(batch)]


def loop(address: str, events: int) -> float:
    """What the client library can do, called for one record after the other, with the sink's own settings."""
    from confluent_kafka import Producer

    records = [value for payload in _payloads(events) for value in payload.content.values]  # type: ignore[union-attr]
    settings = {"linger.ms": 20, "enable.idempotence": True, "partitioner": "murmur2_random"}
    producer = Producer({"bootstrap.servers": address, **settings})
    producer.list_topics(TOPIC, timeout=10)
    produce = producer.produce
    start = time.perf_counter()
    for number, record in enumerate(records):
        try:
            produce(TOPIC, record)
        except BufferError:
            while len(producer) > 50_000:
                producer.poll(0.01)
            produce(TOPIC, record)
        if not number % 1024:
            producer.poll(0)
    producer.flush()
    return time.perf_counter() - start


def sink(address: str, events: int) -> float:
    """Our sink, with records that are ready."""
    from synthwb.sinks import SinkInfo
    from synthwb.sinks.kafka import KafkaSink

    payloads = _payloads(events)
    sent = KafkaSink({"bootstrap": address, "topic": TOPIC})
    info = SinkInfo(bounded=True, headers={"": b""}, name="kafka", dead_letters="/dev/null", events=("record",))
    sent.open(info)
    start = time.perf_counter()
    for payload in payloads:
        sent.write("", payload.content, payload.count)  # type: ignore[arg-type]
    sent.mark()
    seconds = time.perf_counter() - start
    sent.close()
    assert sent.report().delivered == events
    return seconds


def engine(address: str, events: int) -> float:
    """Records made and encoded."""
    _payloads(1000)
    start = time.perf_counter()
    _payloads(events)
    return time.perf_counter() - start


def whole(address: str, events: int) -> float:
    """Records made, encoded and sent."""
    import synthwb
    from synthwb.engine import compile_plan
    from synthwb.runtime import Run, State, outputs, target

    _payloads(1000)
    plan = compile_plan(synthwb.load(RECORD))
    start = time.perf_counter()
    made = outputs([target(f"kafka://{address}/{TOPIC}", plan.scenario)], plan, bounded=True)
    with Run(plan, made, limit=events, watch=False) as run:
        run.start()
        run.wait()
    seconds = time.perf_counter() - start
    stats = run.stats()
    assert stats.state is State.FINISHED, stats.error
    assert stats.sinks[0].events == events
    return seconds


if __name__ == "__main__":
    who, count = sys.argv[1], int(sys.argv[2])
    with tansu() as broker:
        broker.make(TOPIC)
        case = {"loop": loop, "sink": sink, "engine": engine, "whole": whole}[who]
        print(json.dumps({"rate": count / case(broker.address, count)}))
