"""Words, sentences and paragraphs by the column, out of the word lists of Faker's locales.

All words of a chunk of rows are drawn together and written one after the other into one array of bytes; a text is a
stretch of it. The pieces of a list are its words as they stand in a text: with what stands before them, with a capital
where a sentence begins, with a full stop where it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block, Site
from synthwb.engine.columns import Column, Pool
from synthwb.engine.draws import Bits, Ints, key_of, mix
from synthwb.engine.laws.discrete import Table, below, thresholds
from synthwb.engine.text.anchored import anchored_faker
from synthwb.errors import SynthwbError

__all__ = ["Marks", "Vocabulary", "about", "locale_of_row", "side_by_side", "vocabulary", "written"]

TOGETHER = 1 << 25
"""Words that are held at once."""

_ROWS = 2048  # made together: their words stay in the second-level cache
_STEP = np.uint64(0x9E3779B97F4A7C15)  # the golden-ratio increment of SplitMix64, one for each word
_S32 = np.uint64(32)
_SIZES = (16, 32, 64)

_Locales: TypeAlias = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Marks:
    """Which piece of a word stands where: what is added to its kind, 0 in the middle of a sentence."""

    begins_sentence: int
    begins_text: int
    ends_sentence: int
    kinds: int


PLAIN = Marks(0, 1, 0, 2)
PROSE = Marks(2, -1, 3, 6)


class Vocabulary:
    """The pieces of one or several locales. ``starts`` and ``sizes``: where those of each are, and of how many words.

    The pieces of one kind stand together, those of the next kind after them.
    """

    def __init__(self, lists: Sequence[tuple[Sequence[str], Sequence[str]]], marks: Marks) -> None:
        """``lists``: of each locale its words, and its pieces, kind by kind."""
        pieces = [piece.encode() for _, each in lists for piece in each]
        longest = max(map(len, pieces))
        self.step = next((size for size in _SIZES if longest <= size), longest)
        self.table = np.array([piece.ljust(self.step) for piece in pieces], f"S{self.step}")
        self.widths = np.array([len(piece) for piece in pieces], np.int64)
        self.sizes = np.array([len(words) for words, _ in lists], np.uint64)
        ends = np.cumsum(self.sizes * np.uint64(marks.kinds))
        self.starts = ends - self.sizes * np.uint64(marks.kinds)
        self.marks = marks
        self.pool = Pool(pl.Series([piece for _, each in lists for piece in each]))
        together = "".join(piece for _, each in lists for piece in each)
        self.safe = together.isascii() and together.isprintable() and '"' not in together and "\\" not in together


@lru_cache(maxsize=64)
def vocabulary(locales: tuple[str, ...], separator: str | None, *, sentences: bool) -> Vocabulary:
    """The words of these locales with a separator between them (None: what the locale writes), or their sentences."""
    lists = []
    for locale in locales:
        words, between, stop = _of_locale(locale)
        before = between if separator is None else separator
        middle = [before + word for word in words]
        if not sentences:
            lists.append((words, [*middle, *words]))
            continue
        capital = [word.title() for word in words]
        going_on = [*middle, *capital, *(before + word for word in capital)]
        lists.append((words, [*going_on, *(piece + stop for piece in going_on)]))
    return Vocabulary(lists, PROSE if sentences else PLAIN)


@lru_cache(maxsize=64)
def _of_locale(locale: str) -> tuple[list[str], str, str]:
    """The word list of a locale, what stands between two words, and what ends a sentence."""
    faker = anchored_faker(locale).generator
    provider = next(each for each in faker.providers if each.__provider__ == "faker.providers.lorem")
    return list(provider.word_list), provider.word_connector, provider.sentence_punctuation  # type: ignore[attr-defined]


def locale_of_row(locales: Sequence[tuple[str, Fraction]], site: Site) -> Callable[[Block], NDArray[np.uint32]] | None:
    """Which of the locales a row has, the same as that of all its fields; None where there is but one."""
    if len(locales) == 1:
        return None
    law, key = (
        Table(thresholds([weight for _, weight in locales])),
        key_of(site.seed, site.path.partition(".")[0], "locale"),
    )
    return lambda block: law(block.bits(key))


def about(number: int, key: int) -> Callable[[Block], Ints]:
    """A count that is ``number`` give or take 40%, as Faker draws it: int(number * r / 100) with r from 60 to 140."""

    def counts(block: Block) -> Ints:
        bits = block.bits(key)
        return (below(bits, 81, bits.copy).astype(np.int64) + 60) * number // 100

    return counts


def written(words: Vocabulary, bits: Bits, counts: Ints, sentences: Ints | None, locale: _Locales | None) -> Column:
    """Texts: ``counts[i]`` words in sentence i, drawn from its ``bits``; ``sentences[r]`` of them in text r, or one.

    ``locale``: that of each sentence, where there are several. Raises SynthwbError for too many words at once.
    """
    if (total := int(counts.sum())) > TOGETHER:
        raise SynthwbError(
            f"{total:,} words for events that are made together, and at most {TOGETHER:,} fit; make the texts shorter,"
            " or the batches smaller"
        )
    rows = len(counts) if sentences is None else len(sentences)
    ends = np.arange(1, rows + 1) if sentences is None else np.cumsum(sentences)
    data = np.empty(total * int(words.widths.max()) + words.step, np.uint8)  # what is not written takes no memory
    stops = np.zeros(rows + 1, np.int64)
    first = 0
    for start in range(0, rows, _ROWS):
        places = np.concatenate((np.array([first]), ends[start : start + _ROWS])) - first
        part = slice(first, first + int(places[-1]))
        used, chosen = int(stops[start]), None if locale is None else locale[part]
        found = _chunk(words, bits[part], counts[part], places, chosen, data[used:])
        stops[start + 1 : start + 1 + len(found)] = found + used
        first = part.stop
    frame = pl.DataFrame({"start": stops[:-1], "length": stops[1:] - stops[:-1]})
    whole = pl.lit(pl.Series([data[: stops[-1]].tobytes()], dtype=pl.Binary)).first()
    cut = whole.bin.slice(pl.col("start"), pl.col("length")).cast(pl.String)
    return Column.of(frame.select(cut).to_series(), ascii_safe=words.safe)


def _chunk(
    words: Vocabulary,
    bits: Bits,
    counts: Ints,
    places: Ints,
    locale: _Locales | None,
    data: NDArray[np.uint8],
) -> Ints:
    """Write texts side by side into ``data``, and say where each ends. Text r is sentences ``places[r : r + 2]``."""
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    pieces = _pieces(words, bits, counts, ends, places, locale)
    behind = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum(words.widths.take(pieces), out=behind[1:])
    # Each piece is copied with what fills it up, which the next one covers: NumPy assigns from left to right.
    text = np.ndarray((len(data) - words.step + 1,), words.table.dtype, data, strides=(1,))
    text[behind[:-1]] = words.table.take(pieces)
    return behind[ends[places[1:]]]


def side_by_side(words: Vocabulary, bits: Bits, count: int, locale: _Locales | None) -> Column:
    """Texts of one sentence that all have ``count`` words: a column for each word, put together where it is needed."""
    if not count:
        return Column.coded(Pool(pl.Series([""])), np.zeros(len(bits), np.uint32), ascii_safe=True)
    size = words.sizes[0] if locale is None else words.sizes[locale]
    begins, ends = words.marks.begins_sentence + words.marks.begins_text, words.marks.ends_sentence
    parts = []
    for place in range(count):
        found = mix(bits, place * int(_STEP)) >> _S32
        np.multiply(found, size, out=found)
        np.right_shift(found, _S32, out=found)
        found += size * np.uint64((begins if place == 0 else 0) + (ends if place == count - 1 else 0))
        if locale is not None:
            found += words.starts[locale]
        parts.append(Column.coded(words.pool, found, ascii_safe=words.safe))
    return Column.together(parts, ascii_safe=words.safe)


def _pieces(
    words: Vocabulary, bits: Bits, counts: Ints, ends: Ints, places: Ints, locale: _Locales | None
) -> NDArray[np.int64]:
    """The number of the piece of each word: one of its list, moved on to the kind that stands in its place."""
    starts, marks = ends[:-1], words.marks
    stream = np.arange(int(ends[-1]), dtype=np.uint64) * _STEP
    stream += np.repeat(bits - starts.view(np.uint64) * _STEP, counts)
    found = mix(stream)
    np.right_shift(found, _S32, out=found)
    size = words.sizes[0] if locale is None else words.sizes[locale]
    np.multiply(found, size if locale is None else np.repeat(size, counts), out=found)
    np.right_shift(found, _S32, out=found)
    if locale is not None:
        found += np.repeat(words.starts[locale], counts)
    pieces = found.view(np.int64)
    there = np.flatnonzero(counts)
    step = size.astype(np.int64) if locale is None else size[there].astype(np.int64)
    pieces[starts[there]] += marks.begins_sentence * step
    pieces[ends[there + 1] - 1] += marks.ends_sentence * step
    begins = ends[places]
    first = begins[:-1][begins[:-1] < begins[1:]]  # words that begin a text
    if locale is not None:  # the first sentence of a text may be empty: of those that begin there, the last has words
        step = words.sizes[locale[np.searchsorted(ends, first, side="right") - 1]].astype(np.int64)
    pieces[first] += marks.begins_text * step
    return pieces
