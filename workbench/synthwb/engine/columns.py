"""Columns of values, in the form in which they were made, so that encoders can render what repeats only once.

A `Column` takes one of six forms: codes into a `Pool` of repeated values, a fixed-width matrix of ASCII bytes, a plain
Polars series, text put together from parts, an object of columns, or lists cut from a column of elements. All give a
series; the encoder looks at the form and takes the quickest way. The nested forms also know which keys are absent
inside, which a series does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.nested import list_of, struct_of

__all__ = ["Column", "Pool"]

_RENDERINGS = 16  # renderings kept per pool: one for each way an encoder writes it


class Pool:
    """A fixed list of values that rows point into.

    ``series`` has any dtype, nulls included. Text rendered from it is kept, so that a category such as
    ``,"country":"US"`` is made once and gathered ever after.
    """

    __slots__ = ("_mapped", "_rendered", "series")

    def __init__(self, series: pl.Series) -> None:
        self.series = series
        self._rendered: dict[Any, pl.Series] = {}
        self._mapped: dict[Any, Pool] = {}

    def __len__(self) -> int:
        return len(self.series)

    def rendered(self, how: Any, make: Callable[[pl.Series], pl.Series]) -> pl.Series:
        """``make(series)``, kept under the hashable ``how``."""
        found = self._rendered.get(how)
        if found is None:
            found = make(self.series)
            if len(self._rendered) >= _RENDERINGS:
                self._rendered.clear()
            self._rendered[how] = found
        return found

    def mapped(self, how: Any, change: Callable[[pl.Series], pl.Series]) -> Pool:
        """The pool of the changed values, kept under the hashable ``how``."""
        found = self._mapped.get(how)
        if found is None:
            if len(self._mapped) >= _RENDERINGS:
                self._mapped.clear()
            found = self._mapped[how] = Pool(change(self.series))
        return found


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a block of rows.

    Exactly one of (``pool`` with ``codes``), ``matrix``, ``plain``, ``parts`` (literals and columns of text without
    nulls, side by side), ``children`` (with ``counts``, one entry a row) and ``elements`` (with ``counts``, the length
    of each row's list) is set. ``absent`` marks the rows whose key is not there at all (a null is a value; an absent
    key is not). ``nulls`` marks the rows of an object or a list that are null as a whole; the other forms hold their
    nulls among the values. ``raw`` is JSON text in the place of the value where it is not null, as in a record that is
    broken; the value counts as null there. ``ascii_safe`` promises text that needs no escape in JSON: printable ASCII
    without quote and backslash.
    """

    plain: pl.Series | None = None
    pool: Pool | None = None
    codes: NDArray[np.uint32] | None = None
    matrix: NDArray[np.uint8] | None = None
    absent: NDArray[np.bool_] | None = None
    ascii_safe: bool = False
    children: Mapping[str, Column] | None = None
    elements: Column | None = None
    counts: NDArray[np.int64] | None = None
    parts: tuple[str | Column, ...] = ()
    nulls: NDArray[np.bool_] | None = None
    raw: pl.Series | None = None

    @staticmethod
    def of(values: pl.Series | NDArray[Any], *, ascii_safe: bool = False) -> Column:
        """A plain column from a series or a NumPy array."""
        series = values if isinstance(values, pl.Series) else pl.Series(values)
        return Column(plain=series, ascii_safe=ascii_safe)

    @staticmethod
    def coded(pool: Pool, codes: NDArray[Any], *, ascii_safe: bool = False) -> Column:
        """A column of codes (0-based row numbers) into a pool."""
        return Column(pool=pool, codes=codes.astype(np.uint32, copy=False), ascii_safe=ascii_safe)

    @staticmethod
    def fixed(matrix: NDArray[np.uint8]) -> Column:
        """Text of one width: a C-contiguous (rows, width) matrix of printable ASCII without quote and backslash."""
        return Column(matrix=matrix, ascii_safe=True)

    @staticmethod
    def together(parts: Sequence[str | Column], *, ascii_safe: bool) -> Column:
        """Text that is put together only where it is needed: literals and columns of text, none with a null."""
        flat: list[str | Column] = []
        for part in parts:
            flat += part.parts if isinstance(part, Column) and part.parts else [part]
        return Column(parts=tuple(part for part in flat if part != ""), ascii_safe=ascii_safe)

    @staticmethod
    def object(children: Mapping[str, Column], rows: int) -> Column:
        """Objects with these children, each a column of ``rows`` rows."""
        return Column(children=children, counts=np.ones(rows, np.int64))

    @staticmethod
    def lists(elements: Column, counts: NDArray[np.int64]) -> Column:
        """Lists: the first ``counts[0]`` elements, the next ``counts[1]``, and so on."""
        return Column(elements=elements, counts=counts)

    def __len__(self) -> int:
        if self.counts is not None:
            return len(self.counts)
        if self.plain is not None:
            return len(self.plain)
        if self.codes is not None:
            return len(self.codes)
        if self.matrix is not None:
            return len(self.matrix)
        return len(next(part for part in self.parts if isinstance(part, Column)))

    @property
    def dtype(self) -> pl.DataType:
        """The Polars dtype of the values."""
        if self.children is not None:
            return pl.Struct({name: child.dtype for name, child in self.children.items()})
        if self.elements is not None:
            return pl.List(self.elements.dtype)
        if self.plain is not None:
            return self.plain.dtype
        return self.pool.series.dtype if self.pool is not None else pl.String()

    def series(self, name: str = "") -> pl.Series:
        """The values as a Polars series; absent rows are null here."""
        if self.children is not None:
            values = struct_of({name: child.series() for name, child in self.children.items()}, len(self))
        elif self.elements is not None and self.counts is not None:
            values = list_of(self.elements.series(), self.counts)
        elif self.plain is not None:
            values = self.plain
        elif self.pool is not None and self.codes is not None:
            values = _gathered(self.pool.series, self.codes)
        elif self.matrix is not None:
            values = text_of(self.matrix)
        else:
            values = _put_together(self.parts)
        for empty in (self.absent, self.nulls):
            if empty is not None:
                values = pl.select(pl.when(~pl.Series(empty)).then(values)).to_series()
        if self.raw is not None:
            values = pl.select(pl.when(self.raw.is_null()).then(values)).to_series()
        return values.alias(name)

    def take(self, rows: NDArray[Any]) -> Column:
        """The rows with these numbers, in this order."""
        made = self._taken(rows)
        return made if self.raw is None else replace(made, raw=_gathered(self.raw, rows))

    def _taken(self, rows: NDArray[Any]) -> Column:
        absent = None if self.absent is None else self.absent[rows]
        if self.counts is not None:
            return self._take_nested(rows, absent)
        if self.plain is not None:
            return replace(self, plain=_gathered(self.plain, rows), absent=absent)
        if self.codes is not None:
            return replace(self, codes=self.codes[rows], absent=absent)
        if self.matrix is not None:
            return replace(self, matrix=self.matrix[rows], absent=absent)
        parts = (part if isinstance(part, str) else part.take(rows) for part in self.parts)
        return replace(self, parts=tuple(parts), absent=absent)

    def _take_nested(self, rows: NDArray[Any], absent: NDArray[np.bool_] | None) -> Column:
        assert self.counts is not None
        counts = self.counts[rows]
        nulls = None if self.nulls is None else self.nulls[rows]
        if self.children is not None:
            children = {name: child.take(rows) for name, child in self.children.items()}
            return replace(self, children=children, counts=counts, absent=absent, nulls=nulls)
        assert self.elements is not None
        starts = (np.cumsum(self.counts) - self.counts)[rows]
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        elements = self.elements.take(np.repeat(starts, counts) + within)
        return replace(self, elements=elements, counts=counts, absent=absent, nulls=nulls)

    def without(self, absent: NDArray[np.bool_]) -> Column:
        """The same column with the key absent in these rows too."""
        return replace(self, absent=absent if self.absent is None else self.absent | absent)

    def nulled(self, nulls: NDArray[np.bool_]) -> Column:
        """The same objects or lists, but null in these rows too."""
        return replace(self, nulls=nulls if self.nulls is None else self.nulls | nulls)


