"""Messages that are not delivered: which they were, and their dead letters."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from synthwb.errors import SinkError
from synthwb.sinks.dead import DeadLetter, DeadLetters

if TYPE_CHECKING:
    from synthwb.sinks.messages import Messages

__all__ = ["Loss", "Losses"]


class Loss(NamedTuple):
    """One message: the ``row`` of ``messages``, and why."""

    messages: Messages
    row: int
    words: str


class Losses:
    """What is lost of one sink called ``name``. ``reported``: so many were; ``kept``: dead letters.

    Thread-safe as far as `report` needs it; everything else is for one thread at a time.
    """

    def __init__(self, name: str, dead: DeadLetters) -> None:
        self.dead = dead
        self.reported = self.kept = 0
        self._name = name
        self._fresh: list[tuple[Messages, bytes | None, bytes | str | None, str]] = []
        self._index: tuple[Messages | None, dict[Any, deque[int]]] = (None, {})

    def report(self, messages: Messages, value: bytes | None, key: bytes | str | None, words: str) -> None:
        """A message with this content is not delivered."""
        self.reported += 1
        self._fresh.append((messages, value, key, words))

    def fresh(self) -> list[Loss]:
        """What was reported since the last time."""
        found, self._fresh = self._fresh, []
        return [Loss(messages, self._row_of(messages, value, key), words) for messages, value, key, words in found]

    def _row_of(self, messages: Messages, value: bytes | None, key: bytes | str | None) -> int:
        """Which of the messages this one is. The index is made when the first one fails: others need none."""
        if self._index[0] is not messages:
            found: dict[Any, deque[int]] = defaultdict(deque)
            keys = repeat(None) if messages.keys is None else messages.keys.to_list()
            for row, (each, text) in enumerate(zip(messages.values, keys, strict=False)):
                found[each or None, _bytes(text)].append(row)
            self._index = (messages, found)
        rows = self._index[1][value or None, _bytes(key)]
        rows.rotate(-1)  # of those that are alike, each in its turn
        return rows[-1]

    def keep(self, losses: Iterable[Loss]) -> str:
        """Write their dead letters down, on the disk when this returns; why that is not possible, in words."""
        by_reason: dict[str, list[DeadLetter]] = defaultdict(list)
        for loss in losses:
            by_reason[loss.words].append(_letter(loss.messages, loss.row))
        for words, letters in by_reason.items():
            try:
                self.kept += self.dead.keep(self._name, letters, words)
            except SinkError as error:
                return f"{words}; and {len(letters):,} events could not be kept as dead letters: {error}"
        return ""


def _bytes(key: bytes | str | None) -> bytes | None:
    return (key.encode() if isinstance(key, str) else key) or None


def _letter(messages: Messages, row: int) -> DeadLetter:
    key = None if messages.keys is None else messages.keys[row]
    return DeadLetter(messages.values[row], messages.events[messages.kinds[row]], messages.ids[row], key)
