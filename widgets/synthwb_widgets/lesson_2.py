"""The exercises of the second notebook: lateness, a watermark, clocks that are wrong."""

from __future__ import annotations

import math
from datetime import timedelta

import polars as pl

from synthwb_widgets.lesson import Answer, NotYet, exercise, number, read

__all__ = ["GATES", "clocks", "lateness", "patience"]

GATES = """
seed: 3
clock: {start: 2026-03-02T08:00}
entities:
  gate: {count: 20, fields: {gate: {pattern: "G-##", unique: true}}}
events:
  tap: {actor: gate, fields: {gate: actor.gate, card: {pattern: "C-####"}}}
arrivals: {tap: 10/s}
imperfections:
  - late: {rate: 10%, delay: {exponential: {mean: 20s}, max: 2m}}
"""
"""What 2b asks about: the first document of the notebook."""

_Z = 3.0902  # the 99.9 % point of the normal law
_LATE = 0.2
_HALF = (25.0, 35.0)  # seconds
_LOST = (0.007, 0.013)  # 1 % and what luck may add or take
_STEADY = 0.1  # seconds that a clock of one gate may move
_APART = (1.0, 3.5)  # seconds between the clocks: 2, and what luck may do with twenty of them


@exercise(
    "2a",
    "Lateness is an imperfection: its rate says how many, its delay by how much.",
    "A delay is a law with an end. Half of an exponential lies below 0.69 times its mean.",
    "- late: {rate: 20%, delay: {exponential: {mean: ...}, max: 5m}}",
)
def lateness(answer: Answer) -> str:
    """A fifth is late, half of that within 30 seconds, nothing after more than five minutes."""
    log = answer.log
    delay = (log["arrival"] - log["time"]).dt.total_microseconds() / 1e6
    late = delay.filter(delay > 0)
    share = len(late) / len(log)
    if not len(late):
        raise NotYet(f"None of {len(log):,} records is late.")
    half, most = float(late.median()), float(late.max())  # type: ignore[arg-type]
    told = f"{share:.1%} are late, half of them within {half:.0f} s, the last after {most:.0f} s"
    if abs(share - _LATE) > _Z * math.sqrt(_LATE * (1 - _LATE) / len(log)) + 0.005:
        raise NotYet(f"{told}: not one in five.")
    if not _HALF[0] <= half <= _HALF[1]:
        raise NotYet(f"{told}: half of the late ones should be there after 30 s.")
    if most > 300:
        raise NotYet(f"{told}: nothing may come after more than five minutes.")
    return f"{told}."


@number(
    "2b",
    "Use the loop above on the document without the tunnel, with more bounds.",
    "One in ten is late, so one in ten of those may be lost: which delay do nine of ten late records stay below?",
    "An exponential with a mean of 20 s is above b in exp(-b / 20) of all cases: 20 times the logarithm of 10.",
)
def patience(seconds: float) -> str:
    """The watermark's bound loses one record in a hundred, and waits no longer than that needs."""
    if seconds < 0:
        raise NotYet("A watermark stays behind the newest event time, so a bound is not negative.")
    lost = _lost(read(GATES).log, seconds)
    told = f"With {seconds:g} s, {lost:.2%} of the records come behind the watermark"
    if lost > _LOST[1]:
        raise NotYet(f"{told}: more than one in a hundred.")
    if lost < _LOST[0]:
        raise NotYet(f"{told}: less than you may lose, so every answer waits longer than it must.")
    return f"{told}."


@exercise(
    "2c",
    "The layer is called skew. By default, each actor has a clock of its own.",
    "offset is by how much a clock is wrong, drawn once for each: a law around 0.",
    "- skew: {offset: {normal: {mean: 0s, std: ...}}}",
)
def clocks(answer: Answer) -> str:
    """Every gate has a clock that is wrong by about two seconds, always by the same, some fast and some slow."""
    gates = answer.column("tap.gate")
    said = answer.log.filter(event="tap").select("id", pl.col("time").alias("said"), gates.alias("gate"))
    both = said.join(answer.clean.select("id", "time"), on="id")
    off = both.select("gate", off=(pl.col("said") - pl.col("time")).dt.total_microseconds() / 1e6)
    each = off.group_by("gate").agg(low=pl.col("off").min(), high=pl.col("off").max(), mean=pl.col("off").mean())
    wrong = each.filter(pl.col("mean").abs() > _STEADY)
    if len(wrong) < 0.8 * max(1, len(each)):
        raise NotYet(f"The clocks of {len(wrong)} of {len(each)} gates are wrong: it should be nearly all of them.")
    if float((each["high"] - each["low"]).max()) > _STEADY:  # type: ignore[arg-type]
        raise NotYet("A gate's clock is wrong by more at one time than at another: leave out the drift.")
    fast, apart = (each["mean"] > 0).sum(), float(each["mean"].std())  # type: ignore[arg-type]
    told = f"Of {len(each)} clocks {fast} are fast and {len(each) - fast} slow, with a spread of {apart:.1f} s"
    if not 0 < fast < len(each):
        raise NotYet(f"{told}: some should be fast and some slow.")
    if not _APART[0] <= apart <= _APART[1]:
        raise NotYet(f"{told}: it should be about 2 s.")
    return f"{told}."


def _lost(log: pl.DataFrame, seconds: float) -> float:
    """The share of records that come behind a watermark so many seconds behind the newest event time."""
    mark = log["time"].cum_max().shift(1) - timedelta(seconds=seconds)
    return float((log["time"] < mark).mean())  # type: ignore[arg-type]
