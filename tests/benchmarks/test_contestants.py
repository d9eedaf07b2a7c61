"""The comparison is fair: everybody writes the same ten columns, in the same order, of the same JSON types."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import fastavro
import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
COLUMNS = {
    "user_id": str,
    "first_name": str,
    "last_name": str,
    "email": str,
    "country": str,
    "age": int,
    "amount": float,
    "active": bool,
    "ts": str,
    "url": str,
}


@pytest.mark.slow
def test_the_wide_event_has_sixty_fields_for_both(tmp_path: Path) -> None:
    written = {}
    for name in ("polars_wide", "synthwb_wide"):
        path = tmp_path / f"{name}.jsonl"
        command = [sys.executable, "-m", "tests.benchmarks.contestants", name, "50", str(path)]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
        written[name] = [json.loads(line) for line in path.read_text().splitlines()]
    assert set(written["polars_wide"][0]) == {key for row in written["synthwb_wide"] for key in row}
    assert len(written["polars_wide"][0]) == 60
    assert [row["wide_id"] for row in written["polars_wide"]] == [row["wide_id"] for row in written["synthwb_wide"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "faker_proxy",
        "faker_proxy_joined",
        "faker_tuned",
        "faker_tuned_joined",
        "mimesis_schema",
        "duckdb_sql",
        "polars_frame",
        "synthwb",
        "synthwb_two",
    ],
)
def test_every_contestant_writes_the_record(name: str, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "tests.benchmarks.contestants", name, "300", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rate"] > 0
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(records) == 300
    for record in records:
        assert {key: type(value) for key, value in record.items()} == COLUMNS
        assert list(record) == list(COLUMNS)
        assert 18 <= record["age"] <= 90
        assert re.fullmatch(r"[\w.+-]+@[\w.-]+\.\w+", record["email"])
        assert re.fullmatch(r"/products/\d{5}", record["url"])
    assert len({record["user_id"] for record in records}) == 300
    assert 190 < path.stat().st_size / 300 < 300


@pytest.mark.slow
def test_threads_and_the_engine_write_the_same_clickstream(tmp_path: Path) -> None:
    seen = {}
    for name in ("threads", "engine"):
        path = tmp_path / f"{name}.jsonl"
        command = [sys.executable, "-m", "tests.benchmarks.flows", name, "3000", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
        assert json.loads(done.stdout)["rate"] > 0
        records = [json.loads(line) for line in path.read_text().splitlines()][-3000:]
        fields = [key for key in records[0] if key not in ("event", "id")]
        assert len(fields) == 10
        assert [record["time"] for record in records] == sorted(record["time"] for record in records)
        searched = sum(record["event_type"] == "search" for record in records) / 3000
        assert 0.2 < searched < 0.5  # one in three, once sessions have been going on for a while
        words = {record["product"] for record in records}
        seen[name] = (fields, {key: type(records[0][key]) for key in fields}, words)
    assert seen["threads"] == seen["engine"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["heap", "spine", "shared", "unshared"])
def test_the_other_makers_of_flows_do_their_work(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.flows", name, "2000", str(tmp_path / "flow.jsonl")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["rate"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet", "arrow", "avro"])
def test_the_same_records_in_each_format(form: str, tmp_path: Path) -> None:
    found = {}
    for who in ("library", "ready", "whole"):
        path = tmp_path / f"{who}.{form}"
        command = [sys.executable, "-m", "tests.benchmarks.formats", who, form, "300", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
        assert json.loads(done.stdout)["rate"] > 0
        if form == "avro":
            with path.open("rb") as file:
                found[who] = pl.DataFrame(list(fastavro.reader(file)))
        else:
            found[who] = {"csv": pl.read_csv, "parquet": pl.read_parquet, "arrow": pl.read_ipc}[form](path)
    assert found["ready"].equals(found["whole"])
    assert found["library"].height == 300
    names = [name for name in found["library"].columns if name != "ts"]
    assert found["library"].select(names).equals(found["whole"].select(names))
