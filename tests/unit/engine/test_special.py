"""Elementary functions against 40-digit decimal arithmetic, and at the edges of float64."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

from synthwb.engine.draws import Floats, mix, unit
from synthwb.engine.laws import special

COUNT = 1500
INF, NAN = math.inf, math.nan


def spread(low: float, high: float, key: int) -> Floats:
    """Numbers between two bounds, evenly in value."""
    return low + (high - low) * unit(mix(np.arange(COUNT, dtype=np.uint64), key))


def magnitudes(key: int) -> Floats:
    """Positive numbers of every magnitude, subnormal ones included."""
    bits = mix(np.arange(COUNT, dtype=np.uint64), key) % np.uint64(0x7FF0000000000000)
    return bits.view(np.float64)


def worst(found: Floats, exact: list[Decimal]) -> float:
    """The largest error in units in the last place."""
    return max(
        float(abs(Decimal(value) - true) / Decimal(math.ulp(float(true))))
        for value, true in zip(found.tolist(), exact, strict=True)
    )


def exactly(function: Callable[..., Decimal], *arguments: Floats) -> list[Decimal]:
    with localcontext() as context:
        context.prec = 60
        return [function(*map(Decimal, row)) for row in zip(*(a.tolist() for a in arguments), strict=True)]


@pytest.mark.parametrize("x", [magnitudes(1), spread(0.5, 2.0, 2), 1.0 + spread(-1e-9, 1e-9, 3)])
def test_log_and_log10_are_within_one_unit_in_the_last_place(x: Floats) -> None:
    assert worst(special.log(x), exactly(Decimal.ln, x)) < 1.0
    assert worst(special.log10(x), exactly(Decimal.log10, x)) < 0.6


@pytest.mark.parametrize("x", [spread(-744.0, 709.0, 4), spread(-1.0, 1.0, 5), spread(-1e-12, 1e-12, 6)])
def test_exp_is_within_one_unit_in_the_last_place(x: Floats) -> None:
    assert worst(special.exp(x), exactly(Decimal.exp, x)) < 1.0


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (spread(1e-3, 1e3, 7), spread(-90.0, 90.0, 8)),
        (spread(0.5, 2.0, 9), spread(-1000.0, 1000.0, 10)),
        (1.0 + spread(-1e-7, 1e-7, 11), spread(-1e9, 1e9, 12)),
        (magnitudes(13), spread(-0.9, 0.9, 14)),
    ],
)
def test_power_is_within_one_unit_in_the_last_place(x: Floats, y: Floats) -> None:
    assert worst(special.power(x, y), exactly(lambda a, b: (a.ln() * b).exp(), x, y)) < 1.0


def test_small_arguments_keep_their_digits() -> None:
    x = np.concatenate((spread(-0.9, 3.0, 15), spread(-1e-3, 1e-3, 16), spread(-1e-17, 1e-17, 17)))
    assert worst(special.log1p(x), exactly(lambda a: (1 + a).ln(), x)) < 4.0
    assert worst(special.expm1(x), exactly(lambda a: a.exp() - 1, x)) < 4.0


def test_sigmoid_and_logit_are_within_four_units_in_the_last_place() -> None:
    x = spread(-700.0, 40.0, 18)
    assert worst(special.sigmoid(x), exactly(lambda a: 1 / (1 + (-a).exp()), x)) < 4.0
    p = np.concatenate((spread(0.0, 1.0, 19), 0.5 + spread(-1e-9, 1e-9, 20), spread(1e-300, 1e-290, 21)))
    assert worst(special.logit(p), exactly(lambda a: (a / (1 - a)).ln(), p)) < 4.0


EDGES: list[tuple[Any, float, float]] = [
    (special.log, 0.0, -INF),
    (special.log, -0.0, -INF),
    (special.log, -1.0, NAN),
    (special.log, -INF, NAN),
    (special.log, INF, INF),
    (special.log, NAN, NAN),
    (special.log, 1.0, 0.0),
    (special.log, 5e-324, -744.4400719213812),
    (special.log10, 0.0, -INF),
    (special.log10, -1.0, NAN),
    (special.log10, INF, INF),
    (special.log10, 1e-320, math.log10(1e-320)),
    (special.exp, 0.0, 1.0),
    (special.exp, INF, INF),
    (special.exp, -INF, 0.0),
    (special.exp, NAN, NAN),
    (special.exp, 709.7827128933841, INF),
    (special.exp, -745.1332191019411, 5e-324),
    (special.exp, -745.1332191019412, 0.0),
    (special.log1p, -1.0, -INF),
    (special.log1p, -2.0, NAN),
    (special.log1p, INF, INF),
    (special.log1p, NAN, NAN),
    (special.expm1, -INF, -1.0),
    (special.expm1, INF, INF),
    (special.expm1, NAN, NAN),
    (special.expm1, -1000.0, -1.0),
    (special.sigmoid, INF, 1.0),
    (special.sigmoid, -INF, 0.0),
    (special.sigmoid, NAN, NAN),
    (special.sigmoid, 0.0, 0.5),
    (special.logit, 0.0, -INF),
    (special.logit, 1.0, INF),
    (special.logit, 0.5, 0.0),
    (special.logit, -0.1, NAN),
    (special.logit, 1.1, NAN),
    (special.logit, NAN, NAN),
]


@pytest.mark.parametrize(("function", "x", "value"), EDGES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_edges_are_those_of_ieee_754_without_a_warning(function: Any, x: float, value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = float(function(x)[0])
    assert found == value or (math.isnan(found) and math.isnan(value))


CORNERS = [0.0, 1.0, 0.5, 2.0, 3.0, 1e300, 5e-324, 1e308, 2.0**53, 2.0**53 + 2, 745.2, INF, NAN]


def test_power_has_the_corners_of_c() -> None:
    signed = [sign * corner for corner in CORNERS for sign in (1.0, -1.0)]
    for x in signed:
        for y in signed:
            found = float(special.power(x, y)[0])
            odd = math.isfinite(y) and abs(math.fmod(y, 2)) == 1
            try:
                true = math.pow(x, y)
            except OverflowError:
                true = -INF if x < 0 and odd else INF
            except ValueError:  # 0 to a negative power, or no real number
                true = NAN if x < 0 else math.copysign(INF, x) if odd else INF
            same = found == true and math.copysign(1, found) == math.copysign(1, true)
            near = math.isfinite(true) and abs(found - true) <= math.ulp(true)
            assert same or near or (math.isnan(found) and math.isnan(true)), (x, y, found, true)


def test_powers_of_ten_have_whole_logarithms() -> None:
    exponents = np.arange(-307, 309)
    assert np.array_equal(special.log10([float(f"1e{n}") for n in exponents]), exponents)


def test_whole_powers_of_two_are_exact() -> None:
    n = np.arange(-1074.0, 1024.0)
    assert np.array_equal(special.power(2.0, n), np.ldexp(1.0, n.astype(int)))


@pytest.mark.parametrize("name", ["log", "exp", "log1p", "expm1", "log10", "sigmoid", "logit"])
def test_a_value_does_not_depend_on_its_neighbours(name: str) -> None:
    function = getattr(special, name)
    x = unit(mix(np.arange(3 * special.CHUNK + 5, dtype=np.uint64), 3))
    whole = function(x)
    assert np.array_equal(whole[17:29], function(x[17:29]))
    assert whole[-1] == function(x[-1])[0]
    assert np.array_equal(function(x[::7]), whole[::7])
    assert len(function(np.empty(0))) == 0
