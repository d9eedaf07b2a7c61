"""Parquet that is cut into parts: by number and time, in folders of days and hours."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from synthwb.errors import SinkError
from synthwb.sinks import SinkInfo
from synthwb.sinks.cutparquet import CutParquetSink
from synthwb.sinks.cutting import Rolling
from synthwb.sinks.timed import Timed

MINUTE = 60_000_000
START = 20_000 * 24 * 60 * MINUTE  # 2024-10-04
ONE = SinkInfo(bounded=True, headers={"": b""}, schemas={"": {"n": pl.Int64()}})
KEPT = SinkInfo(bounded=True, headers={"": b""}, schemas={"": {"n": pl.Int64()}}, kept=True)


def _records(first: int, count: int) -> Timed:
    numbers = np.arange(first, first + count)
    return Timed(pl.DataFrame({"n": numbers}), START + MINUTE * numbers, START + MINUTE * numbers)


def _opened(path: Path, rolling: Rolling, info: SinkInfo = ONE, mark: Any = None) -> CutParquetSink:
    sink = CutParquetSink(str(path), rolling)
    sink.open(info, mark)
    return sink


def _rows(folder: Path) -> dict[str, list[int]]:
    found = sorted(path for path in folder.rglob("*.parquet*") if path.is_file())
    return {str(path.relative_to(folder)): pl.read_parquet(path)["n"].to_list() for path in found}


def test_a_part_ends_with_so_many_rows_and_gets_its_name_then(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.parquet", Rolling(count=3))
    sink.write("", _records(0, 2), 2)
    sink.write("", _records(2, 5), 5)
    assert os.listdir(tmp_path / "a.parquet").count("part-00001.parquet") == 1
    sink.close()
    assert _rows(tmp_path) == {
        "a.parquet/part-00000.parquet": [0, 1, 2],
        "a.parquet/part-00001.parquet": [3, 4, 5],
        "a.parquet/part-00002.parquet": [6],
    }
    assert pl.read_parquet(tmp_path / "a.parquet").height == 7
    with pytest.raises(SinkError, match="holds parts of an earlier run"):
        _opened(tmp_path / "a.parquet", Rolling(count=3))


def test_each_hour_has_a_folder_and_late_rows_go_there(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{date}" / "{hour}.parquet", Rolling())
    sink.write("", _records(58, 4), 4)
    sink.write("", _records(2, 1), 1)
    sink.close()
    assert _rows(tmp_path / "2024-10-04") == {
        "00.parquet/part-00000.parquet": [58, 59, 2],
        "01.parquet/part-00000.parquet": [60, 61],
    }
    with pytest.raises(SinkError, match="holds parts of an earlier run"):
        _opened(tmp_path / "{date}" / "{hour}.parquet", Rolling())


def test_many_partitions_are_written_by_few_threads(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{date}T{hour}.parquet", Rolling())
    for first in (*range(0, 2400, 60), 0):
        sink.write("", _records(first, 60), 60)
        assert sum(thread.name == "synthwb-parquet" for thread in threading.enumerate()) <= 17
    sink.close()
    found = _rows(tmp_path)
    assert len(found) == 41
    assert found["2024-10-04T00.parquet/part-00001.parquet"] == list(range(60))


def test_what_came_after_a_mark_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "{date}" / "{hour}.parquet"
    sink = _opened(path, Rolling(count=50), KEPT)
    sink.write("", _records(0, 90), 90)
    mark = sink.mark()
    sink.settle()
    sink.write("", _records(90, 90), 90)
    sink.mark()  # a state that was never saved
    sink.close(commit=False)
    sink = _opened(path, Rolling(count=50), KEPT, mark)
    assert sorted(_rows(tmp_path)) == [
        f"2024-10-04/{name}"
        for name in ("00.parquet/part-00000.parquet", "00.parquet/part-00001.parquet", "01.parquet/part-00000.parquet")
    ]
    sink.write("", _records(90, 60), 60)
    sink.mark()
    sink.settle()
    sink.close()
    assert sorted(number for rows in _rows(tmp_path).values() for number in rows) == list(range(150))


def test_an_aborted_run_leaves_what_was_whole_and_no_folder(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{date}" / "a.parquet", Rolling(count=50))
    sink.write("", _records(0, 20), 20)
    sink.close(commit=False)
    assert os.listdir(tmp_path) == []
    sink = _opened(tmp_path / "a.parquet", Rolling(count=50))
    sink.close()
    assert _rows(tmp_path) == {"a.parquet/part-00000.parquet": []}
