"""A Kinesis of the test's own: moto's server as a process, and a door before it that can be told to misbehave."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import boto3

__all__ = ["Door", "client", "moto", "records"]

_PATIENCE = 60.0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def moto() -> Iterator[int]:
    """The port of moto's server, which lives as long as the block."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _PATIENCE
        while True:
            assert server.poll() is None, "moto's server has ended"
            assert time.monotonic() < deadline, "moto's server does not answer"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait(30)


def client(port: int) -> Any:
    """A client of that server, past the door."""
    return boto3.client("kinesis", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{port}")


def records(port: int, stream: str) -> list[tuple[str, bytes]]:
    """All records of a stream: partition keys and data, shard by shard in their order."""
    found = []
    asked = client(port)
    try:
        for shard in asked.list_shards(StreamName=stream)["Shards"]:
            place = asked.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while True:
                answer = asked.get_records(ShardIterator=place, Limit=10_000)
                found += [(record["PartitionKey"], record["Data"]) for record in answer["Records"]]
                place = answer.get("NextShardIterator")
                if not place or not answer["Records"]:
                    break
    finally:
        asked.close()
    return found


class Door(ThreadingHTTPServer):
    """Hands requests on to a server. ``port``: where it stands itself.

    ``refuse`` says of the n-th record of all that were ever put whether it is refused; ``answer`` says of the n-th
    request that puts records what happens to it: a status and an error code, ``cut`` (it is handed on, but the answer
    is lost), or nothing.
    """

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handing)
        self.behind, self.port = behind, self.server_address[1]
        self.refuse: Callable[[int], bool] = lambda number: False
        self.answer: Callable[[int], tuple[int, str] | str] = lambda number: ""
        self.sizes: list[tuple[int, int]] = []  # records and bytes of every request
        self.records = self.requests = 0
        self.lock, self.handing = threading.Lock(), threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handing(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.headers.get("X-Amz-Target", "").endswith(".PutRecords"):
            self._give(*self._behind(body))
            return
        door, asked = self.server, json.loads(body)
        with door.lock:
            number, first = door.requests, door.records
            door.requests += 1
            door.records += len(asked["Records"])
            door.sizes.append((len(asked["Records"]), len(body)))
        mood = door.answer(number)
        if isinstance(mood, tuple):
            self._give(mood[0], json.dumps({"__type": mood[1], "message": "as it was told"}).encode())
            return
        refused = [door.refuse(first + place) for place in range(len(asked["Records"]))]
        kept = [record for record, no in zip(asked["Records"], refused, strict=True) if not no]
        answers = iter(())
        if kept:
            with door.handing:  # moto counts records without a lock, and loses some that come at once
                status, data = self._behind(json.dumps({**asked, "Records": kept}).encode())
            assert status == 200, data
            answers = iter(json.loads(data)["Records"])
        if mood == "cut":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        no = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"}
        told = [no if each else next(answers) for each in refused]
        self._give(200, json.dumps({"FailedRecordCount": sum(refused), "Records": told}).encode())

    def _behind(self, body: bytes) -> tuple[int, bytes]:
        """What the real server says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=_PATIENCE)
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")
        }
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data

    def _give(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
