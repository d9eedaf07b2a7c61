"""Event time against arrival time as shapes: the scatter, and rates by type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from synthwb.views import Rate, TimeView, span_text
from synthwb_widgets.drawing import Drawing, Shape, bars

__all__ = ["describe", "rates", "scatter"]

_WIDTH, _HEIGHT = 620, 240
_LEFT, _FOOT = 4, 36  # pixels beside and under the points
_ROW = 40  # pixels of a type's rates
_NAME, _MEAN = 140, 70


def describe(view: TimeView) -> str:
    """What the points say, in sentences."""
    count = len(view)
    if not count:
        return "No event yet."
    if view.in_order:
        return f"None of {count:,} recent events is late: each arrives when it happens."
    late, behind = sum(view.late), sum(view.behind)
    found = [
        f"{late:,} of {count:,} recent events are late ({late / count:.1%}), and {behind:,} behind the watermark, "
        f"which stays {span_text(view.bound)} behind the newest event time."
    ]
    if view.lateness is not None:
        half, most, worst = map(span_text, (view.lateness.half, view.lateness.most, view.lateness.worst))
        found.append(f"Half of the late arrive within {half}, 9 of 10 within {most}, the last after {worst}.")
    if view.early:
        found.append(f"{view.early:,} arrive before they happen: their clock is fast.")
    return " ".join(found)


def scatter(view: TimeView) -> Drawing:
    """Event time to the right, arrival upwards: what is on time lies on the diagonal, what is late left of it."""
    start, end = min(view.time), max(view.time)
    low, high = min(view.arrival), max(view.arrival)

    def across(time: int) -> float:
        return _LEFT + (time - start) / max(1, end - start) * (_WIDTH - 2 * _LEFT)

    def up(arrival: int) -> float:
        return _HEIGHT - _FOOT - (arrival - low) / max(1, high - low) * (_HEIGHT - _FOOT - 6)

    points = list(zip(view.time, view.arrival, view.late, view.behind, strict=True))
    ontime = [(across(time), up(arrival)) for time, arrival, late, _ in points if not late]
    late = [(across(time), up(arrival)) for time, arrival, late, behind in points if late and not behind]
    behind = [(across(time), up(arrival)) for time, arrival, _, behind in points if behind]
    first, last = max(start, low), min(end, high)
    mark = [
        (across(mark), up(arrival)) for mark, arrival in zip(view.watermark, view.arrival, strict=True) if mark >= start
    ]
    foot = _HEIGHT - 6
    shapes: list[Shape] = [
        ("path", "axis", f"M0 {_HEIGHT - _FOOT + 6}H{_WIDTH}"),
        ("text", "quiet", 0, foot - 8, "start", _clock(start)),
        (
            "text",
            "quiet",
            _WIDTH / 2,
            foot - 8,
            "middle",
            "event time →   arrival ↑   ┄ watermark   ● late   × behind it",
        ),
        ("text", "quiet", _WIDTH, foot - 8, "end", _clock(end)),
    ]
    if first < last:
        shapes.append(("path", "axis", f"M{across(first):.1f} {up(first):.1f}L{across(last):.1f} {up(last):.1f}"))
    if mark:
        shapes.append(("path", "mark", "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in mark)))
    shapes.append(("path", "ontime", _dots(ontime)))
    shapes.append(("path", "late", _dots(late)))
    shapes.append(("path", "behind", "".join(f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6" for x, y in behind)))
    return Drawing(_WIDTH, _HEIGHT, tuple(shapes), describe(view), name="scatter")


def rates(title: str, found: Sequence[Rate], name: str) -> Drawing:
    """Events a second over event time, a row for each type; each row has a scale of its own."""
    wide = _WIDTH - _NAME - _MEAN
    shapes: list[Shape] = [("text", "quiet", 0, 14, "start", title)]
    for row, rate in enumerate(found):
        floor = 20 + (row + 1) * _ROW - 6
        shapes.append(("text", "name", 0, floor - 8, "start", rate.event[:18]))
        shapes.append(("path", "bar", bars(rate.values, _NAME, wide / max(1, len(rate.values)), floor, _ROW - 10)))
        shapes.append(("path", "axis", f"M{_NAME} {floor + 0.5}H{_NAME + wide}"))
        shapes.append(("text", "quiet", _WIDTH, floor - 8, "end", f"{rate.mean:.3g}/s"))
    means = ", ".join(f"{rate.event} {rate.mean:.3g} a second" for rate in found)
    return Drawing(_WIDTH, 20 + len(found) * _ROW + 2, tuple(shapes), f"{title} {means}", name=name)


def _dots(points: Iterable[tuple[float, float]]) -> str:
    """A path whose round ends are the points."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)


def _clock(time: int) -> str:
    return f"{datetime.fromtimestamp(time // 1_000_000, UTC):%H:%M:%S}"
