"""The web server of the tests does what it is told, and remembers what it was sent."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from http_driver import HttpServer


def _send(server: HttpServer, *ids: str) -> int:
    body = json.dumps([{"id": name} for name in ids]).encode()
    try:
        with urllib.request.urlopen(server.url, body, 10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _send_much(server: HttpServer) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("POST", "/events", json.dumps([{"id": "a", "text": "x" * 1_000_000}]))
        with connection.getresponse() as answer:
            answer.read()


def test_it_answers_as_told_and_counts_by_id_over_a_restart(tmp_path: Path) -> None:
    with HttpServer(tmp_path) as server:
        assert _send(server, "a", "b") == 200
        server.mood(status=429, headers={"Retry-After": "1"}, every=2, times=1)
        assert [_send(server, "c"), _send(server, "d"), _send(server, "e"), _send(server, "f")] == [200, 429, 200, 200]
        server.kill()
        with pytest.raises(urllib.error.URLError):
            _send(server, "g")
        server.start()
        assert _send(server, "a") == 200
        assert server.taken() == {"a": 2, "b": 1, "c": 1, "e": 1, "f": 1}
        assert [request.status for request in server.requests()] == [200, 200, 429, 200, 200, 200]


@pytest.mark.parametrize(("cut", "taken"), [("body", 0), ("answer", 1), ("silent", 1)])
def test_it_hangs_up(tmp_path: Path, cut: str, taken: int) -> None:
    with HttpServer(tmp_path) as server:
        server.mood(cut=cut)
        with pytest.raises((http.client.HTTPException, OSError)):
            _send_much(server)
        assert sum(server.taken().values()) == taken
