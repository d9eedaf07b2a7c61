"""Parquet files: readable when whole, gone when aborted."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from synthwb.errors import SinkError
from synthwb.sinks import SinkInfo
from synthwb.sinks.parquet import ParquetSink

SCHEMA = {"n": pl.Int64(), "s": pl.Struct({"a": pl.List(pl.String())})}
INFO = SinkInfo(bounded=True, headers={"": b""}, schemas={"": SCHEMA})


def _frame(start: int, rows: int = 1000) -> pl.DataFrame:
    values = pl.Series("s", [{"a": ["x", None]}] * rows, dtype=SCHEMA["s"])
    return pl.DataFrame([pl.Series("n", range(start, start + rows)), values])


def _opened(path: Path, info: SinkInfo = INFO) -> ParquetSink:
    sink = ParquetSink(str(path))
    sink.open(info)
    return sink


def test_all_rows_in_order(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.parquet")
    for start in range(0, 20_000, 1000):
        sink.write("", _frame(start), 1000)
    assert os.listdir(tmp_path) == ["out.parquet.part"]
    sink.close()
    assert os.listdir(tmp_path) == ["out.parquet"]
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame["n"].to_list() == list(range(20_000))
    assert frame.schema == SCHEMA
    sink.close()


def test_an_arrow_file_has_the_rows_and_the_types(tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path / "out.arrow"), "arrow")
    sink.open(INFO)
    for start in range(0, 200_000, 20_000):
        sink.write("", _frame(start, 20_000), 20_000)
    assert os.listdir(tmp_path) == ["out.arrow.part"]
    sink.close()
    frame = pl.read_ipc(tmp_path / "out.arrow")
    assert frame["n"].to_list() == list(range(200_000))
    assert frame.schema == SCHEMA
    data = (tmp_path / "out.arrow").read_bytes()
    assert data.startswith(b"ARROW1\0\0")
    assert data.endswith(b"ARROW1")


def test_a_kept_arrow_file_is_a_folder_of_parts(tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path / "out.arrow"), "arrow")
    sink.open(replace(INFO, kept=True))
    for start in (0, 1000):
        sink.write("", _frame(start), 1000)
        sink.mark()
        sink.settle()
    sink.close()
    assert sorted(os.listdir(tmp_path / "out.arrow")) == ["part-00000.arrow", "part-00001.arrow"]
    assert pl.read_ipc(tmp_path / "out.arrow" / "*.arrow")["n"].to_list() == list(range(2000))


def test_a_long_run_is_several_row_groups(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.parquet", SinkInfo(True, {"": b""}, {"": {"n": pl.Int64()}}))
    for start in range(10):
        sink.write("", pl.DataFrame({"n": pl.int_range(start * 30_000, (start + 1) * 30_000, eager=True)}), 30_000)
    sink.close()
    assert pl.read_parquet(tmp_path / "out.parquet")["n"].to_list() == list(range(300_000))
    assert (tmp_path / "out.parquet").read_bytes().count(b"PAR1") == 2


def test_a_file_of_no_events_has_its_columns(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{event}.parquet", SinkInfo(True, {"a": b"", "b": b""}, {"a": SCHEMA, "b": SCHEMA}))
    sink.write("a", _frame(0), 1000)
    sink.close()
    assert pl.read_parquet(tmp_path / "a.parquet").height == 1000
    assert pl.read_parquet(tmp_path / "b.parquet").schema == SCHEMA


def test_aborted_it_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.parquet").write_bytes(b"old")
    sink = _opened(tmp_path / "out.parquet")
    for start in range(8):
        sink.write("", _frame(start), 1000)
    sink.close(commit=False)
    assert os.listdir(tmp_path) == ["out.parquet"]
    assert (tmp_path / "out.parquet").read_bytes() == b"old"


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="missing does not exist"):
        _opened(tmp_path / "missing" / "out.parquet")


def test_a_device(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="Parquet needs a file"):
        _opened(Path("/dev/null"))


def test_one_bad_file_of_several_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.parquet").mkdir()
    info = SinkInfo(True, {"a": b"", "b": b""}, {"a": SCHEMA, "b": SCHEMA})
    with pytest.raises(SinkError, match=r"b\.parquet is a folder"):
        _opened(tmp_path / "{event}.parquet", info)
    assert os.listdir(tmp_path) == ["b.parquet"]


def test_a_writer_that_failed_says_so_and_does_not_hang(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.parquet")
    wrong = pl.DataFrame({"n": ["text"]})

    def write_on() -> None:
        for _ in range(10):
            sink.write("", wrong, 1)

    with pytest.raises(SinkError, match=r"out\.parquet: "):
        write_on()
    with pytest.raises(SinkError):
        sink.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_write_that_fails_ends_an_endless_run_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Polars goes on asking for frames and tells of the failure at the end, which never comes."""
    info = SinkInfo(bounded=False, headers={"": b""}, schemas={"": SCHEMA})
    sink = _opened(tmp_path / "out.parquet", info)
    write = os.write

    def refuse(descriptor: int, data: bytes) -> int:
        if len(data) > 100:
            raise OSError(code, "")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", refuse)

    def write_on() -> None:
        frame = _frame(0, 50_000)
        for _ in range(200):
            sink.write("", frame, 50_000)

    words = {errno.ENOSPC: "the disk is full", errno.EIO: "Input/output error"}[code]
    with pytest.raises(SinkError, match=rf"out\.parquet: {words}"):
        write_on()
    sink.close(commit=False)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("last", [1, 2])
