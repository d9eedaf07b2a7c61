"""Seasons: cosines of event time, which stay at their hour of the day when the clocks change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synthwb.engine.arrivals.zones import DAY
from synthwb.engine.draws import Floats, Ints
from synthwb.engine.laws.circular import cosine
from synthwb.engine.series.epochs import local_time
from synthwb.scenario.model import Clock

__all__ = ["seasonal"]


def seasonal(times: Ints, terms: Sequence[Mapping[str, Any]], clock: Clock) -> Floats:
    """The sum of all terms at these moments: amplitude * cos(2 pi (time - peak) / period).

    A period of whole days is measured in local time, any other in elapsed time.
    """
    total = np.zeros(len(times))
    for term in terms:
        period, peak = term["period"], np.array([clock.start if term["peak"] is None else term["peak"]], np.int64)
        zone = "UTC" if period % DAY else clock.zone
        since = local_time(times, zone) - local_time(peak, zone)
        total += float(term["amplitude"]) * cosine((since % period) / period)
    return total
