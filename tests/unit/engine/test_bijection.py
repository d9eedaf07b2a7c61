"""The keyed bijection behind ``unique``."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine.bijection import permute


@pytest.mark.parametrize("size", [1, 2, 3, 10, 255, 256, 257, 100_000])
def test_every_number_comes_exactly_once(size: int) -> None:
    found = permute(np.arange(size, dtype=np.uint64), size, key=9)
    assert sorted(found.tolist()) == list(range(size))


def test_keys_give_different_orders_and_one_key_the_same() -> None:
    index = np.arange(1000, dtype=np.uint64)
    assert permute(index, 1000, 1).tolist() == permute(index, 1000, 1).tolist()
    assert permute(index, 1000, 1).tolist() != permute(index, 1000, 2).tolist()


def test_the_order_looks_random() -> None:
    found = permute(np.arange(50_000, dtype=np.uint64), 50_000, 3).astype(float)
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 0.02
    assert abs(np.corrcoef(found, np.arange(50_000))[0, 1]) < 0.02
