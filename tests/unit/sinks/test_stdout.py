"""The standard output."""

from __future__ import annotations

import os
import threading

import pytest

from synthwb.errors import SinkClosed, SinkError
from synthwb.sinks import SinkInfo, StdoutSink


def test_text_reaches_the_reader_at_once() -> None:
    reading, writing = os.pipe()
    sink = StdoutSink(writing)
    sink.open(SinkInfo(bounded=False, headers={"": b"a,b\n"}))
    sink.write("", b"1,2\n", 1)
    assert os.read(reading, 100) == b"a,b\n1,2\n"
    sink.close()
    os.write(writing, b"still open")
    os.close(reading)
    os.close(writing)


def test_a_reader_that_has_gone() -> None:
    reading, writing = os.pipe()
    sink = StdoutSink(writing)
    os.close(reading)
    with pytest.raises(SinkClosed):
        sink.write("", b"1\n", 1)
    os.close(writing)


def test_a_full_device_is_a_failure() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(SinkError, match="stdout: No space left on device") as failed:
        StdoutSink(full).write("", b"1\n", 1)
    assert not isinstance(failed.value, SinkClosed)
    os.close(full)


def test_a_reader_that_is_slow_and_a_descriptor_that_does_not_wait() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    data = b"x" * 1_000_000
    writer = threading.Thread(target=StdoutSink(writing).write, args=("", data, 1))
    writer.start()
    found = 0
    while found < len(data):
        found += len(os.read(reading, 65_536))
    writer.join(5)
    assert not writer.is_alive()
    os.close(reading)
    os.close(writing)
