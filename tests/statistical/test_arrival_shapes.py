"""Shaped arrivals against the exact integral of their intensity, at a million events a shape."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from synthwb.engine.arrivals import ConstantArrivals, Intensity, PoissonArrivals
from synthwb.scenario.arrivals.shape import Burst, Curve, Holidays, Peak, Shape, Trend

MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
START = int(datetime(2026, 3, 23, tzinfo=ZoneInfo("Europe/Paris")).timestamp()) * 1_000_000  # a Monday; clocks change
WEEKS = 4
ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance

CURVE = Curve(0.1, (Peak(12 * HOUR + 30 * MINUTE, 2 * HOUR, 1.0), Peak(20 * HOUR + 30 * MINUTE, 3 * HOUR, 0.8)))
SHAPES = {
    "curve": Shape(daily=CURVE),
    "hours": Shape(daily=((0, 0.05), (7 * HOUR, 0.4), (9 * HOUR, 1.0), (18 * HOUR, 0.3))),
    "midnight": Shape(daily=Curve(0.0, (Peak(0, 6 * HOUR, 1.0),))),
    "weekly": Shape(weekly=(1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 0.0)),
    "holidays": Shape(holidays=(Holidays(0.3, "FR", "", ()), Holidays(2.0, dates=(20_540, 20_541)))),
    "growth": Shape(trend=Trend(0.5, 7 * DAY, False, START + 3 * DAY, START + 20 * DAY)),
    "decay": Shape(trend=Trend(-0.1, DAY, True, START)),
    "bursts": Shape(
        bursts=(
            Burst(START + 4 * DAY + 18 * HOUR, 20 * MINUTE, 40.0, 5 * MINUTE, 7 * DAY),
            Burst(START + 2 * DAY, 3 * HOUR, 0.0),
            Burst(START + 5 * DAY, 90 * MINUTE, 1000.0),
        )
    ),
    "all": Shape(
        CURVE,
        (1.0, 1.0, 1.0, 1.0, 1.2, 0.7, 0.5),
        (Holidays(0.3, "FR"),),
        Trend(0.05, 7 * DAY, False, START),
        (Burst(START + 4 * DAY, HOUR, 4.0),),
    ),
}


def _intensity(name: str) -> Intensity:
    """The shape at a rate that gives a million events in four weeks."""
    whole = Intensity(Fraction(1), SHAPES[name], "Europe/Paris").expected(START, START + WEEKS * 7 * DAY)
    return Intensity(Fraction(1_000_000) / Fraction(whole), SHAPES[name], "Europe/Paris")


def _local(times: np.ndarray) -> np.ndarray:
    """Local wall time of instants in Paris around the change of clocks on 29 March 2026, 01:00 UTC."""
    change = int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp()) * 1_000_000
    return times + np.where(times < change, HOUR, 2 * HOUR)


@pytest.mark.parametrize("name", SHAPES)
def test_hours_and_weekdays_hold_what_the_integral_says(name: str) -> None:
    intensity = _intensity(name)
    edges = START + np.arange(WEEKS * 7 * 24 + 1) * HOUR
    times, address = PoissonArrivals(42, "e", intensity).between(START, int(edges[-1]))
    assert len(set(address.tolist())) == len(times)
    counts = np.histogram(times, edges)[0]
    expected = np.array([intensity.expected(int(a), int(a) + HOUR) for a in edges[:-1]])
    assert stats.norm.sf(abs(len(times) - 1e6) / 1e3) * 2 > ALPHA
    assert not counts[expected == 0].any()
    local = _local(edges[:-1])
    for group in ((local // HOUR) % 24, (local // DAY + 3) % 7, np.arange(len(counts))):
        seen, wanted = np.bincount(group, counts), np.bincount(group, expected)
        some = wanted > 5
        assert stats.chi2.sf(((seen - wanted)[some] ** 2 / wanted[some]).sum(), int(some.sum())) > ALPHA


@pytest.mark.parametrize("name", SHAPES)
def test_the_integral_of_the_intensity_between_events_is_exponential(name: str) -> None:
    """Time rescaling (Brown et al. 2002): the one test that sees the whole intensity, gaps and all."""
    intensity = _intensity(name)
    end = START + WEEKS * 7 * DAY
    times, _ = PoissonArrivals(7, "e", intensity).between(START, end)
    reached, total = np.empty(len(times)), 0.0
    times = np.sort(times)
    for first, last in intensity.pieces(START, end):
        stairs = intensity.stairs(first, last)
        level = stairs.values * float(intensity.rate) / 1e6
        whole = np.concatenate(([0.0], np.cumsum(stairs.widths * level)))
        inside = slice(*np.searchsorted(times, [first, last]))
        step = np.searchsorted(stairs.edges, times[inside], side="right") - 1
        reached[inside] = total + whole[step] + (times[inside] - stairs.edges[step]) * level[step]
        total += whole[-1]
    assert stats.kstest(np.diff(reached), "expon").pvalue > ALPHA
    # and without memory: neighbouring gaps are not correlated
    gaps = np.minimum(np.diff(reached), 10.0)
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4e-3


@pytest.mark.parametrize("name", SHAPES)
def test_a_beat_follows_the_integral_within_one_event(name: str) -> None:
    intensity = _intensity(name)
    edges = START + np.arange(WEEKS * 7 * 24 + 1) * HOUR
    times, address = ConstantArrivals(42, "e", intensity, START).between(START, int(edges[-1]))
    assert len(set(address.tolist())) == len(times)
    counts = np.searchsorted(times, edges)
    expected = np.cumsum([0.0, *(intensity.expected(int(a), int(a) + HOUR) for a in edges[:-1])])
    assert np.abs(counts - expected).max() <= 1.001


def test_a_curve_is_what_the_page_says_of_it() -> None:
    """Full height at its time, half way down to the floor half a width away, the floor from a whole width on."""
    stairs = Intensity(Fraction(1), Shape(daily=Curve(0.2, (Peak(12 * HOUR, 2 * HOUR, 1.0),)))).stairs(0, DAY)
    at = {hour: float(stairs.at(np.array([int(hour * HOUR)]))[0]) for hour in (0, 10, 11, 12, 13, 14, 23)}
    assert at[12] == pytest.approx(1.0, abs=1e-3)
    assert at[11] == pytest.approx(0.6, abs=0.01)
    assert at[13] == pytest.approx(0.6, abs=0.01)
    assert (at[0], at[14], at[23]) == (0.2, 0.2, 0.2)
    assert stairs.integral / DAY == pytest.approx(0.2 + 0.8 * 2 / 24, rel=1e-6)


def test_growth_is_compound_or_straight() -> None:
    def level(trend: Trend, days: float) -> float:
        at = START + int(days * DAY)
        return float(Intensity(Fraction(1), Shape(trend=trend)).stairs(at, at + 1).values[0])

    compound, straight = Trend(0.5, DAY, False, START), Trend(0.5, DAY, True, START)
    assert level(compound, -1) == level(straight, -1) == 1.0
    assert level(compound, 3) == pytest.approx(1.5**3, rel=1e-3)
    assert level(straight, 3) == pytest.approx(2.5, rel=1e-3)
    assert level(Trend(0.5, DAY, False, START, START + 2 * DAY), 30) == pytest.approx(2.25, rel=1e-12)
    assert level(Trend(-0.5, DAY, True, START), 2.001) == 0.0
