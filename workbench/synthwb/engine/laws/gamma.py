"""The gamma and beta laws, by rejection (see `synthwb.engine.laws.rejection`).

One number and an array that repeats it give the same values. Parameters are a float or an array of one float per row; a
row whose parameter is NaN or impossible becomes NaN.

Sources: Marsaglia and Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26(3), for shapes of 1
and above; Stuart's theorem for shapes below (a gamma of shape + 1 times a power of a uniform number).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, mix, unit_open
from synthwb.engine.laws.continuous import standard_exponential, standard_normal
from synthwb.engine.laws.rejection import accept, at, attempt, one_or_all
from synthwb.engine.laws.special import exp, log, log1p

__all__ = ["standard_beta", "standard_gamma"]

_SQUEEZE = 0.0331

Keys = tuple[int, int, int]
"""Of one gamma draw: the normal number, the decision to accept it, the power for shapes below 1."""


def standard_gamma(address: Bits, keys: Keys, shape: float | Floats) -> Floats:
    """Gamma with scale 1. Below a shape of about 0.05 part of the law lies below the smallest float, and is 0."""
    with np.errstate(all="ignore"):
        values, fall = _drawn(address, keys, shape)
        return values if fall is None else values * exp(-fall)


def standard_beta(address: Bits, keys: tuple[Keys, Keys], alpha: float | Floats, beta: float | Floats) -> Floats:
    """Beta on [0, 1]: x / (x + y) of two gammas, taken through their logarithms where these are too small."""
    with np.errstate(all="ignore"):
        x, x_fall = _drawn(address, keys[0], alpha)
        y, y_fall = _drawn(address, keys[1], beta)
        ratio = np.divide(y, x, out=y)
        if x_fall is not None or y_fall is not None:
            ratio *= exp((0.0 if x_fall is None else x_fall) - (0.0 if y_fall is None else y_fall))
        return 1.0 / (1.0 + ratio)


def _drawn(address: Bits, keys: Keys, shape: float | Floats) -> tuple[Floats, Floats | None]:
    """Gamma values as (value, fall): the gamma number is value * exp(-fall). No fall is 0."""
    shapes = one_or_all(shape)
    small = shapes < 1.0
    d = np.where(small, shapes + 1.0, shapes) - 1.0 / 3.0
    scale = 1.0 / np.sqrt(9.0 * d)
    out = np.full(len(address), np.nan)
    accept(lambda rows, number: _proposed(address[rows], keys, number, at(d, rows), at(scale, rows)), shapes > 0.0, out)
    if not small.any():
        return out, None
    fall = standard_exponential(mix(address, keys[2]))
    fall /= np.where(shapes > 0.0, shapes, np.nan)
    return out, np.where(small, fall, 0.0)


def _proposed(address: Bits, keys: Keys, number: int, d: Floats, scale: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """One attempt of Marsaglia and Tsang; it is accepted in 95 rows out of 100 or more."""
    x = standard_normal(attempt(address, keys[0], number))
    u = unit_open(attempt(address, keys[1], number))
    square = x * x
    t = np.multiply(x, scale, out=x)
    v = 1.0 + t
    v *= v * v
    bound = square * square
    bound *= -_SQUEEZE
    bound += 1.0
    good = u < bound  # implies v > 0: see the article
    doubtful = np.flatnonzero(~good & (v > 0.0))
    if len(doubtful):
        # 1 - v + log(v), without the cancellation: v is (1 + t)**3.
        t = t[doubtful]
        fall = 3.0 * (log1p(t) - t) - t * t * (3.0 + t)
        good[doubtful] = log(u[doubtful]) < 0.5 * square[doubtful] + at(d, doubtful) * fall
    v *= d
    return v, good
