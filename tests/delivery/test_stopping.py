"""The end of a run by hand, with a real server that is slow, stuck or refuses: nothing is lost, and nothing hangs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from http_driver import HttpServer

from synthwb.sinks.dead import read_dead_letters

PATIENCE = 60.0
SHOP = "seed: 7\nevents: {viewed: {fields: {n: sequence}}}\narrivals: {viewed: 200/s}\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HttpServer]:
    with HttpServer(tmp_path) as running:
        yield running


@pytest.fixture
def begun(tmp_path: Path, server: HttpServer) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """``synthwb run`` into the server and beside it into a file, which has every event that was handed over."""
    started = []

    def begin(*words: str, query: str = "batch=5") -> subprocess.Popen[bytes]:
        (tmp_path / "shop.yaml").write_text(SHOP)
        to = ["--to", "beside.jsonl", "--to", f"{server.url}?{query}"]
        command = [sys.executable, "-m", "synthwb", "run", "shop.yaml", *to, *words]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def _beside(folder: Path) -> list[str]:
    path = folder / "beside.jsonl"
    return [json.loads(line)["id"] for line in path.read_text().splitlines()] if path.exists() else []


def _dead(folder: Path) -> list[str]:
    path = folder / "http.dead.jsonl"
    return (
        [json.loads(letter.value or b"")["id"] for _, letter in read_dead_letters(str(path))] if path.exists() else []
    )


def _until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _said(process: subprocess.Popen[bytes]) -> str:
    return process.communicate(timeout=PATIENCE)[1].decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_a_slow_server_have_everything(
    server: HttpServer, begun: Callable[..., subprocess.Popen[bytes]], tmp_path: Path, number: int
) -> None:
    server.mood(delay=0.8)
    process = begun("--rate", "100/s")
    _until(lambda: len(server.requests()) > 10, process)
    process.send_signal(number)
    said = _said(process)
    assert process.returncode == 130
    assert "stopping: waiting for" in said
    assert f"events on their way to {server.url}" in said
    assert server.taken() == dict.fromkeys(_beside(tmp_path), 1)
    assert not _dead(tmp_path)


def test_a_signal_waits_until_a_throttling_server_is_well_again(
    server: HttpServer, begun: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = begun("--rate", "300/s", query="batch=5&retries=100")
    _until(lambda: len(server.requests()) > 10, process)
    server.mood(status=429, headers={"Retry-After": "1"})
    _until(lambda: any(request.status == 429 for request in server.requests()), process)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    line = process.stderr.readline().decode()
    assert "(the server answered 429 Too Many Requests)" in line
    server.mood()
    said = _said(process)
    assert process.returncode == 130
    assert set(server.taken()) == set(_beside(tmp_path))
    assert not _dead(tmp_path)
    assert "Traceback" not in said


def test_a_second_signal_stops_at_once_and_what_was_on_its_way_is_kept(
    server: HttpServer, begun: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = begun("--rate", "100/s", query="batch=5&timeout=10m")
    _until(lambda: len(server.requests()) > 3, process)
    server.mood(delay=600)
    _until(lambda: server.requests()[-1].at < time.time() - 1.5, process)  # the window is full: delivery waits
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert b"once more (Ctrl-C) stops at once" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    before = time.monotonic()
    said = _said(process)
    assert time.monotonic() - before < 15
    assert process.returncode == 130
    dead, taken = _dead(tmp_path), server.taken()
    assert set(dead) | set(taken) >= set(_beside(tmp_path))  # the last block had not gone to the file as a whole
    assert len(dead) == len(set(dead)) > 5
    assert f"{len(dead):,} dead letters in http.dead.jsonl" in said
    assert "Traceback" not in said


def test_the_end_tells_what_was_delivered_refused_and_sent_again(
    server: HttpServer, begun: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = begun("--count", "400", query="batch=1&concurrency=1")
    _until(lambda: len(server.requests()) > 5, process)
    server.mood(status=422, text="no such page", every=10)
    said = _said(process)
    assert process.returncode == 0
    dead = _dead(tmp_path)
    assert len(dead) > 5
    assert f"{server.url}: {400 - len(dead)} delivered, {len(dead)} dead letters in http.dead.jsonl" in said
    assert sorted([*dead, *server.taken()]) == sorted(_beside(tmp_path))


def test_a_server_that_hangs_at_the_first_request_does_not_hang_the_end(
    server: HttpServer, begun: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    server.mood(delay=600)
    process = begun("--rate", "max", query="batch=5&timeout=10m")
    _until(lambda: len(server.requests()) > 3, process)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)  # a signal that comes while the same one is pending is one
    process.send_signal(signal.SIGINT)
    said = _said(process)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert set(_dead(tmp_path)) | set(server.taken()) >= set(_beside(tmp_path)) != set()
