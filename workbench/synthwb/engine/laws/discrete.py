"""Discrete laws: from 64 random bits per row to one of many outcomes, by exact integer thresholds.

No floating-point comparison decides an outcome here: probabilities become integers out of 2**64 once, and rows compare
integers. Outcomes are numbered from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints
from synthwb.engine.laws.special import CHUNK, exp, expm1, log, log1p, power

__all__ = ["Table", "below", "happens", "thresholds", "zipf"]

_S32, _S48, _S11 = np.uint64(32), np.uint64(48), np.uint64(11)
_LOW = np.uint64(0xFFFFFFFF)
_CELLS = 1 << 16
_RANKS = 1 << 16  # ranks of a Zipf law that are tabled; the rest is one integral, inverted


def thresholds(weights: Sequence[Fraction]) -> list[int]:
    """Where each outcome ends, out of 2**64: the outcome is the number of thresholds reached.

    The last outcome needs none; outcomes of weight zero are never reached. Raises ValueError if all weights are zero.
    """
    total = sum(weights, Fraction(0))
    if total <= 0:
        raise ValueError("the weights sum to nothing")
    found: list[int] = []
    so_far = Fraction(0)
    for weight in weights:
        so_far += weight
        end = (so_far.numerator * total.denominator << 64) // (so_far.denominator * total.numerator)
        if end >= 1 << 64:
            break
        found.append(end)
    return found


class Table:
    """Counts how many of some sorted thresholds 64 bits reach, by a table over the top 16 bits.

    Most cells lie between two thresholds and answer at once; rows in the others are searched among all thresholds, so
    the outcome is exact. ``count``: the number of outcomes.
    """

    __slots__ = ("_answer", "_open", "_steps", "count")

    def __init__(self, steps: Sequence[int] | NDArray[np.uint64]) -> None:
        self._steps = np.asarray(steps, np.uint64)
        self.count = len(self._steps) + 1
        cells = (self._steps >> _S48).astype(np.int64)
        at_start = (self._steps & np.uint64((1 << 48) - 1)) == 0
        reached = np.cumsum(np.bincount(cells, minlength=_CELLS))
        first = np.concatenate(([0], reached[:-1])) + np.bincount(cells[at_start], minlength=_CELLS)
        dtype = np.min_scalar_type(self.count)
        self._open = self.count  # stands for: look among the thresholds
        self._answer: NDArray[Any] = np.where(first == reached, first, self._open).astype(dtype)

    def __call__(self, bits: Bits) -> NDArray[np.uint32]:
        """The outcome of each row."""
        out = np.empty(len(bits), np.uint32)
        for start in range(0, len(bits), CHUNK):
            part = bits[start : start + CHUNK]
            found = self._answer.take((part >> _S48).view(np.int64), mode="wrap")
            unsure = np.flatnonzero(found == self._open)
            out[start : start + CHUNK] = found
            if len(unsure):
                out[start + unsure] = np.searchsorted(self._steps, part[unsure], side="right")
        return out


@lru_cache(maxsize=1024)
def table_of(weights: tuple[Fraction, ...]) -> Table:
    """The table of outcomes with these weights, made once: a plan is made anew at every key.

    Raises ValueError if all weights are zero.
    """
    return Table(thresholds(weights))


def happens(bits: Bits, probability: float | Floats) -> NDArray[np.bool_]:
    """Whether a row's event of this probability happens: exact to 2**-53. NaN counts as 0."""
    if isinstance(probability, np.ndarray):
        return (bits >> _S11).astype(np.float64) < probability * 2.0**53
    least = -int(-probability * 2.0**53 // 1)
    if least >= 1 << 53:
        return np.ones(len(bits), np.bool_)
    return bits < np.uint64(max(least, 0) << 11)


def below(bits: Bits, size: int | NDArray[np.uint64], more: Callable[[], Bits]) -> Bits:
    """A number in [0, size): the top of the product bits * size (Lemire 2019), no outcome favoured by over 2**-32.

    ``size`` is from 1 to 2**64 (as an array: below 2**64). Sizes above 2**32 take 64 further bits per row from
    ``more``, and the bias stays below 2**-64.
    """
    if isinstance(size, np.ndarray):
        short = size <= _LOW
        found = _short_product(bits, np.where(short, size, np.uint64(1)))
        long = np.flatnonzero(~short)
        if len(long):
            found[long] = _long_product(bits[long], more()[long], size[long])
        return found
    if size == 1 << 64:
        return bits.copy()
    factor = np.uint64(size)
    rest = more() if size > int(_LOW) else None
    out = np.empty(len(bits), np.uint64)
    for start in range(0, len(bits), CHUNK):
        part = slice(start, start + CHUNK)
        if rest is None:
            out[part] = _short_product(bits[part], factor)
        else:
            out[part] = _long_product(bits[part], rest[part], factor)
    return out


def _short_product(bits: Bits, size: np.uint64 | NDArray[np.uint64]) -> Bits:
    """Top 64 bits of bits * size, size below 2**32."""
    low = bits & _LOW
    np.multiply(low, size, out=low)
    np.right_shift(low, _S32, out=low)
    high = bits >> _S32
    np.multiply(high, size, out=high)
    np.add(high, low, out=high)
    np.right_shift(high, _S32, out=high)
    return high


def _product(a: Bits, b: np.uint64 | NDArray[np.uint64]) -> tuple[Bits, Bits]:
    """The 128-bit product as (high, low)."""
    a_high, a_low, b_high, b_low = a >> _S32, a & _LOW, b >> _S32, b & _LOW
    low = a_low * b_low
    cross, other = a_low * b_high, a_high * b_low
    middle = (low >> _S32) + (cross & _LOW) + (other & _LOW)
    return a_high * b_high + (cross >> _S32) + (other >> _S32) + (middle >> _S32), (middle << _S32) | (low & _LOW)


def _long_product(bits: Bits, more: Bits, size: np.uint64 | NDArray[np.uint64]) -> Bits:
    """Top 64 bits of (128 random bits) * size."""
    high, low = _product(bits, size)
    carry, _ = _product(more, size)
    return high + ((low + carry) < low)


@lru_cache(maxsize=64)
def zipf(exponent: float, count: int) -> Callable[[Bits], Ints]:
    """Ranks in [0, count), rank r with a probability proportional to (r + 1) ** -exponent.

    The first 65,536 ranks are tabled. Above, the sum over ranks is taken as the integral of x ** -exponent over
    [rank + 1/2, rank + 3/2], which is inverted in closed form; a rank's share is off by less than
    exponent * (exponent + 1) / 24 / 65536**2 of itself. Memory does not grow with ``count`` beyond that.
    """
    tabled = min(count, _RANKS)
    sums = np.cumsum(power(np.arange(1, tabled + 1), -exponent))
    start = tabled + 0.5
    a = 1.0 - exponent
    span = float(log((count + 0.5) / start)[0]) if count > tabled else 0.0
    scale = float(power(start, a)[0])
    tail = scale * (float(expm1(a * span)[0]) / a if a else span)
    shares = np.minimum(sums / (float(sums[-1]) + tail), 1.0 - 2.0**-53)
    # Through 2**63: a float of 2**63 or more has no conversion that is the same everywhere.
    steps = (shares * 2.0**63).astype(np.int64).astype(np.uint64) << np.uint64(1)
    if count == tabled:
        table = Table(steps[:-1])
        return lambda bits: table(bits).astype(np.int64)
    return _zipf_with_tail(Table(steps), int(steps[-1]), (start, a, tail / scale), count)


def _zipf_with_tail(
    table: Table, edge: int, integral: tuple[float, float, float], count: int
) -> Callable[[Bits], Ints]:
    start, a, mass = integral
    width = float((1 << 64) - edge)

    def draw(bits: Bits) -> Ints:
        out = table(bits).astype(np.int64)
        rows = np.flatnonzero(out == table.count - 1)
        if len(rows):
            share = ((bits[rows] - np.uint64(edge)).astype(np.float64) + 0.5) / width * mass
            x = start * exp(log1p(a * share) / a if a else share)
            out[rows] = np.clip(np.floor(x + 0.5) - 1.0, table.count - 1, count - 1).astype(np.int64)
        return out

    return draw
