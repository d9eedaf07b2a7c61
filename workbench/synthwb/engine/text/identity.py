"""UUIDs and ULIDs as text, in bulk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Ints

__all__ = ["ulid_matrix", "uuid7_matrix", "uuid_matrix"]

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
    return _uuids(lambda rows: high[rows] & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000), low)


def uuid7_matrix(times: Ints, low: Bits) -> NDArray[np.uint8]:
    """Version 7 UUIDs of times in microseconds since 1970 (earlier ones count as 1970) and 62 of the bits given.

    The 12 bits after the millisecond hold the rest of the time (RFC 9562, section 6.2, method 3), so that they sort by
    time to the microsecond. A (rows, 36) matrix of ASCII bytes.
    """

    def first(rows: slice) -> Bits:
        milliseconds, rest = _since_1970(times[rows])
        return milliseconds << np.uint64(16) | np.uint64(0x7000) | rest * np.uint64(4096) // np.uint64(1000)

    return _uuids(first, low)


def _since_1970(times: Ints) -> tuple[Bits, Bits]:
    """Milliseconds in 48 bits, and the microseconds after each."""
    whole = np.maximum(times, 0).view(np.uint64)
    milliseconds = whole // np.uint64(1000)
    return milliseconds & np.uint64((1 << 48) - 1), whole - milliseconds * np.uint64(1000)


def _uuids(high: Callable[[slice], Bits], low: Bits) -> NDArray[np.uint8]:
    """UUIDs of a first half with its version, and a second half that gets its variant."""
    rows = len(low)
    out = np.empty((rows, 36), np.uint8)
    out[:, _DASHES] = ord("-")
    groups = out.view(_LAYOUT).ravel()
    for start in range(0, rows, _BLOCK):
        block = slice(start, start + _BLOCK)
        first = high(block)
        last = low[block] & np.uint64(0x3FFFFFFFFFFFFFFF) | np.uint64(0x8000000000000000)
        for number in range(8):
            words = (first if number < 4 else last).astype("<u8", copy=False).view("<u2")
            groups[f"group{number}"][block] = _HEX[words[3 - number % 4 :: 4]]
    return out


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = np.array([a + b for a in _CROCKFORD for b in _CROCKFORD], dtype="S2").view("<u2")
_TEN = np.uint64(1023)


def ulid_matrix(times: Ints, high: Bits, low: Bits) -> NDArray[np.uint8]:
    """ULIDs of times in microseconds since 1970 and 70 of the bits given: a (rows, 26) matrix of ASCII bytes.

    48 bits of milliseconds, then 10 bits of microseconds, so that they sort by time to the microsecond, then random
    bits; in Crockford's base 32, two digits at a time.
    """
    out = np.empty((len(times), 26), np.uint8)
    pairs = out.view("<u2")
    for start in range(0, len(times), _BLOCK):
        block = slice(start, start + _BLOCK)
        milliseconds, rest = _since_1970(times[block])
        first = milliseconds << np.uint64(16) | rest << np.uint64(6) | high[block] >> np.uint64(58)
        last = low[block]
        for pair in range(13):
            shift = 120 - 10 * pair
            if shift >= 64:
                value = first >> np.uint64(shift - 64)
            elif shift > 54:
                value = first << np.uint64(64 - shift) | last >> np.uint64(shift)
            else:
                value = last >> np.uint64(shift)
            pairs[block, pair] = _PAIRS[value & _TEN]
    return out
