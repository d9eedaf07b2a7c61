"""Whose an event is can be told from its address."""

from __future__ import annotations

import numpy as np

from synthwb.engine.arrivals.owners import MOST_NUMBERS, addressed, owner


def test_the_row_is_found_again_from_the_address() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 100_000_000, 100_000)
    numbers = rng.integers(0, MOST_NUMBERS, 100_000)
    for key in (0, 1, 2**64 - 1, 0x9E3779B97F4A7C15):
        address = addressed(rows, numbers, key)
        assert (owner(address, key, 100_000_000) == rows).all()
        assert len(np.unique(address)) == 100_000


def test_any_other_address_gives_some_row() -> None:
    assert owner(np.arange(1000, dtype=np.uint64), 5, 7).max() == 6
