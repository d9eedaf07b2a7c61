"""How an export goes, in the words of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.tui.run.rates import count_text, duration_text, rate_text

if TYPE_CHECKING:
    from synthwb.runtime import Stats

__all__ = ["progress_words"]


def progress_words(stats: Stats, count: int) -> str:
    """Events, rate and time left, or how it ended. ``count``: clean events that were asked for."""
    state = stats.state.value
    count = stats.expected or count
    if state == "failed":
        return f"✗ {stats.error}"
    if state == "finished":
        return f"✓ {count_text(stats.events)} events in {stats.elapsed:.1f} s"
    if state in ("stopping", "stopped"):
        return "■ cancelled; nothing was left behind"
    left = duration_text(max(0, count - stats.events) / stats.rate) if stats.rate > 0 else "--:--:--"
    return f"{count_text(stats.events)} of {count_text(count)} events   {rate_text(stats.rate)}   {left} left"
