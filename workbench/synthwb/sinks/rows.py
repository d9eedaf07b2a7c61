"""Messages as the arguments of Kafka's client library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias

from synthwb.sinks.protocol import from_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthwb.sinks.messages import Messages

__all__ = ["Row", "Rows"]

Row: TypeAlias = tuple[Any, ...]
"""topic, value, key, partition, callback; and, where they are needed, a second callback, timestamp, headers."""


class Rows:
    """Topics, keys, times and headers of messages, by the options of a sink. ``topics``: by event type.

    Raises SinkError for a variable of the environment that is not set.
    """

    def __init__(self, chosen: Mapping[str, Any], events: tuple[str, ...]) -> None:
        topic = from_environment(chosen["topic"])
        self.topics = {event: topic.replace("{event}", event) for event in events}
        self._headers = [(name, from_environment(value)) for name, value in chosen["headers"].items()]
        self._event_time = chosen["timestamp"] == "event"

    def of(self, messages: Messages, failed: Callable[..., None]) -> Iterator[Row]:
        """The arguments for each message; ``failed`` is called with its failure."""
        import numpy as np

        keys = repeat(None) if messages.keys is None else messages.keys.to_list()
        columns: list[Iterable[Any]] = [self._topics_of(messages), messages.values, keys, repeat(-1), repeat(failed)]
        headers = self._headers_of(messages)
        if self._event_time or headers is not None:
            times = np.floor_divide(messages.times, 1000).tolist() if self._event_time else repeat(0)
            columns += [repeat(None), times]
        if headers is not None:
            columns.append(headers)
        return zip(*columns, strict=False)

    def _topics_of(self, messages: Messages) -> Iterable[str]:
        if len(set(self.topics.values())) == 1:
            return repeat(next(iter(self.topics.values())))
        topics = [self.topics.get(event, "") for event in messages.events]
        return map(topics.__getitem__, messages.kinds.tolist())

    def _headers_of(self, messages: Messages) -> Iterable[list[tuple[str, str]]] | None:
        """The headers of each message, or None where none has any."""
        given = messages.headers or {}
        if not self._headers and not given:
            return None
        by_kind = [
            [(name, value.replace("{event}", event)) for name, value in self._headers] for event in messages.events
        ]
        fixed = map(by_kind.__getitem__, messages.kinds.tolist())
        if not given and not any("{id}" in value for _, value in self._headers):
            return fixed
        columns = [(name, series.to_list()) for name, series in given.items()]
        return (
            [(name, value.replace("{id}", known)) for name, value in own]
            + [(name, texts[i]) for name, texts in columns if texts[i] is not None]
            for i, (own, known) in enumerate(zip(fixed, messages.ids.to_list(), strict=False))
        )
