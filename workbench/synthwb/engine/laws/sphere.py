"""Points on a sphere, uniform by its area: around a centre, or between edges.

By Archimedes, the area between two parallels is proportional to the difference of the sines of their latitudes; so is
that of a cap, from its centre on. Only ``+ - * / sqrt`` and functions built from them, the same on every processor.
"""

from __future__ import annotations

import numpy as np

from synthwb.engine.draws import Bits, Floats, unit, unit_open
from synthwb.engine.laws.circular import arctangent, cosine

__all__ = ["RADIUS", "around", "boxed", "shifted"]

RADIUS = 6371.0088
"""Of the Earth, in kilometres."""

_DEGREES = 57.295779513082320877  # of a radian
_TWO_PI = 6.283185307179586476925


def around(
    along: Bits, across: Bits, latitude: float | Floats, longitude: float | Floats, radius: float | Floats
) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees within ``radius`` kilometres of centres; NaN where a centre is none.

    ``along`` says how far from the centre a point lies, ``across`` in which direction.
    """
    centre_lat, centre_lon, reach = (
        np.broadcast_to(np.asarray(each, np.float64), len(along)) for each in (latitude, longitude, radius)
    )
    with np.errstate(all="ignore"):
        valid = (np.abs(centre_lat) <= 90.0) & (np.abs(centre_lon) <= 180.0) & (reach >= 0.0)
        place, far = np.where(valid, centre_lat, 0.0), np.where(valid, np.fmin(reach / RADIUS, _TWO_PI / 2.0), 0.0)
        half = np.sqrt(unit_open(along)) * _sine(far / (2.0 * _TWO_PI))  # the sine of half the distance
        turn = unit(across)
        found, moved = _from(place, centre_lon, half, (cosine(turn), _sine(turn)))
        return np.where(valid, found, np.nan), np.where(valid, moved, np.nan)


def shifted(latitude: float | Floats, longitude: float | Floats, north: Floats, east: Floats) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees, so many kilometres north and east of centres; NaN where a centre is none."""
    centre_lat, centre_lon = (
        np.broadcast_to(np.asarray(each, np.float64), len(north)) for each in (latitude, longitude)
    )
    with np.errstate(all="ignore"):
        distance = np.sqrt(north * north + east * east)
        valid = (np.abs(centre_lat) <= 90.0) & (np.abs(centre_lon) <= 180.0) & (distance >= 0.0)
        place, far = np.where(valid, centre_lat, 0.0), np.where(valid, np.fmin(distance / RADIUS, _TWO_PI / 2.0), 0.0)
        ahead, aside = (np.where(distance > 0.0, each / distance, 0.0) for each in (north, east))
        found, moved = _from(place, centre_lon, _sine(far / (2.0 * _TWO_PI)), (ahead, aside))
        return np.where(valid, found, np.nan), np.where(valid, moved, np.nan)


def _from(place: Floats, longitude: Floats, half: Floats, direction: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """From centres into a direction (its parts to the north and to the east); ``half``: sine of half the distance."""
    out, ahead = 2.0 * half * np.sqrt(1.0 - half * half), 1.0 - 2.0 * half * half
    north, east = out * direction[0], out * direction[1]
    sine, even = _sine(place / 360.0), cosine(place / 360.0)
    x, z = ahead * even - north * sine, ahead * sine + north * even
    found = arctangent(z, np.sqrt(x * x + east * east)) * _DEGREES
    return found, _wrapped(longitude + arctangent(east, x) * _DEGREES)


def boxed(along: Bits, across: Bits, edges: tuple[float, float, float, float]) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees between the edges: south, west, north, east.

    ``along`` says how far up a point lies, ``across`` how far to the east of the west.
    """
    south, west, north, east = edges
    low, high = _sine(np.array([south, north]) / 360.0).tolist()
    height = low + (high - low) * unit(along)
    latitude = arctangent(height, np.sqrt((1.0 - height) * (1.0 + height))) * _DEGREES
    width = east - west if west <= east else east - west + 360.0
    return np.fmin(np.fmax(latitude, south), north), _wrapped(west + width * unit(across))


def _sine(turns: Floats) -> Floats:
    return cosine(turns - 0.25)


def _wrapped(longitude: Floats) -> Floats:
    """Longitudes beyond the date line as they are written on its other side."""
    over = np.where(longitude > 180.0, longitude - 360.0, longitude)
    return np.where(over < -180.0, over + 360.0, over)
