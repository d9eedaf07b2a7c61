"""Event time against arrival time as lines of text: a scatter where events are late, else rates over event time."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from synthwb.tui.chart.bins import number_text
from synthwb.tui.chart.blocks import columns
from synthwb.tui.preview.cells import fit
from synthwb.tui.preview.table import clock_text
from synthwb.tui.run.rates import count_text
from synthwb.tui.views.canvas import Canvas, Line, in_ascii, words
from synthwb.views import Rate, TimeView, span_text

__all__ = ["NO_EVENTS", "draw_time"]

NO_EVENTS = "No event yet. Say how often something happens: arrivals: {page_viewed: 20/s}"
"""What the view says where there is nothing to draw."""

_SCATTER = (30, 5)  # cells that a scatter needs
_WIDEST = 100
_NAME = 16
_TALLEST = 4  # lines of a bar
_FLAT = 1.001  # a rate that varies by no more than this factor needs one line only
_TIMES, _FEW = 6, 40  # a scatter spans so often what is usual, and has so many events at least
_NOW = "Events a second over event time, by type:"
_LAYERS = ("diagonal", "watermark", "ontime", "late", "behind")  # what comes later covers what came before
_SIGNS = {"diagonal": "·", "watermark": "┊", "ontime": "•", "late": "o", "behind": "x"}
_ASCII = {"diagonal": ".", "watermark": ":", "ontime": "*", "late": "o", "behind": "x"}


def draw_time(view: TimeView, width: int, height: int, *, ascii_only: bool = False) -> list[Line]:
    """What is known of the recent events in at most ``height`` lines."""
    if width < 1 or height < 1:
        return []
    lines = _fitting(view, min(width, _WIDEST), height, ascii_only=ascii_only)
    return in_ascii(lines) if ascii_only else lines


def _fitting(view: TimeView, width: int, height: int, *, ascii_only: bool) -> list[Line]:
    facts = [((line, style),) for fact, style in _facts(view) for line in wrap(fact, width, subsequent_indent="  ")]
    room = height - len(facts)
    if view.in_order:
        return [*facts, *_all_rates(view, width, room, ascii_only=ascii_only)][:height]
    below = _all_rates(view, width, 0, ascii_only=ascii_only)
    both = room - len(below) - 1 >= 2 * _SCATTER[1]
    scatter = room - len(below) - 1 if both else room
    if width < _SCATTER[0] or scatter < _SCATTER[1]:
        return [*facts, *below][:height]
    drawn = _scatter(view, width, scatter, ascii_only=ascii_only)
    return [*facts, *drawn, *([(), *below] if both else [])]


def _facts(view: TimeView) -> list[tuple[str, str]]:
    """The counts in words, each with the style it is shown in."""
    count = len(view)
    if view.in_order:
        return [(f"None of {count_text(count)} recent events is late: each arrives when it happens.", "count")]
    late, behind = sum(view.late), sum(view.behind)
    bound = f"behind the watermark, which stays {span_text(view.bound)} behind the newest event time"
    found = [
        (f"o {count_text(late)} of {count_text(count)} recent events late ({late / count:.1%})", "late"),
        (f"x {count_text(behind)} {bound}", "behind"),
    ]
    if view.lateness is not None:
        spans = [span_text(each) for each in (view.lateness.half, view.lateness.most, view.lateness.worst)]
        found.append((f"half of the late within {spans[0]}, 9 of 10 within {spans[1]}, the last {spans[2]}", "quiet"))
    if view.early:
        found.append((f"{count_text(view.early)} arrive before they happen: their clock is fast", "quiet"))
    return found


@dataclass(frozen=True, slots=True)
class _Scale:
    """Event times from ``start`` to ``end`` on ``width`` cells, arrivals from ``low`` to ``high`` on ``rows`` lines."""

    start: int
    end: int
    low: int
    high: int
    width: int
    rows: int

    @staticmethod
    def of(view: TimeView, shown: range, width: int, rows: int) -> _Scale:
        times, arrivals = view.time[shown.start :], view.arrival[shown.start :]
        return _Scale(min(times), max(times), min(arrivals), max(arrivals), width, rows)

    def cell(self, time: int, arrival: int) -> tuple[int, int] | None:
        """The line and cell of a point, if it is on the sheet."""
        if not (self.start <= time <= self.end and self.low <= arrival <= self.high):
            return None
        up = round((arrival - self.low) / max(1, self.high - self.low) * (self.rows - 1))
        return self.rows - 1 - up, round((time - self.start) / max(1, self.end - self.start) * (self.width - 1))


def _scatter(view: TimeView, width: int, height: int, *, ascii_only: bool) -> list[Line]:
    """The last events, event time to the right and arrival upwards; under it the axis."""
    signs = _ASCII if ascii_only else _SIGNS
    shown = _newest(view)
    scale = _Scale.of(view, shown, width, height - 1)
    placed: dict[tuple[int, int], int] = {}

    def place(time: int, arrival: int, layer: str) -> None:
        at = scale.cell(time, arrival)
        if at is not None:
            placed[at] = max(placed.get(at, 0), _LAYERS.index(layer))

    for number in range(2 * width):
        time = scale.start + (scale.end - scale.start) * number // (2 * width - 1)
        place(time, time, "diagonal")
    for number in shown:
        time, arrival = view.time[number], view.arrival[number]
        place(view.watermark[number], arrival, "watermark")
        place(time, arrival, "behind" if view.behind[number] else "late" if view.late[number] else "ontime")
    canvas = Canvas(width, height - 1)
    for (line, cell), layer in placed.items():
        canvas.put(line, cell, signs[_LAYERS[layer]], _LAYERS[layer])
    return [*canvas.lines(), _axis(scale.start, scale.end, width, signs)]


def _newest(view: TimeView) -> range:
    """The events of the last stretch in which lateness can be seen: a few times as long as what is usual."""
    usual = view.lateness.most if view.lateness is not None else 0
    since = max(view.arrival) - max(_TIMES * usual, 2 * view.bound, 1)
    first = next(number for number, arrival in enumerate(view.arrival) if arrival >= since)
    return range(max(0, min(first, len(view) - _FEW)), len(view))


def _axis(start: int, end: int, width: int, signs: dict[str, str]) -> Line:
    low, high = clock_text(start)[1][:8], clock_text(end)[1][:8]
    keys = f"right: event time, up: arrival   {signs['watermark']} watermark"
    room = width - len(low) - len(high)
    middle = keys if len(keys) + 2 <= room else "event time" if room >= 12 else ""
    return ((low + middle.center(room) + high, "quiet"),)


def _all_rates(view: TimeView, width: int, height: int, *, ascii_only: bool) -> list[Line]:
    """The rates of the recent events and those expected; as tall as ``height`` lines allow."""
    blocks = [(title, rates) for title, rates in ((_NOW, view.rates), (_day(view), view.expected)) if rates]
    fixed = 2 * len(blocks) - 1
    bars = sum(len(rates) for _, rates in blocks)
    tall = max(1, min(_TALLEST, (height - fixed) // max(1, bars)))
    lines: list[Line] = []
    for title, rates in blocks:
        lines += [words(title, width)] if not lines else [(), words(title, width)]
        for number, rate in enumerate(rates):
            flat = max(rate.values, default=0.0) <= _FLAT * min(rate.values, default=0.0)
            parted = tall > 2 and number > 0 and not flat  # an empty line instead of the highest keeps tall bars apart
            lines += [()] * parted
            lines += _rate_lines(rate, rates, width, 1 if flat else tall - parted, ascii_only=ascii_only)
    return lines


def _day(view: TimeView) -> str:
    day, clock = clock_text(view.day)
    return f"Expected over the day from {day[5:]} {clock[:5]} UTC:"


def _rate_lines(rate: Rate, rates: tuple[Rate, ...], width: int, tall: int, *, ascii_only: bool) -> list[Line]:
    name = min(_NAME, max(len(each.event) for each in rates))
    room = max(1, width - name - 12)
    drawn = columns(_stretched(rate.values, room), tall, ascii_only=ascii_only)
    lines: list[Line] = [((" " * (name + 1), ""), (line, "bar")) for line in drawn[:-1]]
    foot = (drawn[-1].ljust(room), "bar")
    return [*lines, ((fit(rate.event, name), "name"), (" ", ""), foot, (f" {number_text(rate.mean):>7}/s", "quiet"))]


def _stretched(values: tuple[float, ...], width: int) -> list[float]:
    """As many values as there are cells, each the highest of those it stands for.

    >>> _stretched((1.0, 5.0, 0.0), 2), _stretched((1.0, 5.0), 4)
    ([1.0, 5.0], [1.0, 1.0, 5.0, 5.0])
    """
    count = len(values)
    return [
        max(values[cell * count // width : max(cell * count // width + 1, (cell + 1) * count // width)])
        for cell in range(width if count else 0)
    ]
