"""What a Schema Registry wants before a record: a zero byte and the number of its schema, four bytes, highest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from synthwb.encode.binary import together

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Framing"]


class Framing:
    """The frame of each event's records. The numbers are asked for once, by `open`, before anything is encoded.

    ``ask``: gives the number of the schema of each event. ``after``: what stands behind the number, which Protocol
    Buffers want (a zero byte: the first message of the schema).
    """

    def __init__(self, ask: Callable[[], Mapping[str, int]], after: bytes = b"") -> None:
        self._ask = ask
        self._after = after
        self._frames: dict[str, bytes] = {}

    def open(self) -> None:
        """Ask for the numbers. Raises SinkError."""
        self._frames = {
            event: b"\x00" + number.to_bytes(4, "big") + self._after for event, number in self._ask().items()
        }

    def framed(self, event: str, values: pl.Series) -> pl.Series:
        """The records of an event, each in its frame."""
        return together([self._frames[event], values], len(values))

    def framed_by(self, events: Sequence[str], kinds: NDArray[np.uint16], values: pl.Series) -> pl.Series:
        """The records of several events, each in its frame; ``kinds``: which of the events each is."""
        frames = pl.Series([self._frames.get(event, b"") for event in events], dtype=pl.Binary)
        return together([frames[pl.Series(kinds)], values], len(values))
