"""Dead letters: events that a destination refused or never took, kept in a file with the reason.

One line of JSON for each: ``sink``, ``reason``, ``at`` (wall clock, ISO 8601), what is known of the event (``event``,
``id``, ``key``), and its record as ``value`` (text), ``base64`` (bytes that are no text) or neither (a tombstone).
`synthwb resend` reads them.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from synthwb.errors import SinkError
from synthwb.sinks.paths import failure, sync_folder
from synthwb.sinks.protocol import from_environment

__all__ = ["DeadLetter", "DeadLetters", "read_dead_letters"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was not delivered: its record (None: a tombstone) and what is known of it beside."""

    value: bytes | None
    event: str = ""
    id: str = ""
    key: str | None = None

    def line(self, sink: str, reason: str, at: str) -> bytes:
        """As it stands in the file."""
        known: dict[str, Any] = {"sink": sink, "reason": reason, "at": at}
        known |= {name: value for name, value in (("event", self.event), ("id", self.id)) if value}
        if self.key is not None:
            known["key"] = self.key
        if self.value is not None:
            try:
                known["value"] = self.value.decode()
            except UnicodeDecodeError:
                known["base64"] = base64.b64encode(self.value).decode()
        return json.dumps(known, ensure_ascii=False).encode() + b"\n"

    @staticmethod
    def of(known: Mapping[str, Any]) -> DeadLetter:
        """What a line says. Raises KeyError, TypeError or ValueError for one that is no dead letter."""
        if "base64" in known:
            value: bytes | None = base64.b64decode(known["base64"], validate=True)
        else:
            value = known["value"].encode() if "value" in known else None
        known["sink"], known["reason"]
        return DeadLetter(value, known.get("event", ""), known.get("id", ""), known.get("key"))


class DeadLetters:
    """The file of one run; it is made when the first event is kept. Thread-safe.

    ``mark``: the length it had when the run was saved; what stands behind it is cut off, since those events come again.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.count = 0
        self._lock = threading.Lock()
        self._descriptor: int | None = None

    def open(self, mark: int | None = None) -> None:
        """Get ready. Raises SinkError where a saved length cannot be gone back to."""
        if mark is None:
            return
        real = self._real()
        try:
            size = os.path.getsize(real) if os.path.exists(real) else 0
            if size < mark:
                raise SinkError(
                    f"{self.path}: the dead letters of this run are gone ({mark:,} bytes when it was saved)"
                )
            if size > mark:
                os.truncate(real, mark)
        except OSError as error:
            raise failure(self.path, error) from error

    def keep(self, sink: str, letters: Iterable[DeadLetter], reason: str) -> int:
        """Write letters down, on the disk when this returns; how many. Raises SinkError."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        lines = [letter.line(sink, reason, at) for letter in letters]
        with self._lock:
            try:
                if self._descriptor is None:
                    real = self._real()
                    self._descriptor = os.open(real, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
                    sync_folder(real)
                view = memoryview(b"".join(lines))
                while view:
                    view = view[os.write(self._descriptor, view) :]
                os.fsync(self._descriptor)
            except OSError as error:
                raise failure(self.path, error) from error
            self.count += len(lines)
        return len(lines)

    def mark(self) -> int:
        """The length of the file, in bytes. Raises SinkError."""
        try:
            return os.path.getsize(self._real())
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise failure(self.path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _real(self) -> str:
        return os.path.realpath(os.path.expanduser(from_environment(self.path)))


def read_dead_letters(path: str) -> Iterator[tuple[str, DeadLetter]]:
    """The sinks and the letters of a file, in order.

    Raises SinkError for a file that cannot be read, or a line that is no dead letter.
    """
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    known = json.loads(line)
                    yield known["sink"], DeadLetter.of(known)
                except (ValueError, KeyError, TypeError, AttributeError):
                    raise SinkError(f"{path}, line {number}: this is no dead letter of synthwb") from None
    except OSError as error:
        raise failure(path, error) from error