def _gathered(values: pl.Series, rows: NDArray[Any]) -> pl.Series:
    """The values at these rows: by item, which spares the query plan that ``Series.gather`` makes (60 µs)."""
    return values[pl.Series(rows)]


def _put_together(parts: Sequence[str | Column]) -> pl.Series:
    """The parts as one text a row. A literal before a pool is joined to its values, once for all rows."""
    pieces: list[pl.Series | pl.Expr] = []
    before = ""
    for part in parts:
        if isinstance(part, str):
            before += part
            continue
        if before and part.pool is not None and part.codes is not None:
            texts = part.pool.rendered(("after", before), lambda values, text=before: _after(text, values))  # type: ignore[misc]
            pieces.append(_gathered(texts, part.codes))
        else:
            pieces += [pl.lit(before), part.series()] if before else [part.series()]
        before = ""
    if before:
        pieces.append(pl.lit(before))
    if len(pieces) == 2 and isinstance(pieces[0], pl.Series) and isinstance(pieces[1], pl.Series):
        return pieces[0] + pieces[1]  # half as dear
    return pl.select(pl.concat_str(pieces)).to_series()


def _after(literal: str, values: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str([pl.lit(literal), values])).to_series()


def text_of(matrix: NDArray[np.uint8], widths: NDArray[np.int64] | None = None) -> pl.Series:
    """A (rows, width) matrix of UTF-8 as a String series, which may share the matrix's memory: do not change it.

    ``widths``: how many bytes of each row are taken, from the left. Polars sees rows as lists of bytes and points its
    strings at them: six times quicker than NumPy's ``S`` dtype.
    """
    rows, width = matrix.shape
    if rows == 0 or width == 0:
        return pl.Series([""] * rows, dtype=pl.String)
    lists = pl.Series(np.ascontiguousarray(matrix)).cast(pl.List(pl.UInt8))
    found = lists.cast(pl.Binary)
    return (found if widths is None else found.bin.head(pl.Series(widths))).cast(pl.String)  # type: ignore[arg-type]
