"""The time of the envelope in the formats that a time field has, in JSON, CSV and Parquet."""

from __future__ import annotations

import json

import polars as pl
import pytest

import synthwb
from synthwb.encode import encoder, table_schema
from synthwb.engine import compile_plan, sample
from synthwb.engine.plan import Plan
from synthwb.scenario import loads

START = 1_772_438_400  # 2026-03-02T08:00Z, nine o'clock in Paris


def plan_of(envelope: str) -> Plan:
    clock = "clock: {start: 2026-03-02T09:00, zone: Europe/Paris}"
    return compile_plan(loads(f"{clock}\nevents: {{e: {{fields: {{n: event.ordinal}}}}}}\nenvelope: {envelope}\n"))


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("iso", "2026-03-02T08:00:01.000Z"),
        ("epoch_s", START + 1),
        ("epoch_ms", (START + 1) * 1_000),
        ("epoch_us", (START + 1) * 1_000_000),
        ("'%d/%b/%Y:%H:%M:%S %z \"'", '02/Mar/2026:09:00:01 +0100 "'),
    ],
)
@pytest.mark.parametrize("kind", ["flat", "nested"])
def test_every_format_in_every_encoding(kind: str, style: str, wanted: object) -> None:
    plan = plan_of(f"{{{kind}: {{time: {{name: ts, format: {style}}}}}}}")
    envelope, batch = plan.scenario.envelope, sample(plan, 2)
    (lines,) = encoder("jsonl", envelope, plan.schemas).encode(batch)
    assert isinstance(lines.data, bytes)
    assert json.loads(lines.data.splitlines()[1])["ts"] == wanted
    (frame,) = encoder("parquet", envelope, plan.schemas).encode(batch)
    assert isinstance(frame.data, pl.DataFrame)
    assert frame.data.schema == table_schema(plan.schemas["e"], envelope)
    assert style == "iso" or frame.data["ts"][1] == wanted
    (table,) = encoder("csv", envelope, plan.schemas).encode(batch)
    assert isinstance(table.data, bytes)
    shown = pl.read_csv(table.data, has_header=False, infer_schema=False).row(1)[2]
    assert shown == str(wanted)


def test_a_format_alone_keeps_the_name() -> None:
    plan = plan_of("{flat: {time: {format: epoch_s}, id: false}}")
    (lines,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, 1))
    assert isinstance(lines.data, bytes)
    assert json.loads(lines.data) == {"event": "e", "time": START, "n": 0}


@pytest.mark.parametrize(
    ("envelope", "said"),
    [
        ("{flat: {time: {format: epoch}}}", "unknown format 'epoch'"),
        ("{flat: {time: {format: '%Q'}}}", "'%Q' is not a part of a time format"),
        ("{flat: {time: {fromat: iso}}}", "unknown key 'fromat'"),
        ("{flat: {time: {name: event}}}", "two keys of the envelope are called 'event'"),
        ("{cloudevents: {time: {format: epoch_s}}}", "the time of CloudEvents 1.0 is ISO 8601"),
    ],
)
def test_what_cannot_be_is_refused(envelope: str, said: str) -> None:
    found = [p.message for p in synthwb.check(f"events: {{e: {{fields: {{n: uuid}}}}}}\nenvelope: {envelope}\n")]
    assert any(said in each for each in found), found
