"""Events as messages of their own: for destinations that take one at a time, with a key, or that answer for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.encode.payload import Payload, chosen
from synthwb.sinks.messages import Messages

if TYPE_CHECKING:
    from synthwb.encode.payload import Encoder
    from synthwb.encode.registering import Framing
    from synthwb.engine.batch import Batch, EventSchema, Part

__all__ = ["FramedMessages", "LineMessages", "about", "key_text"]


class LineMessages:
    """The lines of an encoder of text, each a message. Pure, like that encoder.

    ``lines`` encodes all event types in one. ``events``: only these types (None: all). ``key``: the field whose value
    is the key ("": the one that the event type declares).
    """

    def __init__(
        self,
        lines: Encoder,
        schemas: Mapping[str, EventSchema],
        *,
        events: frozenset[str] | None = None,
        key: str = "",
    ) -> None:
        self._lines = lines
        self._events = events
        self._key = key
        self._kinds = {name: kind for kind, name in enumerate(schemas)}

    @property
    def format(self) -> str:
        """That of the lines."""
        return self._lines.format

    def header(self, event: str) -> bytes:
        """Nothing: a message stands alone."""
        return b""

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch's events as messages; many of them come in several payloads, which follow one another."""
        parts = chosen(batch, self._events)
        if not parts:
            return []
        known = about(parts, self._kinds, self._key, ())
        found, first = [], 0
        for payload in self._lines.encode(batch):
            content = bytes(payload.content)  # type: ignore[arg-type]  # lines are text
            last = first + payload.count
            messages = Messages(
                values=content.split(b"\n")[:-1],
                events=tuple(self._kinds),
                kinds=known.kinds[first:last],
                ids=known.ids[first:last],
                times=known.times[first:last],
                keys=None if known.keys is None else known.keys[first:last],
            )
            found.append(Payload("", messages, payload.count, payload.broken))
            first = last
        return found


class FramedMessages:
    """Messages of text behind what a Schema Registry wants before each."""

    def __init__(self, messages: LineMessages, framing: Framing) -> None:
        self._messages = messages
        self.framing = framing

    @property
    def format(self) -> str:
        """That of the messages."""
        return self._messages.format

    def header(self, event: str) -> bytes:
        """Nothing: a message stands alone."""
        return b""

    def encode(self, batch: Batch) -> list[Payload]:
        """The same messages, each in its frame."""
        found = []
        for payload in self._messages.encode(batch):
            content = payload.content
            assert isinstance(content, Messages)
            values = self.framing.framed_by(content.events, content.kinds, pl.Series(content.values, dtype=pl.Binary))
            found.append(replace(payload, content=replace(content, values=values.to_list())))
        return found


def about(parts: Sequence[Part], kinds: Mapping[str, int], key: str, values: Sequence[bytes | None]) -> Messages:
    """Messages of all events in time order: these values, with what is known of them beside their records."""
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    keys = [key_text(part, key) for part in parts]
    keyed = any(key is not None for key in keys)
    nothing = (pl.Series([None], dtype=pl.String).new_from_index(0, len(part)) for part in parts)
    texts = [none if key is None else key for key, none in zip(keys, nothing, strict=True)]
    numbers = [np.full(len(part), kinds[part.schema.event], np.uint16) for part in parts]
    return Messages(
        values=values,
        events=tuple(kinds),
        kinds=np.concatenate(numbers)[order],
        ids=pl.concat([part.id.series() for part in parts], rechunk=True)[pl.Series(order)],
        times=np.concatenate([part.time for part in parts])[order],
        keys=pl.concat(texts, rechunk=True)[pl.Series(order)] if keyed else None,
    )


def key_text(part: Part, field: str = "") -> pl.Series | None:
    """The key of every event as text: a field's value, or (``field`` is empty) that of the event's own key.

    None where the event type has no such field.
    """
    column = part.columns.get(field) if field else part.key
    if column is None:
        return None
    values = column.series()
    return values if values.dtype == pl.String else values.cast(pl.String)
