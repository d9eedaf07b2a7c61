"""Events as messages of their own: what destinations take that have a key, or that answer for each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

__all__ = ["Messages"]


@dataclass(frozen=True, slots=True)
class Messages:
    """Events in time order, one entry of everything for each.

    ``values``: the encoded records without a newline at the end; None is a tombstone. ``events``: the names of the
    event types, and ``kinds`` which of them each is. ``ids`` and ``times`` (microseconds since the epoch) are those of
    the events. ``keys``: text by which who receives them tells records apart; None where no event type has one, a null
    where this event has none. ``headers``: further texts by name, for destinations that have a place for them.
    """

    values: Sequence[bytes | None]
    events: tuple[str, ...]
    kinds: NDArray[np.uint16]
    ids: pl.Series
    times: NDArray[np.int64]
    keys: pl.Series | None = None
    headers: Mapping[str, pl.Series] | None = None

    @property
    def size(self) -> int:
        """Bytes of all records."""
        return sum(len(value) for value in self.values if value is not None)

    def between(self, first: int, last: int) -> Messages:
        """Those from number ``first`` to before ``last``."""
        return replace(
            self,
            values=self.values[first:last],
            kinds=self.kinds[first:last],
            ids=self.ids[first:last],
            times=self.times[first:last],
            keys=None if self.keys is None else self.keys[first:last],
            headers=None if self.headers is None else {name: each[first:last] for name, each in self.headers.items()},
        )
