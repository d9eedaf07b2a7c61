"""Spans of time as text: ISO 8601 durations, and hours, minutes and seconds."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from synthwb.engine.draws import Ints

__all__ = ["clock_text", "iso_text"]

_SECOND, _MINUTE, _DAY = 1_000_000, 60_000_000, 86_400_000_000
_NOTHING, _ZERO = 1440, 1441  # of `_hours_and_minutes`: no time of day beside days, and no time at all


def iso_text(spans: Ints) -> pl.Series:
    """Microseconds, 0 or more, as ``P1DT2H3M4.5S``: parts that are 0 are left out, and 0 is ``PT0S``."""
    days, within = np.divmod(spans, _DAY)
    minutes, rest = np.divmod(within, _MINUTE)
    seconds, fraction = np.divmod(rest, _SECOND)
    minutes = np.where(within == 0, np.where(days == 0, _ZERO, _NOTHING), minutes)
    parts = [_gathered(_hours_and_minutes(), minutes)]
    if fraction.any():
        text = _gathered(_digits(), seconds)
        whole = pl.Series(fraction == 0)
        none = pl.Series((seconds == 0) & (fraction == 0))
        digits = pl.Series(fraction).cast(pl.String).str.zfill(6).str.strip_chars_end("0")
        written = pl.when(none).then(pl.lit("")).when(whole).then(text + "S").otherwise(text + "." + digits + "S")
        parts.append(pl.select(written).to_series())
    else:
        parts.append(_gathered(_seconds(), seconds))
    if days.any():
        count = pl.Series(days).cast(pl.String) + "D"
        day = pl.select(pl.when(pl.Series(days > 0)).then(count).otherwise(pl.lit(""))).to_series()
        parts.insert(0, day)
    return pl.select(pl.concat_str([pl.lit("P"), *parts])).to_series()


def clock_text(spans: Ints) -> pl.Series:
    """Microseconds, 0 or more, as ``01:02:03`` or ``01:02:03.250000``: hours go on beyond 24."""
    hours, rest = np.divmod(spans, 60 * _MINUTE)
    minutes, rest = np.divmod(rest, _MINUTE)
    seconds, fraction = np.divmod(rest, _SECOND)
    parts: list[pl.Series | pl.Expr] = [pl.Series(hours).cast(pl.String).str.zfill(2), pl.lit(":")]
    parts += [_gathered(_two_digits(), minutes), pl.lit(":"), _gathered(_two_digits(), seconds)]
    if fraction.any():
        thousandths = not (fraction % 1000).any()
        width, shown = (3, fraction // 1000) if thousandths else (6, fraction)
        parts += [pl.lit("."), pl.Series(shown).cast(pl.String).str.zfill(width)]
    return pl.select(pl.concat_str(parts)).to_series()


def _gathered(texts: pl.Series, rows: Ints) -> pl.Series:
    return texts[pl.Series(rows)]


@cache
def _hours_and_minutes() -> pl.Series:
    """What stands between the days and the seconds, for each minute of a day; then nothing, and no time at all."""
    hours = ["", *(f"{hour}H" for hour in range(1, 24))]
    minutes = ["", *(f"{minute}M" for minute in range(1, 60))]
    return pl.Series([*(f"T{hour}{minute}" for hour in hours for minute in minutes), "", "T0S"])


@cache
def _seconds() -> pl.Series:
    return pl.Series(["", *(f"{second}S" for second in range(1, 60))])


@cache
def _digits() -> pl.Series:
    return pl.Series([str(second) for second in range(60)])


@cache
def _two_digits() -> pl.Series:
    return pl.Series([f"{number:02d}" for number in range(60)])
