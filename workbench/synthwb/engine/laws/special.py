"""Elementary functions whose last bit is the same on every processor.

NumPy's ``log``, ``exp`` and ``**`` take another path, with other roundings, where the processor has AVX-512, and the C
library's differ from version to version. These are built from what IEEE 754 fixes exactly: ``+ - * /``, ``sqrt``,
integer operations on the bits, tables and polynomials, each a separate NumPy operation, so that nothing can be fused.

All functions take one-dimensional float64 arrays (or what becomes one), return a new array, never warn, and treat
zero, negative, subnormal, infinite and NaN arguments as IEEE 754 recommends. Errors are below one unit in the last
place for `log`, `exp`, `log10` and `power`, below four for `log1p`, `expm1`, `sigmoid` and `logit`.

Sources: FDLIBM 5.3 (Sun Microsystems 1993) for the reductions and polynomials of `log`, `log1p` and `exp`; the table
method of `power` follows Tang 1990 ("Table-driven implementation of the logarithm function in IEEE floating-point
arithmetic") with the split products of Arm's optimized routines.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from synthwb.engine.draws import Floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CHUNK", "exp", "expm1", "horner", "log", "log1p", "log10", "logit", "power", "sigmoid"]

CHUNK = 16_000
"""Rows worked on at a time: the five or so buffers of a kernel stay in the caches next to the core."""

_LN2_HIGH = 6.93147180369123816490e-01  # 33 bits: a multiple by an exponent is exact
_LN2_LOW = 1.90821492927058770002e-10
_LOG_TERMS = (
    1.479819860511658591e-01,
    1.531383769920937332e-01,
    1.818357216161805012e-01,
    2.222219843214978396e-01,
    2.857142874366239149e-01,
    3.999999999940941908e-01,
    6.666666666666735130e-01,
)
_EXP_TERMS = (
    4.13813679705723846039e-08,
    -1.65339022054652515390e-06,
    6.61375632143793436117e-05,
    -2.77777777770155933842e-03,
    1.66666666666666019037e-01,
)
_INVERSE_LN2 = 1.44269504088896338700e00
_ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
_ROOT_HALF = np.uint64(0x3FE6A09E00000000)  # high word of sqrt(1/2): mantissas are reduced to [that, twice that)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_ONE = np.uint64(0x3FF0000000000000)
_TWO_52 = np.uint64(0x4330000000000000)
_S52 = np.uint64(52)
_TINY = 2.0**-1022  # the smallest normal number
_HUGE = 1.7976931348623157e308
_EXP_PLAIN = 707.0  # up to here the result is a normal number

_Kernel = Callable[[Floats, Floats, Floats], None]


def horner(x: Floats, terms: tuple[float, ...], out: Floats) -> None:
    """Evaluate the polynomial with these coefficients, highest power first, into ``out`` (not ``x`` itself)."""
    np.multiply(x, terms[0], out=out)
    np.add(out, terms[1], out=out)
    for term in terms[2:]:
        np.multiply(out, x, out=out)
        np.add(out, term, out=out)


def log(x: ArrayLike) -> Floats:
    """Natural logarithm: -inf at 0, NaN below."""
    values = _floats(x)
    out = _chunked(_log_kernel, values, 4)
    odd = np.flatnonzero(~((values >= _TINY) & (values <= _HUGE)))
    if len(odd):
        out[odd] = _log_of_odd(values[odd])
    return out


def exp(x: ArrayLike) -> Floats:
    """Exponential function: 0 below -745.13, infinity above 709.78."""
    values = _floats(x)
    with np.errstate(all="ignore"):
        out = _chunked(_exp_kernel, values, 3)
        odd = np.flatnonzero(~(np.abs(values) <= _EXP_PLAIN))
        if len(odd):
            held = np.fmin(np.fmax(values[odd], -800.0), 800.0)
            out[odd] = np.where(np.isnan(values[odd]), np.nan, _exp_wide(held, np.zeros(len(odd))))
    return out


def log1p(x: ArrayLike) -> Floats:
    """log(1 + x), accurate for small x."""
    values = _floats(x)
    with np.errstate(all="ignore"):
        total = 1.0 + values
        # What the sum lost, as Kahan and Sun do: exact, then carried through the derivative of the logarithm.
        lost = np.where(np.abs(values) < 1.0, values - (total - 1.0), 1.0 - (total - values)) / total
        near = (values > -0.29) & (values < 0.41)
        out = log(total) + np.where(np.isfinite(lost), lost, 0.0)
        small = np.empty((3, len(values)))
        reduced = np.where(near, values, 0.0)
        _log_core(reduced, None, small[0], small[1:])
        return np.where(near, small[0], np.where(np.isinf(values), log(values), out))


def expm1(x: ArrayLike) -> Floats:
    """exp(x) - 1, accurate for small x (Kahan's quotient; Higham 2002, section 1.14.1)."""
    values = _floats(x)
    with np.errstate(all="ignore"):
        grown = exp(values)
        less = grown - 1.0
        quotient = less * (values / log(grown))
        plain = (np.abs(values) > 1.0) | np.isnan(values)
        return np.where(plain, less, np.where(grown == 1.0, values, quotient))


def log10(x: ArrayLike) -> Floats:
    """Logarithm to base 10; exact for powers of ten."""
    values = _floats(x)
    out = log(values)
    plain = np.flatnonzero((values > 0.0) & (values <= _HUGE))
    with np.errstate(all="ignore"):
        for start in range(0, len(plain), CHUNK):
            rows = plain[start : start + CHUNK]
            high, low = _log_double(values[rows])
            product, rest = _times(high, low, _INVERSE_LN10[0])
            out[rows] = product + (rest + high * _INVERSE_LN10[1])
    return out


def power(x: ArrayLike, y: ArrayLike) -> Floats:
    """Power of x with exponent y, scalars or arrays of one length; NaN for a negative x with a fractional y.

    As in C: ``power(x, 0)`` and ``power(1, y)`` are 1 even for NaN; 0 to a negative power is infinity.
    """
    base, exponent = (np.ascontiguousarray(a) for a in np.broadcast_arrays(_floats(x), _floats(y)))
    out = np.empty(len(base))
    with np.errstate(all="ignore"):
        for start in range(0, len(base), CHUNK):
            part = slice(start, start + CHUNK)
            out[part] = _power_of(base[part], exponent[part])
    return out


def sigmoid(x: ArrayLike) -> Floats:
    """1 / (1 + exp(-x)): the logistic function."""
    values = _floats(x)
    with np.errstate(all="ignore"):
        small = exp(-np.abs(values))
        return np.where(values >= 0.0, 1.0, small) / (1.0 + small)


def logit(p: ArrayLike) -> Floats:
    """log(p / (1 - p)): the inverse of `sigmoid`; -inf at 0, inf at 1, NaN outside."""
    values = _floats(p)
    with np.errstate(all="ignore"):
        out = log(values / (1.0 - values))
        middle = np.flatnonzero((values > 0.25) & (values < 0.75))
        centre = values[middle]
        out[middle] = log1p((2.0 * centre - 1.0) / (1.0 - centre))
        out[values == 1.0] = np.inf
    return out


def _floats(x: ArrayLike) -> Floats:
    return np.ascontiguousarray(np.atleast_1d(np.asarray(x, np.float64)))


def _chunked(kernel: _Kernel, values: Floats, buffers: int) -> Floats:
    """Apply a kernel of (argument, result, work buffers) chunk by chunk."""
    out = np.empty(len(values))
    work = np.empty((buffers, min(CHUNK, len(values))))
    with np.errstate(all="ignore"):
        for start in range(0, len(values), CHUNK):
            part = values[start : start + CHUNK]
            kernel(part, out[start : start + CHUNK], work[:, : len(part)])
    return out


def _log_kernel(x: Floats, out: Floats, work: Floats) -> None:
    """Logarithm of positive normal numbers: x = 2**k * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2))."""
    k, f = work[0], work[1]
    bits, mantissa = k.view(np.uint64), f.view(np.uint64)
    np.subtract(x.view(np.uint64), _ROOT_HALF - _ONE, out=bits)
    np.bitwise_and(bits, _MANTISSA, out=mantissa)
    np.add(mantissa, _ROOT_HALF, out=mantissa)
    np.subtract(f, 1.0, out=f)
    # The exponent becomes a float without a conversion: as the low bits of 2**52.
    np.right_shift(bits, _S52, out=bits)
    np.bitwise_or(bits, _TWO_52, out=bits)
    np.subtract(k, 2.0**52 + 1023.0, out=k)
    _log_core(f, k, out, work[2:])


def _log_core(f: Floats, k: Floats | None, out: Floats, work: Floats) -> None:
    """log(1 + f) + k * log(2); overwrites k. s = f / (2 + f), and a polynomial in s**2 (FDLIBM ``e_log.c``)."""
    s, r = work[0], work[1]
    np.add(f, 2.0, out=s)
    np.divide(f, s, out=s)
    square = np.multiply(s, s, out=out)
    horner(square, _LOG_TERMS, r)
    np.multiply(r, square, out=r)
    half = np.multiply(f, 0.5, out=out)
    np.multiply(half, f, out=half)
    np.add(r, half, out=r)
    np.multiply(r, s, out=r)
    if k is None:
        np.subtract(half, r, out=out)
        np.subtract(f, out, out=out)
        return
    np.multiply(k, _LN2_LOW, out=s)
    np.add(r, s, out=r)
    np.subtract(half, r, out=out)
    np.subtract(out, f, out=out)
    np.multiply(k, _LN2_HIGH, out=k)
    np.subtract(k, out, out=out)


def _log_of_odd(values: Floats) -> Floats:
    """Logarithm where the argument is not a positive normal number."""
    out = np.full(len(values), np.nan)
    out[values == 0.0] = -np.inf
    out[values == np.inf] = np.inf
    subnormal = np.flatnonzero((values > 0.0) & (values < _TINY))
    if len(subnormal):
        with np.errstate(all="ignore"):
            k, f = _reduced(values[subnormal])
            found = np.empty(len(subnormal))
            _log_core(f, k, found, np.empty((2, len(subnormal))))
            out[subnormal] = found
    return out


def _reduced(values: Floats) -> tuple[Floats, Floats]:
    """Exponent k and fraction f of positive numbers, subnormal ones included."""
    subnormal = values < _TINY
    bits = np.where(subnormal, values * 2.0**54, values).view(np.uint64) - (_ROOT_HALF - _ONE)
    f = ((bits & _MANTISSA) + _ROOT_HALF).view(np.float64) - 1.0
    k = (bits >> _S52).astype(np.int64).astype(np.float64) - 1023.0
    return np.where(subnormal, k - 54.0, k), f


def _exp_kernel(x: Floats, out: Floats, work: Floats) -> None:
    """exp(x) for abs(x) <= 707: x = k * log(2) + r, then a rational approximation of exp(r) (FDLIBM ``e_exp.c``)."""
    shift, low, t = work[0], work[1], work[2]
    np.multiply(x, _INVERSE_LN2, out=shift)
    np.add(shift, _ROUNDER, out=shift)
    k = np.subtract(shift, _ROUNDER, out=t)
    np.multiply(k, _LN2_HIGH, out=out)
    np.subtract(x, out, out=out)
    np.multiply(k, _LN2_LOW, out=low)
    _exp_core(out, low, t)
    # 2**k: the low bits of ``shift`` are k in two's complement; the others leave at the top.
    exponent = shift.view(np.uint64)
    np.left_shift(exponent, _S52, out=exponent)
    bits = out.view(np.uint64)
    np.add(bits, exponent, out=bits)


def _exp_core(high: Floats, low: Floats, t: Floats) -> None:
    """exp(high - low) into ``high``, for abs(high) <= log(2) / 2."""
    r = high - low
    square = np.multiply(r, r, out=t)
    c = np.empty_like(r)
    horner(square, _EXP_TERMS, c)
    np.multiply(c, square, out=c)
    np.subtract(r, c, out=c)
    np.subtract(2.0, c, out=t)
    np.multiply(r, c, out=c)
    np.divide(c, t, out=c)
    np.subtract(low, c, out=c)
    np.subtract(c, high, out=c)
    np.subtract(1.0, c, out=high)


def _exp_wide(x: Floats, more: Floats) -> Floats:
    """exp(x + more) for abs(x) <= 800 and a small ``more``, with overflow and gradual underflow."""
    k = (x * _INVERSE_LN2 + _ROUNDER) - _ROUNDER
    high = x - k * _LN2_HIGH
    _exp_core(high, k * _LN2_LOW - more, np.empty_like(x))
    whole = k.astype(np.int64)
    half = whole >> 1  # in two steps, each a normal number: only the last product rounds
    return (high * _two_to(half)) * _two_to(whole - half)


def _two_to(k: NDArray[np.int64]) -> Floats:
    return ((k + 1023) << 52).view(np.float64)


_INTERVALS = 128
_TABLE_START = np.uint64(0x3FE6955500000000)  # so that 1 lies within an interval, whose centre is then 1 itself
_LOG1P_TERMS = tuple((-1.0) ** (n + 1) / n for n in range(10, 2, -1))
_HIGH_HALF = np.uint64(0xFFFFFFFF00000000)
_HIGH_26 = np.uint64(0xFFFFFFFFF8000000)


def _split_decimal(value: Decimal, places: int) -> tuple[float, float]:
    """Split into a multiple of 2**-places and the rest."""
    scale = Decimal(2) ** places
    high = (value * scale).to_integral_value() / scale
    return float(high), float(value - high)


def _constants() -> tuple[tuple[float, float], tuple[float, float]]:
    with localcontext() as context:
        context.prec = 60
        return _split_decimal(Decimal(2).ln(), 42), _split_decimal(1 / Decimal(10).ln(), 27)


_LN2_DOUBLE, _INVERSE_LN10 = _constants()


@cache
def _log_table() -> Floats:
    """Per interval of the mantissa: 1/c in 10 bits, log(c) as a multiple of 2**-42, and the rest of log(c)."""
    starts = _TABLE_START + (np.arange(_INTERVALS, dtype=np.uint64) << np.uint64(45))
    ends = (starts + np.uint64(1 << 45)).view(np.float64)
    table = np.empty((3, _INTERVALS))
    with localcontext() as context:
        context.prec = 60
        for i, (first, last) in enumerate(zip(starts.view(np.float64).tolist(), ends.tolist(), strict=True)):
            inverse = 1.0 if first <= 1.0 <= last else round(1024.0 / (first + last)) / 512.0
            table[:, i] = (inverse, *_split_decimal(-Decimal(inverse).ln(), 42))
    return table


def _log_double(x: Floats) -> tuple[Floats, Floats]:
    """Take the logarithm of positive finite numbers as an unevaluated sum of two floats, to about 2**-65."""
    subnormal = x < _TINY
    bits = np.where(subnormal, x * 2.0**54, x).view(np.uint64)
    shifted = bits - (_TABLE_START - _ONE)
    k = (shifted >> _S52).astype(np.int64).astype(np.float64) - np.where(subnormal, 1077.0, 1023.0)
    z_bits = (shifted & _MANTISSA) + _TABLE_START
    z = z_bits.view(np.float64)
    inverse, log_c, log_c_low = _log_table()[:, ((shifted & _MANTISSA) >> np.uint64(45)).astype(np.int64)]
    # z / c - 1 = r_high + r_low exactly: both factors of each product are short.
    z_high = ((z_bits + np.uint64(1 << 31)) & _HIGH_HALF).view(np.float64)
    r_high = z_high * inverse - 1.0
    r_low = (z - z_high) * inverse
    r = r_high + r_low
    t1 = k * _LN2_DOUBLE[0] + log_c
    t2 = t1 + r
    low = (k * _LN2_DOUBLE[1] + log_c_low) + ((t1 - t2) + r) + ((r_high - r) + r_low)
    half = -0.5 * r_high * r_high
    high = t2 + half
    low += ((t2 - high) + half) - r_low * (0.5 * r + 0.5 * r_high)
    cubic = np.empty_like(r)
    horner(r, _LOG1P_TERMS, cubic)
    low += cubic * r * r * r
    total = high + low
    return total, (high - total) + low


def _times(high: Floats, low: Floats, factor: Any) -> tuple[Floats, Floats]:
    """(high + low) * factor as a sum of two floats (a float or an array as factor)."""
    factor = np.asarray(factor, np.float64)
    factor_high = (factor.view(np.uint64) & _HIGH_26).view(np.float64)
    first = (high.view(np.uint64) & _HIGH_26).view(np.float64)
    return first * factor_high, (factor - factor_high) * first + factor * ((high - first) + low)


def _power_of(x: Floats, y: Floats) -> Floats:
    size = np.abs(x)
    plain = (size > 0.0) & (size <= _HUGE) & (np.abs(y) <= _HUGE)
    safe = np.where(plain, size, 1.0)
    # Beyond 2**65 the result is 0, 1 or infinity, and the split products could overflow.
    held = np.where(plain, np.fmin(np.fmax(y, -(2.0**65)), 2.0**65), 1.0)
    high, low = _times(*_log_double(safe), held)
    beyond = np.abs(high) > 800.0
    out = _exp_wide(np.fmin(np.fmax(high, -800.0), 800.0), np.where(beyond, 0.0, low))
    whole = np.rint(y) == y
    odd = whole & (np.abs(y) < 2.0**53) & (np.fmod(np.where(np.abs(y) < 2.0**53, y, 0.0), 2.0) != 0.0)
    grows = (size > 1.0) == (y > 0.0)
    out = np.where(plain, out, np.where(size == 1.0, 1.0, np.where(grows, np.inf, 0.0)))
    negative = (x.view(np.uint64) >> np.uint64(63)).astype(np.bool_)
    out = np.where(negative & odd, -out, out)
    undefined = np.isnan(x) | np.isnan(y) | ((x < 0.0) & (x > -np.inf) & ~whole & (np.abs(y) <= _HUGE))
    out = np.where(undefined, np.nan, out)
    return np.where((y == 0.0) | (x == 1.0), 1.0, out)
