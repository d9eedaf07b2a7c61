"""Objects and lists as JSON: what is absent inside them stays absent."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from synthwb.encode import encoder
from synthwb.engine import Batch, compile_plan, sample
from synthwb.scenario import loads

TEXT = """
events:
  e:
    fields:
      place:
        object:
          city: {choice: [Rome, Oslo]}
          zip: {pattern: "#####", missing: 50%}
          deep: {object: {n: {integer: {min: 1, max: 9}, nullable: 50%}}, missing: 30%}
      lines:
        list: {object: {sku: {pattern: "S-##"}, gift: {const: true, missing: 50%}}}
        length: {poisson: {mean: 1.5}}
      bare: {object: {only: {const: 1, missing: 50%}}}
      maybe: {object: {x: {const: 1}}, missing: 50%}
"""


def _records(batch: Batch) -> list[dict[str, object]]:
    plan = compile_plan(loads(TEXT))
    made = encoder("jsonl", plan.scenario.envelope, plan.schemas, by_event=False, events=None).encode(batch)
    return [json.loads(line) for payload in made for line in payload.data.splitlines()]


def _shares(records: list[dict[str, object]], key: str) -> Counter[bool]:
    return Counter(key in record for record in records)


def test_missing_children_leave_no_key_at_any_depth() -> None:
    records = _records(sample(compile_plan(loads(TEXT)), 2000))
    places = [record["place"] for record in records]
    assert _shares(places, "city") == {True: 2000}
    assert _shares(places, "zip")[True] == pytest.approx(1000, abs=120)
    assert all(isinstance(place["zip"], str) for place in places if "zip" in place)
    assert _shares(places, "deep")[True] == pytest.approx(1400, abs=120)
    deep = [place["deep"]["n"] for place in places if "deep" in place]
    assert deep.count(None) == pytest.approx(len(deep) / 2, rel=0.15)
    lines = [line for record in records for line in record["lines"]]
    assert len(lines) == pytest.approx(3000, rel=0.1)
    assert _shares(lines, "gift")[True] == pytest.approx(len(lines) / 2, rel=0.15)
    assert {json.dumps(record["bare"]) for record in records} == {"{}", '{"only": 1}'}
    assert _shares(records, "maybe")[True] == pytest.approx(1000, abs=120)


def test_a_part_of_a_batch_has_the_same_records() -> None:
    whole = sample(compile_plan(loads(TEXT)), 500)
    assert _records(whole.tail(120)) == _records(whole)[380:]


def test_the_frame_has_nulls_where_the_records_have_no_key() -> None:
    batch = sample(compile_plan(loads(TEXT)), 300)
    frame = batch.frames["e"]
    for record, row in zip(_records(batch), frame.iter_rows(named=True), strict=True):
        assert record["place"].get("zip") == row["place"]["zip"]
        assert [line.get("gift") for line in record["lines"]] == [line["gift"] for line in row["lines"]]
