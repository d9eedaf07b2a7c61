"""Who comes back, as lines of text: a heat map of the cohorts with its numbers, and the curve of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from synthwb.tui.chart.blocks import columns
from synthwb.tui.views.canvas import Line, in_ascii, words
from synthwb.views import CohortView, retention_text

__all__ = ["HEATS", "draw_cohorts", "draw_nobody"]

HEATS = tuple(f"heat{shade}" for shade in range(6))
"""Styles of a cell, from the coldest."""

_CELLS = (6, 5, 4)  # cells across one of the map, the widest first that fits; the last has no room for a per cent sign
_CURVE = (3, 9)  # lines of the curve with its axis, at least and at most
_FIXED = 2  # lines of the map that are always there: its head, and all cohorts together
_ROWS = 8  # cohorts that have a line before there are sentences
_SHARED = 12  # lines from which the curve gets some of those that not even all cohorts fit into
_YEAR = 360 * 86_400_000_000  # of cohorts: from here on their dates need the year
_EXAMPLE = """
entities:
  user: {count: 500, key: user_id, fields: {user_id: uuid}}
events:
  app_opened: {actor: user, fields: {user_id: actor.user_id}}
arrivals: {app_opened: 20/min}"""


def draw_nobody(why: str, width: int) -> list[Line]:
    """What the view says where nobody can be followed, ``why``, and what to write."""
    text = f"No population to follow: {why}. Give an entity a key, and let the events of its actors send it:"
    return [((line, "quiet"),) for line in (*wrap(text, max(1, width)), *_EXAMPLE.splitlines())]


def draw_cohorts(view: CohortView, width: int, height: int, *, ascii_only: bool = False) -> list[Line]:
    """The sentences, the map, and where there is room for it the curve, in at most ``height`` lines."""
    if width < 1 or height < 1:
        return []
    lines = _fitting(view, width, height, ascii_only=ascii_only) if view.cohorts else _nothing_yet(view, width)
    return (in_ascii(lines) if ascii_only else lines)[:height]


def _nothing_yet(view: CohortView, width: int) -> list[Line]:
    more = " Press d to tell them by day." if view.name == "week" else ""
    return [((line, "quiet"),) for line in wrap(retention_text(view) + more, width)]


@dataclass(frozen=True, slots=True)
class _Map:
    """The cells of a heat map. ``date`` and ``size``: across the first two columns. ``cell``: across one of the others.

    ``ages``: periods since the first that are shown. ``most``: the share that is shown warmest.
    """

    date: int
    size: int
    cell: int
    ages: int
    most: float
    form: str

    @property
    def left(self) -> int:
        """Cells before the first of the map."""
        return self.date + self.size + 2

    @staticmethod
    def of(view: CohortView, width: int) -> _Map:
        long = view.cohorts[-1].start - view.cohorts[0].start > _YEAR
        date = 10 if long else 7
        size = max(len("actors"), len(f"{view.actors:,}"))
        room, ages = max(0, width - date - size - 2), len(view.curve)
        cell = next((each for each in _CELLS if each * ages <= room), _CELLS[-1])
        shown = min(ages, room // cell)
        shares = (active / cohort.size for cohort in view.cohorts for active in cohort.active[1:shown])
        return _Map(date, size, cell, shown, max(shares, default=0.0), "%Y-%m-%d" if long else "%d %b")


def _fitting(view: CohortView, width: int, height: int, *, ascii_only: bool) -> list[Line]:
    sheet, count = _Map.of(view, width), len(view.cohorts)
    facts: list[str] = []
    step = curve = 0
    for told in (retention_text(view), ""):  # what the sentences say can be read in the line of all cohorts, too
        facts = _facts(told, view, sheet, 1, width)
        step, curve = _parted(count, height - _FIXED - len(facts))
        if step > 1:
            facts = _facts(told, view, sheet, step, width)
            step, curve = _parted(count, height - _FIXED - len(facts))
            facts = _facts(told, view, sheet, step, width)
        if -(-count // step) >= min(count, _ROWS):
            break
    lines: list[Line] = [words(line, width, "count") for line in facts]
    lines.append(_head(view, sheet))
    zone = ZoneInfo(view.zone)
    for cohort in view.cohorts[::step]:
        start = datetime.fromtimestamp(cohort.start // 1_000_000, zone)
        lines.append(_row(f"{start:{sheet.form}}", cohort.size, [each / cohort.size for each in cohort.active], sheet))
    lines.append(_row("all", view.actors, view.curve, sheet))
    return [*lines, *_curve(view, sheet, width, curve, ascii_only=ascii_only)]


def _parted(cohorts: int, room: int) -> tuple[int, int]:
    """Every how many-th cohort has a line of ``room``, and how many lines are left for the curve (0: too few)."""
    least, most = _CURVE
    if cohorts <= room:
        return 1, min(most, room - cohorts) if room - cohorts >= least else 0
    reserved = max(least, room // 3) if room >= _SHARED else 0
    step = -(-cohorts // max(1, room - reserved))
    return step, min(most, room - -(-cohorts // step)) if reserved else 0


def _facts(told: str, view: CohortView, sheet: _Map, step: int, width: int) -> list[str]:
    """The sentences ``told``, and what the map has no room for, in lines."""
    parts = [f"1 cohort in {step}"] if step > 1 else []
    if sheet.ages < len(view.curve):
        parts.append(f"the first {sheet.ages} of {len(view.curve)} {view.name}s")
    return wrap(f"{told} The map has {' and '.join(parts)}.".strip() if parts else told, width)


def _head(view: CohortView, sheet: _Map) -> Line:
    ages = "".join(f"{age:>{sheet.cell - 1}} " for age in range(sheet.ages))
    return ((f"{view.name + ' of':<{sheet.date}} {'actors':>{sheet.size}} {ages}".rstrip(), "quiet"),)


def _row(name: str, size: int, shares: Sequence[float], sheet: _Map) -> Line:
    """A line of the map: a name, how many there are, and the share that was active in each period since."""
    pieces = [(f"{name:<{sheet.date}} ", "name"), (f"{size:>{sheet.size},} ", "count")]
    for share in shares[: sheet.ages]:
        text = "<1%" if 0 < share < 0.005 else f"{share:.0%}"
        kept = text if sheet.cell > _CELLS[-1] else text.rstrip("%")
        pieces.append((f"{kept:>{sheet.cell - 1}} ", _heat(share, sheet)))
    return tuple(pieces)


def _heat(share: float, sheet: _Map) -> str:
    """The style of a share. The first period is always whole, and no measure for how warm the others are."""
    return HEATS[min(len(HEATS) - 1, int(share / sheet.most * (len(HEATS) - 1)))] if sheet.most else HEATS[0]


def _curve(view: CohortView, sheet: _Map, width: int, height: int, *, ascii_only: bool) -> list[Line]:
    """The share of all that were active, each age under its column where the map shows all of them."""
    count = len(view.curve)
    across = sheet.cell * count if sheet.ages == count else width - sheet.left
    if height < 2 or across < count // 2 or across < 1:
        return []
    drawn = columns([view.curve[cell * count // across] for cell in range(across)], height - 1, ascii_only=ascii_only)
    marks = {0: "100%", (height - 1) // 2: "50%"} if height % 2 else {0: "100%"}
    lines: list[Line] = [
        ((f"{marks.get(number, ''):>{sheet.left - 1}} ", "quiet"), (line.rstrip(), "bar"))
        for number, line in enumerate(drawn)
    ]
    last = f"{count - 1} {view.name}s since the first"
    foot = f"{'active':<{sheet.left - 4}} 0% 0{last:>{max(across - 1, len(last) + 2)}}"
    return [*lines, words(foot, width)]
