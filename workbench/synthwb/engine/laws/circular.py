"""The cosine of a share of a turn and the arctangent, the same on every processor, and what is made from them.

Sources: FDLIBM 5.3 (Sun Microsystems 1993), ``k_sin.c``, ``k_cos.c`` and ``s_atan.c``; Ulrich 1984, "Computer
generation of distributions on the m-sphere", Applied Statistics 33(2), for the symmetric beta law; Jöhnk 1964,
"Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8, for its small shapes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, unit_open
from synthwb.engine.laws.rejection import Rows, accept, attempt
from synthwb.engine.laws.special import exp, expm1, horner, log

__all__ = ["arctangent", "cosine", "halved"]

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
_ARC = (
    1.62858201153657823623e-02,
    -3.65315727442169155270e-02,
    4.97687799461593236017e-02,
    -5.83357013379057348645e-02,
    6.66107313738753120669e-02,
    -7.69187620504482999495e-02,
    9.09088713343650656196e-02,
    -1.11111104054623557880e-01,
    1.42857142725034663711e-01,
    -1.99999999998764832476e-01,
    3.33333333333329318027e-01,
)
_ARC_OF_HALF, _ARC_OF_ONE, _QUARTER = 4.63647609000806093515e-01, 0.785398163397448309616, 1.57079632679489661923


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


def arctangent(y: Floats, x: Floats) -> Floats:
    """The angle of the point (x, y) from the x axis in radians, -pi to pi, within 4e-16; 0 for the origin."""
    with np.errstate(all="ignore"):
        up, along = np.abs(y), np.abs(x)
        steep = up > along
        share = np.where(steep, along, up) / np.where(steep, up, along)  # 0 to 1: the tangent within an eighth
        share = np.where((up == 0.0) & (along == 0.0), 0.0, share)
        # Near 1 and near 1/2 the arc is that of a known angle, and of what is left.
        low, high = share < 0.4375, share >= 0.6875
        rest = np.where(low, share, np.where(high, (share - 1.0) / (share + 1.0), (2.0 * share - 1.0) / (2.0 + share)))
        square = rest * rest
        series = np.empty_like(rest)
        horner(square, _ARC, series)
        known = np.where(low, 0.0, np.where(high, _ARC_OF_ONE, _ARC_OF_HALF))
        angle = known - (rest * square * series - rest)
        angle = np.where(steep, _QUARTER - angle, angle)
        angle = np.where(x < 0.0, 2.0 * _QUARTER - angle, angle)
        found: Floats = np.where(y < 0.0, -angle, angle)
    return found


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
