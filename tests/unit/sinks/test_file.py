"""Text files: whole or not there, appended to in whole records."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from synthwb.errors import SinkError
from synthwb.sinks import FileSink, SinkInfo

ONE = SinkInfo(bounded=True, headers={"": b""})
ENDLESS = SinkInfo(bounded=False, headers={"": b""})
TABLE = SinkInfo(bounded=True, headers={"": b"a,b\n"})
ENDLESS_TABLE = SinkInfo(bounded=False, headers={"": b"a,b\n"})


def _opened(path: Path | str, info: SinkInfo = ONE) -> FileSink:
    sink = FileSink(str(path))
    sink.open(info)
    return sink


def test_a_bounded_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = _opened(path)
    sink.write("", b"1\n", 1)
    assert not path.exists()
    assert (tmp_path / "out.jsonl.part").read_bytes() == b"1\n"
    sink.write("", b"2\n", 1)
    sink.close()
    assert path.read_bytes() == b"1\n2\n"
    assert os.listdir(tmp_path) == ["out.jsonl"]
    sink.close()


def test_an_aborted_file_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old\n")
    sink = _opened(path)
    sink.write("", b"new\n", 1)
    sink.close(commit=False)
    assert path.read_bytes() == b"old\n"
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_a_bounded_run_replaces_and_does_not_append(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    (tmp_path / "out.csv.part").write_bytes(b"left by a crash, longer than what comes now\n")
    for _ in range(2):
        sink = _opened(path, TABLE)
        sink.write("", b"1,2\n", 1)
        sink.close()
    assert path.read_bytes() == b"a,b\n1,2\n"


def test_an_endless_run_appends_and_writes_the_header_once(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    for _ in range(2):
        sink = _opened(path, ENDLESS_TABLE)
        sink.write("", b"1,2\n", 1)
        assert path.read_bytes().endswith(b"1,2\n")
        sink.close(commit=False)
    assert path.read_bytes() == b"a,b\n1,2\n1,2\n"


def test_a_file_per_event_type(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{event}.csv", SinkInfo(bounded=True, headers={"a": b"x\n", "b": b"y\n"}))
    sink.write("b", b"1\n", 1)
    assert sink.position().endswith("{event}.csv")
    sink.close()
    assert (tmp_path / "a.csv").read_bytes() == b"x\n"
    assert (tmp_path / "b.csv").read_bytes() == b"y\n1\n"


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_bytes(b"")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    sink = _opened(tmp_path / "link.jsonl")
    sink.write("", b"1\n", 1)
    sink.close()
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == b"1\n"


def test_the_environment_is_read_when_the_sink_opens_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = FileSink(str(tmp_path / "${SECRET_NAME}.jsonl"))
    monkeypatch.setenv("SECRET_NAME", "hush")
    sink.open(ONE)
    assert "hush" not in sink.position()
    sink.close()
    assert (tmp_path / "hush.jsonl").exists()
    monkeypatch.setenv("SECRET_NAME", "no/such/hush")
    with pytest.raises(SinkError) as failed:
        sink.open(ONE)
    assert "hush" not in str(failed.value)


def test_a_variable_that_is_not_set(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="the environment variable SYNTHWB_NOT_SET is not set"):
        _opened(tmp_path / "${SYNTHWB_NOT_SET}.jsonl")


@pytest.mark.parametrize("info", [ONE, ENDLESS])
def test_a_missing_folder(tmp_path: Path, info: SinkInfo) -> None:
    with pytest.raises(SinkError, match=r"the folder .*/missing does not exist; make it \(mkdir -p .*/missing\)"):
        _opened(tmp_path / "missing" / "out.jsonl", info)


@pytest.mark.parametrize("info", [ONE, ENDLESS])
def test_a_path_below_a_file(tmp_path: Path, info: SinkInfo) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SinkError, match="file is not a folder"):
        _opened(tmp_path / "file" / "out.jsonl", info)


@pytest.mark.parametrize("info", [ONE, ENDLESS])
def test_a_folder_as_the_target(tmp_path: Path, info: SinkInfo) -> None:
    with pytest.raises(SinkError, match=r"is a folder; name a file in it, such as .*/\{event\}\.jsonl"):
        _opened(tmp_path, info)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="too long"):
        _opened(tmp_path / ("x" * 300))


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.EACCES, "no permission"), (errno.EROFS, "read-only"), (errno.EIO, "Input/output error")],
)
def test_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SinkError, match=words):
        _opened(tmp_path / "out.jsonl")


def test_a_full_disk_keeps_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.jsonl"
    sink = _opened(path, ENDLESS)
    sink.write("", b"first\n", 1)
    write = os.write
    room = 3

    def fill(descriptor: int, data: memoryview) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "")
        done = write(descriptor, data[:room])
        room -= done
        return done

    monkeypatch.setattr(os, "write", fill)
    with pytest.raises(SinkError, match=r"out\.jsonl: the disk is full"):
        sink.write("", b"second\n", 1)
    monkeypatch.undo()
    assert path.read_bytes() == b"first\n"
    sink.write("", b"third\n", 1)
    sink.close()
    assert path.read_bytes() == b"first\nthird\n"


@pytest.mark.parametrize("last", [1, 2])
def test_a_disk_that_is_full_at_the_end_leaves_no_file_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    sink = _opened(tmp_path / "{event}.jsonl", SinkInfo(bounded=True, headers={"a": b"", "b": b""}))
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


def test_one_bad_file_of_several_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").mkdir()
    with pytest.raises(SinkError, match=r"b\.jsonl is a folder"):
        _opened(tmp_path / "{event}.jsonl", SinkInfo(bounded=True, headers={"a": b"", "b": b""}))
    assert os.listdir(tmp_path) == ["b.jsonl"]


def test_a_file_whose_last_line_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b'{"half":')
    with pytest.raises(SinkError, match="its last line has no end"):
        _opened(path, ENDLESS)
    assert path.read_bytes() == b'{"half":'


def test_devices_are_written_to_in_place() -> None:
    sink = _opened("/dev/null")
    sink.write("", b"1\n", 1)
    sink.close()
    assert not Path("/dev/null.part").exists()
    with pytest.raises(SinkError, match="the disk is full"):
        _opened("/dev/full", TABLE)


def test_a_named_pipe_is_written_to_in_place(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    sink = _opened(path)
    sink.write("", b"1\n", 1)
    sink.close()
    reader.join(5)
    assert read == [b"1\n"]
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_name_that_was_taken_by_a_folder_meanwhile_leaves_no_part(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "{event}.jsonl", SinkInfo(bounded=True, headers={"a": b"", "b": b""}))
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(SinkError, match=r"a\.jsonl is a folder"):
        sink.close()
    assert os.listdir(tmp_path) == ["a.jsonl"]


KEPT = SinkInfo(bounded=True, headers={"": b"h\n"}, kept=True)


def test_a_mark_is_the_length_and_what_comes_after_it_is_cut_off(tmp_path: Path) -> None:
    sink = FileSink(str(tmp_path / "a.csv"))
    sink.open(KEPT)
    sink.write("", b"one\n", 1)
    mark = sink.mark()
    sink.settle()
    sink.write("", b"two\n", 1)
    sink.close(commit=False)
    assert (tmp_path / "a.csv.part").read_bytes() == b"h\none\ntwo\n"
    again = FileSink(str(tmp_path / "a.csv"))
    again.open(KEPT, mark)
    again.write("", b"2\n", 1)
    again.close()
    assert (tmp_path / "a.csv").read_bytes() == b"h\none\n2\n"
    assert not (tmp_path / "a.csv.part").exists()


def test_an_endless_file_goes_on_behind_the_mark_without_a_second_header(tmp_path: Path) -> None:
    info = SinkInfo(bounded=False, headers={"": b"h\n"}, kept=True)
    (tmp_path / "a.csv").write_bytes(b"h\nold\n")
    sink = FileSink(str(tmp_path / "a.csv"))
    sink.open(info)
    sink.write("", b"one\n", 1)
    mark = sink.mark()
    sink.write("", b"tw", 1)
    sink.close(commit=False)
    again = FileSink(str(tmp_path / "a.csv"))
    again.open(info, mark)
    again.write("", b"two\n", 1)
    again.close()
    assert (tmp_path / "a.csv").read_bytes() == b"h\nold\none\ntwo\n"
