"""What every destination can do, and what it is told when it opens."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from synthwb.errors import SinkError

__all__ = ["Sink", "SinkInfo", "from_environment"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class SinkInfo:
    """What a sink knows of the run it serves.

    ``bounded``: the run ends by itself. ``headers``: what stands once at the top, by event type ("" when mixed); its
    keys are the event names that will be written. ``schemas``: column types by event type, for formats that need them.
    """

    bounded: bool
    headers: Mapping[str, bytes]
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Sink(Protocol):
    """A destination. One thread at a time calls it; `position` may be called from any."""

    def open(self, info: SinkInfo) -> None:
        """Get ready, or raise SinkError at once if it cannot be reached."""
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

    def close(self, commit: bool = True) -> None:
        """End: keep what was written (``commit``), or leave nothing of a bounded run. Raises SinkError. Idempotent."""
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
