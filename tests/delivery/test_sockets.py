"""Lines over TCP and UDP to real listeners: at most once, and everything accounted for."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from synthwb.engine import compile_plan
from synthwb.errors import UsageError
from synthwb.runtime import Keeping, Run, State, outputs, target
from synthwb.scenario import loads
from synthwb.sinks.sockets import DATAGRAM

TEXT = """
seed: 2
events: {ping: {fields: {n: sequence}}, pong: {fields: {n: sequence}}}
arrivals: {ping: 30/s, pong: 10/s}
"""
PLAN = compile_plan(loads(TEXT))


class _Tcp(socketserver.ThreadingTCPServer):
    """Keeps what it is sent; hangs up after ``most`` bytes of a connection."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0, most: int | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Reading)
        self.most = most
        self.taken: list[bytes] = []
        self.open: list[socket.socket] = []


class _Reading(socketserver.BaseRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        self.server.open.append(self.request)
        found = bytearray()
        while data := self._received():
            found += data
            if self.server.most is not None and len(found) > self.server.most:
                break
        self.server.taken.append(bytes(found))

    def _received(self) -> bytes:
        try:
            return bytes(self.request.recv(65536))
        except OSError:
            return b""


@contextmanager
def _tcp(port: int = 0, most: int | None = None) -> Iterator[_Tcp]:
    with _Tcp(port, most) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


def _run(to: str, plan: Any = PLAN, **how: Any) -> Run:
    return Run(plan, outputs([target(to)], plan, bounded=True), **how)


def _ended(run: Run) -> Run:
    with run:
        run.start()
        assert run.wait(60)
    return run


def _until(ready: Any) -> None:
    deadline = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _numbers(lines: bytes) -> list[tuple[str, int]]:
    """Events and numbers of whole lines."""
    return [(record["event"], record["n"]) for record in map(json.loads, lines.splitlines(keepends=False))]


def test_every_event_is_a_line_over_tcp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with _tcp() as server:
        stats = _ended(_run(f"tcp://127.0.0.1:{server.server_address[1]}", limit=5000)).stats()
        _until(lambda: server.taken)
    assert (stats.state, stats.error, stats.sinks[0].events) == (State.FINISHED, "", 5000)
    _ended(_run("whole.jsonl", limit=5000))
    assert server.taken == [(tmp_path / "whole.jsonl").read_bytes()]


def test_a_listener_that_hangs_up_is_connected_to_again_and_nothing_is_sent_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with _tcp(most=20_000) as server:
        to = f"tcp://127.0.0.1:{server.server_address[1]}?batch=20&dead_letters=dead.jsonl"
        stats = _ended(_run(to, limit=5000)).stats()
        _until(lambda: len(server.taken) == len(server.open))
    assert (stats.state, stats.error) == (State.FINISHED, "")
    assert len(server.taken) > 3
    lines = [line for text in server.taken for line in text.splitlines(keepends=True) if line.endswith(b"\n")]
    arrived = _numbers(b"".join(lines))
    assert len(set(arrived)) == len(arrived)
    report = stats.sinks[0].report
    assert report is not None
    dead = (tmp_path / "dead.jsonl").read_text().splitlines() if report.dead else []
    assert len(dead) == report.dead
    assert report.delivered + report.dead == 5000
    assert report.waiting == 0


def test_a_listener_that_goes_away_and_comes_back_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with _tcp() as server:
        port = server.server_address[1]
        run = _run(f"tcp://127.0.0.1:{port}?batch=10", limit=1000)
        run.set_rate(1000)
        run.start()
        _until(lambda: run.stats().events > 100)
        for connection in server.open:
            connection.shutdown(socket.SHUT_RDWR)
    _until(lambda: run.stats().sinks[0].state == "retrying")
    report = run.stats().sinks[0].report
    assert report is not None
    assert "cannot be reached" in report.trouble
    with _tcp(port) as server:
        assert run.wait(60)
        _until(lambda: server.taken)
    report = run.stats().sinks[0].report
    assert report is not None
    assert (run.stats().state, report.delivered + report.dead) == (State.FINISHED, 1000)
    assert len(_numbers(b"".join(server.taken))) > 300


def test_every_event_is_a_datagram_over_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        stats = _ended(_run(f"udp://127.0.0.1:{listener.getsockname()[1]}", limit=100)).stats()
        found = b"\n".join(listener.recv(65536) for _ in range(100))
    assert (stats.state, stats.sinks[0].events) == (State.FINISHED, 100)
    assert sorted(number for event, number in _numbers(found) if event == "pong") == list(
        range(1, 1 + sum(event == "pong" for event, _ in _numbers(found)))
    )


def test_an_event_that_no_datagram_holds_is_a_dead_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ways = "{list: {const: abcdefgh}, length: {mixture: [{weight: 9, const: 1}, {weight: 1, const: 9000}]}}"
    plan = compile_plan(loads(TEXT.replace("{n: sequence}}, pong", f"{{n: sequence, t: {ways}}}}}, pong")))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        to = f"udp://127.0.0.1:{listener.getsockname()[1]}?dead_letters=dead.jsonl"
        stats = _ended(_run(to, plan, limit=100)).stats()
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]
    assert stats.state is State.FINISHED
    assert 0 < len(letters) < 30
    assert all(len(letter["value"]) > DATAGRAM and "65,507 bytes at most" in letter["reason"] for letter in letters)
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.dead) == (100 - len(letters), len(letters))


def test_nobody_listens_and_udp_does_not_care() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        run = _ended(_run(f"tcp://127.0.0.1:{port}", limit=5))
        assert (
            f"tcp://127.0.0.1:{port}: cannot be reached (connection refused); is anybody listening?"
            in run.stats().error
        )
        assert _ended(_run(f"udp://127.0.0.1:{port}", limit=5)).stats().state is State.FINISHED


def test_a_run_with_a_state_is_refused(tmp_path: Path) -> None:
    with _tcp() as server:
        to = f"tcp://127.0.0.1:{server.server_address[1]}"
        run = _ended(_run(to, limit=5, state=Keeping(str(tmp_path / "run.db"))))
    assert "cannot be gone on with after an interruption" in run.stats().error


@pytest.mark.parametrize("to", ["tcp://127.0.0.1", "udp://:9000", "tcp://host:99999", "tcp://host:9000/path"])
def test_addresses_that_are_none(to: str) -> None:
    with pytest.raises(UsageError, match="an address is tcp://host:port or udp://host:port"):
        _run(to)
