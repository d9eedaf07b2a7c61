"""Encoded events with their times: what destinations take that are cut by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

__all__ = ["Timed"]


@dataclass(frozen=True, slots=True)
class Timed:
    """Some records, as text or as a frame, in order of arrival.

    ``times``: event time of each, in microseconds since the epoch. ``arrivals``: when each arrives, on the same clock,
    ascending.
    """

    data: bytes | memoryview | pl.DataFrame
    times: NDArray[np.int64]
    arrivals: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Bytes of the text, or of the frame in memory."""
        return len(self.data) if isinstance(self.data, bytes | memoryview) else int(self.data.estimated_size())
