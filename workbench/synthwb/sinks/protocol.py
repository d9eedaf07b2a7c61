"""What every destination can do, and what it is told when it opens."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from synthwb.errors import SinkError

__all__ = ["Mark", "Sink", "SinkInfo", "from_environment"]

Mark: TypeAlias = Mapping[str, Any]
"""How far a sink has come, in plain values."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class SinkInfo:
    """What a sink knows of the run it serves.

    ``bounded``: the run ends by itself. ``headers``: what stands once at the top, by event type ("" when mixed); its
    keys are the event names that will be written. ``schemas``: column types by event type, for formats that need them.
    ``kept``: the run is saved as it goes, so what was written stays until the run has come to its end. ``name``: what
    the sink is called. ``dead_letters``: the file for events that are not delivered. ``format``: how they are encoded.
    ``endings``: where that is no text, what every whole file of an event type ends with (empty: that is not known).
    ``envelope``: the kind of what is around every record.
    ``events``: the types that go there.
    """

    bounded: bool
    headers: Mapping[str, bytes]
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: bool = False
    name: str = ""
    dead_letters: str = "dead-letters.jsonl"
    format: str = "jsonl"
    endings: Mapping[str, bytes] = field(default_factory=dict)
    envelope: str = "flat"
    events: tuple[str, ...] = ()


class Sink(Protocol):
    """A destination. One thread at a time calls it; `position` may be called from any."""

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Get ready, or raise SinkError at once if it cannot be reached.

        With a ``mark`` it goes on from there: what was written after that mark was set is taken back. Raises SinkError
        where that cannot be done, because what was written before is no more what it was.
        """
        ...

    def write(self, event: str, data: Any, count: int) -> None:
        """Take ``count`` encoded events of one type ("" when mixed): bytes, or a frame where the format is Parquet.

        Raises SinkError; then nothing of ``data`` that is not whole records is left behind.
        """
        ...

    def flush(self) -> None:
        """Let readers see what was written so far. Raises SinkError."""
        ...

    def position(self) -> str:
        """Where it is, for people: a path, or ``stdout``."""
        ...

    def mark(self) -> Mark:
        """Have all that was written on the disk; what `open` needs to go on behind it, as plain values.

        Raises SinkError, also where nothing can be gone on with.
        """
        ...

    def settle(self) -> None:
        """The last mark is saved, so nothing before it will be taken back any more. Raises SinkError."""
        ...

    def close(self, commit: bool = True) -> None:
        """End: keep what was written (``commit``), or leave nothing of a bounded run. Raises SinkError. Idempotent.

        Of a run that is kept, what is not committed stays as it is, to be gone on with.
        """
        ...


def from_environment(text: str) -> str:
    """``${NAME}`` replaced by the environment. Raises SinkError for a variable that is not set.

    Call it when the sink opens, and never show the result: it may hold a secret.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None:
            raise SinkError(f"{text}: the environment variable {match[1]} is not set; set it and run again")
        return found

    return _VARIABLE.sub(value, text)
