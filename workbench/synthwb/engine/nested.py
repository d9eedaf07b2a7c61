"""Series of objects and lists, built from series of their parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from synthwb.engine.draws import Ints

__all__ = ["list_of", "struct_of"]


def struct_of(children: Mapping[str, pl.Series], rows: int) -> pl.Series:
    """A Struct series; a struct without fields has ``rows`` empty values."""
    if not children:
        return pl.Series([{}] * rows, dtype=pl.Struct([]))
    return pl.DataFrame([series.alias(name) for name, series in children.items()]).to_struct()


def list_of(elements: pl.Series, counts: Ints) -> pl.Series:
    """A List series: the first ``counts[0]`` elements, the next ``counts[1]``, and so on."""
    row = pl.Series("row", np.repeat(np.arange(len(counts)), counts)).set_sorted()
    frame = pl.DataFrame([row, elements.alias("value")])
    filled = frame.group_by("row", maintain_order=True).agg("value").get_column("value")
    empty = len(filled)  # where the empty list will stand: append works in place
    filled.append(pl.Series("value", [[]], dtype=filled.dtype))
    there = counts > 0
    return filled.gather(np.where(there, np.cumsum(there) - 1, empty))
