"""One of several fields for each row: every field is made for its own rows only, and the rows are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block, Draw, Site
from synthwb.engine.columns import Column
from synthwb.engine.joining import common_dtype, retyped, stacked
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from synthwb.scenario.model import Call, Field

__all__ = ["Chosen", "Way", "first_true", "switched"]

Chosen = Callable[[Block], "NDArray[np.uint32]"]
"""For each row the number of its way; the number of ways where there is none, so that the value is null."""


@dataclass(frozen=True, slots=True)
class Way:
    """A field that some rows take, and the names of the columns that it reads."""

    draw: Draw
    reads: Sequence[str]

    @staticmethod
    def of(field: Field, site: Site) -> Way:
        """A field of the document, compiled."""
        return Way(site.field(field), field.reads)


def switched(chosen: Chosen, ways: Sequence[Way], site: Site, call: Call) -> Draw:
    """The value of the chosen way in each row. Raises ScenarioError where no one type holds the values of all."""
    dtype = _common([site.dtype(way.draw) for way in ways], site, call)

    def draw(block: Block) -> Column:
        number = chosen(block)
        pieces, places = [], []
        for i, way in enumerate(ways):
            rows = np.flatnonzero(number == i)
            if len(rows):
                whole = len(rows) == len(block)
                pieces.append(retyped(way.draw(block if whole else block.part(rows, way.reads)), dtype))
                places.append(rows)
        rest = np.flatnonzero(number >= len(ways))
        if len(rest) or not pieces:  # a block of no rows, such as the elements of empty lists, has a type too
            pieces.append(Column.of(pl.Series([None], dtype=dtype).new_from_index(0, len(rest))))
            places.append(rest)
        if len(pieces) == 1:
            return pieces[0]
        order = np.empty(len(block), np.int64)
        order[np.concatenate(places)] = np.arange(len(block))
        return stacked(pieces).take(order)

    return draw


def first_true(conditions: Sequence[Draw | None]) -> Chosen:
    """The number of the first condition that holds; None always holds."""

    def chosen(block: Block) -> NDArray[np.uint32]:
        number = np.full(len(block), len(conditions), np.uint32)
        for i, condition in reversed(list(enumerate(conditions))):
            if condition is None:
                number[:] = i
            else:
                held = condition(block).series().cast(pl.Boolean).fill_null(value=False).to_numpy()
                number[held] = i
        return number

    return chosen


def _common(dtypes: Sequence[pl.DataType], site: Site, call: Call) -> pl.DataType:
    found = common_dtype(dtypes)
    if found is None:
        names = " and ".join(dict.fromkeys(str(dtype) for dtype in dtypes))
        message = f"the branches give values that no one type can hold: {names}"
        problem = Diagnostic(Severity.ERROR, "type", message, call.span, site.path, "write as: string in each")
        raise ScenarioError([problem])
    return found
