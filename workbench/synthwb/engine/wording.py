"""Evaluates a grammar column by column.

An alternative is chosen per row. Texts are then built from slots: slot 0 holds the first part of every alternative,
slot 1 the second, and so on, an empty text where an alternative has none. A slot is one list of all texts that can
stand there, so that a row is a code per slot, and a column is one gather per slot and one concatenation. Grammars of
digits, whose parts have one width, are written into a matrix of bytes instead (see `synthwb.engine.numerals`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block, Draw, Site
from synthwb.engine.columns import Column, Pool
from synthwb.engine.discrete import Table, below
from synthwb.engine.draws import Bits
from synthwb.engine.grammar import Grammar, Words, alternatives, literal
from synthwb.engine.numerals import Numerals

__all__ = ["compile_grammar"]

_SCALE = 1 << 60  # weights as integers: finer than any list of Faker's is weighted
_IN_CACHE = 1000  # texts of a table that stays in the first-level cache beside others
_S32 = np.uint64(32)

_Codes = NDArray[np.unsignedinteger]
_Law = Callable[[Bits], _Codes]


def compile_grammar(grammar: Grammar, site: Site) -> Draw:
    """A draw of its texts, each with the probability that the grammar gives it.

    One list alone becomes a pool with codes. Raises `synthwb.engine.grammar.TooWide`.
    """
    found = alternatives(grammar)
    if len(found) == 1 and len(found[0][1]) == 1:
        return _pool(found[0][1][0], site.key())
    forms = [parts for _, parts in found]
    safe = all(_safe(words.texts) for parts in forms for words in parts)
    if all(Numerals.fits(parts) for parts in forms):
        small = alternatives(grammar, merged=_IN_CACHE)
        return _written(Numerals([parts for _, parts in small]), _law([w for w, _ in small]), site, safe=safe)
    return _concatenated(forms, _law([weight for weight, _ in found]), site, safe=safe)


def _pool(words: Words, key: int) -> Draw:
    law = _law(words.weights or (1.0,) * len(words.texts))
    pool, safe = Pool(_series(words.texts)), _safe(words.texts)
    return lambda block: Column.coded(pool, law(block.bits(key)), ascii_safe=safe)


def _written(numerals: Numerals, choose: _Law, site: Site, *, safe: bool) -> Draw:
    key, keys = site.key(), [site.key(str(number)) for number in range(numerals.draws)]

    def draw(block: Block) -> Column:
        chosen = choose(block.bits(key))
        return Column.of(numerals.texts(chosen, [block.bits(key) for key in keys]), ascii_safe=safe)

    return draw


def _concatenated(forms: Sequence[Sequence[Words]], choose: _Law, site: Site, *, safe: bool) -> Draw:
    most = max(len(parts) for parts in forms)
    slots = [_Slot([p[number] if number < len(p) else literal("") for p in forms]) for number in range(most)]
    key, keys = site.key(), [site.key(str(number)) for number in range(most)]

    def draw(block: Block) -> Column:
        chosen = choose(block.bits(key)).astype(np.uint16)
        parts = []
        shared: Bits | None = None
        for slot, key_of_slot in zip(slots, keys, strict=True):
            if slot.weighted:
                bits = block.bits(key_of_slot)
            elif shared is None:
                bits = block.bits(key_of_slot)
                shared = bits << _S32
            else:
                bits, shared = shared, None
            parts.append(slot.texts.gather(slot.codes(bits, chosen)))
        return Column.of(pl.select(pl.concat_str(parts)).to_series(), ascii_safe=safe)

    return draw


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

    def codes(self, bits: Bits, chosen: NDArray[np.uint16]) -> _Codes:
        """Rows of ``texts``, for the alternative that was chosen for each row."""
        if self._only is not None:
            return self._only(bits)
        found = bits >> _S32
        np.multiply(found, self._sizes[chosen] if self._even is None else self._even, out=found)
        np.right_shift(found, _S32, out=found)
        np.add(found, self._starts[chosen], out=found)
        for members, law in self._laws:
            rows = np.flatnonzero(members[chosen])
            found[rows] += law(bits[rows]).astype(np.uint64)
        return found.astype(np.uint32)


def _series(texts: Sequence[str]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)


def _safe(texts: Sequence[str]) -> bool:
    return all(text.isascii() and text.isprintable() and '"' not in text and "\\" not in text for text in texts)
