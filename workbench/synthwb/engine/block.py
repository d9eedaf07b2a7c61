"""What a generator sees: a block of rows to fill, and the site at which it stands in the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, Ints, draw, mix
from synthwb.engine.rows import Facts, Rows

if TYPE_CHECKING:
    from fractions import Fraction

    import polars as pl
    from numpy.typing import NDArray

    from synthwb.scenario.model import Clock, DType, Expression, Field

__all__ = ["Block", "Draw", "Number", "Site"]

_RETRY = 0x9E3779B97F4A7C15  # the golden-ratio increment of SplitMix64, one step per attempt


class _Taken(dict[str, Column]):
    """Columns of some rows of another block, taken from it when they are asked for by name."""

    def __init__(self, source: dict[str, Column], rows: NDArray[Any]) -> None:
        super().__init__()
        self._source = source
        self._rows = rows

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._source

    def __missing__(self, name: str) -> Column:
        column = self[name] = self._source[name].take(self._rows)
        return column


@dataclass(slots=True)
class Block:
    """Rows of one event type or entity type, being filled column by column.

    ``address``: the hashed identity of each row. ``time``: event time in microseconds (all zero for entities).
    ``ordinal``: the row's number within its type, from 0, assigned at the merge (row number for entities): never an
    address. ``columns``: what was computed so far, by the name under which it is read (``qty``, ``actor.email``).
    ``trial``: it is made to find out types, so nothing is to be said of its values. ``facts``: what flows know of the
    rows, from which the context is filled.
    """

    address: Bits
    time: Ints
    ordinal: Ints
    columns: dict[str, Column] = field(default_factory=dict)
    trial: bool = False
    facts: Facts = field(default_factory=dict)

    @staticmethod
    def of(rows: Rows) -> Block:
        """The events of these rows, all of one type, with none of their columns yet."""
        return Block(rows.address, rows.time, rows.ordinal, facts=rows.facts)

    def __len__(self) -> int:
        return len(self.address)

    def bits(self, key: int) -> Bits:
        """64 random bits per row for this key (see `Site.key`)."""
        return draw(self.address, key)

    def column(self, name: str) -> Column:
        """A column that was computed before, by the name it is read under."""
        return self.columns[name]

    def again(self, rows: NDArray[Any], attempt: int) -> Block:
        """A sub-block of these rows with fresh addresses: the n-th attempt of a redraw."""
        return Block(
            mix(self.address[rows], _RETRY * attempt),
            self.time[rows],
            self.ordinal[rows],
            _Taken(self.columns, rows),
            self.trial,
        )

    def part(self, rows: NDArray[Any], names: Iterable[str]) -> Block:
        """A block of these rows under their own addresses, with the columns of these names as far as they are made."""
        columns = {name: self.columns[name].take(rows) for name in names if name in self.columns}
        return Block(self.address[rows], self.time[rows], self.ordinal[rows], columns, self.trial)

    def children(self, parent: NDArray[Any], index: Ints) -> Block:
        """A block of elements: element ``index[i]`` of row ``parent[i]``; columns are those of the parent row."""
        address = mix(self.address[parent] ^ mix(index.astype(np.uint64), _RETRY))
        return Block(
            address,
            self.time[parent],
            self.ordinal[parent],
            _Taken(self.columns, parent),
            self.trial,
        )


Draw: TypeAlias = Callable[[Block], Column]
"""A compiled field: fills one column for a block of rows."""

Number: TypeAlias = Callable[[Block], "float | NDArray[np.float64]"]
"""A compiled numeric argument: one float for all rows, or one per row (NaN where the expression is NULL)."""


class Site(Protocol):
    """Where a generator stands: it gives keys, and compiles what is nested in its arguments."""

    seed: int
    path: str
    locales: tuple[tuple[str, Fraction], ...]
    clock: Clock

    def key(self, aspect: str = "") -> int:
        """The draw key of this field; ``aspect`` tells apart several draws of one field (``"domain"``)."""
        ...

    def number(self, argument: float | Expression) -> Number:
        """Compile a numeric argument."""
        ...

    def expression(self, expression: Expression) -> Draw:
        """Compile an expression; its dtype is what Polars says."""
        ...

    def field(self, nested: Field) -> Draw:
        """Compile a nested field, its modifiers included."""
        ...

    def dtype(self, draw: Draw) -> pl.DataType:
        """The exact type of a compiled field's values: it is tried out on one row."""
        ...

    def dtype_of(self, path: str) -> DType:
        """The logical type of a path that may be read here."""
        ...
