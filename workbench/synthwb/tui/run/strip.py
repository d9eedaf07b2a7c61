"""The run strip: what the run does, in words and numbers, and where its events go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from synthwb.tui.chart.blocks import sparkline
from synthwb.tui.run.rates import count_text, duration_text, rate_text

if TYPE_CHECKING:
    from synthwb.runtime import SinkStats, Stats

__all__ = ["RunStrip", "RunView", "bytes_text", "state_text", "strip_lines"]

_SPARK = 24
_GLYPHS = {
    "idle": "○",
    "running": "▶",
    "paused": "⏸",
    "stopping": "■",
    "stopped": "■",
    "finished": "✓",
    "failed": "✗",
}


@dataclass(frozen=True, slots=True)
class RunView:
    """What the strip shows: the snapshot, whether it is the document's run, and the wished speed if there is one.

    ``outdated``: the document has changed since this run into its sinks began.
    """

    stats: Stats
    document: bool = False
    speed: float | None = None
    note: str = ""
    outdated: bool = False


def state_text(stats: Stats | None) -> str:
    """The state with its glyph, in capitals."""
    if stats is None:
        return "○ WARMING UP"
    return f"{_GLYPHS[stats.state.value]} {stats.state.value.upper()}"


def bytes_text(size: int) -> str:
    """A size in bytes with a unit.

    >>> bytes_text(999), bytes_text(1_250_000)
    ('999 B', '1.2 MB')
    """
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def target_text(view: RunView) -> str:
    """The pace wanted: a rate, event time at a speed or on the wall clock, or flat out."""
    if view.stats.target is not None:
        return rate_text(view.stats.target)
    if view.stats.live:
        return "live"
    return f"event time {view.speed:g}x" if view.speed is not None else "max"


def strip_lines(view: RunView, width: int, *, ascii_only: bool = False) -> list[str]:
    """The strip as lines of text: the numbers, the throughput, the destinations, and what is wrong if anything is."""
    stats = view.stats
    spark = sparkline(stats.history, min(_SPARK, max(0, width - 46)), ascii_only=ascii_only).strip()
    pace = f"{rate_text(stats.rate)} of {target_text(view)}"
    name = "run" if view.document else "preview"
    expected = f" of {count_text(stats.expected)}" if stats.expected is not None else ""
    lines = [
        f"{state_text(stats)}  {name} {duration_text(stats.elapsed)}   {count_text(stats.events)}{expected} events",
        "   ".join(part for part in (pace, lag_text(stats), stats.skipped_words, stats.saved_words, spark) if part),
    ]
    if stats.error:
        lines.append(f"✗ {stats.error}")
    elif stats.held_by:
        lines.append(f"! held up by {stats.held_by}")
    lines.extend(_check_lines(stats))
    if stats.altered_words:
        lines.append(f"altered: {stats.altered_words}")
    if view.outdated and not stats.state.over:
        lines.append("! writes the document as it was when this run began; stop and start it for the new one")
    lines.extend(_sink_line(sink) for sink in stats.sinks)
    if not stats.sinks:
        lines.append(view.note or "nothing is written: this run only feeds the preview")
    return lines


def _check_lines(stats: Stats) -> list[str]:
    """How the checks stand: the first that fails in words; the list of problems has all."""
    if not stats.checks:
        return []
    from synthwb.measure import summary

    return [f"{'✗' if stats.failed_checks else '✓'} {summary(stats.checks)}"]


def lag_text(stats: Stats) -> str:
    """How far behind its schedule a run is; of a live one, that it still has the past to deliver."""
    if stats.catching_up and stats.state.value == "running":
        return f"catching up to now, {duration_text(stats.lag)} behind"
    return f"lag {stats.lag * 1000:.0f} ms" if stats.lag < 1 else f"lag {stats.lag:.1f} s"


def _sink_line(sink: SinkStats) -> str:
    line = f"{sink.name}  {sink.state}  {count_text(sink.events)} events  {bytes_text(sink.bytes)}"
    if sink.error and sink.state == "failed":
        return f"{line}  ✗ {sink.error}"
    return "  ".join(part for part in (line, sink.words, sink.position) if part)


class RunStrip(Widget, can_focus=True):
    """Shows a `RunView`; takes the focus so that its keys work."""

    COMPONENT_CLASSES = {"strip--state", "strip--failed", "strip--quiet", "strip--spark"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None, ascii_only: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: RunView | None = None
        self._ascii = ascii_only

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = "Run F5"

    def show_run(self, view: RunView | None) -> None:
        """Show this, if it is not what is shown already."""
        if view != self._view:
            self._view = view
            self.refresh()

    def render(self) -> Text:
        """The first line strong, the rest as it is."""
        if self._view is None:
            return Text("warming up", style=self.get_component_rich_style("strip--quiet", partial=True))
        failed = self._view.stats.state.value == "failed"
        wrong = self.get_component_rich_style("strip--failed", partial=True)
        head = wrong if failed else self.get_component_rich_style("strip--state", partial=True)
        quiet = self.get_component_rich_style("strip--quiet", partial=True)
        text = Text(no_wrap=not failed, overflow="ellipsis")
        for index, line in enumerate(strip_lines(self._view, self.content_size.width, ascii_only=self._ascii)):
            style = wrong if line.startswith("✗") else head if index == 0 else quiet if index > 1 else ""
            text.append(line + "\n", style)
        return text
