"""Addressed draws behave as independent random bits: between rows, between keys, and under a change of one bit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthwb.engine.draws import draw, key_of, mix, unit

ROWS = 1_000_000
ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
ADDRESS = mix(np.arange(ROWS, dtype=np.uint64), 12_345)
PATHS = ("order_placed.total", "order_placed.qty", "order_placed.total\x1f", "a", "b")


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """The p-value of no correlation."""
    r = np.corrcoef(a, b)[0, 1]
    return float(2 * stats.norm.sf(abs(r) * np.sqrt(len(a))))


@pytest.mark.parametrize("path", PATHS)
def test_draws_are_uniform(path: str) -> None:
    bits = draw(ADDRESS, key_of(42, path))
    assert stats.kstest(unit(bits), "uniform").pvalue > ALPHA
    for shift in (0, 16, 32, 48):  # each 16 bits of the word by themselves
        counts = np.bincount(((bits >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.int64), minlength=1 << 16)
        assert stats.chisquare(counts).pvalue > ALPHA


def test_keys_give_independent_draws() -> None:
    words = {(seed, path): draw(ADDRESS, key_of(seed, path)) for seed in (42, 43) for path in PATHS}
    pairs = [(a, b) for a in words for b in words if a < b]
    assert len(pairs) == 45
    for a, b in pairs:
        assert correlation(unit(words[a]), unit(words[b])) > ALPHA / len(pairs)
        differing = np.bitwise_count(words[a] ^ words[b]).astype(np.int64)
        assert abs(differing.mean() - 32) < 4.5 * 4 / np.sqrt(ROWS)  # 64 bits: standard deviation 4


def test_two_fields_fill_the_plane_evenly() -> None:
    x, y = (unit(draw(ADDRESS, key_of(42, path))) for path in PATHS[:2])
    counts, _, _ = np.histogram2d(x, y, bins=64, range=[[0, 1], [0, 1]])
    assert stats.chisquare(counts.ravel()).pvalue > ALPHA


@pytest.mark.parametrize("lag", [1, 2, 3, 7, 64, 1000, 8192])
def test_rows_do_not_know_of_their_neighbours(lag: int) -> None:
    values = unit(draw(ADDRESS, key_of(42, "order_placed.total")))
    assert correlation(values[:-lag], values[lag:]) > ALPHA


def test_neighbouring_keys_and_seeds_are_as_good_as_any() -> None:
    for first, second in ((key_of(1, "f"), key_of(2, "f")), (7, 8), (0, 2**63)):
        assert correlation(unit(draw(ADDRESS, first)), unit(draw(ADDRESS, second))) > ALPHA


def test_one_changed_bit_changes_every_other_with_probability_one_half() -> None:
    """Avalanche of the mixer: 64 x 64 shares over 20,000 addresses."""
    rows = 20_000
    base = ADDRESS[:rows]
    before = mix(base)
    places = np.arange(64, dtype=np.uint64)
    for place in places:
        changed = mix(base ^ (np.uint64(1) << place)) ^ before
        shares = ((changed[:, None] >> places) & np.uint64(1)).sum(axis=0) / rows
        # 4096 tests at once: 5.5 standard deviations is 1 in 6,000 for all of them together
        assert np.abs(shares - 0.5).max() < 5.5 * 0.5 / np.sqrt(rows)
