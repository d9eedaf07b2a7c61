"""Rows of text from few parts: render what repeats once, then join.

A row is a sequence of pieces: a literal (the same in every row), codes into a pool of rendered values, a matrix of
fixed-width bytes, or a series of strings. Joining costs by the piece, so literals move into the piece beside them,
matrices that touch become one, and two small pools that touch become one pool of their pairs.

Rows that are to be bytes are never strings: `interleaved` gives their pieces one behind the other, and Polars lays
all of them out in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from synthwb.engine.columns import text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.columns import Pool

__all__ = ["Gathered", "Matrix", "Piece", "blanked", "interleaved", "joined"]

_PAIRS = 2048  # largest pool of pairs: small enough to stay in the cache and to cost nothing to make
_AT_ONCE = 1 << 17  # pieces laid out together
_KEPT = 64  # pools of pairs kept

Render: TypeAlias = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Codes into a pool whose values ``render`` (a module-level function) turns into text.

    A row is ``before + text + after``; a row marked ``absent`` is empty. ``outer_before`` and ``outer_after`` surround
    either.
    """

    pool: Pool
    codes: NDArray[np.uint32]
    render: Render
    before: str = ""
    after: str = ""
    absent: NDArray[np.bool_] | None = None
    outer_before: str = ""
    outer_after: str = ""

    def prefixed(self, text: str) -> Gathered:
        """With a literal in front of every row."""
        return replace(self, outer_before=text + self.outer_before)

    def suffixed(self, text: str) -> Gathered:
        """With a literal behind every row."""
        return replace(self, outer_after=self.outer_after + text)

    def blank(self, absent: NDArray[np.bool_]) -> Gathered:
        """With nothing at all in these rows. Only before any of them is blank."""
        return replace(
            self,
            before=self.outer_before + self.before,
            after=self.after + self.outer_after,
            absent=absent,
            outer_before="",
            outer_after="",
        )

    def texts(self) -> _Texts:
        """The finished texts of the pool, and the codes into them."""
        before, after = self.outer_before + self.before, self.after + self.outer_after
        how = (self.render, before, after)
        if self.absent is None:
            texts = self.pool.rendered(how, lambda values: _surrounded(before, self.render(values), after))
            return _Texts((self.pool, how), texts, self.codes)
        nothing = pl.Series([self.outer_before + self.outer_after], dtype=pl.String)
        blank = (*how, nothing.item())

        def with_blank(values: pl.Series) -> pl.Series:
            return pl.concat([_surrounded(before, self.render(values), after), nothing])

        codes = np.where(self.absent, np.uint32(len(self.pool)), self.codes)
        return _Texts((self.pool, blank), self.pool.rendered(blank, with_blank), codes)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Fixed-width text: literals and (rows, width) byte matrices, side by side."""

    blocks: tuple[bytes | NDArray[np.uint8], ...]

    def series(self) -> pl.Series:
        """One String series: every row is the row of literals first, then each matrix is laid over its place."""
        rows = next(len(block) for block in self.blocks if isinstance(block, np.ndarray))
        literals = b"".join(block if isinstance(block, bytes) else bytes(block.shape[1]) for block in self.blocks)
        out = np.empty((rows, len(literals)), np.uint8)
        _whole(out)[:] = np.void(literals)
        start = 0
        for block in self.blocks:
            width = len(block) if isinstance(block, bytes) else block.shape[1]
            if isinstance(block, np.ndarray):
                place = {"names": ["text"], "formats": [f"V{width}"], "offsets": [start], "itemsize": len(literals)}
                out.view(np.dtype(place)).ravel()["text"] = _whole(block)  # type: ignore[call-overload]
            start += width
        return text_of(out)


Piece: TypeAlias = str | Gathered | Matrix | pl.Series


@dataclass(frozen=True, slots=True)
class _Texts:
    """Codes into finished texts. ``key`` says which texts, by the pools they come from."""

    key: tuple[object, ...]
    values: pl.Series
    codes: NDArray[np.uint32]

    def paired(self, other: _Texts) -> _Texts:
        """Codes into the texts of all pairs."""
        key = (self.key, other.key)
        pairs = _PAIRS_MADE.get(key)
        if pairs is None:
            frame = pl.DataFrame({"a": self.values}).join(
                pl.DataFrame({"b": other.values}), how="cross", maintain_order="left_right"
            )
            pairs = frame.select(pl.concat_str(["a", "b"])).to_series()
            if len(_PAIRS_MADE) >= _KEPT:
                _PAIRS_MADE.clear()
            _PAIRS_MADE[key] = pairs
        return _Texts(key, pairs, self.codes * np.uint32(len(other.values)) + other.codes)


_PAIRS_MADE: dict[tuple[object, ...], pl.Series] = {}


def joined(pieces: Iterable[Piece], rows: int) -> pl.Series:
    """The rows as one String series. Null text in a piece makes the whole row null."""
    paired = _paired(_literals_placed(_touching(pieces)))
    parts = [part if isinstance(part, str) else _text(part) for part in paired]
    if not any(isinstance(part, pl.Series) for part in parts):
        return pl.Series(["".join(str(part) for part in parts)], dtype=pl.String).new_from_index(0, rows)
    if len(parts) == 1 and isinstance(parts[0], pl.Series):
        return parts[0]
    columns = {str(i): part for i, part in enumerate(parts) if isinstance(part, pl.Series)}
    order = [str(i) if isinstance(part, pl.Series) else pl.lit(part) for i, part in enumerate(parts)]
    return pl.DataFrame(columns).select(pl.concat_str(order)).to_series()


def interleaved(
    records: Sequence[tuple[Iterable[Piece], int]], order: NDArray[np.int64] | None = None
) -> Iterator[tuple[pl.Series, int]]:
    """The pieces of all rows, row by row: joined, they are the rows one behind the other. No text may be null.

    They come in stretches, each with the number of its rows: buffers of a few megabytes are used again and again.
    ``records``: pieces and the number of their rows, one kind of row below the other. ``order``: the rows in the order
    wanted (None: as they are). Rows of fewer pieces than others are filled up with empty text.
    """
    parts = [_paired(_literals_placed(_touching(pieces))) for pieces, _ in records]
    width = max(map(len, parts))
    stock = [pl.Series([""], dtype=pl.String)]  # all texts; a row is the numbers of its texts
    held = 1
    rows = sum(count for _, count in records)
    numbers = np.zeros((rows, width), np.uint32)
    start = 0
    for row, (_, count) in zip(parts, records, strict=True):
        for place, part in enumerate(row):
            numbered = numbers[start : start + count, place]
            if isinstance(part, str):
                texts = pl.Series([part], dtype=pl.String)
                numbered[:] = held
            elif isinstance(part, _Texts) and len(part.values) <= count:
                texts = part.values
                np.add(part.codes, np.uint32(held), out=numbered)
            else:
                texts = _text(part)
                numbered[:] = np.arange(held, held + count, dtype=np.uint32)
            stock.append(texts)
            held += len(texts)
        start += count
    if order is not None:
        numbers = numbers[order]
    texts, step = pl.concat(stock, rechunk=True), max(1, _AT_ONCE // width)
    for start in range(0, rows, step):
        some = numbers[start : start + step]
        yield texts[pl.Series(some.ravel())], len(some)


def blanked(pieces: Sequence[Piece], absent: NDArray[np.bool_]) -> Piece:
    """One piece with the same rows, but empty where ``absent``."""
    parts = _literals_placed(_touching(pieces))
    if len(parts) == 1 and isinstance(parts[0], Gathered) and parts[0].absent is None:
        return parts[0].blank(absent)
    text = joined(parts, len(absent))
    frame = pl.DataFrame({"text": text, "absent": absent})
    return frame.select(pl.when("absent").then(pl.lit("")).otherwise("text")).to_series()


def _whole(matrix: NDArray[np.uint8]) -> NDArray[np.void]:
    """Each row of a matrix as one item: copied at once, which is several times quicker than by its bytes."""
    return np.ascontiguousarray(matrix).view(f"V{matrix.shape[1]}").ravel()


def _touching(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbouring literals as one, empty ones left out; a literal between matrices, and the matrices, as one."""
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            if out and isinstance(out[-1], str):
                out[-1] += piece
            elif piece:
                out.append(piece)
        elif isinstance(piece, Matrix) and out and isinstance(out[-1], Matrix):
            out[-1] = Matrix(out[-1].blocks + piece.blocks)
        elif isinstance(piece, Matrix) and len(out) > 1 and isinstance(out[-1], str) and isinstance(out[-2], Matrix):
            literal = out.pop()
            before = out.pop()
            assert isinstance(literal, str)
            assert isinstance(before, Matrix)
            out.append(Matrix((*before.blocks, literal.encode(), *piece.blocks)))
        else:
            out.append(piece)
    return out


