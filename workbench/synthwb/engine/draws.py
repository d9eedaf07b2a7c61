"""Addressed draws: the load-bearing wall.

A draw is a stateless 64-bit hash of (seed, what it is for, identity of the row). It does not depend on the order of
calls, so batch size, workers, pauses and edits elsewhere cannot change a value.

The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"),
a bijection of 64-bit integers. Everything here is integer arithmetic modulo 2**64, the same on every CPU.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bits", "Floats", "Ints", "draw", "key_of", "mix", "unit", "unit_open"]

Bits = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)
_S11, _S12 = np.uint64(11), np.uint64(12)
_CHUNK = 16_000  # rows mixed at a time: in the second-level cache, and a little less than the C library maps anew


def key_of(seed: int, *purpose: str) -> int:
    """The 64-bit key of a purpose under a seed: a keyed hash of the words, the same in every process.

    >>> key_of(42, "order_placed.total") == key_of(42, "order_placed.total")
    True
    """
    words = "\x1f".join((str(seed), *purpose)).encode()
    return int.from_bytes(blake2b(words, digest_size=8).digest(), "little")


def mix(values: Bits, key: int = 0) -> Bits:
    """A new array: SplitMix64's finaliser of ``values + key`` (modulo 2**64), element by element."""
    out = np.empty(values.shape[0], np.uint64)
    work = np.empty(min(_CHUNK, values.shape[0]), np.uint64)
    offset = np.uint64(key & 0xFFFFFFFFFFFFFFFF)
    for start in range(0, values.shape[0], _CHUNK):
        z = out[start : start + _CHUNK]
        w = work[: z.shape[0]]
        np.add(values[start : start + _CHUNK], offset, out=z)
        np.right_shift(z, _S30, out=w)
        np.bitwise_xor(z, w, out=z)
        np.multiply(z, _M1, out=z)
        np.right_shift(z, _S27, out=w)
        np.bitwise_xor(z, w, out=z)
        np.multiply(z, _M2, out=z)
        np.right_shift(z, _S31, out=w)
        np.bitwise_xor(z, w, out=z)
    return out


def draw(address: Bits, key: int) -> Bits:
    """64 random bits for each address under this key. Addresses must be hashes already (see `mix`)."""
    return mix(address, key)


def unit(bits: Bits) -> Floats:
    """Uniform in [0, 1): the top 53 bits times 2**-53."""
    return (bits >> _S11).astype(np.float64) * 2.0**-53


def unit_open(bits: Bits) -> Floats:
    """Uniform in (0, 1), symmetric: (top 52 bits + 1/2) times 2**-52. For inverse distribution functions."""
    return ((bits >> _S12).astype(np.float64) + 0.5) * 2.0**-52
