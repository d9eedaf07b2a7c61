"""Exact thresholds: integer arithmetic in Python is the reference."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from synthwb.engine.draws import mix
from synthwb.engine.laws.discrete import Table, below, happens, thresholds, zipf

BITS = mix(np.arange(20_000, dtype=np.uint64), 5)
MORE = mix(BITS, 6)
ENDS = np.array([0, 1, 2**48 - 1, 2**48, 2**63, 2**64 - 1], np.uint64)


def test_thresholds_are_exact_fractions_of_all_bits() -> None:
    assert thresholds([Fraction(1), Fraction(3)]) == [2**62]
    assert thresholds([Fraction(1, 3)] * 3) == [2**64 // 3, 2**65 // 3]
    assert thresholds([Fraction(0), Fraction(1), Fraction(0)]) == [0]
    with pytest.raises(ValueError, match="sum to nothing"):
        thresholds([Fraction(0)])


@pytest.mark.parametrize("count", [1, 2, 3, 10, 255, 256, 257, 5000, 70_000])
def test_a_table_answers_as_a_search_does(count: int) -> None:
    weights = [Fraction(int(weight)) for weight in mix(np.arange(count, dtype=np.uint64), 9) % np.uint64(1000)]
    weights[0] += 1
    steps = np.array(thresholds(weights), np.uint64)
    around = np.concatenate([steps[:500] + np.uint64(1), steps[:500], steps[1:500] - np.uint64(1)])
    bits = np.concatenate((BITS, ENDS, around))
    assert np.array_equal(Table(steps)(bits), np.searchsorted(steps, bits, side="right"))


def test_thresholds_on_the_edge_of_a_cell_are_exact() -> None:
    table = Table([0, 1 << 48, (1 << 48) + 1, 7 << 48])
    assert table(np.array([0, 2**48 - 1, 2**48, 2**48 + 1, 7 * 2**48 - 1, 7 * 2**48], np.uint64)).tolist() == [
        1,
        1,
        2,
        3,
        3,
        4,
    ]


SIZES = [1, 2, 6, 1000, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 10**12, 2**63, 2**64 - 1]


@pytest.mark.parametrize("size", SIZES)
def test_a_number_below_a_size_is_the_top_of_the_product(size: int) -> None:
    bits, more = np.concatenate((BITS[:3000], ENDS)), np.concatenate((MORE[:3000], ENDS[::-1]))
    found = below(bits, size, lambda: more)
    if size < 2**32:
        exact = [int(word) * size >> 64 for word in bits]
    else:
        exact = [((int(word) << 64) + int(rest)) * size >> 128 for word, rest in zip(bits, more, strict=True)]
    assert found.tolist() == exact
    assert np.array_equal(below(bits, np.full(len(bits), size, np.uint64), lambda: more), found)


def test_sizes_may_differ_from_row_to_row() -> None:
    sizes = np.resize(np.array(SIZES, np.uint64), len(BITS))
    found = below(BITS, sizes, lambda: MORE)
    for number, size in enumerate(SIZES):
        rows = slice(number, None, len(SIZES))
        assert np.array_equal(found[rows], below(BITS[rows], size, lambda rows=rows: MORE[rows]))  # type: ignore[misc]


def test_all_of_64_bits_is_a_size_too() -> None:
    assert np.array_equal(below(BITS, 2**64, lambda: MORE), BITS)


@pytest.mark.parametrize("p", [0.0, 5e-324, 2.0**-53, 1e-3, 0.5, 1 - 2.0**-53, 1.0])
def test_chances_are_exact_to_53_bits(p: float) -> None:
    bits = np.concatenate((BITS, ENDS))
    exact = [Fraction(int(word) >> 11, 2**53) < Fraction(p) for word in bits]
    assert happens(bits, p).tolist() == exact
    assert happens(bits, np.full(len(bits), p)).tolist() == exact


def test_zipf_tables_the_first_ranks_exactly_and_joins_the_tail_without_a_seam() -> None:
    """Tabled and integrated shares of the ranks around the seam differ by less than a millionth of themselves."""
    count, exponent = 200_000, 1.1
    shares = np.arange(1.0, count + 1) ** -exponent
    ends = np.cumsum(shares) / shares.sum()
    draw = zipf(exponent, count)
    for rank in (0, 1, 999, 65_534, 65_535, 65_536, 65_537, 100_000, 199_998):
        edge = int(ends[rank] * 2.0**64)
        margin = int(shares[rank + 1] / shares.sum() * 2.0**64 * 1e-4)
        assert draw(np.array([edge - margin, edge + margin], np.uint64)).tolist() == [rank, rank + 1]
    assert draw(ENDS)[-1] == count - 1
