"""UUIDs as text, in bulk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits

__all__ = ["uuid_matrix"]

_BLOCK = 8192  # rows formatted at a time: the parts stay in cache
_HEX = np.array([f"{number:04x}" for number in range(1 << 16)], dtype="S4").view("<u4")
# eight groups of four hex digits; what lies between them is dashes
_LAYOUT = np.dtype(
    {
        "names": [f"group{number}" for number in range(8)],
        "formats": ["<u4"] * 8,
        "offsets": [0, 4, 9, 14, 19, 24, 28, 32],
        "itemsize": 36,
    }
)
_DASHES = [8, 13, 18, 23]


def uuid_matrix(high: Bits, low: Bits) -> NDArray[np.uint8]:
    """Version 4 UUIDs (RFC 9562) of 122 of the 128 bits given: a (rows, 36) matrix of ASCII bytes."""
    rows = len(high)
    out = np.empty((rows, 36), np.uint8)
    out[:, _DASHES] = ord("-")
    groups = out.view(_LAYOUT).ravel()
    for start in range(0, rows, _BLOCK):
        block = slice(start, start + _BLOCK)
        first = high[block] & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000)
        last = low[block] & np.uint64(0x3FFFFFFFFFFFFFFF) | np.uint64(0x8000000000000000)
        for number in range(8):
            words = (first if number < 4 else last).astype("<u8", copy=False).view("<u2")
            groups[f"group{number}"][block] = _HEX[words[3 - number % 4 :: 4]]
    return out
