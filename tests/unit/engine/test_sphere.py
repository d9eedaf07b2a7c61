"""Points on a sphere, and the arctangent they need, against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthwb.engine.draws import mix
from synthwb.engine.laws.circular import arctangent
from synthwb.engine.laws.sphere import RADIUS, around, boxed

ROWS = 20_000
ALONG, ACROSS = (mix(np.arange(ROWS, dtype=np.uint64), key) for key in (1, 2))


def distance(lat: np.ndarray, lon: np.ndarray, centre: tuple[float, float]) -> np.ndarray:
    """Kilometres from a centre, by the haversine."""
    a, b, c, d = (np.radians(each) for each in (lat, lon, centre[0], centre[1]))
    return 2 * RADIUS * np.arcsin(np.sqrt(np.sin((a - c) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((b - d) / 2) ** 2))


def test_the_arctangent_is_that_of_the_angle() -> None:
    rng = np.random.default_rng(1)
    y, x = rng.standard_normal((2, 200_000)) * 10.0 ** rng.integers(-12, 12, (2, 200_000))
    assert np.abs(arctangent(y, x) - np.arctan2(y, x)).max() < 5e-16
    y = np.array([0.0, 0.0, 1.0, -1.0, 0.0, 1.0, -3.0])
    x = np.array([1.0, -1.0, 0.0, 0.0, 0.0, 1.0, -3.0])
    assert np.allclose(arctangent(y, x), np.arctan2(y, x), rtol=0, atol=5e-16)


@given(
    st.floats(-90, 90, allow_subnormal=False),
    st.floats(-180, 180, allow_subnormal=False),
    st.sampled_from([0.0, 0.01, 5.0, 800.0, 12_000.0, 20_015.0]),
)
def test_points_lie_on_the_map_and_within_the_radius(latitude: float, longitude: float, radius: float) -> None:
    lat, lon = around(ALONG[:500], ACROSS[:500], latitude, longitude, radius)
    assert (np.abs(lat) <= 90).all()
    assert (np.abs(lon) <= 180).all()
    found = distance(lat, lon, (latitude, longitude))
    assert found.max() <= radius * (1 + 1e-6) + 1e-6
    assert found.max() >= 0.9 * radius


def test_a_pole_and_the_date_line_are_no_edges() -> None:
    lat, lon = around(ALONG, ACROSS, 90.0, 0.0, 100.0)
    assert lat.min() > 89
    assert np.histogram(lon, 4, (-180, 180))[0].min() > ROWS / 5
    _, lon = around(ALONG, ACROSS, 0.0, 179.9, 50.0)
    assert ((lon > 179) | (lon < -179)).all()
    assert (lon < 0).any()
    lat, lon = boxed(ALONG, ACROSS, (-10.0, 170.0, -5.0, -170.0))
    assert (np.abs(lon) >= 170).all()
    assert (lon < 0).mean() == pytest.approx(0.5, abs=0.02)
    assert (lat.min(), lat.max()) == pytest.approx((-10, -5), abs=0.01)


def test_a_box_may_be_the_whole_earth_or_one_point() -> None:
    lat, lon = boxed(ALONG, ACROSS, (-90.0, -180.0, 90.0, 180.0))
    assert np.isfinite(lat).all()
    assert (lat.max() > 85, lon.min() < -179, lon.max() > 179) == (True, True, True)
    lat, lon = boxed(ALONG[:9], ACROSS[:9], (48.5, 2.25, 48.5, 2.25))
    assert set(lat) == {48.5}
    assert set(lon) == {2.25}


def test_a_centre_that_is_none_gives_no_point() -> None:
    nan = np.nan
    lat, lon = around(
        ALONG[:5],
        ACROSS[:5],
        np.array([0.0, nan, 91.0, 0.0, 0.0]),
        np.array([0.0, 0.0, 0.0, -181.0, 0.0]),
        np.array([1.0, 1.0, 1.0, 1.0, -1.0]),
    )
    assert np.isnan(lat).tolist() == np.isnan(lon).tolist() == [False, True, True, True, True]
