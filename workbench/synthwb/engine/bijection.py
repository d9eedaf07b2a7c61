"""A keyed bijection of [0, n): how ``unique`` gives every row a different value without remembering any.

A balanced Feistel network over the smallest even number of bits that holds n, walked in cycles until the result lies
below n (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthwb.engine.draws import Bits, mix

__all__ = ["digits", "permute"]

_ROUNDS = 4


def permute(index: Bits, size: int, key: int) -> Bits:
    """Each ``index`` in [0, size) to another number in [0, size), one to one."""
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    found = _feistel(index, half, key)
    outside = np.flatnonzero(found >= np.uint64(size))
    while len(outside):
        found[outside] = _feistel(found[outside], half, key)
        outside = outside[found[outside] >= np.uint64(size)]
    return found


def digits(numbers: Bits, sizes: Sequence[int], key: int, most: int) -> list[Bits]:
    """The digits of each number, one of ``size`` for each size, of which the last counts fastest.

    One to one below ``most`` and the product of the sizes. A digit of which those numbers use only some values is
    spread over all of them; those before it follow from a hash of the number.
    """
    found = []
    left, counted = numbers, 1
    for number in reversed(range(len(sizes))):
        size = sizes[number]
        if counted * size <= most:
            found.append(left % np.uint64(size))
        elif counted < most:
            behind = mix(numbers % np.uint64(counted), key + number) % np.uint64(size)
            found.append((permute(left, size, key + number) + behind) % np.uint64(size))
        else:
            found.append(mix(numbers, key + number) % np.uint64(size))
        left = left // np.uint64(size)
        counted *= size
    return found[::-1]


def _feistel(index: Bits, half: int, key: int) -> Bits:
    mask, shift = np.uint64((1 << half) - 1), np.uint64(half)
    left, right = index >> shift, index & mask
    for number in range(_ROUNDS):
        left, right = right, left ^ (mix(right, key + number * 0x9E3779B97F4A7C15) & mask)
    return (left << shift) | right