def _literals_placed(pieces: list[Piece]) -> list[Piece]:
    """Each literal inside a neighbour: a pool takes it for nothing, a matrix for a copy; beside series it stays."""
    out: list[Piece] = []
    for i, piece in enumerate(pieces):
        after = pieces[i + 1] if i + 1 < len(pieces) else None
        before = out[-1] if out else None
        if isinstance(before, str) and isinstance(piece, Gathered):
            out[-1] = piece.prefixed(before)
        elif isinstance(before, str) and isinstance(piece, Matrix):
            out[-1] = Matrix((before.encode(), *piece.blocks))
        elif isinstance(piece, str) and isinstance(before, Gathered) and not _smaller(after, before):
            out[-1] = before.suffixed(piece)
        elif isinstance(piece, str) and isinstance(before, Matrix) and not isinstance(after, Gathered):
            out[-1] = Matrix((*before.blocks, piece.encode()))
        else:
            out.append(piece)
    return out


def _smaller(piece: Piece | None, other: Gathered) -> bool:
    """Whether it is a smaller pool: long texts cost least there."""
    return isinstance(piece, Gathered) and len(piece.pool) < len(other.pool)


def _paired(pieces: Iterable[Piece]) -> list[str | _Texts | Matrix | pl.Series]:
    """Pools rendered, and small ones that touch made one."""
    out: list[str | _Texts | Matrix | pl.Series] = []
    for piece in pieces:
        if not isinstance(piece, Gathered):
            out.append(piece)
            continue
        texts, before = piece.texts(), out[-1] if out else None
        if isinstance(before, _Texts) and len(before.values) * len(texts.values) <= _PAIRS:
            out[-1] = before.paired(texts)
        else:
            out.append(texts)
    return out


def _text(part: _Texts | Matrix | pl.Series) -> pl.Series:
    """The part as a series."""
    if isinstance(part, _Texts):
        return part.values[pl.Series(part.codes)]  # `gather` does the same through a query plan, 60 µs later
    return part.series() if isinstance(part, Matrix) else part


def _surrounded(before: str, texts: pl.Series, after: str) -> pl.Series:
    """Literals around every text."""
    return texts.to_frame("t").select(pl.concat_str([pl.lit(before), "t", pl.lit(after)])).to_series()
