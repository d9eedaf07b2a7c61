"""The chart pane: the shape of what the editor's cursor stands on."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from synthwb.tui.chart.bins import Categories, Histogram, Profile, Rates, number_text
from synthwb.tui.chart.blocks import columns, row_bar, spread
from synthwb.tui.preview.cells import fit
from synthwb.tui.preview.table import clock_text

__all__ = ["ChartPane", "draw_profile", "title_of"]

_LABELS = 24  # cells for a category's name at most


def title_of(profile: Profile | None, path: str) -> str:
    """The chart's title: what, how it is made, how many rows have no value."""
    if profile is None:
        return f"Chart · {path}" if path else "Chart"
    if isinstance(profile.shape, Rates) and not profile.generator:
        return f"{profile.path or 'all events'} · arrivals per second"
    made = f" · {profile.generator}" if profile.generator else ""
    share = f"{profile.missing_share:.1%}".replace(".0%", "%")
    return f"{profile.path}{made} · missing {share}"


def draw_profile(profile: Profile, width: int, height: int, *, ascii_only: bool = False) -> list[str]:
    """The picture as ``height`` lines of at most ``width`` cells."""
    shape = profile.shape
    if shape is None:
        return ["an object has no chart of its own:", "put the cursor on one of its fields"]
    if isinstance(shape, Histogram):
        return _draw_histogram(shape, width, height, ascii_only=ascii_only)
    if isinstance(shape, Categories):
        return _draw_categories(shape, width, height, ascii_only=ascii_only)
    return _draw_rates(shape, width, height, ascii_only=ascii_only)


def _draw_histogram(shape: Histogram, width: int, height: int, *, ascii_only: bool) -> list[str]:
    bars = spread(shape.counts, width)
    lines = columns(bars, max(1, height - 2), ascii_only=ascii_only)
    outside = shape.below + shape.above
    facts = f"median {number_text(shape.median)}   mean {number_text(shape.mean)}"
    if outside:
        facts += f"   {outside} beyond the edges"
    return [*lines, _axis(number_text(shape.low), number_text(shape.high), len(bars)), facts]


def _draw_categories(shape: Categories, width: int, height: int, *, ascii_only: bool) -> list[str]:
    different = len(shape.bars) + shape.rest
    if different > 30 and shape.bars[0].count <= max(2, shape.total // 200):
        examples = [bar.label for bar in shape.bars[: max(1, height - 1)]]
        words = f"{different:,} different values in {shape.total:,} rows"
        return [fit(line, width).rstrip() for line in (words, *("  " + each for each in examples))]
    room = height if different <= height else height - 1
    shown = shape.bars[: max(1, room)]
    label = min(_LABELS, max(cell_len(bar.label) for bar in shown), max(4, width // 3))
    bar_width = max(1, width - label - 9)
    top = shown[0].count / shape.total
    lines = []
    for bar in shown:
        share = bar.count / shape.total
        drawn = row_bar(share / top, bar_width, ascii_only=ascii_only)
        lines.append(f"{fit(bar.label, label)} {drawn} {share:6.1%}")
    rest = shape.total - sum(bar.count for bar in shown)
    if rest:
        lines.append(f"{different - len(shown):,} others, together {rest / shape.total:.1%}")
    return lines


def _draw_rates(shape: Rates, width: int, height: int, *, ascii_only: bool) -> list[str]:
    bars = spread(shape.values, width)
    lines = columns(bars, max(1, height - 2), ascii_only=ascii_only)
    mean = sum(shape.values) / len(shape.values)
    end = shape.start + shape.width * len(shape.values)
    axis = _axis(clock_text(shape.start)[1][:8], clock_text(end)[1][:8], len(bars))
    return [*lines, axis, f"mean {number_text(mean)}/s   highest {number_text(max(shape.values))}/s"]


def _axis(low: str, high: str, width: int) -> str:
    return low + high.rjust(max(len(high) + 1, width - len(low)))


class ChartPane(Widget):
    """Draws a `Profile`; the screen gives it, and is asked for nothing."""

    COMPONENT_CLASSES = {"chart--bars", "chart--facts"}  # noqa: RUF012 - Textual reads it as a class variable

    class Resized(Message):
        """The width has changed: the shape should be measured again."""

    def __init__(self, *, id: str | None = None, ascii_only: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self._width = 0
        self._profile: Profile | None = None
        self._path = ""
        self._ascii = ascii_only

    def on_mount(self) -> None:
        """Title and hint of the empty chart."""
        self.show_profile(None, "")

    def show_profile(self, profile: Profile | None, path: str) -> None:
        """Show this shape (None: nothing is known of ``path``)."""
        self._profile, self._path = profile, path
        self.border_title = Content(title_of(profile, path))
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Another width has room for another number of bars."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.post_message(self.Resized())

    def render(self) -> Text:
        """The bars in their colour, the facts beneath in a quiet one."""
        width, height = self.content_size
        if self._profile is None:
            where = f"{self._path} has no values here; " if self._path else ""
            hint = f"{where}put the cursor on a field to see its shape"
            return Text(hint, style=self.get_component_rich_style("chart--facts", partial=True))
        lines = draw_profile(self._profile, width, height, ascii_only=self._ascii)
        bars: Style = self.get_component_rich_style("chart--bars", partial=True)
        facts: Style = self.get_component_rich_style("chart--facts", partial=True)
        shape = self._profile.shape
        drawn = 0 if shape is None else len(lines) - (0 if isinstance(shape, Categories) else 2)
        text = Text(no_wrap=True, overflow="crop")
        for index, line in enumerate(lines[:height]):
            text.append(line + "\n", bars if index < drawn else facts)
        return text
