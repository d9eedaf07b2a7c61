"""Kafka sinks for tests, messages to give them, and what became of those."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from kafka_driver import messages

from synthwb.sinks import SinkInfo
from synthwb.sinks.dead import read_dead_letters
from synthwb.sinks.kafka import KafkaSink
from synthwb.sinks.messages import Messages

__all__ = ["SHOP", "dead", "numbers", "opened", "reasons", "some", "topic"]

SHOP = """
synthwb: 1
name: shop
seed: 7
events:
  order: {key: number, fields: {number: sequence, user: {integer: {min: 1, max: 40}}}}
  click: {fields: {user: {integer: {min: 1, max: 40}}}}
arrivals: {order: 400/s, click: 600/s}
"""


def topic() -> str:
    """A name that no other test uses."""
    return f"t-{uuid.uuid4().hex[:12]}"


def some(count: int, *, first: int = 0, size: int = 100, keys: int = 7) -> Messages:
    """Messages of one event type, numbered."""
    numbers = range(first, first + count)
    return Messages(
        values=[json.dumps({"number": number}).encode().ljust(size) for number in numbers],
        events=("order",),
        kinds=np.zeros(count, np.uint16),
        ids=pl.Series([f"id-{number}" for number in numbers]),
        times=np.arange(first, first + count, dtype=np.int64) * 1_000_000 + 1_700_000_000_000_000,
        keys=pl.Series([f"user-{number % keys}" for number in numbers]),
    )


def numbers(address: str, name: str, **how: Any) -> list[int]:
    return [json.loads(message.value())["number"] for message in messages(address, name, **how)]


def opened(address: str, name: str, folder: Path, mark: Any = None, **options: Any) -> KafkaSink:
    sink = KafkaSink({"bootstrap": address, "topic": name, **options})
    info = SinkInfo(True, {"": b""}, name="kafka", dead_letters=str(folder / "dead.jsonl"), events=("order",))
    sink.open(info, mark)
    return sink


def dead(folder: Path) -> list[tuple[str, str]]:
    """Identities and keys of the dead letters."""
    return [(letter.id, letter.key or "") for _, letter in read_dead_letters(str(folder / "dead.jsonl"))]


def reasons(folder: Path) -> set[str]:
    return {json.loads(line)["reason"] for line in (folder / "dead.jsonl").read_text().splitlines()}
