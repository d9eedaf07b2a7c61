"""Drawings of simple shapes: the page draws them live, and the same shapes become the still of a saved notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias

__all__ = ["Drawing", "Shape", "bars", "svg"]

Shape: TypeAlias = tuple[Any, ...]
"""``("rect", kind, x, y, width, height)``, ``("path", kind, d)`` or ``("text", kind, x, y, anchor, text)``.

The kind says what it is, and a sheet, or `_STILL`, what that looks like.
"""

_INK, _QUIET, _BAR, _LINE, _MARK = "#767676", "#767676", "#5b8def", "#9a9a9a", "#b86e00"  # on white and on dark grey
_HEAT = ("#f1f5fe", "#e0e9fd", "#cbdafb", "#b5cbf9", "#9ebbf6", "#86aaf3")  # light, for the dark ink inside
_STILL = {
    "box": f"fill='none' stroke='{_LINE}'",
    "way": f"fill='none' stroke='{_LINE}'",
    "back": f"fill='none' stroke='{_LINE}' stroke-dasharray='4 3'",
    "head": f"fill='{_LINE}'",
    "bar": f"fill='{_BAR}'",
    "axis": f"fill='none' stroke='{_LINE}'",
    "ontime": f"fill='none' stroke='{_BAR}' stroke-width='4' stroke-linecap='round'",
    "late": f"fill='none' stroke='{_MARK}' stroke-width='6' stroke-linecap='round'",
    "behind": "fill='none' stroke='#d1453b' stroke-width='2'",
    "mark": f"fill='none' stroke='{_MARK}'",
    "name": f"fill='{_INK}' font-weight='600'",
    "count": f"fill='{_INK}'",
    "quiet": f"fill='{_QUIET}'",
    "line": f"fill='none' stroke='{_BAR}' stroke-width='1.5'",
    "inside": "fill='#1b1b1b'",
    **{f"heat{shade}": f"fill='{colour}'" for shade, colour in enumerate(_HEAT)},
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet of so many pixels, and a sentence that says the same."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    label: str = ""
    name: str = field(default="", kw_only=True)

    def frame(self) -> dict[str, Any]:
        """The drawing for the page."""
        return {
            "name": self.name,
            "width": self.width,
            "height": self.height,
            "shapes": self.shapes,
            "label": self.label,
        }


def bars(values: Iterable[float], left: float, step: float, floor: float, tall: float) -> str:
    """The path of bars of one colour side by side, the highest ``tall`` pixels; a value above zero always shows."""
    numbers = list(values)
    top = max(numbers, default=0.0)
    made = []
    for place, value in enumerate(numbers):
        if value > 0:
            height = max(1.0, tall * value / top)
            wide = max(1.0, step - (1 if step > 4 else 0))
            made.append(f"M{left + place * step:.1f} {floor:.1f}v{-height:.1f}h{wide:.1f}v{height:.1f}z")
    return "".join(made)


def svg(drawing: Drawing) -> str:
    """The drawing as SVG that needs no sheet."""
    label = escape(drawing.label, quote=True)
    size = f"viewBox='0 0 {drawing.width} {drawing.height}' width='{drawing.width}' height='{drawing.height}'"
    shapes = "".join(map(_svg, drawing.shapes))
    return f'<svg xmlns=\'http://www.w3.org/2000/svg\' {size} role="img" aria-label="{label}">{shapes}</svg>'


def _svg(shape: Shape) -> str:
    form, kind, *rest = shape
    look = _STILL[kind]
    if form == "rect":
        x, y, width, height = rest
        return f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{height:.1f}' rx='3' {look}/>"
    if form == "path":
        return f"<path d='{rest[0]}' {look}/>"
    x, y, anchor, text = rest
    font = "font-size='12' font-family='sans-serif'"
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' {font} {look}>{escape(text)}</text>"
