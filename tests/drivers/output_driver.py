"""What a run asks of an output, for outputs of tests that only look: `encode` gives a list with an entry per event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from synthwb.engine import Batch
from synthwb.runtime import SinkStats

__all__ = ["Looking"]


class Looking:
    """An output that takes everything and keeps nothing."""

    name = "looking"
    trouble = ""
    skips = False

    def open(self) -> None:
        """Nothing to open."""

    def encode(self, batch: Batch) -> list[Any]:
        """An entry for every event."""
        return [None] * len(batch)

    def cut(self, batch: Batch, payloads: Sequence[Any], stops: Sequence[int]) -> list[Sequence[Any]]:
        """As the output of a run does it."""
        return [payloads[first:last] for first, last in pairwise((0, *stops))]

    def write(self, payloads: Iterable[Any]) -> None:
        """Look away."""

    def skip(self, payloads: Iterable[Any], reason: str) -> None:
        """Look away."""

    def drain(self) -> None:
        """Nothing is on its way."""

    def give_up(self) -> None:
        """Nothing is waited for."""

    def close(self, *, commit: bool) -> None:
        """Nothing to close."""

    def stats(self) -> SinkStats:
        """Nothing was counted."""
        return SinkStats(self.name, "ok", 0, 0)
