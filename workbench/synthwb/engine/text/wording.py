"""Evaluates a grammar column by column.

An alternative is chosen per row. Texts are then built from slots: slot 0 holds the first part of every alternative,
slot 1 the second, and so on, an empty text where an alternative has none. A slot is one list of all texts that can
stand there, so that a row is a code per slot; slots side by side with few texts are one list of their pairs. The text
stays in these parts until somebody needs it whole. Grammars of digits, whose parts have one width, are written into a
matrix of bytes instead (see `synthwb.engine.text.numerals`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import Bits
from synthwb.engine.laws.discrete import Table, below
from synthwb.engine.text.grammar import Grammar, Words, alternatives, literal
from synthwb.engine.text.numerals import Numerals

__all__ = ["Listed", "Wording", "compile_grammar", "plain_ascii"]

_SCALE = 1 << 60  # weights as integers: finer than any list of Faker's is weighted
_IN_CACHE = 1000  # texts of a table that stays in the first-level cache beside others
_PAIRS = 1 << 14  # texts of slots that become one list: made in a few milliseconds, and gathered from the cache
_S32, _LOW = np.uint64(32), np.uint64((1 << 32) - 1)

_Codes = NDArray[np.unsignedinteger]
_Law = Callable[[Bits], _Codes]


class Wording(ABC):
    """How values are drawn. It holds no keys, so one is shared by all fields that draw from it.

    ``draws``: how many arrays of 64 random bits `column` needs.
    """

    draws: int

    @abstractmethod
    def column(self, bits: Sequence[Bits]) -> Column:
        """One value per row, each with its probability."""


def compile_grammar(grammar: Grammar) -> Wording:
    """Compile a grammar in the form that is quickest for it.

    Raises `synthwb.engine.text.grammar.TooWide`.
    """
    small = alternatives(grammar, merged=_IN_CACHE)
    if len(small) == 1 and len(small[0][1]) == 1:
        words = small[0][1][0]
        return Listed(_series(words.texts), words.weights or (1.0,) * len(words.texts))
    if all(Numerals.fits(parts) for _, parts in small):
        return _Numeric(small)
    return _Slotted(alternatives(grammar))


class Listed(Wording):
    """One list of values of any type, with their weights: a pool with codes."""

    draws = 1

    def __init__(self, values: pl.Series, weights: Sequence[float]) -> None:
        self._law = _law(weights)
        self._pool = Pool(values)
        self._safe = plain_ascii(values)

    def column(self, bits: Sequence[Bits]) -> Column:
        """One value per row."""
        return Column.coded(self._pool, self._law(bits[0]), ascii_safe=self._safe)


class _Numeric(Wording):
    """Forms of digits."""

    def __init__(self, forms: Sequence[tuple[float, Sequence[Words]]]) -> None:
        self._numerals = Numerals([parts for _, parts in forms], _law([weight for weight, _ in forms]))
        self._safe = _all_safe(forms)
        self.draws = self._numerals.draws

    def column(self, bits: Sequence[Bits]) -> Column:
        return Column.of(self._numerals.texts(bits), ascii_safe=self._safe)


class _Slotted(Wording):
    """Any other grammar: slots, joined. Two slots without weights share a draw, 32 bits each."""

    def __init__(self, forms: Sequence[tuple[float, Sequence[Words]]]) -> None:
        self._choose = _law([weight for weight, _ in forms]) if len(forms) > 1 else None
        most = max(len(parts) for _, parts in forms)
        self._slots = [
            _Slot([parts[number] if number < len(parts) else literal("") for _, parts in forms])
            for number in range(most)
        ]
        self._groups = _grouped([len(slot.texts) for slot in self._slots])
        self._pools = [_product([self._slots[number].texts for number in group]) for group in self._groups]
        self._safe = _all_safe(forms)
        self._sources: list[tuple[int, bool]] = []  # of each slot: which draw, and whether its lower half
        self.draws = 1
        shared: int | None = None
        for slot in self._slots:
            if shared is not None and not slot.weighted:
                self._sources.append((shared, True))
                shared = None
                continue
            self._sources.append((self.draws, False))
            shared = shared if slot.weighted else self.draws
            self.draws += 1

    def column(self, bits: Sequence[Bits]) -> Column:
        chosen = None if self._choose is None else self._choose(bits[0]).astype(np.intp)
        parts = []
        for group, pool in zip(self._groups, self._pools, strict=True):
            codes = self._codes(group[0], bits, chosen)
            for number in group[1:]:
                codes = codes * np.uint32(len(self._slots[number].texts)) + self._codes(number, bits, chosen)
            parts.append(Column.coded(pool, codes, ascii_safe=self._safe))
        return Column.together(parts, ascii_safe=self._safe) if len(parts) > 1 else parts[0]

    def _codes(self, number: int, bits: Sequence[Bits], chosen: NDArray[np.intp] | None) -> NDArray[np.uint32]:
        draw, lower = self._sources[number]
        return self._slots[number].codes(bits[draw], chosen, lower=lower)


def _grouped(sizes: Sequence[int]) -> list[list[int]]:
    """Numbers of neighbours whose texts, all combined, are not too many."""
    groups: list[list[int]] = []
    combined = 0
    for number, size in enumerate(sizes):
        if groups and combined * size <= _PAIRS:
            groups[-1].append(number)
            combined *= size
        else:
            groups.append([number])
            combined = size
    return groups


def _product(lists: Sequence[pl.Series]) -> Pool:
    """All combinations of the texts, the last list's running quickest."""
    texts = lists[0]
    for more in lists[1:]:
        pairs = texts.to_frame("a").join(more.to_frame("b"), how="cross", maintain_order="left_right")
        texts = pairs.select(pl.concat_str(["a", "b"])).to_series()
    return Pool(texts)


