"""A Schema Registry over HTTP that is strict: it parses every schema, and refuses what a real one refuses."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import fastavro
import jsonschema
from protocols import message_class

TYPE = "application/vnd.schemaregistry.v1+json"


class Registry:
    """What is registered, and how the server is to behave."""

    def __init__(self) -> None:
        self.schemas: dict[int, tuple[str, str]] = {}
        self.subjects: dict[str, int] = {}
        self.failing: list[int] = []  # answers to give first
        self.user = ""
        self.address = ""
        self.asked = 0

    def add(self, subject: str, body: Any) -> tuple[int, Any]:
        """Status and answer."""
        if set(body) - {"schema", "schemaType", "references"} or not isinstance(body.get("schema"), str):
            return 422, {"error_code": 42201, "message": "unrecognized field or no schema"}
        kind, text = body.get("schemaType", "AVRO"), body["schema"]
        try:
            _parsed(kind, text)
        except (
            ValueError,
            AssertionError,
            KeyError,
            fastavro.schema.SchemaParseException,
            jsonschema.SchemaError,
        ) as error:
            return 422, {"error_code": 42201, "message": f"Invalid schema: {error}"}
        known = self.subjects.get(subject)
        if known is not None and self.schemas[known] != (kind, text):
            return 409, {
                "error_code": 409,
                "message": f'Schema being registered is incompatible for subject "{subject}"',
            }
        number = next((n for n, each in self.schemas.items() if each == (kind, text)), 70_000 + len(self.schemas))
        self.schemas[number] = (kind, text)
        self.subjects[subject] = number
        return 200, {"id": number}


def _parsed(kind: str, text: str) -> None:
    if kind == "AVRO":
        fastavro.parse_schema(json.loads(text))
    elif kind == "JSON":
        jsonschema.Draft7Validator.check_schema(json.loads(text))
    else:
        name = next(line.split()[1] for line in text.splitlines() if line.startswith("message "))
        message_class(text, f"synthwb.{name}")


@contextmanager
def registry() -> Iterator[Registry]:
    """A server on a free port of this machine."""
    found = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            words = self.path.split("/")
            if found.failing:
                return self._answer(found.failing.pop(0), {"error_code": 50003, "message": "leader is not known"})
            expected = f"Basic {base64.b64encode(found.user.encode()).decode()}"
            if found.user and self.headers.get("Authorization") != expected:
                return self._answer(401, {"error_code": 401, "message": "Unauthorized"})
            if (
                self.headers["Content-Type"] != TYPE
                or len(words) != 4
                or (words[1], words[3]) != ("subjects", "versions")
            ):
                return self._answer(404, {"error_code": 404, "message": "HTTP 404 Not Found"})
            return self._answer(*found.add(unquote(words[2]), json.loads(body)))

        def _answer(self, status: int, answer: Any) -> None:
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
