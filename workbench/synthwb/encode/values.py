"""Columns as JSON text: each by its form, all forms to the same bytes.

The text is what ``json.dumps(value, ensure_ascii=False, separators=(",", ":"))`` would give for the value, except that
numbers are in Polars' shortest form that reads back the same, decimals keep their scale, and NaN and infinity (which
JSON does not have) are null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.encode.fragments import Gathered, Matrix, Piece, blanked, joined
from synthwb.engine.columns import Column, Pool
from synthwb.engine.laws.special import CHUNK
from synthwb.engine.text.timetext import iso_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Member", "json_text", "object_pieces", "overlaid", "value_pieces"]

_SPECIAL = ['"', "\\", *(chr(code) for code in range(0x20))]
_ESCAPED = [json.dumps(character)[1:-1] for character in _SPECIAL]
_BOOLEANS = Pool(pl.Series([False, True, None], dtype=pl.Boolean))
_INTEGERS = 1 << 14  # widest range of whole numbers that is rendered as a pool
_ROUNDED = 1 << 17  # the same for rounded numbers, in units of their last place
_ROUNDED_PLACES = 4  # decimal places that are looked for
_ROUNDED_SHARE = 8  # a pool of rounded numbers is rendered if it is at most so many times larger than the block
_ROUNDED_ROWS = 256  # rows that are looked at first, and at least
_PLACES = 8  # arrays of up to so many elements are written place by place
_POOL_ROWS = 32  # a pool this many times larger than the block is not rendered whole


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object: the pieces of its value, and the rows in which the key is not there."""

    name: str
    pieces: Sequence[Piece]
    absent: NDArray[np.bool_] | None = None

    def keyed(self, before: str = "", after: str = "") -> list[Piece]:
        """``before "name":value after``, or nothing in the rows where the key is absent."""
        pieces = [f"{before}{_key(self.name)}:", *self.pieces, after]
        return pieces if self.absent is None else [blanked(pieces, self.absent)]


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def object_pieces(members: Sequence[Member], rows: int) -> list[Piece]:
    """``{"a":…,"b":…}`` without a stray comma, whichever keys are absent."""
    anchor = next((i for i, member in enumerate(members) if member.absent is None), None)
    if anchor is None:
        if not members:
            return ["{}"]
        body = joined([piece for member in members for piece in member.keyed(before=",")], rows)
        return ["{", body.str.strip_prefix(","), "}"]
    pieces: list[Piece] = ["{"]
    for i, member in enumerate(members):
        pieces += member.keyed(before="," if i > anchor else "", after="," if i < anchor else "")
    return [*pieces, "}"]


def value_pieces(column: Column) -> list[Piece]:
    """The values of a column as JSON. What stands in absent rows is of no account."""
    if column.raw is not None:
        return [overlaid(value_pieces(replace(column, raw=None)), column.raw)]
    if column.children is not None:
        members = [Member(name, value_pieces(child), child.absent) for name, child in column.children.items()]
        return _null_where(object_pieces(members, len(column)), column.nulls)
    if column.elements is not None and column.counts is not None:
        return _null_where(_array_pieces(column.elements, column.counts), column.nulls)
    if column.matrix is not None:
        return ['"', Matrix((column.matrix,)), '"']
    if column.parts:
        return ['"', *(_part_piece(part) for part in column.parts), '"']
    if column.pool is not None and column.codes is not None and len(column.pool) <= _POOL_ROWS * len(column.codes):
        return [Gathered(column.pool, column.codes, _safe_text if column.ascii_safe else json_text)]
    if column.plain is not None:
        return _plain_pieces(column.plain, safe=column.ascii_safe)
    return _plain_pieces(Column(pool=column.pool, codes=column.codes).series(), safe=column.ascii_safe)


def overlaid(pieces: Sequence[Piece], raw: pl.Series) -> pl.Series:
    """The pieces as text, with the ``raw`` text in its place wherever there is one."""
    frame = pl.DataFrame({"raw": raw, "text": joined(pieces, len(raw))})
    return frame.select(pl.coalesce("raw", "text")).to_series()


