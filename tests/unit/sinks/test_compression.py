"""Compressed text: whole pieces, appended to, cut back, and refused where they are not whole."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from synthwb.errors import SinkError
from synthwb.sinks import FileSink, SinkInfo
from synthwb.sinks.compression import MEMBER

ONE = SinkInfo(bounded=True, headers={"": b""})
ENDLESS = SinkInfo(bounded=False, headers={"": b""})
KEPT = SinkInfo(bounded=True, headers={"": b""}, kept=True)


def _read(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as text:
        return text.read()


@pytest.fixture(params=["gzip", "zstd"])
def how(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A compression, and its suffix."""
    return request.param, {"gzip": "a.jsonl.gz", "zstd": "a.jsonl.zst"}[request.param]


def test_a_bounded_file_has_the_same_bytes_whatever_the_batches(tmp_path: Path, how: tuple[str, str]) -> None:
    text = b"".join(b"%d\n" % number for number in range(400_000))
    assert len(text) > 2 * MEMBER
    found = []
    for size in (len(text), 10_000):
        sink = FileSink(str(tmp_path / how[1]), how[0])
        sink.open(ONE)
        for first in range(0, len(text), size):
            sink.write("", memoryview(text)[first : first + size], 1)
        sink.close()
        assert _read(tmp_path / how[1]) == text
        found.append((tmp_path / how[1]).read_bytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("info", [ONE, ENDLESS, KEPT])
def test_a_file_without_a_record_is_one_all_the_same(tmp_path: Path, how: tuple[str, str], info: SinkInfo) -> None:
    sink = FileSink(str(tmp_path / how[1]), how[0])
    sink.open(info)
    sink.close()
    assert (tmp_path / how[1]).stat().st_size > 0
    assert _read(tmp_path / how[1]) == b""


def test_an_endless_file_is_appended_to_and_can_be_read_at_any_time(tmp_path: Path, how: tuple[str, str]) -> None:
    for number in range(2):
        sink = FileSink(str(tmp_path / how[1]), how[0])
        sink.open(ENDLESS)
        sink.write("", b"%d\n" % number, 1)
        assert _read(tmp_path / how[1]).endswith(b"%d\n" % number)
        sink.close()
    assert _read(tmp_path / how[1]) == b"0\n1\n"


@pytest.mark.parametrize("wrong", ["cut", "half a line", "no such file"])
def test_a_file_that_cannot_be_appended_to(tmp_path: Path, how: tuple[str, str], wrong: str) -> None:
    path = tmp_path / how[1]
    pack = gzip.compress if how[0] == "gzip" else zstandard.ZstdCompressor().compress
    data = pack(b"x" if wrong == "half a line" else b"x\n" * 1000)
    path.write_bytes(data[:-3] if wrong == "cut" else data if wrong == "half a line" else b"a diary\n")
    words = "its last line has no end" if wrong == "half a line" else "this does not end as a"
    with pytest.raises(SinkError, match=words):
        FileSink(str(path), how[0]).open(ENDLESS)


def test_a_mark_is_the_end_of_a_piece(tmp_path: Path, how: tuple[str, str]) -> None:
    sink = FileSink(str(tmp_path / how[1]), how[0])
    sink.open(KEPT)
    sink.write("", b"one\n", 1)
    mark = sink.mark()
    sink.write("", b"two\n", 1)
    sink.close(commit=False)
    again = FileSink(str(tmp_path / how[1]), how[0])
    again.open(KEPT, mark)
    again.write("", b"2\n", 1)
    again.close()
    assert _read(tmp_path / how[1]) == b"one\n2\n"
    assert os.listdir(tmp_path) == [how[1]]
