"""The YAML language server that editors run, driven over its standard input and output as an editor drives it."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["LanguageServer", "install"]

_PATIENCE = 60.0  # seconds for one answer, on a busy machine


def install(source: Path, folder: Path) -> Path:
    """Install what a lock file names into a folder of its own; the path of the server's program."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is missing: on Debian, apt-get install nodejs npm (Node 18 or later)")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, folder / name)
    done = subprocess.run([npm, "ci"], cwd=folder, check=False, capture_output=True, text=True, timeout=240)
    if done.returncode:
        raise OSError(f"npm ci failed:\n{done.stdout}\n{done.stderr}")
    return folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


class LanguageServer:
    """One server process; its documents end with it."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            ["node", str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._output.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)
        self._buffer = b""
        self._next = self._opened = 0
        self._published: dict[str, list[dict[str, Any]]] = {}
        self._initialize()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._selector.close()
        self._input.close()
        self._process.kill()
        self._process.wait()
        self._output.close()

    def _initialize(self) -> None:
        completion = {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}}
        abilities = {
            "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
            "textDocument": {"completion": completion, "hover": {"contentFormat": ["markdown"]}},
        }
        root = self.folder.as_uri()
        self.ask("initialize", {"processId": os.getpid(), "rootUri": root, "capabilities": abilities})
        self._send({"method": "initialized", "params": {}})

    # Documents

    def open(self, text: str) -> str:
        """Open a document under a name that none had before; its address."""
        self._opened += 1
        uri = (self.folder / f"document-{self._opened}.yaml").as_uri()
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        return uri

    def problems(self, text: str) -> list[dict[str, Any]]:
        """The diagnostics that the server publishes for a text."""
        uri = self.open(text)
        self._wait(lambda: uri in self._published)
        return self._published[uri]

    def complete(self, text: str, line: int, column: int) -> list[dict[str, Any]]:
        """The candidates at a line and column, both from 1."""
        answer = self.ask("textDocument/completion", self._at(self.open(text), line, column))
        return list(answer["items"] if isinstance(answer, dict) else answer or ())

    def hover(self, text: str, line: int, column: int) -> str:
        """What is shown for the word at a line and column, both from 1."""
        answer = self.ask("textDocument/hover", self._at(self.open(text), line, column))
        return str(answer["contents"]["value"]) if answer else ""

    def _at(self, uri: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": column - 1}}

    # Messages

    def ask(self, method: str, params: Any) -> Any:
        """A request and its answer.

        Raises RuntimeError for an error of the server, TimeoutError when no answer comes.
        """
        self._next += 1
        number = self._next
        answers: dict[int, Any] = {}
        self._send({"id": number, "method": method, "params": params})
        self._wait(lambda: number in answers, answers)
        answer = answers[number]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer.get("result")

    def _wait(self, done: Any, answers: dict[int, Any] | None = None) -> None:
        end = time.monotonic() + _PATIENCE
        while not done():
            for message in self._messages(end):
                if "method" in message:
                    self._obey(message)
                elif answers is not None:
                    answers[message["id"]] = message

    def _obey(self, message: dict[str, Any]) -> None:
        """What the server asks of its editor, or tells it."""
        if message["method"] == "textDocument/publishDiagnostics":
            self._published[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message["method"] == "workspace/configuration":
            yaml = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
            known = {"yaml": yaml, "editor": {"tabSize": 2}, "http": {"proxy": "", "proxyStrictSSL": False}}
            result = [known.get(item.get("section", "")) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": result})
        elif "id" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._input.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._input.flush()

    def _messages(self, end: float) -> list[dict[str, Any]]:
        """The messages that have come; at least a part of one is waited for."""
        if not self._selector.select(max(0.0, end - time.monotonic())):
            raise TimeoutError("the language server does not answer")
        chunk = self._output.read() or b""
        if not chunk and self._process.poll() is not None:
            raise RuntimeError(f"the language server has ended with {self._process.returncode}")
        self._buffer += chunk
        found = []
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            length = int(head.partition(b"Content-Length: ")[2].split()[0])
            if len(rest) < length:
                break
            found.append(json.loads(rest[:length]))
            self._buffer = rest[length:]
        return found
