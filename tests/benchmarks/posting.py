"""Events to a web server: ``python -m tests.benchmarks.posting WHO BATCH EVENTS`` prints events per second as JSON.

WHO is ``client`` (aiohttp alone, with bodies that are ready), ``sink`` (our sink, with records that are ready),
``engine`` (records made and encoded, sent nowhere) or ``whole`` (made, encoded and sent). The server is a process of
its own that reads requests as quickly as Python can, and answers; it looks at nothing but their length.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

RECORD = Path(__file__).with_name("record.yaml")
CONCURRENCY = 8
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class _Taking(asyncio.Protocol):
    """Takes requests of a known length."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._seen, self._left = transport, bytearray(), 0

    def data_received(self, data: bytes) -> None:
        if self._left > len(data):
            self._left -= len(data)
            return
        if self._left:
            data, self._left = data[self._left :], 0
            self._transport.write(_ANSWER)
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._seen[:end]).lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            have = len(self._seen) - end - 4
            if have < length:
                self._left = length - have
                self._seen.clear()
                return
            del self._seen[: end + 4 + length]
            self._transport.write(_ANSWER)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Taking, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Server:
    """The server's process."""

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "tests.benchmarks.posting", "server", "0", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return f"http://127.0.0.1:{self._process.stdout.readline().strip()}/events"

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def _records(count: int) -> bytes:
    import synthwb
    from synthwb.encode import encoder
    from synthwb.engine import compile_plan

    plan = compile_plan(synthwb.load(RECORD))
    lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
    stream = synthwb.Stream(plan, limit=count)
    return b"".join(bytes(payload.content) for batch in stream for payload in lines.encode(batch))  # type: ignore[arg-type]


def _bodies(records: bytes, batch: int) -> list[bytes]:
    lines = records.split(b"\n")[:-1]
    return [b"[" + b",".join(lines[i : i + batch]) + b"]" for i in range(0, len(lines), batch)]


def client(url: str, batch: int, events: int) -> float:
    """What the client library can do."""
    import aiohttp

    bodies = _bodies(_records(events), batch)

    async def send() -> float:
        left: Iterator[bytes] = iter(bodies)

        async def work(session: aiohttp.ClientSession) -> None:
            for body in left:
                async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
                    assert answer.status == 200
                    await answer.read()

        connector = aiohttp.TCPConnector(limit=CONCURRENCY)
        async with aiohttp.ClientSession(connector=connector) as session:
            start = time.perf_counter()
            await asyncio.gather(*(work(session) for _ in range(CONCURRENCY)))
            return time.perf_counter() - start

    return asyncio.run(send())


def sink(url: str, batch: int, events: int) -> float:
    """Our sink, with records that are ready."""
    from synthwb.sinks import SinkInfo
    from synthwb.sinks.http import HttpSink

    lines = _records(events).splitlines(keepends=True)
    blocks = [b"".join(lines[i : i + 10_000]) for i in range(0, len(lines), 10_000)]
    sent = HttpSink({"url": url, "batch": batch, "concurrency": CONCURRENCY})
    sent.open(SinkInfo(bounded=True, headers={"": b""}, name="http", dead_letters="/dev/null"))
    start = time.perf_counter()
    for i, block in enumerate(blocks):
        sent.write("", block, min(10_000, len(lines) - i * 10_000))
    sent.close()
    seconds = time.perf_counter() - start
    assert sent.report().delivered == events
    return seconds


def engine(url: str, batch: int, events: int) -> float:
    """Records made and encoded."""
    _records(1000)
    start = time.perf_counter()
    _records(events)
    return time.perf_counter() - start


def whole(url: str, batch: int, events: int) -> float:
    """Records made, encoded and sent."""
    import synthwb
    from synthwb.engine import compile_plan
    from synthwb.runtime import Run, State, outputs, target

    _records(1000)
    plan = compile_plan(synthwb.load(RECORD))
    start = time.perf_counter()
    to = target(f"{url}?batch={batch}&concurrency={CONCURRENCY}", plan.scenario)
    with Run(plan, outputs([to], plan, bounded=True), limit=events, watch=False) as run:
        run.start()
        run.wait()
    seconds = time.perf_counter() - start
    stats = run.stats()
    assert stats.state is State.FINISHED, stats.error
    assert stats.events == events
    return seconds


if __name__ == "__main__":
    who, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if who == "server":
        asyncio.run(_serve())
    else:
        served: AbstractContextManager[str] = Server()
        with served as address:
            case = {"client": client, "sink": sink, "engine": engine, "whole": whole}[who]
            print(json.dumps({"rate": count / case(address, size, count)}))
