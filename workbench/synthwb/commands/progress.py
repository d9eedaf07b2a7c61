"""The progress line of a run on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.runtime import Stats

__all__ = ["progress", "status", "time_left"]

_LATE = 0.25  # seconds of lag from which on it is shown


@contextmanager
def progress(*, to_terminal: bool, wall: float | None) -> Iterator[Callable[[Stats], None]]:
    """Gives a function that shows a snapshot. Silent in a pipe, or when the data itself goes to the terminal."""
    if to_terminal or not sys.stderr.isatty():
        yield lambda _stats: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    words = TextColumn("{task.description}", markup=False)
    with Progress(BarColumn(bar_width=24), words, console=console, transient=True, refresh_per_second=5) as bar:
        task = bar.add_task("starting", total=None)

        def show(stats: Stats) -> None:
            done, total = _share(stats, wall)
            bar.update(task, description=status(stats, wall), completed=done, total=total)

        yield show


def status(stats: Stats, wall: float | None) -> str:
    """``1,204,331 events  498/s of 500  0:12 left``."""
    target = " of live" if stats.live else "" if stats.target is None else f" of {stats.target:,.4g}"
    parts = [f"{stats.events:,} events", f"{stats.rate:,.0f}/s{target}"]
    left = time_left(stats, wall)
    if left is not None:
        parts.append(f"{_clock(left)} left")
    if stats.catching_up:
        parts.append(f"catching up to now, {_clock(stats.lag)} behind")
    elif stats.lag > _LATE:
        parts.append(f"{stats.lag:,.1f} s late")
    if stats.skipped_words:
        parts.append(stats.skipped_words)
    dead = sum(sink.report.dead for sink in stats.sinks if sink.report is not None)
    if dead > stats.skipped:
        parts.append(f"{dead:,} dead letters")
    if stats.saved_words:
        parts.append(stats.saved_words)
    if stats.held_by:
        parts.append(f"held by {stats.held_by}")
    return "  ".join(parts)


def time_left(stats: Stats, wall: float | None) -> float | None:
    """Seconds until the run ends, as far as can be told."""
    ends = []
    if wall is not None:
        ends.append(max(0.0, wall - stats.elapsed))
    if stats.expected is not None and stats.rate > 0:
        ends.append(max(0.0, (stats.expected - stats.events) / stats.rate))
    return min(ends) if ends else None


def _share(stats: Stats, wall: float | None) -> tuple[float, float | None]:
    """What is done, of what; of None if there is no end."""
    by_count = (stats.events, float(stats.expected)) if stats.expected else None
    by_wall = (min(stats.elapsed, wall), wall) if wall else None
    known = [pair for pair in (by_count, by_wall) if pair is not None]
    return max(known, key=lambda pair: pair[0] / pair[1]) if known else (0.0, None)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
