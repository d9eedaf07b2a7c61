"""The last delivered events, for screens."""

from __future__ import annotations

from collections import deque

from synthwb.engine import Batch
from synthwb.engine.batch import concat

__all__ = ["Recent"]


class Recent:
    """Keeps as many batches as are needed for the last ``size`` events."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: deque[Batch] = deque()

    def add(self, batch: Batch) -> None:
        """Remember a delivered batch."""
        self._kept.append(batch)
        while sum(len(kept) for kept in self._kept) - len(self._kept[0]) >= self._size:
            self._kept.popleft()

    @property
    def batches(self) -> tuple[Batch, ...]:
        """What is kept, oldest first."""
        return tuple(self._kept)

    def last(self, batches: tuple[Batch, ...]) -> Batch | None:
        """The last events of ``batches`` as one batch; None for none. Pure: call it outside the lock."""
        return concat(batches).tail(self._size) if batches else None

    def fold(self, batches: tuple[Batch, ...], joined: Batch | None) -> None:
        """Keep ``joined`` (what `last` made of ``batches``) instead of them.

        A slow stream comes in hundreds of small batches; joining all of them again for each look would cost more than
        making them.
        """
        known = {id(batch) for batch in batches}
        if joined is None or not self._kept or id(self._kept[0]) not in known:
            return  # nothing to keep, or somebody else has folded meanwhile
        newer = [batch for batch in self._kept if id(batch) not in known]
        self._kept.clear()
        self._kept.extend((joined, *newer))
