"""Texts of several forms, each form a row of fixed-width parts: telephone numbers and the like.

Rows are put in order of their form, every form is written into a matrix of bytes by a table look-up per part, and the
texts are put back in the order of the rows. Form by form the arrays are short enough to stay in cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.draws import Bits
from synthwb.engine.text.grammar import Words
from synthwb.engine.text.mosaic import Mosaic

__all__ = ["Numerals"]

_LARGEST = 1024  # texts of a part: a table of them stays in cache, and 21 bits choose among them evenly enough
_BITS, _MASK = np.uint64(21), np.uint64((1 << 21) - 1)
_FORM = np.uint64((1 << 64) - (1 << 42))  # the bits that choose the form: what two parts leave of the first draw


class Numerals:
    """Compiled forms; ``choose`` gives the number of a form from 64 bits.

    A part is chosen by 21 bits of its own: no text is favoured by more than 1/2048 of its share. The first draw also
    chooses the form, by its upper 22 bits. ``draws``: arrays of 64 random bits that `texts` needs.
    """

    def __init__(self, forms: Sequence[Sequence[Words]], choose: Callable[[Bits], NDArray[np.unsignedinteger]]) -> None:
        widths = [sum(len(words.texts[0]) for words in parts) for parts in forms]
        by_width = sorted(range(len(forms)), key=widths.__getitem__)
        self._choose = choose
        self._place = np.argsort(by_width).astype(np.uint8 if len(forms) <= 256 else np.uint16)
        self._forms = [
            Mosaic([[text.encode() for text in words.texts] for words in forms[number]], widths[number])
            for number in by_width
        ]
        found = [form.width for form in self._forms]
        self._ends = [end for end in range(1, len(found) + 1) if end == len(found) or found[end] != found[end - 1]]
        most = max(len(form.sizes) for form in self._forms)
        self.draws = 1 + most // 3
        draw_and_third = [divmod(part + 1, 3) for part in range(most)]
        self._draws = [draw for draw, _ in draw_and_third]  # of each part
        self._shifts = np.array([[21 * (2 - third)] for _, third in draw_and_third], np.uint64)
        self._sizes = [np.array([[size] for size in form.sizes], np.uint64) for form in self._forms]

    @staticmethod
    def fits(parts: Sequence[Words]) -> bool:
        """Whether these are the parts of a form: ASCII, equally likely, each of one width, not too many texts."""
        return all(
            words.weights is None
            and len(words.texts) <= _LARGEST
            and len(set(map(len, words.texts))) == 1
            and words.texts[0] != ""
            and "".join(words.texts).isascii()
            for words in parts
        )

    def texts(self, bits: Sequence[Bits]) -> pl.Series:
        """One text per row."""
        rows = len(bits[0])
        if not rows:
            return pl.Series([], dtype=pl.String)
        place = self._place.take(self._choose(bits[0] & _FORM))
        order = np.argsort(place, kind="stable")
        counts = np.bincount(place, minlength=len(self._forms)).tolist()
        back = np.empty(rows, np.uint32)
        back[order] = np.arange(rows, dtype=np.uint32)
        matrices = self._matrices(counts, np.stack(bits).take(order, axis=1))
        return self._strings(counts, matrices)[pl.Series(back)]

    def _matrices(self, counts: Sequence[int], bits: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """The texts of all forms, ``counts`` of each, one form after the other and with nothing between them."""
        total = sum(count * form.width for count, form in zip(counts, self._forms, strict=True))
        matrices = np.empty(total, np.uint8)
        row = start = 0
        for form, sizes, count in zip(self._forms, self._sizes, counts, strict=True):
            parts = len(sizes)
            numbers = bits[:, row : row + count].take(self._draws[:parts], axis=0)
            np.right_shift(numbers, self._shifts[:parts], out=numbers)
            np.bitwise_and(numbers, _MASK, out=numbers)
            np.multiply(numbers, sizes, out=numbers)
            np.right_shift(numbers, _BITS, out=numbers)
            end = start + count * form.width
            form.write(matrices[start:end], numbers.view(np.int64))
            row, start = row + count, end
        return matrices

    def _strings(self, counts: Sequence[int], matrices: NDArray[np.uint8]) -> pl.Series:
        """What `_matrices` gave as strings: one conversion for all widths, since each has a price of its own."""
        flat = pl.Series(matrices)
        lists, first, start = [], 0, 0
        for last in self._ends:
            count, width = sum(counts[first:last]), self._forms[first].width
            if count:
                lists.append(flat.slice(start, count * width).reshape((count, width)).cast(pl.List(pl.UInt8)))
            first, start = last, start + count * width
        return pl.concat(lists, rechunk=False).cast(pl.Binary).cast(pl.String).rechunk()
