"""The binomial law.

Below a mean of 10 (of successes or of failures, whichever are fewer) the distribution function is summed and inverted;
above, values are proposed by Hörmann's transformed rejection and accepted by the exact ratio of probabilities, the
number of the attempt being part of each draw's address. One number and an array that repeats it give the same values.

Sources: Hörmann 1993, "The generation of binomial random variates", J. Stat. Comput. Simul. 46 (algorithm BTRS);
Loader 2000, "Fast and accurate computation of binomial probabilities", for probabilities without cancellation.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints, unit_open
from synthwb.engine.laws.factorials import HALF_LOG_TWO_PI, deviance, factorial_rest
from synthwb.engine.laws.rejection import Rows, accept, at, attempt, one_or_all
from synthwb.engine.laws.special import CHUNK, exp, log, log1p

__all__ = ["BINOMIAL_DIRECT", "BINOMIAL_LARGEST", "binomial", "binomial_steps"]

BINOMIAL_DIRECT = 10.0
"""Below this mean the distribution function is summed; from there on values are proposed and accepted."""

BINOMIAL_LARGEST = 1e15
"""The most trials: up to here every count is a float of its own, with room to spare."""

_TABLED = 1 << 16  # shares of one law that are worked out beforehand
_REACH = 12.0  # standard deviations on either side: a count beyond is hardly ever proposed


def _log_share(k: Floats, n: Floats, p: Floats, q: Floats) -> Floats:
    """Logarithm of the probability of k successes in n trials, for 0 <= k <= n; q is 1 - p."""
    inside = (k > 0.0) & (k < n)
    middle, others = np.where(inside, k, 1.0), np.where(inside, n - k, 1.0)
    share = factorial_rest(n) - factorial_rest(middle) - factorial_rest(others)
    share -= deviance(middle, n * p) + deviance(others, n * q)
    share += 0.5 * log(n / (middle * others)) - HALF_LOG_TWO_PI
    return np.where(inside, share, np.where(k > 0.0, n * log(p), n * log1p(-p)))


def binomial(address: Bits, keys: tuple[int, int], n: float | Floats, p: float | Floats) -> Ints:
    """Successes in n trials; -1 where n is no whole number from 0 to `BINOMIAL_LARGEST` or p lies outside 0 to 1."""
    n, p = one_or_all(n), one_or_all(p)
    valid = (n >= 0.0) & (n <= BINOMIAL_LARGEST) & (np.floor(n) == n) & (p >= 0.0) & (p <= 1.0)
    out = np.full(len(address), -1, np.int64)
    with np.errstate(all="ignore"):
        fewer = np.where(p > 0.5, 1.0 - p, p)
        direct = n * fewer < BINOMIAL_DIRECT
        if (valid & direct).any():
            rows = np.flatnonzero(np.broadcast_to(valid & direct, len(address)))
            for start in range(0, len(rows), CHUNK):
                part = rows[start : start + CHUNK]
                out[part] = _summed(attempt(address[part], keys[0], 0), at(n, part), at(fewer, part))
        proposing = valid & ~direct
        if proposing.any():
            hat = _Hat(n, fewer) if len(proposing) > 1 else _hat_of(float(n[0]), float(fewer[0]))
            accept(lambda rows, number: hat.proposed(address[rows], keys, number, rows), proposing, out)
    flipped = valid & (p > 0.5)
    return np.where(flipped, np.where(flipped, n, 0.0).astype(np.int64) - out, out) if flipped.any() else out


def _end(mean: Floats) -> Floats:
    """A count that is exceeded with a probability far below 2**-53, for means below `BINOMIAL_DIRECT`."""
    return np.floor(mean + 9.0 * np.sqrt(mean) + 30.0)


def _summed(bits: Bits, n: Floats, p: Floats) -> Ints:
    """How many partial sums of the distribution u has reached; rows that are done are left out."""
    u = unit_open(bits)
    n, p = np.broadcast_to(n, len(u)), np.broadcast_to(p, len(u))
    out = np.zeros(len(u), np.int64)
    rows = np.arange(len(u))
    end = np.minimum(_end(n * p), n)
    odds = p / (1.0 - p)
    term = exp(n * log1p(-p))
    total = term.copy()
    left = n.copy()
    for step in range(1, int(np.max(end, initial=0.0)) + 1):
        alive = np.flatnonzero((u >= total) & (end >= step))
        if not len(alive):
            break
        if len(alive) < len(u):
            rows, u, total, term = rows[alive], u[alive], total[alive], term[alive]
            odds, left, end = odds[alive], left[alive], end[alive]
        out[rows] = step
        term *= left * odds / float(step)
        left -= 1.0
        total += term
    return out


def binomial_steps(n: int, p: float) -> list[int]:
    """The thresholds of one law of mean below `BINOMIAL_DIRECT`, p at most 1/2: counts by how many of them bits reach.

    They split 64 bits exactly as `binomial` does: the same sums, turned into integers.
    """
    steps: list[int] = []
    end = min(float(_end(np.asarray(n * p, np.float64))), float(n))
    odds = p / (1.0 - p)
    term = total = float(exp(float(n) * float(log1p(-p)[0]))[0])
    left = float(n)
    for step in range(1, int(end) + 1):
        # u = (top 52 bits + 1/2) / 2**52 reaches the total from this integer on.
        top = math.ceil(total * 2.0**53) // 2
        if top >= 2**52:
            break
        steps.append(top << 12)
        term = term * (left * odds / float(step))
        left -= 1.0
        total += term
    return steps


class _Hat:
    """Hörmann's table mountain over the binomial law, p at most 1/2 and n * p at least 10 (his constants)."""

    def __init__(self, n: Floats, p: Floats) -> None:
        q = 1.0 - p
        spread = np.sqrt(n * p * q)
        self._law = (n, p, q)
        self._b = 1.15 + 2.53 * spread
        self._a = -0.0873 + 0.0248 * self._b + 0.01 * p
        self._centre = n * p + 0.5
        self._scale = (2.83 + 5.1 / self._b) * spread
        self._inside = 0.92 - 4.2 / self._b
        self._mode = _log_share(np.floor((n + 1.0) * p), n, p, q)
        self._first, self._known = self._tabled(float(spread[0])) if len(spread) == 1 else (0, np.empty(0))

    def _tabled(self, spread: float) -> tuple[int, Floats]:
        """The shares of one law around its mean, worked out once: the first count, and the shares from it on."""
        first = int(max(0.0, float(self._centre[0]) - _REACH * spread))
        last = int(min(float(self._law[0][0]), float(self._centre[0]) + _REACH * spread))
        counts = np.arange(first, last + 1, dtype=np.float64) if last - first < _TABLED else np.empty(0)
        return first, _log_share(counts, *self._law)

    def _shares(self, k: Floats, rows: Rows) -> Floats:
        """Logarithm of the probability of each count."""
        if not len(self._known):
            return _log_share(k, *(at(values, rows) for values in self._law))
        place = k.astype(np.int64) - self._first
        inside = (place >= 0) & (place < len(self._known))
        found = self._known[np.where(inside, place, 0)]
        far = np.flatnonzero(~inside)
        if len(far):
            found[far] = _log_share(k[far], *self._law)
        return found

    def proposed(self, address: Bits, keys: tuple[int, int], number: int, rows: Rows) -> tuple[Ints, NDArray[np.bool_]]:
        """One attempt; it is accepted in 85 rows out of 100, in 70 of them without a look at the law."""
        u = unit_open(attempt(address, keys[0], number)) - 0.5
        v = unit_open(attempt(address, keys[1], number))
        a, b = at(self._a, rows), at(self._b, rows)
        edge = 0.5 - np.abs(u)
        k = np.floor((2.0 * a / edge + b) * u + at(self._centre, rows))
        good = (edge >= 0.07) & (v <= at(self._inside, rows))
        unsure = np.flatnonzero(~good & (k >= 0.0) & (k <= at(self._law[0], rows)))
        if len(unsure):
            these = unsure + rows.start if isinstance(rows, slice) else rows[unsure]
            a, b, scale, mode = (at(values, these) for values in (self._a, self._b, self._scale, self._mode))
            height = log(v[unsure] * scale / (a / (edge[unsure] * edge[unsure]) + b))
            good[unsure] = height <= self._shares(k[unsure], these) - mode
        return k.astype(np.int64), good


@lru_cache(maxsize=64)
def _hat_of(n: float, p: float) -> _Hat:
    """The hat of one law for all rows, with its table: at most half a megabyte."""
    return _Hat(np.array([n]), np.array([p]))
