"""Rows of the spine: what is known of events before any of their fields is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.carrying import keepable
from synthwb.engine.draws import Bits, Ints

__all__ = ["DROPPED", "SILENT", "Facts", "Rows", "in_time_order"]

Facts: TypeAlias = Mapping[str, NDArray[Any]]
"""What flows know of events, by name, one entry a row."""

SILENT = 65_535
"""The kind of a row that is a step of a flow but no event; it is gone before events are numbered."""

DROPPED = "dropped by"
"""The fact that is 0 for a row that arrives; others stay among the rows for the truth, and are never sent."""


@keepable("rows")
@dataclass(frozen=True, slots=True)
class Rows:
    """Events to be made, one entry each in every array.

    ``time``: event time in microseconds. ``due``: when the event reaches whoever listens, on the same clock. ``kind``:
    row of the event type in the plan. ``address``: hashed identity. ``ordinal``: number within the event type, -1 until
    it is assigned. ``facts``: see `Facts`; rows that are put together have the same ones.
    """

    time: Ints
    due: Ints
    kind: NDArray[np.uint16]
    address: Bits
    ordinal: Ints
    facts: Facts = field(default_factory=dict)

    @staticmethod
    def of(time: Ints, kind: int | NDArray[np.uint16], address: Bits, facts: Facts | None = None) -> Rows:
        """Rows that are due when they happen and have no number yet."""
        kinds = np.full(len(time), kind, np.uint16) if isinstance(kind, int) else kind
        return Rows(time, time, kinds, address, np.full(len(time), -1, np.int64), facts or {})

    @staticmethod
    def none(facts: Facts | None = None) -> Rows:
        """No rows, with no entries of these facts."""
        nothing = np.empty(0, np.int64)
        return Rows.of(nothing, 0, nothing.view(np.uint64), {name: each[:0] for name, each in (facts or {}).items()})

    def __len__(self) -> int:
        return len(self.time)

    @property
    def sent(self) -> NDArray[np.bool_] | None:
        """Which of them arrive at all; None: every one."""
        dropped = self.facts.get(DROPPED)
        return None if dropped is None else dropped == 0

    def take(self, rows: NDArray[Any] | slice) -> Rows:
        """These rows, in this order."""
        facts = {name: values[rows] for name, values in self.facts.items()}
        return Rows(self.time[rows], self.due[rows], self.kind[rows], self.address[rows], self.ordinal[rows], facts)

    def numbered(self, ordinal: Ints) -> Rows:
        """The same rows with numbers."""
        return replace(self, ordinal=ordinal)

    def knowing(self, facts: Facts) -> Rows:
        """The same rows with other facts."""
        return replace(self, facts=facts)

    @staticmethod
    def joined(pieces: Sequence[Rows]) -> Rows:
        """All pieces, one after the other; not a copy where only one holds anything. Raises IndexError for none."""
        pieces = [piece for piece in pieces if len(piece)] or pieces[:1]
        if len(pieces) == 1:
            return pieces[0]
        return Rows(
            np.concatenate([piece.time for piece in pieces]),
            np.concatenate([piece.due for piece in pieces]),
            np.concatenate([piece.kind for piece in pieces]),
            np.concatenate([piece.address for piece in pieces]),
            np.concatenate([piece.ordinal for piece in pieces]),
            {name: np.concatenate([piece.facts[name] for piece in pieces]) for name in pieces[0].facts},
        )


def in_time_order(time: Ints) -> NDArray[np.int64]:
    """Stable order of times. Packed with the row number they sort several times quicker than argsort."""
    if not len(time):
        return np.empty(0, np.int64)
    relative = time - time.min()
    bits = max(1, int(len(relative) - 1).bit_length())
    if int(relative.max()).bit_length() + bits > 62:
        return np.argsort(relative, kind="stable")
    packed = (relative << np.int64(bits)) | np.arange(len(relative), dtype=np.int64)
    packed.sort()
    order: NDArray[np.int64] = packed & np.int64((1 << bits) - 1)
    return order
