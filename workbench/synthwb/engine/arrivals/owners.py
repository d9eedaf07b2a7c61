"""Arrivals that belong to rows: whose an event is can be told from its address.

The address of such an event is a hash of (row, number), and the hash is a bijection that is undone here. So the row
travels with the event wherever its address goes, and nothing else has to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, mix

__all__ = ["MOST_NUMBERS", "Owned", "Owners", "addressed", "owner", "owners_of"]

_NUMBER_BITS = 37
MOST_NUMBERS = 1 << _NUMBER_BITS
"""How many numbers a row has; there are at most 2**27 rows."""

_INVERSE_1 = np.uint64(pow(0xBF58476D1CE4E5B9, -1, 1 << 64))
_INVERSE_2 = np.uint64(pow(0x94D049BB133111EB, -1, 1 << 64))
_SHIFTS = tuple((np.uint64(by), np.uint64(2 * by)) for by in (31, 27, 30))

Owners = Callable[[Bits], NDArray[np.uint32]]
"""The rows that events at these addresses belong to."""


@runtime_checkable
class Owned(Protocol):
    """A process whose events belong to rows of an entity."""

    def owners(self, address: Bits) -> NDArray[np.uint32]:
        """The rows that its events at these addresses belong to."""
        ...


def owners_of(process: object) -> Owners | None:
    """How to tell whose the events of a process are; None where they belong to nobody of their own."""
    return process.owners if isinstance(process, Owned) else None


def addressed(row: NDArray[np.integer], number: NDArray[np.integer], key: int) -> Bits:
    """The address of a row's event of a number below `MOST_NUMBERS`."""
    return mix(row.astype(np.uint64) << np.uint64(_NUMBER_BITS) | number.astype(np.uint64), key)


def owner(address: Bits, key: int, rows: int) -> NDArray[np.uint32]:
    """The row whose event has this address; some row for an address that was not made by `addressed`."""
    z = address.copy()
    for (once, twice), factor in zip(_SHIFTS, (_INVERSE_2, _INVERSE_1, np.uint64(1)), strict=True):
        z ^= (z >> once) ^ (z >> twice)
        z *= factor
    z -= np.uint64(key)
    return ((z >> np.uint64(_NUMBER_BITS)) % np.uint64(rows)).astype(np.uint32)