def _law(weights: Sequence[float]) -> _Law:
    """From bits to an outcome: exact for weights that differ, uniform otherwise."""
    if min(weights) == max(weights):
        count = len(weights)
        return lambda bits: below(bits, count, bits.copy)
    heaviest = max(weights)
    whole = [int(weight / heaviest * _SCALE) for weight in weights]
    total, so_far, steps = sum(whole), 0, []
    for weight in whole[:-1]:
        so_far += weight
        steps.append((so_far << 64) // total)
    last = max(number for number, weight in enumerate(whole) if weight)
    return Table(steps[:last])


class _Slot:
    """The texts that can stand in one place, one list per alternative; equal lists are held once.

    Even choices use the upper 32 bits of a draw only, so two slots without weights share one.
    """

    def __init__(self, lists: Sequence[Words]) -> None:
        starts: dict[Words, int] = {}
        texts: list[str] = []
        for words in lists:
            if words not in starts:
                starts[words] = len(texts)
                texts.extend(words.texts)
        self.texts = _series(texts)
        self.weighted = any(words.weights is not None for words in lists)
        self._only = _law(lists[0].weights) if len(starts) == 1 and lists[0].weights is not None else None
        self._starts = np.array([starts[words] for words in lists], np.uint64)
        self._sizes = np.array([1 if words.weights is not None else len(words.texts) for words in lists], np.uint64)
        self._even = self._sizes[0] if (self._sizes == self._sizes[0]).all() else None
        by_weights: dict[tuple[float, ...], list[int]] = {}
        for number, words in enumerate(lists):
            if words.weights is not None:
                by_weights.setdefault(words.weights, []).append(number)
        numbers = np.arange(len(lists))
        self._laws = [(np.isin(numbers, members), _law(weights)) for weights, members in by_weights.items()]

    def codes(self, bits: Bits, chosen: NDArray[np.intp] | None, *, lower: bool) -> NDArray[np.uint32]:
        """Rows of ``texts``, by the lower or upper half of the bits, for the alternative chosen for each row.

        ``chosen`` is None where there is one alternative only. Nothing is ``lower`` that has weights.
        """
        if self._only is not None:
            return self._only(bits).astype(np.uint32, copy=False)
        found = bits & _LOW if lower else bits >> _S32
        even = self._sizes[0] if chosen is None else self._even
        np.multiply(found, self._sizes[chosen] if even is None else even, out=found)
        np.right_shift(found, _S32, out=found)
        if chosen is not None:
            np.add(found, self._starts[chosen], out=found)
            for members, law in self._laws:
                rows = np.flatnonzero(members[chosen])
                found[rows] += law(bits[rows]).astype(np.uint64)
        return found.astype(np.uint32)


def _series(texts: Sequence[str]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)


def plain_ascii(values: pl.Series) -> bool:
    """Whether the values are texts that need no escape in JSON: printable ASCII without quote and backslash."""
    return values.dtype == pl.String and _safe(values.drop_nulls().to_list())


def _safe(texts: Sequence[str]) -> bool:
    together = "".join(texts)
    return together.isascii() and together.isprintable() and '"' not in together and "\\" not in together


def _all_safe(forms: Sequence[tuple[float, Sequence[Words]]]) -> bool:
    return all(_safe(words.texts) for words in {words for _, parts in forms for words in parts})
