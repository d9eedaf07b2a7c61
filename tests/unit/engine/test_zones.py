"""Local time: pieces between changes of the clocks, and the instants of local times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from synthwb.engine.arrivals.zones import DAY, Zone

HOUR = DAY // 24


def micros(text: str, zone: str = "UTC", fold: int = 0) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int((local - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC"]
)
def test_pieces_agree_with_the_zone_at_every_hour(zone: str) -> None:
    start, end = micros("2010-01-01"), micros("2013-01-01")
    pieces = list(Zone(zone).pieces(start, end))
    assert (pieces[0][0], pieces[-1][1]) == (start, end)
    assert all(a[1] == b[0] and a[2] != b[2] for a, b in pairwise(pieces))
    at = 0
    for instant in range(start, end, HOUR):
        while instant >= pieces[at][1]:
            at += 1
        offset = datetime.fromtimestamp(instant / 1e6, UTC).astimezone(ZoneInfo(zone)).utcoffset()
        assert pieces[at][2] == offset / timedelta(microseconds=1)


def test_the_skipped_hour_becomes_the_jump_and_of_the_doubled_one_the_first_counts() -> None:
    paris = Zone("Europe/Paris")
    spring = [micros(f"2026-03-29T{time}") for time in ("01:59", "02:00", "02:30", "03:00", "03:01")]
    jump = micros("2026-03-29T01:00")
    assert paris.instants(np.array(spring)).tolist() == [jump - HOUR // 60, jump, jump, jump, jump + HOUR // 60]
    autumn = [micros(f"2026-10-25T{time}") for time in ("01:59", "02:00", "02:59", "03:00")]
    first = micros("2026-10-25T00:00")
    assert paris.instants(np.array(autumn)).tolist() == [
        first - HOUR // 60,
        first,
        first + 59 * HOUR // 60,
        first + 2 * HOUR,
    ]


def test_a_day_that_a_country_skipped() -> None:
    """Samoa had no 30 December 2011."""
    found = Zone("Pacific/Apia").instants(np.array([micros("2011-12-29T12:00"), micros("2011-12-30T12:00")]))
    assert found.tolist() == [micros("2011-12-29T22:00"), micros("2011-12-30T10:00")]


def test_far_from_any_calendar_the_clocks_stay_as_they_are() -> None:
    paris = Zone("Europe/Paris")
    for at in (-(10**17), 3 * 10**18):
        assert len(list(paris.pieces(at, at + 1000 * DAY))) == 1