def _part_piece(part: str | Column) -> Piece:
    """A literal or a column of text inside a JSON string: escaped, not quoted."""
    if isinstance(part, str):
        return json.dumps(part, ensure_ascii=False)[1:-1]
    if part.matrix is not None:
        return Matrix((part.matrix,))
    if part.pool is not None and part.codes is not None and len(part.pool) <= _POOL_ROWS * len(part.codes):
        return Gathered(part.pool, part.codes, _as_it_is if part.ascii_safe else _escaped)
    return part.series() if part.ascii_safe else _escaped(part.series())


def _as_it_is(values: pl.Series) -> pl.Series:
    return values


def json_text(values: pl.Series) -> pl.Series:
    """The values as JSON, one text each."""
    return joined(_plain_pieces(values, safe=False), len(values))


def _safe_text(values: pl.Series) -> pl.Series:
    """The same for text that needs no escape."""
    return joined(_plain_pieces(values, safe=True), len(values))


def _plain_pieces(values: pl.Series, *, safe: bool) -> list[Piece]:
    dtype = values.dtype
    if dtype == pl.String:
        return _quoted(values if safe else _escaped(values))
    if dtype.is_integer():
        return _whole_numbers(values)
    if dtype.is_float():
        return _fractions(values)
    if dtype.is_decimal():
        return _numbers(values)
    if dtype == pl.Boolean:
        codes = values.cast(pl.UInt32)
        return [Gathered(_BOOLEANS, (codes.fill_null(2) if codes.null_count() else codes).to_numpy(), _boolean_text)]
    if isinstance(dtype, pl.Datetime):
        return _times(values.dt.cast_time_unit("us"))
    if isinstance(dtype, pl.Struct):
        return _or_null(_struct_pieces(values, dtype), values)
    if isinstance(dtype, pl.List | pl.Array):
        return [_list_text(values.cast(pl.List(dtype.inner)))]
    if dtype == pl.Null:
        return ["null"]
    return _quoted(_escaped(values.cast(pl.String)))


def _boolean_text(values: pl.Series) -> pl.Series:
    return values.cast(pl.String).fill_null("null")


def _escaped(values: pl.Series) -> pl.Series:
    """Quotes, backslashes and control characters as RFC 8259 (section 7) asks; everything else as it is."""
    hit = values.str.contains_any(_SPECIAL)
    if not hit.any():
        return values
    frame = pl.DataFrame({"text": values, "hit": hit})
    mended = pl.col("text").str.replace_many(_SPECIAL, _ESCAPED)
    return frame.select(pl.when("hit").then(mended).otherwise("text")).to_series()


def _quoted(values: pl.Series) -> list[Piece]:
    return _or_null(['"', values, '"'], values)


def _or_null(pieces: list[Piece], values: pl.Series) -> list[Piece]:
    """The pieces, with ``null`` in the rows where the values are null."""
    return _null_where(pieces, values.is_null().to_numpy()) if values.null_count() else pieces


def _null_where(pieces: list[Piece], nulls: NDArray[np.bool_] | None) -> list[Piece]:
    """The pieces, with ``null`` in these rows."""
    if nulls is None:
        return pieces
    frame = pl.DataFrame({"text": joined(pieces, len(nulls)), "null": nulls})
    return [frame.select(pl.when("null").then(pl.lit("null")).otherwise("text")).to_series()]


def _numbers(values: pl.Series) -> list[Piece]:
    texts = values.cast(pl.String)
    return [texts.fill_null("null") if texts.null_count() else texts]


def _finite(values: pl.Series) -> pl.Series:
    """NaN and infinity as null."""
    if not values.null_count() and np.isfinite(values.to_numpy()).all():
        return values
    return values.set(~values.is_finite(), None)


def _whole_numbers(values: pl.Series) -> list[Piece]:
    """Whole numbers of a small range out of a pool of rendered ones; others one by one."""
    if len(values) and not values.null_count():
        low, high = values.min(), values.max()
        assert isinstance(low, int)
        assert isinstance(high, int)
        start = 0 if low >= 0 else -_INTEGERS // 2
        size = 1 << max(high - start, 1).bit_length()
        if low >= start and size <= min(_INTEGERS, len(values)):
            codes = (values.cast(pl.Int64).to_numpy() - start).astype(np.uint32)
            return [Gathered(_integers(start, size), codes, _number_text)]
    return _numbers(values)


@lru_cache(maxsize=32)
def _integers(start: int, size: int) -> Pool:
    return Pool(pl.Series(range(start, start + size), dtype=pl.Int64))


