"""The cosine of a share of a turn, the same to the last bit on every processor, and what is made from it.

Sources: FDLIBM 5.3 (Sun Microsystems 1993), ``k_sin.c`` and ``k_cos.c``; Ulrich 1984, "Computer generation of
distributions on the m-sphere", Applied Statistics 33(2), for the symmetric beta law; Jöhnk 1964, "Erzeugung von
betaverteilten und gammaverteilten Zufallszahlen", Metrika 8, for its small shapes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, unit_open
from synthwb.engine.laws.rejection import Rows, accept, attempt
from synthwb.engine.laws.special import exp, expm1, horner, log

__all__ = ["cosine", "halved"]

_TWO_PI = 6.283185307179586476925
_SINE = (
    1.58969099521155010221e-10,
    -2.50507602534068634195e-08,
    2.75573137070700676789e-06,
    -1.98412698298579493134e-04,
    8.33333333332248946124e-03,
    -1.66666666666666324348e-01,
)
_COSINE = (
    -1.13596475577881948265e-11,
    2.08757232129817482790e-09,
    -2.75573143513906633035e-07,
    2.48015872894767294178e-05,
    -1.38888888888741095749e-03,
    4.16666666666666019037e-02,
)


def cosine(turns: Floats) -> Floats:
    """cos(2 * pi * turns), within 2e-16, for a number of turns of any size."""
    quarters = np.rint(4.0 * turns)
    x = (turns - 0.25 * quarters) * _TWO_PI  # within an eighth of a turn: the difference is exact
    square = x * x
    sine, even = np.empty_like(x), np.empty_like(x)
    horner(square, _SINE, sine)
    horner(square, _COSINE, even)
    even = 1.0 - (0.5 * square - square * square * even)
    sine = x + x * square * sine
    quarter = np.mod(quarters, 4.0)
    found = np.where((quarter == 1.0) | (quarter == 3.0), sine, even)
    return np.where((quarter == 1.0) | (quarter == 2.0), -found, found)


def halved(address: Bits, keys: tuple[int, int], shape: float) -> Floats:
    """Beta with both shapes ``shape``, one above 0 for all rows: how a gamma process splits a gain in two halves."""
    if shape >= 0.5:
        u, v = unit_open(attempt(address, keys[0], 0)), unit_open(attempt(address, keys[1], 0))
        spread = np.sqrt(-expm1(2.0 / (2.0 * shape - 1.0) * log(u))) if shape > 0.5 else 1.0
        return 0.5 + 0.5 * spread * cosine(v)
    out = np.empty(len(address))

    def proposed(rows: Rows, number: int) -> tuple[Floats, NDArray[np.bool_]]:
        x = log(unit_open(attempt(address[rows], keys[0], number))) / shape
        y = log(unit_open(attempt(address[rows], keys[1], number))) / shape
        return 1.0 / (1.0 + exp(y - x)), exp(x) + exp(y) <= 1.0

    with np.errstate(all="ignore"):
        accept(proposed, np.ones(1, np.bool_), out)
    return out
