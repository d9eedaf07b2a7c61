"""Retention as shapes: the table of cohorts as a heat map, and the curve."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from synthwb.views import Cohort, CohortView, retention_text, share_text
from synthwb_widgets.drawing import Drawing, Shape

__all__ = ["curve", "table"]

_MOST = 12  # cohorts in the table, and periods since
_ROW, _CELL = 22, 38  # pixels of a row, and across a cell
_LABEL, _SIZE = 56, 44  # pixels of the date and of the size of a cohort
_HEAD = 40
_LEAST, _WIDE = 200, 300  # pixels of the curve, which is as tall as the table
_LEFT, _FOOT, _TOP = 38, 36, 30
_WARMEST = 5  # shade of a cell, from 0


def table(view: CohortView) -> Drawing:
    """The newest cohorts, the oldest first: when, how many, and the share that was active in each period since."""
    cohorts = view.cohorts[-_MOST:]
    ages = min(_MOST, max((len(cohort.active) for cohort in cohorts), default=0))
    shapes: list[Shape] = [
        ("text", "quiet", 0, 14, "start", f"first seen in the {view.name} from"),
        ("text", "quiet", _LABEL + _SIZE, _HEAD - 6, "end", "actors"),
    ]
    shapes += [("text", "quiet", _x(age) + _CELL / 2, _HEAD - 6, "middle", str(age)) for age in range(ages)]
    most = max((active / cohort.size for cohort in cohorts for active in cohort.active[1:ages]), default=1.0)
    for row, cohort in enumerate(cohorts):
        start = datetime.fromtimestamp(cohort.start // 1_000_000, ZoneInfo(view.zone))
        shapes += _cells(cohort, f"{start:%d %b}", _HEAD + row * _ROW, ages, most)
    wide = max(_x(ages), 190) + 2
    if ages > 5:
        shapes.append(("text", "quiet", wide - 2, 14, "end", f"active so many {view.name}s later"))
    return Drawing(wide, _height(view), tuple(shapes), f"Cohorts. {retention_text(view)}", name="cohorts")


def curve(view: CohortView) -> Drawing:
    """The share that is active, by periods since the first, over all cohorts that are old enough."""
    last = max(1, len(view.curve) - 1)
    tall = max(_LEAST, _height(view))

    def across(age: float) -> float:
        return _LEFT + age / last * (_WIDE - _LEFT - 10)

    def up(share: float) -> float:
        return _TOP + (1 - share) * (tall - _TOP - _FOOT)

    shapes: list[Shape] = [("text", "quiet", 0, 12, "start", "share that is active")]
    for share in (0.0, 0.5, 1.0):
        shapes.append(("path", "axis", f"M{_LEFT} {up(share):.1f}H{_WIDE - 10}"))
        shapes.append(("text", "quiet", _LEFT - 6, up(share) + 4, "end", f"{share:.0%}"))
    points = [(across(age), up(share)) for age, share in enumerate(view.curve)]
    shapes.append(("path", "line", "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)))
    shapes.append(("path", "ontime", "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)))
    step = -(-last // 12)
    ticks = range(0, last + 1, step)
    shapes += [("text", "quiet", across(age), tall - _FOOT + 16, "middle", str(age)) for age in ticks]
    shapes.append(("text", "quiet", (_LEFT + _WIDE) / 2, tall - 4, "middle", f"{view.name}s since the first"))
    told = ", ".join(f"{age} {share_text(share)}" for age, share in enumerate(view.curve[: _MOST + 1]))
    return Drawing(_WIDE, tall, tuple(shapes), f"Retention curve: {told}", name="curve")


def _cells(cohort: Cohort, start: str, top: float, ages: int, most: float) -> list[Shape]:
    """One row; the shades go up to ``most``, the largest share of those who came back."""
    middle = top + _ROW / 2 + 4
    shapes: list[Shape] = [
        ("text", "name", 0, middle, "start", start),
        ("text", "count", _LABEL + _SIZE, middle, "end", f"{cohort.size:,}"),
    ]
    for age, active in enumerate(cohort.active[:ages]):
        share = active / cohort.size
        shade = min(_WARMEST, int(share / most * _WARMEST)) if most else 0
        shapes.append(("rect", f"heat{shade}", _x(age) + 1, top + 1, _CELL - 2, _ROW - 2))
        shapes.append(("text", "inside", _x(age) + _CELL / 2, middle, "middle", f"{share:.0%}"))
    return shapes


def _height(view: CohortView) -> int:
    return _HEAD + min(_MOST, len(view.cohorts)) * _ROW + 2


def _x(age: int) -> int:
    return _LABEL + _SIZE + 10 + age * _CELL
