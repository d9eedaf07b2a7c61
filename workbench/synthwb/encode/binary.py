"""Bytes by columns: what binary formats are put together from, a Binary series for every part of a record.

Avro and Protocol Buffers both write whole numbers as varints (seven bits a byte, the lowest first) and put a length
before what has one. So a record is a few columns side by side, and no record is ever looked at by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.nested import list_of

__all__ = ["Bytes", "chosen_where", "fixed", "flat", "runs", "sized", "together", "varints", "zigzag"]

Bytes: TypeAlias = bytes | pl.Series
"""A literal, the same in every row, or a Binary series without nulls."""

_KNOWN = 1 << 14  # numbers below have one or two bytes, and are looked up
_PLACES = 12  # lists of up to so many elements are put together place by place


def zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Signed numbers as unsigned ones, small where they are near zero: 0, -1, 1, -2 are 0, 1, 2, 3."""
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def varints(values: NDArray[np.uint64]) -> pl.Series:
    """Each number in as few bytes as it needs, one to ten."""
    if not len(values):
        return pl.Series([], dtype=pl.Binary)
    largest = int(values.max())
    if largest < _KNOWN:
        return _known()[pl.Series(values.astype(np.uint32))]
    width = (largest.bit_length() + 6) // 7
    rows = np.empty((len(values), width), np.uint8)
    sizes = np.ones(len(values), np.int64)
    for place in range(width):
        rest = values >> np.uint64(7 * place)
        rows[:, place] = rest & np.uint64(0x7F)
        if place:
            more = rest != 0
            sizes += more
            rows[:, place - 1] |= more.astype(np.uint8) << 7
    return _rows(rows).bin.head(pl.Series(sizes))  # type: ignore[arg-type]


@cache
def _known() -> pl.Series:
    small = np.arange(_KNOWN)
    rows = np.stack([(small & 0x7F) | ((small > 0x7F) << 7), small >> 7], axis=1).astype(np.uint8)
    return _rows(rows).bin.head(pl.Series(1 + (small > 0x7F).astype(np.int64)))  # type: ignore[arg-type]


def fixed(values: NDArray[np.generic]) -> pl.Series:
    """The bytes of each number as they are in memory: give it a dtype of a byte order that is written out."""
    size = values.dtype.itemsize
    return _rows(np.ascontiguousarray(values).view(np.uint8).reshape(len(values), size))


def sized(values: pl.Series, *, signed: bool) -> pl.Series:
    """Each value behind its length, which is a zigzag number (Avro) or not (Protocol Buffers)."""
    lengths = values.bin.size().to_numpy().astype(np.int64)
    return together([varints(zigzag(lengths) if signed else lengths.view(np.uint64)), values], len(values))


def together(pieces: Sequence[Bytes], rows: int) -> pl.Series:
    """The pieces of every row side by side."""
    merged: list[Bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += piece
        elif not isinstance(piece, bytes) or piece:
            merged.append(piece)
    if not any(isinstance(piece, pl.Series) for piece in merged):
        return pl.Series([b"".join(p for p in merged if isinstance(p, bytes))], dtype=pl.Binary).new_from_index(0, rows)
    columns = {str(i): piece for i, piece in enumerate(merged) if isinstance(piece, pl.Series)}
    parts = [pl.lit(piece) if isinstance(piece, bytes) else pl.col(str(i)) for i, piece in enumerate(merged)]
    while len(parts) > 1:  # in pairs, so that no byte is copied more often than the logarithm of their number
        parts = [parts[i] + parts[i + 1] if i + 1 < len(parts) else parts[i] for i in range(0, len(parts), 2)]
    return pl.DataFrame(columns).select(parts[0]).to_series()


def chosen_where(condition: NDArray[np.bool_], these: Bytes, others: Bytes) -> pl.Series:
    """These bytes where the condition holds, others elsewhere."""
    columns = {name: piece for name, piece in (("a", these), ("b", others)) if isinstance(piece, pl.Series)}
    one, other = ("a" if "a" in columns else pl.lit(these)), ("b" if "b" in columns else pl.lit(others))
    frame = pl.DataFrame({"condition": condition, **columns})
    return frame.select(pl.when("condition").then(one).otherwise(other)).to_series()


def runs(elements: pl.Series, counts: NDArray[np.int64]) -> pl.Series:
    """The first ``counts[0]`` elements as one, the next ``counts[1]``, and so on."""
    longest = int(counts.max(initial=0))
    if longest > _PLACES:
        ends = np.concatenate(([0], np.cumsum(elements.bin.size().to_numpy().astype(np.int64))))
        last = np.cumsum(counts)
        return list_of(flat(elements), ends[last] - ends[last - counts]).cast(pl.Binary)
    starts = np.cumsum(counts) - counts
    with_none = pl.concat([elements, pl.Series([b""], dtype=pl.Binary)])
    pieces = [with_none[pl.Series(np.where(counts > place, starts + place, len(elements)))] for place in range(longest)]
    return together(pieces, len(counts))


def flat(values: pl.Series) -> pl.Series:
    """All bytes, one behind the other."""
    return values.cast(pl.List(pl.UInt8)).explode(empty_as_null=False)


def _rows(matrix: NDArray[np.uint8]) -> pl.Series:
    """A (rows, width) matrix as one value a row."""
    return pl.Series(matrix).cast(pl.List(pl.UInt8)).cast(pl.Binary)
