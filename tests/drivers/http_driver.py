"""A real web server for tests of delivery: a process of its own that takes events, and can be told to misbehave.

It writes down every request before it answers, in a file that outlives it, so that what it has taken is known even
after it was killed. `HttpServer` is the hand on it; run as a program, this file is the server.

    with HttpServer(tmp_path) as server:
        server.mood(status=429, headers={"Retry-After": "1"}, every=2)  # every second request
        ...  # deliver to server.url
        server.mood()  # well again
        assert max(server.taken().values()) == 1
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

__all__ = ["HttpServer", "Mood", "Request"]

_PATIENCE = 30.0
_CONTROL = "/__control__"
_CUTS = ("", "body", "answer", "silent")


@dataclass(frozen=True)
class Mood:
    """How the server treats requests.

    ``status``, ``headers`` and ``text`` are its answer. ``delay``: seconds before it answers, while the connection
    stays open. ``cut``: hang up instead, while the body arrives (``body``), in the middle of the answer (``answer``),
    or before it (``silent``). ``taken``: whether the events count; by default those of a success, of ``answer`` and of
    ``silent``. ``every``: only every so-many-th request is treated like this; ``times``: only so many, then no more.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    delay: float = 0.0
    cut: str = ""
    taken: bool | None = None
    every: int = 1
    times: int | None = None

    def __post_init__(self) -> None:
        assert self.cut in _CUTS, self.cut

    @property
    def takes(self) -> bool:
        """Whether the events of such a request count as received."""
        return (self.status < 300 and self.cut != "body") if self.taken is None else self.taken


@dataclass(frozen=True)
class Request:
    """One request as the server saw it. ``at``: seconds since the epoch. ``status``: what it meant to answer."""

    at: float
    method: str
    path: str
    status: int
    cut: str
    taken: bool
    count: int
    ids: tuple[str, ...]
    headers: Mapping[str, str]


class HttpServer:
    """The server as a process. ``tls``: the files of a certificate and of its key. ``port``: 0 for a free one."""

    def __init__(self, folder: Path, *, tls: tuple[Path, Path] | None = None, port: int = 0) -> None:
        self.log = folder / "http-requests.jsonl"
        self._said = folder / "http-server.txt"
        self._tls = tls
        self.port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address without a path."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where it takes events."""
        return f"{self.base}/events"

    def start(self) -> Self:
        """Begin to listen, after `kill` at the same address again. A restarted server is in a good mood."""
        files = [str(path) for path in self._tls] if self._tls else []
        command = [sys.executable, __file__, str(self.port), str(self.log), *files]
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
                return self
            except OSError:
                assert self._process.poll() is None, self._said.read_text()
                assert time.monotonic() < deadline, self._said.read_text()
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hang: connections stay, nothing is answered, until `thaw`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def mood(self, **how: Any) -> None:
        """Treat the requests that come from now on like this (see `Mood`); without arguments: well."""
        context = ssl._create_unverified_context() if self._tls else None
        data = json.dumps(asdict(Mood(**how))).encode()
        with urllib.request.urlopen(f"{self.base}{_CONTROL}", data, _PATIENCE, context=context) as answer:
            assert answer.status == 200

    def requests(self) -> list[Request]:
        """All requests so far, those of killed servers too."""
        if not self.log.exists():
            return []
        lines = self.log.read_bytes().split(b"\n")[:-1]
        return [Request(**{**known, "ids": tuple(known["ids"])}) for known in map(json.loads, lines)]

    def taken(self) -> Counter[str]:
        """How often it has received each event, by id."""
        return Counter(name for request in self.requests() if request.taken for name in request.ids)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *failure: object) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(_PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Server:
    """Inside the process: one handler for everything."""

    def __init__(self, log: str) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._mood = Mood()
        self._seen = self._treated = 0

    async def handle(self, request: Any) -> Any:
        """Take a request, write it down, answer it."""
        from aiohttp import web

        if request.path == _CONTROL:
            self._mood, self._seen, self._treated = Mood(**await request.json()), 0, 0
            return web.Response()
        mood = self._next()
        if mood.cut == "body":
            await request.content.readany()
            self._note(request, mood, [])
            request.transport.abort()
            return web.Response()
        self._note(request, mood, _records(await request.read()))
        if mood.delay:
            await asyncio.sleep(mood.delay)
        if mood.cut:
            if mood.cut == "answer":
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe first half of")
                await asyncio.sleep(0.02)
            if request.transport is not None:
                request.transport.abort()
        return web.Response(status=mood.status, headers=dict(mood.headers), text=mood.text)

    def _next(self) -> Mood:
        mood = self._mood
        self._seen += 1
        if self._seen % mood.every or (mood.times is not None and self._treated >= mood.times):
            return Mood()
        self._treated += 1
        return mood

    def _note(self, request: Any, mood: Mood, records: list[Any]) -> None:
        ids = [str(record.get("id", record.get("_id", ""))) for record in records if isinstance(record, dict)]
        known = {
            "at": time.time(),
            "method": request.method,
            "path": request.path_qs,
            "status": mood.status,
            "cut": mood.cut,
            "taken": mood.takes,
            "count": len(records),
            "ids": ids,
            "headers": dict(request.headers),
        }
        os.write(self._log, json.dumps(known).encode() + b"\n")


def _records(body: bytes) -> list[Any]:
    """The records of a body: a JSON array, one object, or JSON lines."""
    if body.startswith(b"["):
        found: list[Any] = json.loads(body)
        return found
    return [json.loads(line) for line in body.split(b"\n") if line]


def _serve(port: int, log: str, tls: list[str]) -> None:
    from aiohttp import web

    server = _Server(log)
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", server.handle)
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*tls)
    web.run_app(app, host="127.0.0.1", port=port, ssl_context=context, print=None, access_log=None)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
