"""Examples executed: each field of the reference is put into a record and drawn.

The record belongs to a small stage that every example may read: ``actor`` (a user with ``user_id``, ``first_name``,
``age``, ``tier``), ``item`` (a product with ``sku``, ``price``), the fields ``price``, ``quantity`` and ``status`` of
the record itself, and ``event.time``, ``event.ordinal``, ``event.name``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthwb.scenario.reader import loads

__all__ = ["Outcome", "document", "run", "values"]

_STAGE = """\
clock: {start: 2026-03-02T09:00Z}
entities:
  user:
    count: 1000
    key: user_id
    fields:
      user_id: {pattern: "U-####", unique: true}
      first_name: first_name
      age: {integer: {min: 18, max: 79}}
      tier: {choice: {free: 80, plus: 17, pro: 3}}
    activity: {zipf: {exponent: 1.1}}
  product:
    count: 200
    key: sku
    fields:
      sku: {pattern: "SKU-###", unique: true}
      price: {lognormal: {median: 25, sigma: 0.7}, round: 2}
arrivals: {record: {process: constant, rate: 1/min}}
envelope: nested
events:
  record:
    actor: user
    refs: {item: product}
    fields:
      price: item.price
      quantity: {poisson: {mean: 1.4}, min: 1}
      status: {choice: {ok: 95, failed: 5}}
"""
_MOST = 60  # characters of a value that are shown
_ABSENT = "—"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example gives: its first values as JSON, long ones cut; ``—`` where the key is left out."""

    shown: tuple[str, ...]


class _Number(float):
    """A number that is written as it was read."""

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str


def document(fields: Mapping[str, str]) -> str:
    """The stage with these fields, by name, as a scenario."""
    return _STAGE + "".join(f"      {name}: {written}\n" for name, written in fields.items())


def run(examples: Sequence[str], count: int = 5) -> list[Outcome]:
    """What each of these fields gives in the first ``count`` records.

    Raises ScenarioError if one of them is wrong.
    """
    named = {f"example_{i}": example for i, example in enumerate(examples)}
    records = _records(document(named), count)
    return [Outcome(tuple(_shown(record, name) for record in records)) for name in named]


def values(field: str, count: int) -> Any:
    """A Polars series of the values of one field.

    Raises ScenarioError if it is wrong.
    """
    from synthwb.engine import compile_plan, sample

    batch = sample(compile_plan(loads(document({"example_0": field}))), count)
    return batch.frames["record"]["example_0"]


def _records(text: str, count: int) -> list[dict[str, Any]]:
    from synthwb.encode import encoder
    from synthwb.engine import compile_plan, sample

    plan = compile_plan(loads(text))
    payloads = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, count))
    lines = [line for payload in payloads for line in bytes(payload.data).decode().splitlines()]  # type: ignore[arg-type]
    return [json.loads(line, parse_float=_Number, parse_int=_Number)["properties"] for line in lines]


def _shown(record: Mapping[str, Any], name: str) -> str:
    if name not in record:
        return _ABSENT
    text = _written(record[name])
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _written(value: Any) -> str:
    """A value as JSON on one line, numbers as the encoder wrote them."""
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(key)}: {_written(inside)}" for key, inside in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
