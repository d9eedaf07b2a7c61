"""Container files of Avro: records in blocks, whatever pieces they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.protocol import Mark, Sink, SinkInfo

__all__ = ["AvroBlocks"]

_RECORDS = 1000
"""Records in a block of a run that ends by itself."""


class AvroBlocks:
    """Writes records in blocks to another sink, which has the head of the file: a view of bytes.

    A run that ends by itself has blocks of the same size, whatever its batches and pace; one that does not has a block
    for what is flushed, so that a reader can follow. A mark ends a block.
    """

    def __init__(self, inner: Sink) -> None:
        self._inner = inner
        self._bounded = True
        self._markers: dict[str, bytes] = {}
        self._waiting: dict[str, list[bytes]] = {}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Open the sink; the marker behind each block is the end of the head."""
        self._bounded = info.bounded
        self._markers = {event: header[-16:] for event, header in info.headers.items()}
        self._waiting = {event: [] for event in info.headers}
        self._inner.open(info, mark)

    def write(self, event: str, data: Messages, count: int) -> None:
        """Take records; whole blocks are written. Raises SinkError."""
        waiting = self._waiting[event]
        waiting += [value for value in data.values if value is not None]
        while len(waiting) >= _RECORDS:
            self._block(event, waiting[:_RECORDS])
            del waiting[:_RECORDS]

    def flush(self) -> None:
        """Let readers of a run without an end see what there is."""
        if not self._bounded:
            self._end()
        self._inner.flush()

    def position(self) -> str:
        """That of the other sink."""
        return self._inner.position()

    def mark(self) -> Mark:
        """End the blocks, and that of the other sink."""
        self._end()
        return self._inner.mark()

    def settle(self) -> None:
        """The last mark is saved."""
        self._inner.settle()

    def close(self, commit: bool = True) -> None:
        """End the blocks (``commit``) and close."""
        if commit:
            self._end()
        self._inner.close(commit)

    def _end(self) -> None:
        for event, waiting in self._waiting.items():
            if waiting:
                self._block(event, waiting)
                waiting.clear()

    def _block(self, event: str, records: list[bytes]) -> None:
        """How many records, how many bytes, the records, the marker."""
        body = b"".join(records)
        head = _number(len(records)) + _number(len(body))
        self._inner.write(event, head + body + self._markers[event], len(records))


def _number(value: int) -> bytes:
    """A number of 0 and more as Avro writes it: doubled, seven bits a byte, the lowest first."""
    rest, found = value << 1, bytearray()
    while rest > 0x7F:
        found.append(rest & 0x7F | 0x80)
        rest >>= 7
    found.append(rest)
    return bytes(found)