def _fractions(values: pl.Series) -> list[Piece]:
    """Numbers rounded to a few places, of a small range, out of a pool of rendered ones; others one by one."""
    values = _finite(values)
    if len(values) < _ROUNDED_ROWS or values.null_count() or values.dtype != pl.Float64:
        return _numbers(values)
    numbers = values.to_numpy()
    places = next((p for p in range(_ROUNDED_PLACES + 1) if _in_units(numbers[:_ROUNDED_ROWS], p) is not None), None)
    units = None if places is None else _in_units(numbers, places)
    if places is None or units is None:
        return _numbers(values)
    low, high = units.min(), units.max()
    if high - low >= _ROUNDED or (low <= 0.0 <= high and (np.signbit(numbers) & (numbers == 0.0)).any()):
        return _numbers(values)
    span = 1 << max(int(high - low), 1).bit_length()
    start = int(low // span) * span  # on a grid, so that the next block finds the same pool
    size = span if high < start + span else 2 * span
    if size > _ROUNDED_SHARE * len(values):
        return _numbers(values)
    return [Gathered(_rounded(start, size, places), (units - start).astype(np.uint32), _number_text)]


def _in_units(numbers: NDArray[np.float64], places: int) -> NDArray[np.float64] | None:
    """The numbers in units of their last of so many decimal places; None if one of them has more."""
    scale = 10.0**places
    units = np.empty_like(numbers)
    for start in range(0, len(numbers), CHUNK):
        part, found = numbers[start : start + CHUNK], units[start : start + CHUNK]
        np.multiply(part, scale, out=found)
        np.rint(found, out=found)
        if (found / scale != part).any():
            return None
    return units


@lru_cache(maxsize=32)
def _rounded(start: int, size: int, places: int) -> Pool:
    """The numbers of so many places from ``start`` on, in units of the last place."""
    return Pool(pl.Series(np.arange(start, start + size, dtype=np.int64) / 10.0**places))


def _number_text(values: pl.Series) -> pl.Series:
    return values.cast(pl.String)


def _times(values: pl.Series) -> list[Piece]:
    instants = values.cast(pl.Int64)
    matrix = iso_matrix((instants.fill_null(0) if instants.null_count() else instants).to_numpy())
    return _or_null(['"', Matrix((matrix,)), '"'], values)


def _struct_pieces(values: pl.Series, dtype: pl.Struct) -> list[Piece]:
    members = [Member(child.name, _plain_pieces(values.struct.field(child.name), safe=False)) for child in dtype.fields]
    return object_pieces(members, len(values))


def _list_text(values: pl.Series) -> pl.Series:
    """Lists as JSON arrays."""
    counts = values.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    texts = _arrays(json_text(values.gather(np.flatnonzero(counts)).explode()), None, counts)
    return texts.set(values.is_null(), "null") if values.null_count() else texts


def _array_pieces(elements: Column, counts: NDArray[np.int64]) -> list[Piece]:
    """Arrays of consecutive elements: short ones place by place, so that pools stay pools, others by row."""
    longest = int(counts.max(initial=0))
    if longest > _PLACES or elements.absent is not None or longest * len(counts) > 4 * len(elements):
        return [_arrays(joined(value_pieces(elements), len(elements)), elements.absent, counts)]
    starts = np.cumsum(counts) - counts
    pieces: list[Piece] = ["["]
    for place in range(longest):
        empty = counts <= place
        value = value_pieces(elements.take(np.where(empty, 0, starts + place)))
        pieces += [blanked(["," if place else "", *value], empty)] if empty.any() else ["," if place else "", *value]
    return [*pieces, "]"]


def _arrays(elements: pl.Series, absent: NDArray[np.bool_] | None, counts: NDArray[np.int64]) -> pl.Series:
    """Arrays of consecutive elements, every element rendered already, joined by row; absent elements are left out."""
    row = np.repeat(np.arange(len(counts)), counts)
    if absent is not None:
        elements, row = elements.filter(pl.Series(~absent)), row[~absent]
    texts = pl.Series(["[]"], dtype=pl.String).new_from_index(0, len(counts))
    if not len(row):
        return texts
    frame = pl.DataFrame({"row": row, "text": elements})
    rows = frame.group_by("row", maintain_order=True).agg(pl.col("text").str.join(","))
    arrays = rows.select(pl.concat_str([pl.lit("["), "text", pl.lit("]")])).to_series()
    return texts.scatter(rows["row"], arrays)
