"""What is said of messages beside their values: CloudEvents in headers, and messages that have no value at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.encode.holes import bare
from synthwb.encode.messages import about
from synthwb.encode.payload import Payload, chosen
from synthwb.engine.columns import text_of
from synthwb.engine.text.timetext import iso_matrix
from synthwb.sinks.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from synthwb.encode.payload import Encoder
    from synthwb.engine.batch import Batch, EventSchema, Part

__all__ = ["CONTENT_TYPES", "CloudEventHeaders", "ContentTypes", "Tombstones"]

CONTENT_TYPES = {"jsonl": "application/json", "avro": "application/avro", "protobuf": "application/protobuf"}
"""The type of the data alone, by format."""


class _Around:
    """An encoder of messages that changes what another one gives."""

    def __init__(self, inner: Encoder) -> None:
        self.inner = inner

    @property
    def format(self) -> str:
        """That of the other one."""
        return self.inner.format

    def header(self, event: str) -> bytes:
        """Nothing: a message stands alone."""
        return b""


class ContentTypes(_Around):
    """Messages that say what they are in the header ``content-type``."""

    def __init__(self, inner: Encoder, content_type: str) -> None:
        super().__init__(inner)
        self._type = content_type

    def encode(self, batch: Batch) -> list[Payload]:
        """The same messages with the header."""
        return [
            _with(payload, {"content-type": _all(self._type, payload.count)}) for payload in self.inner.encode(batch)
        ]


class CloudEventHeaders(_Around):
    """Messages of data alone, with the attributes of CloudEvents 1.0 as headers (the binary mode of its bindings).

    ``prefix`` stands before each attribute: ``ce_`` in Kafka, ``ce-`` in HTTP. ``events``: only these (None: all).
    """

    def __init__(
        self,
        inner: Encoder,
        schemas: Mapping[str, EventSchema],
        *,
        prefix: str,
        source: str,
        events: frozenset[str] | None = None,
    ) -> None:
        super().__init__(inner)
        self._schemas = schemas
        self._prefix = prefix
        self._source = source
        self._events = events
        self._kinds = {name: kind for kind, name in enumerate(schemas)}

    def encode(self, batch: Batch) -> list[Payload]:
        """The same messages with the headers."""
        parts = chosen(batch, self._events)
        if not parts:
            return []
        attributes = self._attributes(parts)
        found, first = [], 0
        for payload in self.inner.encode(batch):
            some = {name: values.slice(first, payload.count) for name, values in attributes.items()}
            some["content-type"] = _all(CONTENT_TYPES[self.format], payload.count)
            found.append(_with(payload, some))
            first += payload.count
        return found

    def _attributes(self, parts: Sequence[Part]) -> dict[str, pl.Series]:
        known = about(parts, self._kinds, "", ())
        order = pl.Series(np.argsort(np.concatenate([part.rows for part in parts]), kind="stable"))
        kinds = pl.Series(known.kinds)
        versions = [
            f"urn:synthwb:{name}:{schema.version}" if schema.version > 1 else None
            for name, schema in self._schemas.items()
        ]
        found = {
            "specversion": _all("1.0", len(kinds)),
            "id": known.ids,
            "source": _all(self._source, len(kinds)),
            "type": pl.Series(list(self._schemas), dtype=pl.String)[kinds],
            "time": pl.concat([_times(part) for part in parts], rechunk=True)[order],
        }
        if any(versions):
            found["dataschema"] = pl.Series(versions, dtype=pl.String)[kinds]
        if known.keys is not None:
            found["subject"] = known.keys
        return {self._prefix + name: values for name, values in found.items()}


class Tombstones(_Around):
    """Messages, each that deletes followed by one of the same key without a value, which both count.

    ``events``: those that delete.
    """

    def __init__(self, inner: Encoder, events: Collection[str]) -> None:
        super().__init__(inner)
        self._events_that_delete = frozenset(events)

    def encode(self, batch: Batch) -> list[Payload]:
        """The same messages, and the tombstones."""
        return [self._buried(payload) for payload in self.inner.encode(batch)]

    def _buried(self, payload: Payload) -> Payload:
        content = payload.content
        assert isinstance(content, Messages)
        deletes = np.array([event in self._events_that_delete for event in content.events])[content.kinds]
        if not deletes.any():
            return payload
        rows = np.repeat(np.arange(len(deletes)), 1 + deletes)
        tombs = np.concatenate(([False], rows[1:] == rows[:-1]))
        places = pl.Series(rows)
        values = pl.Series(content.values, dtype=pl.Binary)[places].set(pl.Series(tombs), None)
        made = Messages(
            values=values.to_list(),
            events=content.events,
            kinds=content.kinds[rows],
            ids=content.ids[places],
            times=content.times[rows],
            keys=None if content.keys is None else content.keys[places],
            headers=None if content.headers is None else {n: each[places] for n, each in content.headers.items()},
        )
        return replace(payload, content=made, count=len(rows))


def _with(payload: Payload, headers: Mapping[str, pl.Series]) -> Payload:
    content = payload.content
    assert isinstance(content, Messages)
    return replace(payload, content=replace(content, headers={**(content.headers or {}), **headers}))


def _all(text: str, count: int) -> pl.Series:
    return pl.Series([text], dtype=pl.String).new_from_index(0, count)


def _times(part: Part) -> pl.Series:
    """ISO 8601; or what stands there where the time is broken."""
    texts = text_of(iso_matrix(part.time))
    return texts if part.raw_time is None else pl.select(pl.coalesce(bare(part.raw_time), texts)).to_series()
