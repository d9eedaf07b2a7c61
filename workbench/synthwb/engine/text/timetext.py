"""Event time as text: ISO 8601 as a matrix of bytes, strftime patterns in the scenario's zone.

The calendar is Howard Hinnant's ``civil_from_days`` (2013, "chrono-Compatible Low-Level Date Algorithms"), in integers:
the same on every CPU, and far quicker than formatting row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.engine.draws import Ints
from synthwb.engine.laws.special import CHUNK

__all__ = ["EPOCH_UNITS", "day_matrix", "instants", "iso_matrix", "moments", "strftime"]

EPOCH_UNITS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Microseconds in one unit of each ``epoch_*`` format."""

# Copying 8 or 16 bytes is several times quicker than 5 or 11: the parts overlap, and each covers the last one's rest.
_ROW = np.dtype({"names": ["day", "minute", "second"], "formats": ["S16", "S8", "S8"], "offsets": [0, 11, 16]})
_KNOWN_DAYS = 47_482  # 1970-01-01 to 2099-12-31


def instants(times: Ints) -> pl.Series:
    """Microseconds since the epoch as a Datetime series (microseconds, UTC)."""
    return pl.Series(times).cast(pl.Datetime("us", "UTC"))


def iso_matrix(times: Ints) -> NDArray[np.uint8]:
    """Microseconds since the epoch as ``YYYY-MM-DDTHH:MM:SS.mmmZ``: a C-contiguous (rows, 24) matrix of ASCII bytes.

    Microseconds beyond the millisecond are cut off, not rounded: an instant never moves into the next second. Years
    0001 to 9999.
    """
    rows = np.empty(len(times), _ROW)
    minute_texts = _minute_texts(times) if len(times) else _minutes_of
    for start in range(0, len(times), CHUNK):
        part = rows[start : start + CHUNK]
        milliseconds = times[start : start + CHUNK] // 1000
        minutes = milliseconds // 60_000
        part.view("V24")[:] = minute_texts(minutes).view("V24")
        part["second"] = _seconds().take(milliseconds - minutes * 60_000)
    return rows.view(np.uint8).reshape(len(times), 24)


def _minute_texts(times: Ints) -> Callable[[Ints], NDArray[np.void]]:
    """What gives ``YYYY-MM-DDTHH:MM`` for minutes since 1970 at these times: a table where they lie close together."""
    first, last = (int(edge) // 60_000_000 for edge in (times.min(), times.max()))
    if last - first >= max(len(times) // 8, 64):
        return _minutes_of
    table = _minutes_of(np.arange(first, last + 1, dtype=np.int64))
    return lambda minutes: table.take(minutes - first)


def _minutes_of(minutes: Ints) -> NDArray[np.void]:
    """Rows with day and minute, without the second."""
    rows = np.empty(len(minutes), _ROW)
    days = minutes // 1440
    rows["day"] = _day_texts(days)
    rows["minute"] = _minutes().take(minutes - days * 1440)
    return rows


def day_matrix(days: Ints) -> NDArray[np.uint8]:
    """Days since 1970 as ``YYYY-MM-DD``: a C-contiguous (rows, 10) matrix of ASCII bytes. Years 0001 to 9999."""
    return np.ascontiguousarray(_day_texts(days).view(np.uint8).reshape(len(days), 16)[:, :10])


def moments(times: Ints, style: str, zone: str) -> Column:
    """Microseconds since the epoch as times (``iso``), epoch numbers, or text by a strftime pattern in ``zone``."""
    if style == "iso":
        return Column.of(instants(times))
    unit = EPOCH_UNITS.get(style)
    return Column.of(strftime(times, style, zone) if unit is None else times // unit)


def strftime(times: Ints, pattern: str, zone: str) -> pl.Series:
    """Microseconds since the epoch in a strftime pattern, as local time of ``zone``."""
    return instants(times).dt.convert_time_zone(zone).dt.strftime(pattern)


def _day_texts(days: Ints) -> NDArray[np.bytes_]:
    """``YYYY-MM-DDT`` of each day number, filled up to 16 bytes."""
    if len(days) == 0:
        return np.empty(0, "S16")
    first, last = int(days.min()), int(days.max())
    if last - first < max(len(days) // 8, 64):
        return _civil(np.arange(first, last + 1, dtype=np.int64))[days - first]
    if len(days) > 1000 and first >= 0 and last < _KNOWN_DAYS:
        return _known_days()[days]
    return _civil(days)


def _civil(days: Ints) -> NDArray[np.bytes_]:
    """Hinnant's algorithm: the calendar is shifted so that a year starts in March and a leap day is its last."""
    shifted = days + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted_month + 2) // 5 + 1
    month = np.where(shifted_month < 10, shifted_month + 3, shifted_month - 9)
    year = year_of_era + era * 400 + (month <= 2)
    text = np.empty((len(days), 16), np.uint8)
    text[:] = np.frombuffer(b"0000-00-00T     ", np.uint8)
    for column, number in ((0, year // 1000), (1, year // 100 % 10), (2, year // 10 % 10), (3, year % 10)):
        text[:, column] += number.astype(np.uint8)
    text[:, 5] += (month // 10).astype(np.uint8)
    text[:, 6] += (month % 10).astype(np.uint8)
    text[:, 8] += (day // 10).astype(np.uint8)
    text[:, 9] += (day % 10).astype(np.uint8)
    return text.view("S16").ravel()


@cache
def _known_days() -> NDArray[np.bytes_]:
    return _civil(np.arange(_KNOWN_DAYS, dtype=np.int64))


@cache
def _minutes() -> NDArray[np.bytes_]:
    return np.array([f"{hour:02d}:{minute:02d}".encode() for hour in range(24) for minute in range(60)], "S8")


@cache
def _seconds() -> NDArray[np.bytes_]:
    return np.array([f":{second:02d}.{ms:03d}Z".encode() for second in range(60) for ms in range(1000)], "S8")
