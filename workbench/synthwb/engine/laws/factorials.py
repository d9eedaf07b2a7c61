"""The gamma function, and factorials and binomial probabilities without cancellation; the same on every processor.

Sources: Stirling's series (Abramowitz and Stegun 1964, 6.1.40); Loader 2000, "Fast and accurate computation of
binomial probabilities", for what it leaves and for the deviance.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from functools import cache

import numpy as np

from synthwb.engine.draws import Floats
from synthwb.engine.laws.special import horner, log

__all__ = ["HALF_LOG_TWO_PI", "deviance", "factorial_rest", "log_gamma"]

HALF_LOG_TWO_PI = 0.918938533204672741780329736406
_STIRLING = (
    -0.029550653594771242,  # -3617/122400
    0.00641025641025641,  # 1/156
    -0.0019175269175269176,  # -691/360360
    0.0008417508417508417,  # 1/1188
    -0.0005952380952380953,  # -1/1680
    0.0007936507936507937,  # 1/1260
    -0.002777777777777778,  # -1/360
    0.08333333333333333,  # 1/12
)
_SHIFT = 16  # from here on the series of Stirling holds to the last place
_DEVIANCE = tuple(1.0 / (2 * power + 1) for power in range(10, 0, -1))


def log_gamma(x: Floats) -> Floats:
    """Logarithm of the gamma function of positive numbers, to 2e-14 of itself (of 1 where it is smaller)."""
    small = x < _SHIFT
    shifted = np.where(small, x + _SHIFT, x)
    below = np.ones_like(shifted)
    for step in range(_SHIFT):
        below *= np.where(small, x + step, 1.0)
    return (shifted - 0.5) * log(shifted) - shifted + HALF_LOG_TWO_PI + _rest(shifted) - log(below)


def _rest(x: Floats) -> Floats:
    """What Stirling's formula leaves of the logarithm of the gamma function, for x of at least 16."""
    inverse = 1.0 / x
    out = np.empty_like(inverse)
    horner(inverse * inverse, _STIRLING, out)
    return np.multiply(out, inverse, out=out)


@cache
def _small_rests() -> Floats:
    """`_rest` of the factorials of 0 to 15, exactly rounded; that of 0 is never used."""
    with localcontext() as context:
        context.prec = 50
        half_log = (2 * Decimal("3.14159265358979323846264338327950288419716939937510")).ln() / 2
        found = [Decimal(0)]
        found += [
            Decimal(math.factorial(n)).ln() - ((n + Decimal("0.5")) * Decimal(n).ln() - n + half_log)
            for n in range(1, _SHIFT)
        ]
    return np.array([float(value) for value in found])


def factorial_rest(n: Floats) -> Floats:
    """log(n!) less Stirling's formula for it, for whole numbers from 1 on."""
    small = n < _SHIFT
    exact = _small_rests()[np.where(small, n, 0.0).astype(np.int64)]
    return np.where(small, exact, _rest(np.where(small, 16.0, n)))


def deviance(x: Floats, mean: Floats) -> Floats:
    """Return x * log(x / mean) + mean - x, without cancellation where both are near each other (Loader's bd0)."""
    difference, total = x - mean, x + mean
    near = np.abs(difference) < 0.1 * total
    v = np.where(near, difference / total, 0.0)
    series = np.empty_like(v)
    horner(v * v, _DEVIANCE, series)
    series = difference * v + 2.0 * x * v * (v * v) * series
    return np.where(near, series, x * log(x / mean) + mean - x)
