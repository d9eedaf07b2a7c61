"""Continuous laws, and the Poisson law: from 64 random bits per row to a value, the same on every processor.

Every law is an inverse distribution function applied row by row. There is no sampler with a state, so a parameter that
changes in one row changes no other row, and one number and an array that repeats it give the same values.
Parameters are a float or an array of one float per row; a row whose parameter is NaN or impossible becomes NaN (-1 for
`poisson`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Bits, Floats, Ints
from synthwb.engine.laws.special import CHUNK, exp, horner, log

__all__ = ["POISSON_DIRECT", "POISSON_LARGEST", "poisson", "poisson_steps", "standard_exponential", "standard_normal"]

_STRETCH = 8 * CHUNK  # rows whose tails are worked on together
_S12 = np.uint64(12)
_ONE = np.uint64(0x3FF0000000000000)

# Wichura 1988, algorithm AS 241 (PPND16): rational approximations, relative error about 1e-16; highest power first.
_CENTRE_TOP = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRE_BOTTOM = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_TAIL_TOP = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_TAIL_BOTTOM = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_FAR_TOP = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_FAR_BOTTOM = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)

POISSON_DIRECT = 128.0
"""Below this mean the Poisson distribution function is summed term by term; from there on it is inverted by series."""

POISSON_LARGEST = 1e9
"""The largest mean: up to here one event more or less is resolved."""

# x(s) of Temme's expansion, s = normal quantile / sqrt(mean): fitted on abs(s) <= 0.73 (8.22 / sqrt(128)) at 40 digits,
# highest power first; errors 3e-11, 5e-8 and 5e-5.
_POISSON_SQUARE = (
    7.899222050780678e-06,
    -1.2536750197377782e-05,
    7.605762847525965e-06,
    -1.4946806401097106e-05,
    3.682877545231653e-05,
    -6.757894971633957e-05,
    0.00012710888767246883,
    -0.0002577923657133889,
    0.0005585194587002896,
    -0.0013310362600710238,
    0.0037037028711652113,
    -0.01388888854429105,
    0.16666666667126961,
)
_POISSON_SHIFT = (
    0.00025891803968525255,
    -0.0004125474879969033,
    0.00040214969851456734,
    -0.0007777683495057761,
    0.001664879818208012,
    -0.0035343276982081825,
    0.00864118491565364,
    -0.02777733715858598,
    0.33333334196791214,
)
_POISSON_SHRINK = (
    0.007392477646648843,
    -0.009862073396428262,
    0.008159380665057859,
    -0.011950911659029853,
    0.017313880512774764,
    -0.01977498858991262,
)


def _open_unit(bits: Bits, out: Floats) -> None:
    """The same numbers as `synthwb.engine.draws.unit_open`, made without a conversion: as a float in [1, 2), less 1."""
    raw = out.view(np.uint64)
    np.right_shift(bits, _S12, out=raw)
    np.bitwise_or(raw, _ONE, out=raw)
    np.subtract(out, 1.0 - 2.0**-53, out=out)


def standard_normal(bits: Bits) -> Floats:
    """Normal with mean 0 and standard deviation 1; symmetric, within 8.21 (Wichura 1988, AS 241)."""
    out = np.empty(len(bits))
    work = np.empty((3, min(CHUNK, len(bits))))
    beyond = np.empty(min(_STRETCH, len(bits)), np.bool_)
    for first in range(0, len(bits), _STRETCH):
        stretch, found = bits[first : first + _STRETCH], out[first : first + _STRETCH]
        for start in range(0, len(stretch), CHUNK):
            part = slice(start, start + CHUNK)
            these = stretch[part]
            _normal_centre(these, found[part], beyond[start : start + len(these)], work[:, : len(these)])
        # Fifteen rows in a hundred: gathered over several chunks, for few rows cost as much per call as many.
        tail = np.flatnonzero(beyond[: len(stretch)])
        found[tail] = _normal_tail(stretch[tail])
    return out


def _normal_centre(bits: Bits, out: Floats, beyond: NDArray[np.bool_], work: Floats) -> None:
    """The quantile where the probability is within 0.425 of 1/2; ``beyond`` marks the rows where it is not."""
    q, r, t = work
    _open_unit(bits, q)
    np.subtract(q, 0.5, out=q)
    np.multiply(q, q, out=r)
    np.subtract(0.180625, r, out=r)
    np.less(r, 0.0, out=beyond)
    horner(r, _CENTRE_TOP, out)
    np.multiply(out, q, out=out)
    horner(r, _CENTRE_BOTTOM, t)
    np.divide(out, t, out=out)


def _normal_tail(bits: Bits) -> Floats:
    u = np.empty(len(bits))
    _open_unit(bits, u)
    r = np.sqrt(-log(np.minimum(u, 1.0 - u)))
    found = _ratio(r - 1.6, _TAIL_TOP, _TAIL_BOTTOM)
    far = np.flatnonzero(r > 5.0)
    if len(far):
        found[far] = _ratio(r[far] - 5.0, _FAR_TOP, _FAR_BOTTOM)
    return np.copysign(found, u - 0.5, out=found)


def _ratio(x: Floats, top: tuple[float, ...], bottom: tuple[float, ...]) -> Floats:
    above, below = np.empty_like(x), np.empty_like(x)
    horner(x, top, above)
    horner(x, bottom, below)
    return np.divide(above, below, out=above)


def standard_exponential(bits: Bits) -> Floats:
    """Exponential with mean 1: -log(u), u in (0, 1); at most 36.74."""
    out = np.empty(len(bits))
    u = np.empty(min(CHUNK, len(bits)))
    for start in range(0, len(bits), CHUNK):
        part = bits[start : start + CHUNK]
        held = u[: len(part)]
        _open_unit(part, held)
        np.negative(log(held), out=out[start : start + CHUNK])
    return out


def poisson(bits: Bits, mean: float | Floats) -> Ints:
    """Poisson counts; -1 where the mean is NaN, negative or above `POISSON_LARGEST`.

    Below `POISSON_DIRECT` the inverse of the summed distribution function; from there on Temme's uniform expansion of
    the incomplete gamma function, inverted (Giles 2016, ACM TOMS 42(1), "Algorithm 955"), whose thresholds are off by
    less than a millionth of the probability of one count.
    """
    means = np.broadcast_to(np.asarray(mean, np.float64), len(bits))
    out = np.full(len(bits), -1, np.int64)
    for start in range(0, len(bits), CHUNK):
        part, these = bits[start : start + CHUNK], means[start : start + CHUNK]
        found = out[start : start + CHUNK]
        small = (these >= 0.0) & (these < POISSON_DIRECT)
        large = (these >= POISSON_DIRECT) & (these <= POISSON_LARGEST)
        for rows, law in ((small, _poisson_summed), (large, _poisson_expanded)):
            if rows.all():
                found[:] = law(part, these)
            elif rows.any():
                found[rows] = law(part[rows], these[rows])
    return out


def _poisson_end(mean: Floats) -> Floats:
    """A count that is exceeded with a probability far below 2**-53, for means below `POISSON_DIRECT`."""
    return np.floor(mean + 9.0 * np.sqrt(mean) + 30.0)


def _poisson_summed(bits: Bits, mean: Floats) -> Ints:
    """How many partial sums of the distribution u has reached; sums over all rows, leaves out rows that are done."""
    u = np.empty(len(bits))
    _open_unit(bits, u)
    out = np.zeros(len(bits), np.int64)
    rows = np.arange(len(bits))
    end = _poisson_end(mean)
    term = exp(-mean)
    total = term.copy()
    count = np.zeros(len(bits), np.int64)
    for step in range(1, int(np.max(end)) + 1):
        reached = u >= total
        np.add(count, reached, out=count)
        alive = int(np.count_nonzero(reached))
        if 2 * alive < len(u):
            out[rows] = count
            rows, count = rows[reached], count[reached]
            u, total, term, mean = u[reached], total[reached], term[reached], mean[reached]
        if not alive:
            break
        np.multiply(term, mean, out=term)
        np.divide(term, float(step), out=term)
        np.add(total, term, out=total)
    out[rows] = count
    return np.minimum(out, end.astype(np.int64))


def _poisson_expanded(bits: Bits, mean: Floats) -> Ints:
    """The count by way of the standard normal quantile, mean at least `POISSON_DIRECT`."""
    normal, root = standard_normal(bits), np.sqrt(mean)
    s = normal / root
    series = np.empty_like(s)
    horner(s, _POISSON_SQUARE, series)
    x = mean + root * normal
    x += normal * normal * series
    horner(s, _POISSON_SHIFT, series)
    x += series
    horner(s, _POISSON_SHRINK, series)
    x += series / mean
    return np.floor(x).astype(np.int64)


def poisson_steps(mean: float) -> list[int]:
    """The thresholds of one mean below `POISSON_DIRECT`: a count is the number of thresholds that 64 bits reach.

    They split the bits exactly as `poisson` does: the same sums, turned into integers. Thresholds that no 64 bits
    reach are left out.
    """
    steps: list[int] = []
    term = total = float(exp(-mean)[0])
    for step in range(1, int(_poisson_end(np.asarray(mean, np.float64))) + 1):
        # u = (top 52 bits + 1/2) / 2**52 reaches the total from this integer on.
        top = math.ceil(total * 2.0**53) // 2
        if top >= 2**52:
            break
        steps.append(top << 12)
        term = term * mean / step
        total += term
    return steps
