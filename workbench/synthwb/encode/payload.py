"""What an encoder gives to a sink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from synthwb.engine.batch import Batch, Part
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.timed import Timed

__all__ = ["Broken", "Encoder", "Payload", "chosen"]


@dataclass(frozen=True, slots=True)
class Broken:
    """Records whose text was broken: ``row`` in the batch, ``layer`` in the document, ``how``, and what they were."""

    row: NDArray[np.int64]
    layer: NDArray[np.uint16]
    how: pl.Series
    original: pl.Series


@dataclass(frozen=True, slots=True)
class Payload:
    """Encoded events of one type (``event``), or of several (``event`` is empty), in time order.

    ``content`` is text in UTF-8 that ends in a newline (a view where that spares a copy), a frame (Parquet, Arrow), or
    messages; text and frames with times where it is cut by them. ``count`` is the number of events. ``broken``: those
    whose text was broken on purpose.
    """

    event: str
    content: bytes | memoryview | pl.DataFrame | Messages | Timed
    count: int
    broken: Broken | None = None

    @property
    def data(self) -> bytes | pl.DataFrame | Messages | Timed:
        """The content, text as bytes of its own."""
        return bytes(self.content) if isinstance(self.content, memoryview) else self.content

    @property
    def size(self) -> int:
        """Bytes of the text or of the messages, or of the frame in memory."""
        if isinstance(self.content, bytes | memoryview):
            return len(self.content)
        return int(self.content.estimated_size() if isinstance(self.content, pl.DataFrame) else self.content.size)


class Encoder(Protocol):
    """Turns batches into payloads. Pure: one encoder may be used from several threads."""

    @property
    def format(self) -> str:
        """One of `synthwb.scenario.formats.FORMATS`."""
        ...

    def header(self, event: str) -> bytes:
        """What stands once at the top of a file of this event type (of the mixed file if empty)."""
        ...

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch's events, none left out but those of other event types than this encoder's.

        Many of them come in several payloads, which follow one another.
        """
        ...


def chosen(batch: Batch, events: frozenset[str] | None) -> Sequence[Part]:
    """The parts that are not empty and whose event type is wanted (None: all)."""
    return [part for part in batch.parts if len(part) and (events is None or part.schema.event in events)]
