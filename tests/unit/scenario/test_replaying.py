"""What a document says of a replay: the events of its file, and every problem at its place."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from synthwb.scenario import parse
from synthwb.scenario.model import DType

ROWS = [
    {"ts": "2026-03-02T10:00:00Z", "type": "order", "total": 12.5, "who": {"name": "é", "tags": ["a"]}},
    {"ts": "2026-03-02T10:00:02Z", "type": "view", "page": "home", "n": 3},
    {"ts": "2026-03-02T10:00:03Z", "type": "order", "total": 3.0, "who": None},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "o.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "late.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS[::-1]))
    (tmp_path / "bare.csv").write_text("ts\n2026-03-02\n")
    (tmp_path / "epoch.csv").write_text("ts,kind,a b\n1000,x,1\n,y,2\n")
    return tmp_path


def _problems(text: str, folder: Path) -> list[str]:
    return [f"{d.path}: {d.message}" for d in parse(text, folder=folder).diagnostics]


def test_a_file_alone_is_a_scenario(folder: Path) -> None:
    parsed = parse("replay: {file: o.jsonl, time: ts, by: type}", folder=folder)
    assert parsed.diagnostics == ()
    scenario = parsed.scenario
    assert scenario is not None
    assert {name: {f.name: f.dtype for f in event.fields} for name, event in scenario.events.items()} == {
        "order": {"total": DType.FLOAT, "who": DType.OBJECT},
        "view": {"page": DType.STRING, "n": DType.INTEGER},
    }
    assert scenario.clock.start == int(pl.Series([ROWS[0]["ts"]]).str.to_datetime(time_unit="us")[0].timestamp() * 1e6)
    assert [arrival.process for arrival in scenario.arrivals] == ["replay", "replay"]


def test_what_is_written_of_an_event_is_added_to_what_the_file_has(folder: Path) -> None:
    text = """
replay: {file: o.jsonl, time: ts, by: type, loop: true}
events:
  order: {key: order_id, fields: {order_id: uuid, total: {recorded: {file: o.jsonl, column: total}, max: 5}}}
  beat: {fields: {n: sequence}}
arrivals: {beat: 2/s}
checks: [{field: view.page, in: [home]}]
imperfections: [{missing: {rate: 5%, fields: [order.who]}}]
"""
    scenario = parse(text, folder=folder).scenario
    assert scenario is not None
    assert list(scenario.events) == ["order", "view", "beat"]
    assert set(scenario.events["order"].order) == {"who", "order_id", "total"}
    assert scenario.events["order"].key == "order_id"
    assert [(a.event, a.process) for a in scenario.arrivals] == [
        ("order", "replay"),
        ("view", "replay"),
        ("beat", "poisson"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("replay: {file: o.jsonl, time: tz, event: x}", "replay.time: there is no column 'tz'"),
        ("replay: {file: o.jsonl, event: x}", "replay.time: there is no column 'time'"),
        ("replay: {file: o.jsonl, time: ts, by: typ}", "replay.by: there is no column 'typ'"),
        ("replay: {file: o.jsonl, time: type, event: x}", "replay.time: row 1 has 'order' in 'type', which is no time"),
        ("replay: {file: epoch.csv, time: ts, event: x}", "replay.time: row 1 has 1000 in 'ts', which is no time"),
        (
            "replay: {file: epoch.csv, time: ts, format: epoch_s, event: x}",
            "replay.time: row 2 has nothing in 'ts', which is no time written as epoch_s",
        ),
        ("replay: {file: bare.csv, time: ts, event: x}", "replay.file: the rows of 'x' have no value beside"),
        ("replay: {file: o.jsonl, time: ts}", "replay: a replay says what its rows are by event or by a column"),
        ("replay: {file: o.jsonl, time: ts, event: x, by: type}", "replay: a replay says what its rows are"),
        ("replay: {file: p.jsonl, time: ts, event: x}", "replay.file: 'p.jsonl' cannot be read"),
        ("replay: {file: o.jsonl, time: ts, event: x, loop: 0}", "replay.loop: "),
        ("replay: {file: o.jsonl, time: ts, event: x, loop: often}", "replay.loop: "),
        ("replay: {file: o.jsonl, time: ts, event: x, scale: 0}", "replay.scale: "),
        ("replay: {file: o.jsonl, time: ts, event: x, from: soon}", "replay.from: "),
        ("replay: {file: o.jsonl, time: ts, event: x, speed: 2}", "replay.speed: unknown key"),
        ("replay: {file: o.jsonl, time: ts, event: x}\narrivals: {x: 5/s}", "arrivals.x: 'x' is replayed from a file"),
        ("replay: {file: o.jsonl, time: ts, event: event}", ": 'event' has a meaning of its own"),
        ("replay: o.jsonl", "replay: "),
        ("replay:", "needs 'events'"),
        ("seed: 3", "needs 'events'"),
    ],
)
def test_every_problem_is_told_where_it_stands(text: str, words: str, folder: Path) -> None:
    parsed = parse(text, folder=folder)
    assert parsed.scenario is None
    assert any(words in problem for problem in _problems(text, folder)), _problems(text, folder)


def test_rows_out_of_order_are_told_and_put_in_order(folder: Path) -> None:
    parsed = parse("replay: {file: late.jsonl, time: ts, by: type}", folder=folder)
    assert parsed.scenario is not None
    assert "put in order when the file is read" in parsed.diagnostics[0].message
