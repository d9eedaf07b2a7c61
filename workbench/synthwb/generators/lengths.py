"""How many: a whole number, or what a numeric generator gives, as a count for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from synthwb.scenario.model import Field

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Site
    from synthwb.engine.draws import Ints

__all__ = ["counts_of", "not_whole"]


def counts_of(quantity: Any, most: int, site: Site) -> Callable[[Block], Ints]:
    """A count from 0 to ``most`` for each row: rounded down; what is negative or null counts as 0."""
    import numpy as np

    if not isinstance(quantity, Field):
        fixed = int(quantity)
        return lambda block: np.full(len(block), fixed, np.int64)
    drawn = site.field(quantity)

    def counts(block: Block) -> Ints:
        import polars as pl

        found = drawn(block).series().cast(pl.Float64).fill_null(0.0).to_numpy()
        whole: Ints = np.floor(np.clip(found, 0, most)).astype(np.int64)
        return whole

    return counts


def not_whole(name: str, quantity: Any, what: str) -> Iterable[tuple[str, str]]:
    """The problem of a fixed count with a fraction; ``what`` says what has a whole number of which."""
    if isinstance(quantity, float) and not quantity.is_integer():
        yield name, f"is {quantity}; {what}"
