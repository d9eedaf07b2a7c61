"""What an example's values look like: a histogram, shares, or a line over time, as SVG and as one line of text.

Everything is counted and rounded by rules of its own, so that a picture has the same bytes on every machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from synthwb.reference.entries import Entry, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

__all__ = ["SAMPLE", "Look", "Picture", "pictured", "pictures", "sparkline", "svg"]

SAMPLE = 10_080
"""Values behind a picture: one a minute for a week."""

_BINS = 40
_POINTS = 240
_MOST_BARS = 8  # values of a category that are shown
_TAIL = 0.005  # the share left out at either end, for the sake of the rest
_WIDTH, _HEIGHT, _FOOT, _MARGIN = 320, 96, 14, 2
_INK, _GREY = "#4c78a8", "#888888"
_FLAT = 0.9
_ROUND = re.compile(r", round: \d+")  # rounded values would leave gaps between the bars
_LEVELS = "▁▂▃▄▅▆▇█"


class Look(StrEnum):
    """How values are drawn."""

    HISTOGRAM = "histogram"
    SHARES = "shares"
    LINE = "line"


_LOOKS = {"numbers": Look.HISTOGRAM, "categories": Look.SHARES, "series": Look.LINE}


@dataclass(frozen=True, slots=True)
class Picture:
    """``heights`` from left to right, 0 to 1; ``labels`` under them: one for each bar, or those of both ends."""

    field: str
    look: Look
    heights: tuple[float, ...]
    labels: tuple[str, ...]

    @property
    def flat(self) -> bool:
        """Whether all values are about equally frequent."""
        return min(self.heights) > _FLAT


def pictured(entry: Entry) -> bool:
    """Whether an entry's values are worth a picture: laws of numbers, categories, series over time."""
    return entry.topic is Topic.GENERATOR and entry.family in _LOOKS and bool(entry.fields)


def pictures(entries: Sequence[Entry]) -> Mapping[str, Picture]:
    """The pictures of those entries whose values are worth one, by name.

    It shows the first example, or the first whose values are not all alike. Raises ScenarioError for a wrong example.
    """
    from synthwb.reference.trials import values

    chosen = [entry for entry in entries if pictured(entry)]
    fields = {f"{e.name}_{i}": _ROUND.sub("", field) for e in chosen for i, field in enumerate(e.fields)}
    drawn = values(fields, SAMPLE) if fields else {}
    found = {}
    for entry in chosen:
        each = (
            _picture(field, _LOOKS[entry.family], drawn[f"{entry.name}_{i}"]) for i, field in enumerate(entry.fields)
        )
        made = [picture for picture in each if picture is not None]
        if made:
            found[entry.name] = next((picture for picture in made if not picture.flat), made[0])
    return found


def _picture(field: str, look: Look, series: pl.Series) -> Picture | None:
    series = series.drop_nulls()
    if not len(series) or series.dtype.is_nested():
        return None
    if look is Look.SHARES or not series.dtype.is_numeric():
        return _shares(field, series)
    numbers = series.cast(float).to_numpy()
    return _line(field, numbers) if look is Look.LINE else _histogram(field, numbers, whole=series.dtype.is_integer())


def _shares(field: str, series: pl.Series) -> Picture | None:
    """The most frequent values with their shares; None where there are too many to show."""
    counts: dict[Any, int] = {}
    for value in series.to_list():
        counts[value] = counts.get(value, 0) + 1
    if len(counts) > _MOST_BARS:
        return None
    order = sorted(counts, key=lambda value: (-counts[value], str(value)))
    most = counts[order[0]]
    labels = tuple(_label(value) for value in order)
    return Picture(field, Look.SHARES, tuple(round(counts[value] / most, 3) for value in order), labels)


