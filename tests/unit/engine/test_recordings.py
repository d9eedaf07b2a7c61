"""Events out of files: verbatim, at their times or others, again and again, however the stream is cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from flow_driver import position_after, told, windows

import synthwb
from synthwb.encode import encoder
from synthwb.engine import Plan, compile_plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.scenario import loads

COUNT = 400


def _rows() -> list[dict[str, Any]]:
    """Orders and views, some at the same time."""
    rng = np.random.default_rng(5)
    seconds = np.sort(rng.integers(0, 3000, COUNT) * 500)
    rows: list[dict[str, Any]] = []
    for number, at in enumerate(seconds.tolist()):
        time = f"2026-03-02T10:{at // 60000:02}:{at // 1000 % 60:02}.{at % 1000:03}Z"
        if number % 3:
            rows.append({"ts": time, "type": "view", "page": f"p{number}", "n": number})
        else:
            rows.append({"ts": time, "type": "order", "total": number / 4, "who": {"name": "é", "tags": [number]}})
    return rows


ROWS = _rows()


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files")
    (path / "o.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    orders = pl.DataFrame([row for row in ROWS if row["type"] == "order"]).select("ts", "total")
    orders.write_csv(path / "o.csv")
    orders.with_columns(pl.col("ts").str.to_datetime(time_zone="UTC")).write_parquet(path / "o.parquet")
    epochs = orders.with_columns(pl.col("ts").str.to_datetime(time_zone="UTC").dt.epoch("ms"))
    epochs.write_csv(path / "epoch.csv")
    return path


def _plan(folder: Path, more: str = "", rest: str = "", file: str = "o.jsonl", kind: str = "by: type") -> Plan:
    text = f"replay: {{file: {file}, time: ts, {kind}{more}}}\n{rest}"
    return compile_plan(loads(text, folder=folder))


def _records(plan: Plan, count: int | None = None) -> list[dict[str, Any]]:
    lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
    batches = synthwb.Stream(plan, limit=count)
    return [json.loads(line) for b in batches for p in lines.encode(b) for line in bytes(p.content).splitlines()]


def _micros(record: dict[str, Any]) -> int:
    return int(np.datetime64(record["time"].removesuffix("Z"), "us").astype(np.int64))


def test_every_row_comes_once_verbatim_at_its_time(folder: Path) -> None:
    found = _records(_plan(folder))
    assert len(found) == COUNT
    for record, row in zip(found, ROWS, strict=True):
        own = {name: value for name, value in record.items() if name not in ("event", "id", "time")}
        assert (record["event"], record["time"]) == (row["type"], row["ts"])
        assert own == {name: value for name, value in row.items() if name not in ("ts", "type")}


@pytest.mark.parametrize(("file", "more"), [("o.csv", ""), ("o.parquet", ""), ("epoch.csv", ", format: epoch_ms")])
def test_tables_of_every_kind(folder: Path, file: str, more: str) -> None:
    found = _records(_plan(folder, more, file=file, kind="event: order"))
    expected = [(row["ts"], row["total"]) for row in ROWS if row["type"] == "order"]
    assert [(record["time"], record["total"]) for record in found] == expected


def test_gaps_are_scaled_and_the_beginning_is_moved(folder: Path) -> None:
    plain, found = _records(_plan(folder)), _records(_plan(folder, ", scale: 0.5, from: 2026-01-01T08:00"))
    assert found[0]["time"] == "2026-01-01T08:00:00.000Z"
    gaps = [np.diff([_micros(record) for record in records]) for records in (plain, found)]
    assert np.array_equal(gaps[1] * 2, gaps[0])


def test_loops_have_ids_of_their_own_and_go_on_where_the_last_one_ended(folder: Path) -> None:
    found = _records(_plan(folder, ", loop: 3"))
    assert len(found) == 3 * COUNT
    assert len({record["id"] for record in found}) == 3 * COUNT
    times = np.array([_micros(record) for record in found]).reshape(3, COUNT)
    assert np.array_equal(times[0] - times[0, 0], times[2] - times[2, 0])
    assert times[1, 0] > times[0, -1]
    assert [r["page"] for r in found[:COUNT] if r["event"] == "view"] == [
        r["page"] for r in found[COUNT : 2 * COUNT] if r["event"] == "view"
    ]
    endless = _plan(folder, ", loop: true")
    assert endless.expected() is None
    assert len(_records(endless, 5 * COUNT)) == 5 * COUNT
    assert _plan(folder, ", loop: 3").expected() == 3 * COUNT


REST = """
events: {beat: {fields: {n: sequence, r: {random_walk: {start: 0, step: 1}}}}}
arrivals: {beat: 1/s}
limit: {for: 2h}
imperfections: [{late: {rate: 10%, delay: 5s}}, {duplicate: {rate: 10%}}, {drop: {rate: 5%}}]
"""


def test_windows_and_positions_change_nothing(folder: Path) -> None:
    plan = _plan(folder, ", loop: 4", REST)
    whole = told(list(windows(plan, 600).slabs(10_000)))
    for seconds in (0.7, 60, 10_000):
        assert told(list(windows(plan, seconds).slabs(97))) == whole
    position = decoded(encoded(position_after(plan, 700, 83)))
    rest = told(list(plan.spine(position=position).slabs(500)))
    assert rest == whole[len(whole) - len(rest) :]
    assert len(rest) < len(whole) - 600


def test_a_copy_of_a_record_has_the_values_of_its_row(folder: Path) -> None:
    found = _records(_plan(folder, "", "imperfections: [{duplicate: {rate: 50%}}]"))
    assert len(found) > COUNT * 1.3
    by_id: dict[str, dict[str, Any]] = {}
    for record in found:
        assert by_id.setdefault(record["id"], record) == record
    assert len(by_id) == COUNT


def test_rows_out_of_order_come_in_order(folder: Path) -> None:
    (folder / "back.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS[::-1]))
    found = _records(_plan(folder, file="back.jsonl"))
    assert [record["time"] for record in found] == [row["ts"] for row in ROWS]
    assert sorted(r["n"] for r in found if r["event"] == "view") == sorted(
        row["n"] for row in ROWS if row["type"] == "view"
    )


def test_only_what_the_clock_has_comes(folder: Path) -> None:
    plan = _plan(folder, "", "clock: {start: 2026-03-02T10:05, end: +5m}")
    found = _records(plan)
    expected = [row["ts"] for row in ROWS if "T10:05" <= row["ts"][10:16] < "T10:10"]
    assert [record["time"] for record in found] == expected


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T10:00:00Z", "2026-03-02 10:00", "2026-03-02T11:00:00.000+01:00", "2026-03-02T10:00:00"],
)
def test_times_as_people_write_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(f"ts,n\n{text},1\n")
    (record,) = _records(_plan(tmp_path, file="t.csv", kind="event: x"))
    assert record["time"] == "2026-03-02T10:00:00.000Z"


def test_a_pattern_of_time(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ts,n\n02/03/2026 10:00,1\n02/03/2026 10:01,2\n")
    found = _records(_plan(tmp_path, ", format: '%d/%m/%Y %H:%M'", file="t.csv", kind="event: x"))
    assert [record["time"][11:16] for record in found] == ["10:00", "10:01"]
