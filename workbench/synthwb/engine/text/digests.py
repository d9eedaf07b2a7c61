"""Digests of text by the column: the cryptographic ones of `hashlib`, and XXH64 for all rows at once.

`hashlib` takes one text at a time, about 0.4 µs each (0.5 µs for SHA-512); so a pool is digested once, and what is
repeated through it costs nothing. Polars has no such digest, and the rounds of SHA-256 in NumPy, for all rows at once,
take longer: some 2,000 operations of 32 bits a row. XXH64 works on eight bytes of every row together.

    python -m timeit -s "import hashlib; e = hashlib.sha256()" "h = e.copy(); h.update(bytes(24)); h.hexdigest()"
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.engine.block import Block, Draw
from synthwb.engine.columns import Column, text_of
from synthwb.engine.draws import Bits, Ints

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["BITS", "digested", "hex_digests", "numbers_of", "xxh64"]

BITS = {"sha256": 256, "sha512": 512, "sha1": 160, "md5": 128, "xxh64": 64}
"""The methods, and the length of their digests."""

_POOL_PER_ROW = 16  # a pool more times as long as the block is not digested whole for it
_P1, _P2, _P3 = (np.uint64(p) for p in (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_P4, _P5 = np.uint64(0x85EBCA77C2B2AE63), np.uint64(0x27D4EB2F165667C5)
_PAIRS = np.array([f"{byte:02x}" for byte in range(256)], "S2").view("<u2")


def digested(text: Draw, change: Callable[[pl.Series], pl.Series], how: Hashable, *, safe: bool) -> Draw:
    """``change`` of a column of text, made once for a pool; ``how`` names it. ``safe``: the result is plain ASCII."""

    def draw(block: Block) -> Column:
        column = text(block)
        if column.pool is not None and column.codes is not None and len(column.pool) <= _POOL_PER_ROW * len(block):
            return Column.coded(column.pool.mapped(how, change), column.codes, ascii_safe=safe)
        return Column.of(change(column.series()), ascii_safe=safe)

    return draw


def hex_digests(texts: pl.Series, method: str, length: int) -> pl.Series:
    """The first ``length`` hexadecimal digits of each digest; null stays null."""
    if method == "xxh64":
        matrix = _PAIRS[xxh64(texts).byteswap().view(np.uint8)].view(np.uint8).reshape(len(texts), 16)
        found = text_of(matrix[:, :length])
        return found.set(texts.is_null(), None) if texts.null_count() else found
    digits = [None if each is None else each.hexdigest()[:length] for each in _digests(texts, method)]
    return pl.Series(digits, dtype=pl.String)


def numbers_of(texts: pl.Series, method: str, size: int) -> pl.Series:
    """The first 64 bits of each digest, as a big-endian number modulo ``size``; null stays null."""
    if method == "xxh64":
        first = xxh64(texts)
    else:
        head = b"".join(bytes(8) if each is None else each.digest()[:8] for each in _digests(texts, method))
        first = np.frombuffer(head, ">u8").astype(np.uint64)
    found = pl.Series((first % np.uint64(size)).view(np.int64))
    return found.set(texts.is_null(), None) if texts.null_count() else found


def _digests(texts: pl.Series, method: str) -> Iterator[_Hash | None]:
    """The finished digest of each text; a copy of an empty one is quicker than one made anew."""
    empty = getattr(hashlib, method)(usedforsecurity=False)
    for data in texts.cast(pl.Binary).to_list():
        if data is None:
            yield None
            continue
        found = empty.copy()
        found.update(data)
        yield found


def xxh64(texts: pl.Series) -> Bits:
    """XXH64 with seed 0 of the UTF-8 bytes of each text; a null counts as empty.

    Source: Collet, "xxHash fast digest algorithm", version 0.1.1, section "XXH64 algorithm description".
    """
    filled = texts.fill_null("")
    sizes = filled.str.len_bytes().to_numpy().astype(np.int64)
    data = np.frombuffer((filled.str.join("").item() or "").encode() + bytes(8), np.uint8)
    words = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))  # eight bytes from any place on
    starts = np.cumsum(sizes) - sizes
    state = np.full(len(sizes), _P5)
    long = np.flatnonzero(sizes >= 32)
    if len(long):
        state[long] = _stripes(words, starts[long], sizes[long])
    state += sizes.view(np.uint64)
    place, left = starts + (sizes & ~31), sizes & 31
    _eights(words, state, place, left)
    _rest(words, state, place + (left & ~7), left & 7)
    for shift, factor in ((33, _P2), (29, _P3)):
        state ^= state >> np.uint64(shift)
        state *= factor
    state ^= state >> np.uint64(32)
    return state


def _turned(values: Bits, by: int) -> Bits:
    return values << np.uint64(by) | values >> np.uint64(64 - by)


def _round(state: Bits, words: Bits) -> Bits:
    turned: Bits = _turned(state + words * _P2, 31) * _P1
    return turned


def _stripes(words: Bits, starts: Ints, sizes: Ints) -> Bits:
    """The state after all whole stripes of 32 bytes."""
    with np.errstate(over="ignore"):
        lanes = [np.full(len(starts), seed) for seed in (_P1 + _P2, _P2, np.uint64(0), np.uint64(0) - _P1)]
    for stripe in range(int(sizes.max()) // 32):
        rows = np.flatnonzero(sizes >= 32 * (stripe + 1))
        for number, lane in enumerate(lanes):
            lane[rows] = _round(lane[rows], words[starts[rows] + (32 * stripe + 8 * number)])
    state = _turned(lanes[0], 1) + _turned(lanes[1], 7) + _turned(lanes[2], 12) + _turned(lanes[3], 18)
    nothing = np.zeros(len(starts), np.uint64)
    for lane in lanes:
        state = (state ^ _round(nothing, lane)) * _P1 + _P4
    return state


def _eights(words: Bits, state: Bits, place: Ints, left: Ints) -> None:
    """What is left, eight bytes at a time: at most three times."""
    nothing = np.uint64(0)
    for step in range(3):
        rows = np.flatnonzero(left >= 8 * (step + 1))
        if len(rows):
            lane = _round(np.full(len(rows), nothing), words[place[rows] + 8 * step])
            state[rows] = _turned(state[rows] ^ lane, 27) * _P1 + _P4


def _rest(words: Bits, state: Bits, place: Ints, left: Ints) -> None:
    """The last one to seven bytes: four together, then one by one."""
    four = np.flatnonzero(left >= 4)
    if len(four):
        half = words[place[four]] & np.uint64(0xFFFFFFFF)
        state[four] = _turned(state[four] ^ half * _P1, 23) * _P2 + _P3
    place, left = place + (left & 4), left & 3
    for step in range(3):
        rows = np.flatnonzero(left > step)
        if len(rows):
            byte = words[place[rows] + step] & np.uint64(0xFF)
            state[rows] = _turned(state[rows] ^ byte * _P5, 11) * _P1
