"""Values that come again: out of a fixed set, or from one of the records before.

**A fixed set** holds the first ``size`` different values of an endless row of draws of its own, so that a larger set
begins like the smaller one.

**Repeating.** A record repeats with probability p, by a draw of its own. It then takes the value of one of the
``window(p)`` records just before it, evenly among those that do not repeat and whose value was there and not null. If
there is none, its value is new. All of this is a function of the record's address and of the arrivals, so nothing is
remembered: the value of the earlier record is made again, with everything that it reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import mix
from synthwb.engine.joining import stacked
from synthwb.engine.laws.discrete import below, happens
from synthwb.engine.pick import pick
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from synthwb.engine.history import History, Past
    from synthwb.scenario.model import FixedSet

__all__ = ["Recall", "Withheld", "from_set", "repeated", "window"]

_ATTEMPTS = 64  # draws for each value of a fixed set before it is given up
_REACH = 1000  # records that do not repeat, on average, among those that are looked at
_FURTHEST = 1 << 16

Withheld = Callable[[Block], "NDArray[np.bool_]"]
"""Where a value was made and not sent: null or absent by one of the other modifiers."""


def window(probability: float) -> int:
    """How many records just before are looked at: 1,000 that do not repeat, on average, and 65,536 at most."""
    return min(_FURTHEST, math.ceil(_REACH / (1.0 - probability)))


def from_set(value: Draw, wanted: FixedSet, local: str, path: str, key: Callable[[str], int], start: int) -> Draw:
    """``value``, but out of a set that is drawn here. ``start``: the time at which the set is drawn, in microseconds.

    Raises ScenarioError if there are not so many different values.
    """
    block, column = _distinct(value, wanted, path, key("cardinality"), start)
    inside = {name: inner for name, inner in block.columns.items() if name.startswith(f"{local}.")}
    rows_of = pick(wanted.pick, wanted.size, key("pick"))
    pool = Pool(column.series()) if column.counts is None and column.absent is None else None

    def draw(block: Block) -> Column:
        rows = rows_of(block)
        block.columns.update({name: inner.take(rows) for name, inner in inside.items()})
        return column.take(rows) if pool is None else Column.coded(pool, rows, ascii_safe=column.ascii_safe)

    return draw


def _distinct(value: Draw, wanted: FixedSet, path: str, key: int, start: int) -> tuple[Block, Column]:
    """The first different values, and the block on which they were drawn."""
    rows = wanted.size
    while True:
        numbers = np.arange(rows, dtype=np.int64)
        block = Block(mix(mix(numbers.astype(np.uint64)), key), np.full(rows, start, np.int64), numbers)
        column = value(block)
        found = np.flatnonzero(column.series().is_first_distinct().to_numpy())[: wanted.size]
        if len(found) == wanted.size:
            block.columns = {name: inner.take(found) for name, inner in block.columns.items()}
            return block, column.take(found)
        if rows >= _ATTEMPTS * wanted.size:
            message = (
                f"a fixed set of {wanted.size:,} values, but {rows:,} draws gave only {len(found):,} different ones"
            )
            hint = "widen the generator, or make the set smaller"
            raise ScenarioError([Diagnostic(Severity.ERROR, "contradiction", message, wanted.span, path, hint)])
        rows = min(2 * rows, _ATTEMPTS * wanted.size)


@dataclass(frozen=True, slots=True)
class Recall:
    """What is needed to make a field of an earlier record again.

    ``fill`` makes the columns that it reads. ``local`` is the name under which the field itself is read.
    """

    history: History
    fill: Callable[[Block], None]
    local: str


def repeated(value: Draw, probability: float, recall: Recall, key: Callable[[str], int], withheld: Withheld) -> Draw:
    """``value``, but in some rows that of an earlier record."""
    repeats, which, more = key("repeat"), key("repeat which"), key("repeat which more")
    reach = window(probability)

    def sources(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64], Past] | None:
        """Which rows repeat, and the places of what they repeat."""
        rows = np.flatnonzero(happens(block.bits(repeats), probability))
        if not len(rows):
            return None
        past = recall.history.around(block, reach)
        fresh = np.flatnonzero(_eligible(past, block, recall, repeats, probability, withheld))
        at = past.at[rows]
        first, last = np.searchsorted(fresh, at - reach), np.searchsorted(fresh, at)
        kept = np.flatnonzero((at >= 0) & (last > first))
        rows, first, count = rows[kept], first[kept], (last - first)[kept]
        address = block.address[rows]
        chosen = below(mix(address, which), count.astype(np.uint64), lambda: mix(address, more))
        return rows, fresh[first + chosen.astype(np.int64)], past

    def draw(block: Block) -> Column:
        column = value(block)
        found = sources(block)
        if found is None or not len(found[0]):
            return column
        rows, places, past = found
        ordinal = block.ordinal[rows] - (past.at[rows] - places)
        earlier = Block(past.address[places], past.time[places], ordinal)
        recall.fill(earlier)
        again = value(earlier)
        order = np.arange(len(block))
        order[rows] = len(block) + np.arange(len(rows))
        for name in [name for name in earlier.columns if name.startswith(f"{recall.local}.")]:
            block.columns[name] = stacked([block.columns[name], earlier.columns[name]]).take(order)
        return stacked([column, again]).take(order)

    return draw


def _eligible(
    past: Past, block: Block, recall: Recall, repeats: int, probability: float, withheld: Withheld
) -> NDArray[np.bool_]:
    """The records whose value may come again: drawn anew, and sent."""
    rows = np.arange(len(past.address))
    placed = np.flatnonzero(past.at >= 0)
    offset = int(block.ordinal[placed[0]] - past.at[placed[0]]) if len(placed) else 0
    candidates = Block(past.address, past.time, rows + offset)
    return ~happens(candidates.bits(repeats), probability) & ~withheld(candidates)
