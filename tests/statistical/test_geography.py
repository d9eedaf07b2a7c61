"""Points on the sphere are uniform by its area, at a million draws by Kolmogorov-Smirnov."""

from __future__ import annotations

import numpy as np
import pytest
from generator_driver import drawn
from goodness import ALPHA, ROWS
from scipy import stats

from synthwb.engine.laws.sphere import RADIUS


def points(**args: float) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes in radians."""
    found = drawn("geo_point", ROWS, round=15, **args).struct.unnest()
    return np.radians(found["latitude"].to_numpy()), np.radians(found["longitude"].to_numpy())


@pytest.mark.parametrize(
    ("latitude", "longitude", "radius"),
    [(48.8566, 2.3522, 5.0), (-89.9, 120.0, 900.0), (12.0, 179.5, 12_000.0), (0.0, 0.0, 20_015.0)],
)
def test_around_a_centre(latitude: float, longitude: float, radius: float) -> None:
    lat, lon = points(latitude=latitude, longitude=longitude, radius=radius)
    centre, moved = np.radians(latitude), lon - np.radians(longitude)
    half = np.sin((lat - centre) / 2) ** 2 + np.cos(lat) * np.cos(centre) * np.sin(moved / 2) ** 2
    area = half / np.sin(radius / RADIUS / 2) ** 2  # the share of the cap that is nearer
    assert stats.kstest(area, "uniform").pvalue > ALPHA
    # the difference of the latitudes by a half-angle: near the centre the plain one would lose its digits
    north = np.sin(lat - centre) + np.cos(lat) * np.sin(centre) * 2 * np.sin(moved / 2) ** 2
    bearing = np.arctan2(np.sin(moved) * np.cos(lat), north) / (2 * np.pi) % 1
    assert stats.kstest(bearing, "uniform").pvalue > ALPHA
    assert abs(stats.pearsonr(area, bearing).statistic) < 4.5 / ROWS**0.5


@pytest.mark.parametrize(
    ("south", "west", "north", "east"),
    [(47.27, 5.87, 55.06, 15.04), (-90.0, -180.0, 90.0, 180.0), (-10.0, 170.0, 60.0, -100.0)],
)
def test_in_a_box(south: float, west: float, north: float, east: float) -> None:
    lat, lon = points(south=south, west=west, north=north, east=east)
    low, high = np.sin(np.radians([south, north]))
    assert stats.kstest((np.sin(lat) - low) / (high - low), "uniform").pvalue > ALPHA
    width = (east - west) % 360 or 360
    assert stats.kstest((np.degrees(lon) - west) % 360 / width, "uniform").pvalue > ALPHA
