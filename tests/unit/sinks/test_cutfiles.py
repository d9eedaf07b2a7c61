"""Text that is cut into files: by size, number and time, the same wherever a batch ends."""

from __future__ import annotations

import errno
import gzip
import os
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.errors import SinkError
from synthwb.sinks import SinkInfo
from synthwb.sinks.cutfiles import CutFileSink
from synthwb.sinks.cutting import Rolling
from synthwb.sinks.timed import Timed

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
START = 20_000 * DAY  # 2024-10-04
ONE = SinkInfo(bounded=True, headers={"": b""})
TABLE = SinkInfo(bounded=True, headers={"": b"n\n"})
ENDLESS = SinkInfo(bounded=False, headers={"": b""})
KEPT = SinkInfo(bounded=True, headers={"": b""}, kept=True)


def _records(first: int, count: int, step: int = MINUTE) -> Timed:
    """Lines of five bytes, their numbers, a ``step`` apart."""
    text = b"".join(b"%04d\n" % number for number in range(first, first + count))
    times = START + step * np.arange(first, first + count)
    return Timed(text, times, times)


def _opened(path: Path, rolling: Rolling, info: SinkInfo = ONE, mark: Any = None, **more: Any) -> CutFileSink:
    sink = CutFileSink(str(path), rolling, **more)
    sink.open(info, mark)
    return sink


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_ends_with_so_many_records_and_gets_its_name_then(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.jsonl", Rolling(count=3))
    sink.write("", _records(0, 4), 4)
    assert sorted(os.listdir(tmp_path)) == ["a-00000.jsonl", "a-00001.jsonl.part"]
    sink.write("", _records(4, 3), 3)
    sink.close()
    assert _files(tmp_path) == {
        "a-00000.jsonl": b"0000\n0001\n0002\n",
        "a-00001.jsonl": b"0003\n0004\n0005\n",
        "a-00002.jsonl": b"0006\n",
    }


def test_a_file_has_so_many_bytes_at_most_its_header_counted(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.csv", Rolling(size=12), TABLE)
    sink.write("", _records(0, 3), 3)
    sink.close()
    assert _files(tmp_path) == {"a-00000.csv": b"n\n0000\n0001\n", "a-00001.csv": b"n\n0002\n"}


def test_a_record_that_is_larger_than_a_file_has_one_of_its_own(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.jsonl", Rolling(size=3))
    sink.write("", _records(0, 2), 2)
    sink.close()
    assert _files(tmp_path) == {"a-00000.jsonl": b"0000\n", "a-00001.jsonl": b"0001\n"}


def test_a_file_ends_at_a_multiple_of_event_time(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.jsonl", Rolling(every=10 * MINUTE))
    sink.write("", _records(8, 4), 4)
    sink.write("", _records(100, 1), 1)
    sink.close()
    assert list(_files(tmp_path).values()) == [b"0008\n0009\n", b"0010\n0011\n", b"0100\n"]


def test_a_record_that_arrives_late_goes_to_the_file_of_its_arrival_but_the_partition_of_its_time(
    tmp_path: Path,
) -> None:
    times = START + MINUTE * np.array([0, 61, 2, 62, 3])
    late = Timed(b"a\nb\nc\nd\ne\n", times, np.maximum.accumulate(times))
    rolled = _opened(tmp_path / "a.jsonl", Rolling(every=60 * MINUTE))
    rolled.write("", late, 5)
    rolled.close()
    assert list(_files(tmp_path).values()) == [b"a\n", b"b\nc\nd\ne\n"]
    parted = _opened(tmp_path / "{date}" / "{hour}.txt", Rolling())
    parted.write("", late, 5)
    parted.close()
    assert _files(tmp_path / "2024-10-04") == {"00.txt": b"a\nc\ne\n", "01.txt": b"b\nd\n"}


def test_a_newline_in_quotes_ends_no_record(tmp_path: Path) -> None:
    times = START + MINUTE * np.arange(2)
    sink = _opened(tmp_path / "a.csv", Rolling(count=1), TABLE, quoted=True)
    sink.write("", Timed(b'"x\n""y"\nz\n', times, times), 2)
    sink.close()
    assert _files(tmp_path) == {"a-00000.csv": b'n\n"x\n""y"\n', "a-00001.csv": b"n\nz\n"}


LATE = st.lists(st.integers(0, 300), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    LATE,
    st.lists(st.integers(1, 39), max_size=5),
    st.builds(
        Rolling,
        st.none() | st.integers(3, 60),
        st.none() | st.integers(1, 90).map(lambda minutes: minutes * MINUTE),
        st.none() | st.integers(1, 9),
    ),
    st.sampled_from(["a.jsonl", "{date}/{hour}/a.jsonl.gz", "{date}-a.jsonl"]),
)
def test_where_a_batch_ends_changes_no_file(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], cuts: list[int], rolling: Rolling, name: str
) -> None:
    times = START + MINUTE * np.array(minutes)
    arrivals = np.maximum.accumulate(times)
    lines = [b"x" * (number % 7) + b"%d\n" % number for number in range(len(minutes))]
    found = []
    for borders in ([0, len(lines)], sorted({0, *(cut for cut in cuts if cut < len(lines)), len(lines)})):
        folder = tmp_path_factory.mktemp("cut")
        sink = _opened(folder / name, rolling, compression="gzip" if name.endswith(".gz") else "")
        for first, last in pairwise(borders):
            some = slice(first, last)
            sink.write("", Timed(b"".join(lines[some]), times[some], arrivals[some]), last - first)
        sink.close()
        found.append(_files(folder))
    assert found[0] == found[1]
    texts = (gzip.decompress(data) if name.endswith(".gz") else data for data in found[0].values())
    assert sorted(b"".join(texts).splitlines()) == sorted(line.rstrip() for line in lines)


@pytest.mark.parametrize(("suffix", "program"), [("gz", "zcat"), ("zst", "zstdcat")])
def test_compressed_files_are_read_by_the_usual_programs(tmp_path: Path, suffix: str, program: str) -> None:
    compression = {"gz": "gzip", "zst": "zstd"}[suffix]
    for info in (ONE, ENDLESS):
        sink = _opened(tmp_path / f"a.jsonl.{suffix}", Rolling(count=1500), info, compression=compression)
        for first in range(0, 2000, 100):
            sink.write("", _records(first, 100), 100)
        sink.close()
        names = [tmp_path / f"a-0000{number}.jsonl.{suffix}" for number in range(2)]
        texts = [subprocess.run([program, name], capture_output=True, check=True).stdout for name in names]
        assert b"".join(texts) == _records(0, 2000).data
        assert texts[0].count(b"\n") == 1500
        for name in names:
            name.unlink()


@pytest.mark.parametrize("name", ["a.jsonl", "{date}.jsonl", "{date}.jsonl.gz"])
def test_what_came_after_a_mark_is_taken_back(tmp_path: Path, name: str) -> None:
    def fresh(mark: Any = None) -> CutFileSink:
        compression = "gzip" if name.endswith("gz") else ""
        return _opened(tmp_path / name, Rolling(count=4), KEPT, mark, compression=compression)

    hour = 60 * MINUTE
    sink = fresh()
    sink.write("", _records(0, 30, hour), 30)
    mark = sink.mark()
    sink.settle()
    sink.write("", _records(30, 30, hour), 30)
    sink.mark()  # a state that was never saved
    sink.close(commit=False)
    sink = fresh(mark)
    for first in (30, 45):
        sink.write("", _records(first, 15, hour), 15)
    sink.mark()
    sink.settle()
    sink.close()
    found = _files(tmp_path)
    assert not any(path.endswith(".part") for path in found)
    texts = [gzip.decompress(data) if name.endswith("gz") else data for data in found.values()]
    assert b"".join(texts) == _records(0, 60).data
    sizes = [text.count(b"\n") for text in texts]
    assert sizes == ([4] * 15 if name == "a.jsonl" else [4] * 6 + [4] * 6 + [4] * 3)


def test_a_file_that_was_changed_since_the_mark_is_refused(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "a.jsonl", Rolling(count=4), KEPT)
    sink.write("", _records(0, 6), 6)
    mark = sink.mark()
    sink.close(commit=False)
    (tmp_path / "a-00001.jsonl.part").write_bytes(b"9999\n9999\n")
    with pytest.raises(SinkError, match=r"a-00001\.jsonl: this is not what the run has written"):
        _opened(tmp_path / "a.jsonl", Rolling(count=4), KEPT, mark)


def test_files_of_an_earlier_run_are_refused_and_an_endless_run_goes_on_behind_them(tmp_path: Path) -> None:
    for _ in range(2):
        sink = _opened(tmp_path / "a.jsonl", Rolling(count=2), ENDLESS)
        sink.write("", _records(0, 3), 3)
        sink.close()
    assert sorted(_files(tmp_path)) == [f"a-0000{number}.jsonl" for number in range(4)]
    for info in (ONE, KEPT):
        with pytest.raises(SinkError, match=r"there are files of an earlier run \(.*a-00000\.jsonl\)"):
            _opened(tmp_path / "a.jsonl", Rolling(count=2), info)
    (tmp_path / "b-00007.jsonl.part").write_bytes(b"left by a process that was killed\n")
    _opened(tmp_path / "b.jsonl", Rolling(count=2)).close()
    assert "b-00007.jsonl.part" not in _files(tmp_path)


def test_an_aborted_run_leaves_what_was_whole_and_no_folder(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{date}" / "{hour}" / "a.jsonl", Rolling(count=2))
    sink.write("", _records(59, 2), 2)
    sink.write("", _records(61, 1), 1)
    sink.close(commit=False)
    assert _files(tmp_path) == {}
    sink = _opened(tmp_path / "{date}" / "{hour}" / "a.jsonl", Rolling(count=2))
    sink.write("", _records(60, 3), 3)
    sink.close(commit=False)
    assert _files(tmp_path) == {"2024-10-04/01/a-00000.jsonl": b"0060\n0061\n"}


def test_many_partitions_keep_few_files_open(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{date}-{hour}.jsonl", Rolling())
    before = len(os.listdir("/proc/self/fd"))
    for first in (0, 200, 0):
        sink.write("", _records(first, 200, 60 * MINUTE), 200)
        assert len(os.listdir("/proc/self/fd")) - before <= 64
    sink.close()
    found = _files(tmp_path)
    assert len(found) == 400
    assert found["2024-10-04-03.jsonl"] == b"0003\n0003\n"


def test_a_full_disk_keeps_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, room = os.write, 8

    def fill(descriptor: int, data: memoryview) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "")
        done = write(descriptor, data[:room])
        room -= done
        return done

    sink = _opened(tmp_path / "{date}.jsonl", Rolling(), ENDLESS)
    monkeypatch.setattr(os, "write", fill)
    sink.write("", _records(0, 1), 1)
    with pytest.raises(SinkError, match=r"2024-10-04\.jsonl: the disk is full"):
        sink.write("", _records(1, 1), 1)
    monkeypatch.undo()
    sink.close()
    assert _files(tmp_path) == {"2024-10-04.jsonl": b"0000\n"}


def test_paths_that_cannot_be_cut(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="a device or a pipe cannot be cut into files"):
        _opened(Path("/dev/full"), Rolling(count=2))
    with pytest.raises(SinkError, match=r"the folder .*/missing does not exist"):
        _opened(tmp_path / "missing" / "{date}.jsonl", Rolling())
    (tmp_path / "a").write_bytes(b"")
    sink = _opened(tmp_path / "{date}" / "a.jsonl", Rolling())
    (tmp_path / "2024-10-04").write_bytes(b"")
    with pytest.raises(SinkError, match="2024-10-04 is not a folder"):
        sink.write("", _records(0, 1), 1)
