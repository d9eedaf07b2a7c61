"""Text that is broken on purpose: records cut short, bytes that are no UTF-8, empty lines, keys that come twice.

An encoder makes its text first and hands it over here. So all formats of text are broken in the same way, and the truth
gets each record as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.encode.payload import Broken
from synthwb.scenario.layers.model import BYTE_LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.batch import Part

__all__ = ["struck"]

_NEWLINE, _QUOTE, _NO_UTF8 = 10, 34, 0xFF
_SEPARATORS = "\x1e\x1f\x1c\x1d\x01\x02\x03\x04\x05\x06\x07"
_FIRST_KEY = r'^\{("(?:[^"\\]|\\.)*":)'
_FIRST_CELL = {",": r'(?s)^("(?:[^"]|"")*"|[^,"]*)', "\t": r'(?s)^("(?:[^"]|"")*"|[^\t"]*)'}


@dataclass(frozen=True, slots=True)
class _Hits:
    """Records to be broken, ascending: their line, their place in the batch, how, by which bits, by which layer."""

    line: NDArray[np.int64]
    row: NDArray[np.int64]
    how: NDArray[np.uint8]
    bits: NDArray[np.uint64]
    layer: NDArray[np.uint16]


def struck(
    content: bytes | memoryview, parts: Sequence[Part], first: int, count: int, *, separator: str = ""
) -> tuple[bytes | memoryview, Broken | None]:
    """The text of ``count`` records of some parts, from number ``first`` on in their order, a line each.

    What is to be broken is broken there. Also what those records were; None where there is nothing to break. In
    a table, whose cells a ``separator`` parts, a line may go on in quotes, and its first cell comes twice for a key.
    """
    hits = _hits(parts, first, count)
    if hits is None:
        return content, None
    data = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    if separator:
        ends = ends[(np.cumsum(data == _QUOTE)[ends] & 1) == 0]
    starts = np.concatenate(([0], ends[:-1] + 1))[hits.line]
    ends = ends[hits.line]
    lines = _lines(data, starts, ends)
    frame = pl.DataFrame({"line": lines, "how": hits.how, "cut": _places(lines, hits.bits)})
    made = frame.with_columns(_broken_line(separator).alias("made"), pl.col("line").str.slice(0, "cut").alias("head"))
    text = _spliced(data, starts, ends, _bytes(made))
    names = pl.Series(BYTE_LEVEL).gather(hits.how)
    return memoryview(text), Broken(hits.row, hits.layer, names, lines)  # type: ignore[arg-type]


def _hits(parts: Sequence[Part], first: int, count: int) -> _Hits | None:
    """Those among some of the records; None for none."""
    found = [(part.rows[part.damage.rows], part.damage) for part in parts if part.damage is not None]
    if not found:
        return None
    row = np.concatenate([rows for rows, _ in found])
    line = np.searchsorted(np.sort(np.concatenate([part.rows for part in parts])), row) - first
    order = np.argsort(row, kind="stable")
    order = order[(line[order] >= 0) & (line[order] < count)]
    if not len(order):
        return None
    return _Hits(
        line[order],
        row[order],
        np.concatenate([damage.how for _, damage in found])[order],
        np.concatenate([damage.bits for _, damage in found])[order],
        np.concatenate([damage.layer for _, damage in found])[order],
    )


def _lines(data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> pl.Series:
    """These stretches of the text, one string each."""
    sizes = ends - starts + 1
    taken = data[_stretches(starts, sizes)]
    free = next((mark for mark in _SEPARATORS if not (taken == ord(mark)).any()), None)
    if free is None:  # every control character stands in some record
        return pl.Series([bytes(data[s:e]).decode() for s, e in zip(starts, ends, strict=True)], dtype=pl.String)
    taken[np.cumsum(sizes) - 1] = ord(free)
    return pl.Series([bytes(taken).decode()]).str.split(free).explode().head(len(starts))


def _places(lines: pl.Series, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Behind which character of its line each record is broken: not in front of the first, nor behind the last."""
    length = lines.str.len_chars().to_numpy().astype(np.int64)
    room = np.maximum(length - 1, 1).astype(np.uint64)
    found: NDArray[np.int64] = np.minimum(1 + (bits % room).astype(np.int64), np.maximum(length - 1, 0))
    return found


def _broken_line(separator: str) -> pl.Expr:
    """Each line as it is afterwards, with a ``?`` where a byte is to be that is no UTF-8."""
    line, cut = pl.col("line"), pl.col("cut")
    head, rest = line.str.slice(0, cut), line.str.slice(cut)
    first, twice = (_FIRST_KEY, "{${1}null,${1}")
    if separator:
        first, twice = _FIRST_CELL[separator], f"${{1}}{separator}${{1}}"
    doubled = line.str.replace(first, twice)
    ways = {"truncate": head, "bad_utf8": head + "?" + rest, "empty": pl.lit(""), "duplicated_key": doubled}
    found = line
    for number, way in enumerate(BYTE_LEVEL):
        found = pl.when(pl.col("how") == number).then(ways[way]).otherwise(found)
    return found


def _bytes(made: pl.DataFrame) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The new lines as bytes, one behind the other, and the length of each."""
    sizes = made["made"].str.len_bytes().to_numpy().astype(np.int64)
    data = np.frombuffer((made["made"].str.join("").item() or "").encode(), np.uint8).copy()
    bad = np.flatnonzero(made["how"].to_numpy() == BYTE_LEVEL.index("bad_utf8"))
    heads = made["head"].str.len_bytes().to_numpy().astype(np.int64)
    data[(np.cumsum(sizes) - sizes + heads)[bad]] = _NO_UTF8
    return data, sizes


def _spliced(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    made: tuple[NDArray[np.uint8], NDArray[np.int64]],
) -> NDArray[np.uint8]:
    """The text with other bytes in the place of some stretches."""
    inserted, sizes = made
    old = ends - starts
    places = starts + np.cumsum(sizes - old) - (sizes - old)  # where each new stretch begins
    text = np.empty(len(data) + int((sizes - old).sum()), np.uint8)
    kept, free = np.ones(len(data), np.bool_), np.ones(len(text), np.bool_)
    kept[_stretches(starts, old)] = False
    new = _stretches(places, sizes)
    free[new] = False
    text[free] = data[kept]
    text[new] = inserted
    return text


def _stretches(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of all bytes in some stretches."""
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    found: NDArray[np.int64] = np.repeat(starts, sizes) + within
    return found
