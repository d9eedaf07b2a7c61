"""Tables of sessions: named arrays of one length, moved about together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits

__all__ = ["Table", "session_of"]


class Table:
    """Named arrays of one length. ``columns`` can be changed in place by whoever owns the table."""

    __slots__ = ("columns",)

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self.columns = dict(columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __setitem__(self, name: str, values: NDArray[Any]) -> None:
        self.columns[name] = values

    def take(self, rows: NDArray[Any] | slice) -> Table:
        """These rows, in this order; a slice shares the arrays."""
        return Table({name: values[rows] for name, values in self.columns.items()})

    def split(self, mask: NDArray[np.bool_]) -> tuple[Table, Table]:
        """The rows where the mask holds, and the others."""
        if mask.all():
            return self, self.take(slice(0, 0))
        return self.take(np.flatnonzero(mask)), self.take(np.flatnonzero(~mask))

    @staticmethod
    def joined(pieces: Sequence[Table]) -> Table:
        """All pieces, one after the other; not a copy where only one holds anything. Raises IndexError for none."""
        pieces = [piece for piece in pieces if len(piece)] or pieces[:1]
        if len(pieces) == 1:
            return pieces[0]
        names = pieces[0].columns
        return Table({name: np.concatenate([piece.columns[name] for piece in pieces]) for name in names})

    def copy(self) -> Table:
        """The same values in arrays of their own."""
        return Table({name: values.copy() for name, values in self.columns.items()})


def session_of(table: Table) -> Bits:
    """The identity of every session: its address, where no walk has another one."""
    return table.columns.get("session", table.columns["address"])
