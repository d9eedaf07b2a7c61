"""Nulls and nested values in CSV by choice; what is absent inside of nested values; times inside of templates."""

from __future__ import annotations

import csv
import io
import json

import pytest

import synthwb
from synthwb.encode import encoder
from synthwb.engine import compile_plan, sample
from synthwb.engine.batch import concat
from synthwb.engine.plan import Plan
from synthwb.runtime.outputs import outputs
from synthwb.scenario import loads
from synthwb.scenario.model import CsvStyle

DOCUMENT = """
entities:
  user:
    count: 30
    fields:
      home: {object: {zip: {pattern: "#####", missing: 50%}, geo: {object: {lat: {const: 1.5}, lon: {const: -2}}}}}
events:
  e:
    actor: user
    fields:
      n: {integer: {min: 1, max: 9}, nullable: 30%}
      gone: {const: here, missing: 30%}
      empty: {const: ""}
      home: actor.home
      pair: {object: {a: {const: 1, missing: 50%}, b: {choice: [x, y]}}, nullable: 40%}
      tags: {list: {choice: [a, b]}, length: 2}
"""


def plan_of(text: str = DOCUMENT) -> Plan:
    return compile_plan(loads(text))


def rows(plan: Plan, style: CsvStyle, count: int = 60) -> list[dict[str, str]]:
    """The events as a reader of CSV sees them."""
    made = encoder("csv", plan.scenario.envelope, plan.schemas, style=style)
    (payload,) = made.encode(sample(plan, count))
    assert isinstance(payload.data, bytes)
    return list(csv.DictReader(io.StringIO((made.header("") + payload.data).decode())))


def records(plan: Plan, count: int = 60) -> list[dict[str, object]]:
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, count))
    assert isinstance(payload.data, bytes)
    return [json.loads(line) for line in payload.data.splitlines()]


def test_nulls_have_the_text_that_is_chosen_and_empty_text_stays_empty() -> None:
    plan = plan_of()
    for sent, row in zip(records(plan), rows(plan, CsvStyle(null="NULL")), strict=True):
        assert row["n"] == ("NULL" if sent["n"] is None else str(sent["n"]))
        assert row["gone"] == sent.get("gone", "NULL")
        assert row["empty"] == ""


def test_children_of_objects_are_columns_by_choice() -> None:
    plan = plan_of()
    made = rows(plan, CsvStyle(nested="columns"))
    fields = ["n", "gone", "empty", "home.zip", "home.geo.lat", "home.geo.lon", "pair.a", "pair.b", "tags"]
    assert list(made[0]) == ["event", "id", "time", *fields]
    for sent, row in zip(records(plan), made, strict=True):
        pair, home = sent["pair"] or {}, sent["home"]
        assert row["pair.b"] == pair.get("b", "")  # type: ignore[attr-defined]
        assert row["pair.a"] == str(pair.get("a", ""))  # type: ignore[attr-defined]
        assert row["home.zip"] == home.get("zip", "")  # type: ignore[attr-defined]
        assert (row["home.geo.lat"], json.loads(row["tags"])) == ("1.5", sent["tags"])


def test_objects_are_json_text_without_a_choice() -> None:
    plan = plan_of()
    assert json.loads(rows(plan, CsvStyle())[0]["home"])["geo"] == {"lat": 1.5, "lon": -2}


def test_a_child_that_is_missing_in_an_attribute_or_a_nullable_object_is_absent() -> None:
    sent = records(plan_of(), 300)
    assert {"zip" in row["home"] for row in sent} == {True, False}  # type: ignore[operator]
    assert all(row["home"].get("zip", "") is not None for row in sent)  # type: ignore[attr-defined]
    assert any(row["pair"] is None for row in sent)
    assert {"a" in row["pair"] for row in sent if row["pair"]} == {True, False}  # type: ignore[operator]


def test_batches_that_are_joined_keep_what_is_absent_inside() -> None:
    plan = plan_of()
    parts = list(synthwb.Stream(plan, batch=20, limit=60))
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(concat(parts))
    assert isinstance(payload.data, bytes)
    assert [json.loads(line) for line in payload.data.splitlines()] == records(plan)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("{object: {at: event.time}}", '{"at":"2026-01-01T00:00:00.000Z"}'),
        ("{list: event.time, length: 2}", '["2026-01-01T00:00:00.000Z","2026-01-01T00:00:00.000Z"]'),
        (
            "{object: {in: {list: {object: {at: event.time}}, length: 1}}}",
            '{"in":[{"at":"2026-01-01T00:00:00.000Z"}]}',
        ),
        ("{list: event.time, length: 0}", "[]"),
    ],
)
def test_times_inside_of_templates_are_iso(value: str, wanted: str) -> None:
    text = f"events: {{e: {{fields: {{v: {value}, x: {{template: 'at {{v}}'}}}}}}}}"
    assert records(plan_of(text), 1)[0]["x"] == f"at {wanted}"


def test_a_sink_says_how(tmp_path: object) -> None:
    sink = f"{{file: {{path: '{tmp_path}/e.csv', nulls: 'NA', nested: columns}}}}"
    plan = plan_of(f"{DOCUMENT}sinks: [{sink}]\nlimit: {{events: 20}}\n")
    (spec,) = plan.scenario.sinks
    assert spec.csv == CsvStyle("NA", "columns")
    (output,) = outputs([spec], plan, bounded=True)
    (payload,) = output.encode(sample(plan, 20))
    assert isinstance(payload.data, bytes)
    assert b",NA," in payload.data


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ("{file: {path: a.jsonl, nulls: x}}", "nulls is for CSV, and this is written as JSON lines"),
        ("{file: {path: a.csv, nested: flat}}", "unknown form 'flat'"),
        ("{stdout: {nested: columns}}", "nested is for CSV, and this is written as JSON lines"),
    ],
)
def test_choices_that_mean_nothing_are_refused(sink: str, said: str) -> None:
    found = [problem.message for problem in synthwb.check(f"{DOCUMENT}sinks: [{sink}]\n")]
    assert any(said in each for each in found), found