def _label(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 12 else f"{text[:11]}…"


def _histogram(field: str, numbers: NDArray[np.float64], *, whole: bool) -> Picture | None:
    """Counts between the tails: a bar for each whole number if these are few, else bins of one width."""
    import numpy as np

    ordered = np.sort(numbers)
    low, high = (float(ordered[int(share * (len(ordered) - 1))]) for share in (_TAIL, 1 - _TAIL))
    if not low < high:
        return None
    each = whole and high - low < _BINS
    bins, width = (round(high - low) + 1, 1.0) if each else (_BINS, (high - low) / _BINS)
    inside = numbers[(numbers >= low) & (numbers <= high)]
    places = np.minimum(((inside - low) / width).astype(np.int64), bins - 1)
    counts = np.bincount(places, minlength=bins)
    heights = tuple(round(int(count) / int(counts.max()), 3) for count in counts)
    return Picture(field, Look.HISTOGRAM, heights, (f"{low:.3g}", f"{high:.3g}"))


def _line(field: str, numbers: NDArray[np.float64]) -> Picture | None:
    """Every so many values, between their smallest and their largest."""
    chosen = [float(value) for value in numbers[:: max(1, len(numbers) // _POINTS)]]
    low, high = min(chosen), max(chosen)
    if not low < high:
        return None
    heights = tuple(round((value - low) / (high - low), 3) for value in chosen)
    return Picture(field, Look.LINE, heights, (f"{low:.3g}", f"{high:.3g}"))


def svg(name: str, picture: Picture) -> str:
    """The picture as a small SVG that is legible on light and dark ground."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" font-family="sans-serif" font-size="10" fill="{_GREY}">',
        f"<title>{escape(name)}: {picture.look} of {escape(picture.field)}</title>",
    ]
    parts += _curve(picture) if picture.look is Look.LINE else _bars(picture)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bars(picture: Picture) -> list[str]:
    base, room = _HEIGHT - _FOOT, _WIDTH - 2 * _MARGIN
    step = room / len(picture.heights)
    gap = min(6.0, step / 6)
    parts = [f'<g fill="{_INK}">']
    for i, height in enumerate(picture.heights):
        tall = height * (base - _MARGIN)
        place = f'x="{_MARGIN + i * step + gap / 2:.1f}" y="{base - tall:.1f}"'
        parts.append(f'<rect {place} width="{step - gap:.1f}" height="{tall:.1f}"/>')
    parts.append("</g>")
    if picture.look is Look.HISTOGRAM:
        return [*parts, *_ends(picture.labels)]
    for i, label in enumerate(picture.labels):
        x = _MARGIN + (i + 0.5) * step
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(label)}</text>')
    return parts


def _curve(picture: Picture) -> list[str]:
    base, step = _HEIGHT - _FOOT, (_WIDTH - 2 * _MARGIN) / (len(picture.heights) - 1)
    points = " ".join(
        f"{_MARGIN + i * step:.1f},{base - height * (base - _MARGIN):.1f}" for i, height in enumerate(picture.heights)
    )
    week = _ends(("the first minute", "a week later"))
    low, high = picture.labels
    return [
        f'<polyline points="{points}" fill="none" stroke="{_INK}"/>',
        f'<text x="{_WIDTH / 2:g}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(low)} to {escape(high)}</text>',
        *week,
    ]


def _ends(labels: Sequence[str]) -> list[str]:
    left, right = map(escape, labels)
    return [
        f'<text x="{_MARGIN}" y="{_HEIGHT - 3}">{left}</text>',
        f'<text x="{_WIDTH - _MARGIN}" y="{_HEIGHT - 3}" text-anchor="end">{right}</text>',
    ]


def sparkline(picture: Picture) -> str:
    """The picture as one line of text, with its labels."""
    heights = picture.heights
    if picture.look is Look.SHARES:
        return "  ".join(f"{label} {_block(height)}" for label, height in zip(picture.labels, heights, strict=True))
    if len(heights) > _BINS:
        heights = heights[:: len(heights) // _BINS][:_BINS]
    low, high = picture.labels
    return f"{low} {''.join(map(_block, heights))} {high}"


def _block(height: float) -> str:
    return " " if height <= 0 else _LEVELS[min(int(height * len(_LEVELS)), len(_LEVELS) - 1)]
