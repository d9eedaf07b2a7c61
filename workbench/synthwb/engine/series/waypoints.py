"""Paths from waypoint to waypoint, exact at every moment, without a history.

The random waypoint model (Camp, Boleng, Davies 2002, "A survey of mobility models for ad hoc network research") with
legs that take the same time: every so often a new point within reach of home is chosen, evenly by area, and the way to
it is straight and even. Which points they are follows from whose path it is and the number of the leg alone.
"""

from __future__ import annotations

import numpy as np

from synthwb.engine.draws import Bits, Floats, Ints, mix, unit, unit_open
from synthwb.engine.laws.circular import cosine

__all__ = ["LEG", "waypoints"]

LEG = 0.9054147873672272
"""How far two points of a disc of radius 1 are from each other on average: 128 / (45 pi)."""

_ALONG, _ACROSS, _PHASE = 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB


def waypoints(times: Ints, whose: Bits, leg: Floats, key: int) -> tuple[Floats, Floats]:
    """How far north and how far east of home, in units of the reach. ``leg``: microseconds that each leg takes.

    ``times``: microseconds since any moment that is the same for all. Everybody turns at times of their own.
    """
    seeds = mix(whose, key)
    along = times / leg + unit(mix(seeds, _PHASE))
    number = np.floor(along)
    share = along - number
    begin = _point(seeds, number)
    end = _point(seeds, number + 1.0)
    return (begin[0] + (end[0] - begin[0]) * share, begin[1] + (end[1] - begin[1]) * share)


def _point(seeds: Bits, number: Floats) -> tuple[Floats, Floats]:
    """A point of the disc of radius 1 for each leg, evenly by area."""
    address = mix(seeds ^ mix(number.astype(np.int64).view(np.uint64)))
    far, turn = np.sqrt(unit_open(mix(address, _ALONG))), unit(mix(address, _ACROSS))
    return far * cosine(turn), far * cosine(turn - 0.25)
