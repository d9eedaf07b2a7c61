"""Rejection without a state: the number of the attempt is part of each draw's address.

A row's value depends on its own address and parameters alone, as with the inverse laws: how often its neighbours have
to try again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints, mix
from synthwb.engine.laws.special import CHUNK

__all__ = ["Proposal", "Rows", "accept", "at", "attempt", "one_or_all"]

_STEP = 0x9E3779B97F4A7C15  # the golden-ratio increment of SplitMix64: from the key of one attempt to the next

Rows: TypeAlias = "slice | Ints"

Proposal: TypeAlias = Callable[[Rows, int], tuple[NDArray[Any], NDArray[np.bool_]]]
"""From rows and the number of the attempt to values, and which of them are accepted."""


def attempt(address: Bits, key: int, number: int) -> Bits:
    """64 random bits for each address: those of attempt ``number`` (from 0) under a key."""
    return mix(address, key + number * _STEP)


def one_or_all(parameter: float | Floats) -> Floats:
    """A parameter as an array of one entry, or of one entry per row."""
    return np.atleast_1d(np.asarray(parameter, np.float64))


def at(parameter: Floats, rows: Rows) -> Floats:
    """What `one_or_all` gives, for these rows: one entry stands for all of them."""
    return parameter if len(parameter) == 1 else parameter[rows]


def accept(propose: Proposal, valid: NDArray[np.bool_], out: NDArray[Any]) -> None:
    """Fill in ``out`` where ``valid`` (one entry, or one per row): each row takes its first accepted proposal."""
    if valid.all():
        parts: list[Rows] = [slice(start, min(start + CHUNK, len(out))) for start in range(0, len(out), CHUNK)]
        rows, number = _tried(propose, 0, parts, out), 1
    else:
        rows, number = np.flatnonzero(np.broadcast_to(valid, len(out))), 0
    while len(rows):
        rows = _tried(propose, number, [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)], out)
        number += 1


def _tried(propose: Proposal, number: int, parts: list[Rows], out: NDArray[Any]) -> Ints:
    """One attempt for these rows. What is refused is written over by a later attempt; the rows of it."""
    refused: list[Ints] = [np.empty(0, np.int64)]
    for rows in parts:
        values, good = propose(rows, number)
        out[rows] = values
        wrong = np.flatnonzero(~good)
        refused.append(wrong + rows.start if isinstance(rows, slice) else rows[wrong])
    return np.concatenate(refused)
