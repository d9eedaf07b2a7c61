"""Texts of several forms, each form a row of fixed-width parts: telephone numbers and the like.

Rows are put in order of their form, every form is written into its stretch of one matrix of bytes by a table look-up
per part, and the texts are put back in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.draws import Bits
from synthwb.engine.grammar import Words
from synthwb.engine.mosaic import Mosaic

__all__ = ["Numerals"]

_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_MOST_FORMS = 256


class Numerals:
    """Compiled forms. ``draws``: arrays of 64 random bits that `texts` needs."""

    def __init__(self, forms: Sequence[Sequence[Words]]) -> None:
        self._stride = max(sum(len(words.texts[0]) for words in parts) for parts in forms)
        encoded = [[[text.encode() for text in words.texts] for words in parts] for parts in forms]
        self._forms = [Mosaic(tables, self._stride) for tables in encoded]
        self._widths = np.array([form.width for form in self._forms], np.uint32)
        parts = max(len(form.sizes) for form in self._forms)
        self._sizes = np.array([form.sizes + [1] * (parts - len(form.sizes)) for form in self._forms], np.uint64)
        self.draws = (parts + 1) // 2

    @staticmethod
    def fits(parts: Sequence[Words]) -> bool:
        """Whether these are the parts of a form: ASCII, equally likely, each of one width."""
        return all(
            words.weights is None
            and len(set(map(len, words.texts))) == 1
            and words.texts[0] != ""
            and "".join(words.texts).isascii()
            for words in parts
        )

    def texts(self, chosen: NDArray[np.unsignedinteger], bits: Sequence[Bits]) -> pl.Series:
        """A text per row, of the form that was chosen for it."""
        rows = len(chosen)
        kind = np.uint8 if len(self._forms) <= _MOST_FORMS else np.uint16
        number_of_form = chosen.astype(kind)
        order = np.argsort(number_of_form, kind="stable")
        ends = np.cumsum(np.bincount(number_of_form, minlength=len(self._forms)))
        counts = np.diff(ends, prepend=0)
        numbers = [self._numbers(part, bits[part // 2].take(order), counts) for part in range(self._sizes.shape[1])]
        matrix = np.empty(rows * self._stride, np.uint8)
        for form, (start, end) in zip(self._forms, pairwise([0, *ends.tolist()]), strict=True):
            form.write(matrix[start * self._stride : end * self._stride], [part[start:end] for part in numbers])
        back = np.empty(rows, np.uint32)
        back[order] = np.arange(rows, dtype=np.uint32)
        widths = pl.Series(np.repeat(self._widths, counts))
        return _cut(matrix, self._stride, widths).gather(back)

    def _numbers(self, part: int, bits: Bits, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each table: 32 of the bits, times the size of the table."""
        half = bits >> _S32 if part % 2 == 0 else bits & _LOW
        np.multiply(half, np.repeat(self._sizes[:, part], counts), out=half)
        numbers: NDArray[np.int64] = np.right_shift(half, _S32, out=half).view(np.int64)
        return numbers


def _cut(matrix: NDArray[np.uint8], stride: int, widths: pl.Series) -> pl.Series:
    """The first ``widths[i]`` bytes of row i as text; the bytes are shared, not copied."""
    if not len(widths):
        return pl.Series([], dtype=pl.String)
    whole = pl.Series(matrix).reshape((len(widths), stride)).cast(pl.List(pl.UInt8)).cast(pl.Binary)
    shortened = whole.to_frame("row").select(pl.col("row").bin.head(pl.lit(widths)))
    return shortened.to_series().cast(pl.String)
