"""Events that are not sent because they are too late: the dead letters of what an output was to be given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from synthwb.runtime.slicing import offsets_of
from synthwb.sinks.dead import DeadLetter
from synthwb.sinks.messages import Messages
from synthwb.sinks.timed import Timed

if TYPE_CHECKING:
    from synthwb.encode import Payload

__all__ = ["letters"]


def letters(payload: Payload) -> Iterator[DeadLetter]:
    """One for each record; a row of a table is an object of JSON."""
    content = payload.content.data if isinstance(payload.content, Timed) else payload.content
    if isinstance(content, Messages):
        yield from _of_messages(content)
        return
    text = content.write_ndjson().encode() if isinstance(content, pl.DataFrame) else bytes(content)
    offsets = offsets_of(text, payload.count)
    if offsets is None:
        records = text.split(b"\n")[:-1]
    else:
        records = [text[first : last - 1] for first, last in pairwise(offsets.tolist())]
    for record in records:
        yield DeadLetter(record, payload.event)


def _of_messages(messages: Messages) -> Iterator[DeadLetter]:
    keys = [None] * len(messages.values) if messages.keys is None else messages.keys.to_list()
    rows = zip(messages.values, messages.kinds.tolist(), messages.ids.to_list(), keys, strict=True)
    for value, kind, name, key in rows:
        yield DeadLetter(value, messages.events[kind], name, key)