def test_a_disk_that_is_full_at_the_end_leaves_no_file_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    sink = _opened(tmp_path / "{event}.parquet", SinkInfo(True, {"a": b"", "b": b""}, {"a": SCHEMA, "b": SCHEMA}))
    sink.write("a", _frame(0), 1000)
    done = 0

    def refuse(_: int) -> None:
        nonlocal done
        done += 1
        if done == last:
            raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SinkError, match="the disk is full"):
        sink.close()
    assert os.listdir(tmp_path) == []


def test_a_name_that_was_taken_by_a_folder_meanwhile_leaves_no_part(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{event}.parquet", SinkInfo(True, {"a": b"", "b": b""}, {"a": SCHEMA, "b": SCHEMA}))
    (tmp_path / "a.parquet").mkdir()
    with pytest.raises(SinkError, match=r"a\.parquet is a folder"):
        sink.close()
    assert os.listdir(tmp_path) == ["a.parquet"]


KEPT = SinkInfo(bounded=True, headers={"": b""}, schemas={"": SCHEMA}, kept=True)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_kept_run_writes_parts_that_get_their_names_when_they_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "out.parquet"
    sink = _opened(folder, KEPT)
    sink.write("", _frame(0), 1000)
    assert sink.mark() == {"": {"parts": 1}}
    assert _names(folder) == ["part-00000.parquet.part"]
    sink.settle()
    assert _names(folder) == ["part-00000.parquet"]
    assert sink.mark() == {"": {"parts": 1}}  # nothing new, no part
    sink.write("", _frame(1000), 1000)
    sink.close()
    assert _names(folder) == ["part-00000.parquet", "part-00001.parquet"]
    assert pl.read_parquet(folder)["n"].to_list() == list(range(2000))


@pytest.mark.parametrize("named", [False, True])
def test_parts_after_the_mark_are_taken_back_and_those_before_it_get_their_names(tmp_path: Path, named: bool) -> None:
    folder = tmp_path / "out.parquet"
    sink = _opened(folder, KEPT)
    sink.write("", _frame(0), 1000)
    mark = sink.mark()
    if named:
        sink.settle()
    sink.write("", _frame(1000), 1000)
    sink.mark()
    sink.write("", _frame(2000), 1000)
    sink.close(commit=False)
    assert "part-00001.parquet.part" in _names(folder)
    again = ParquetSink(str(folder))
    again.open(KEPT, mark)
    assert _names(folder) == ["part-00000.parquet"]
    again.write("", _frame(1000, 10), 10)
    again.close()
    assert pl.read_parquet(folder)["n"].to_list() == list(range(1010))


def test_a_part_that_was_moved_away_is_not_missed(tmp_path: Path) -> None:
    folder = tmp_path / "out.parquet"
    sink = _opened(folder, KEPT)
    sink.write("", _frame(0), 1000)
    mark = sink.mark()
    sink.settle()
    sink.close(commit=False)
    (folder / "part-00000.parquet").rename(tmp_path / "mine.parquet")
    again = ParquetSink(str(folder))
    again.open(KEPT, mark)
    again.write("", _frame(1000), 1000)
    again.close()
    assert _names(folder) == ["part-00001.parquet"]


def test_a_folder_of_no_events_has_the_columns(tmp_path: Path) -> None:
    _opened(tmp_path / "out.parquet", KEPT).close()
    assert pl.read_parquet(tmp_path / "out.parquet").schema == SCHEMA


def test_parts_of_another_run_and_a_file_in_the_way_are_left_alone(tmp_path: Path) -> None:
    _opened(tmp_path / "out.parquet", KEPT).close()
    with pytest.raises(SinkError, match=r"holds parts of an earlier run \(part-00000\.parquet\)"):
        _opened(tmp_path / "out.parquet", KEPT)
    (tmp_path / "file.parquet").write_bytes(b"old")
    with pytest.raises(SinkError, match="is a file; a run with a state writes a folder"):
        _opened(tmp_path / "file.parquet", KEPT)
    assert (tmp_path / "file.parquet").read_bytes() == b"old"


def test_a_disk_that_is_full_at_a_mark_is_said_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = _opened(tmp_path / "out.parquet", KEPT)
    sink.write("", _frame(0), 1000)

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SinkError, match="the disk is full"):
        sink.mark()
    sink.close(commit=False)
