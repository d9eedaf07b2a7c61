"""Examples executed: each field of the reference is put into a record and drawn.

The record belongs to a small stage that every example may read: ``actor`` (a user with ``user_id``, ``first_name``,
``age``, ``tier``), ``item`` (a product with ``sku``, ``price``), the fields ``price``, ``quantity`` and ``status`` of
the record itself, and ``event.time``, ``event.ordinal``, ``event.name``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from synthwb.scenario.reader import loads

if TYPE_CHECKING:
    import polars as pl

__all__ = ["document", "record", "run", "values"]

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


class _Number(float):
    """A number that is written as it was read."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str


def document(fields: Mapping[str, str]) -> str:
    """The stage with these fields, by name, as a scenario."""
    return _STAGE + "".join(f"      {name}: {written}\n" for name, written in fields.items())


def run(fields: Mapping[str, str], count: int = 5) -> dict[str, tuple[str, ...]]:
    """The first values of each field, as JSON; long ones are cut, and ``—`` stands where the key is left out.

    Values depend on the names, which must not be those of the stage. Raises ScenarioError if a field is wrong.
    """
    records = _records(document(fields), count)
    return {name: tuple(_shown(record, name) for record in records) for name in fields}


def values(fields: Mapping[str, str], count: int) -> dict[str, pl.Series]:
    """The first values of each field, as Polars series.

    Raises ScenarioError if a field is wrong.
    """
    from synthwb.engine import compile_plan, sample

    frame = sample(compile_plan(loads(document(fields))), count).frames["record"]
    return {name: frame[name] for name in fields if name in frame.columns}


_OWN = '{template: {kind: "{event.name}", at: "{event.time:epoch_ms}", data: "{fields}"}}'


def record(envelope: str) -> str:
    """The first record of the stage in an envelope, as indented JSON."""
    from synthwb.encode import record_json
    from synthwb.engine import compile_plan, sample

    text = document({"user_id": "actor.user_id", "sku": "item.sku"}).replace(
        "envelope: nested", f"envelope: {_OWN if envelope == 'template' else envelope}"
    )
    plan = compile_plan(loads(text))
    return record_json(sample(plan, 1), 0, plan.scenario.envelope)


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
