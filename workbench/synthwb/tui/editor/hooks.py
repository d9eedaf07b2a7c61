"""The one module that builds on private parts of Textual's `TextArea`: gutter signs and messages at line ends.

Textual 8 has public hooks for styling the characters of a line, none for the gutter or the space after the text. Both
are drawn here over the finished line. ``PRIVATE`` names what is relied on; a test fails when Textual renames it.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import TextArea

__all__ = ["PRIVATE", "DecoratedArea"]

PRIVATE = ("_render_line",)

_MARGIN = 2  # cells between the line number and the text, where the sign goes
_LEAST = 12  # a message that has less room than this is not drawn: the list of problems has it


class DecoratedArea(TextArea):
    """A `TextArea` whose lines may have a sign in the gutter and a message after their text."""

    def gutter_sign(self, line: int) -> tuple[str, Style] | None:
        """One cell for the gutter of this line (from 0), or None."""
        raise NotImplementedError

    def line_message(self, line: int) -> tuple[str, Style] | None:
        """Text to show after the end of this line (from 0), or None."""
        raise NotImplementedError

    def _render_line(self, y: int) -> Strip:
        strip = super()._render_line(y)
        line = y + round(self.scroll_offset.y)
        if line >= self.document.line_count:
            return strip
        sign = self.gutter_sign(line)
        if sign is not None and self.show_line_numbers:
            strip = _over(strip, self.gutter_width - _MARGIN, *sign)
        message = self.line_message(line)
        if message is not None:
            text = self.document.get_line(line).expandtabs(self.indent_width)
            start = self.gutter_width + cell_len(text) - round(self.scroll_offset.x) + _MARGIN
            room = self.size.width - start - 1
            if room >= _LEAST and start > self.gutter_width:
                strip = _over(strip, start, _cut(message[0], room), message[1])
        return strip


def _cut(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    cut = text
    while cut and cell_len(cut) > room - 1:
        cut = cut[:-1]
    return cut.rstrip() + "…"


def _over(strip: Strip, start: int, text: str, style: Style) -> Strip:
    """The strip with ``text`` written over its cells from ``start`` on, the background kept."""
    end = start + cell_len(text)
    beneath = list(strip.crop(start, start + 1))
    background = beneath[0].style if beneath else None
    bgcolor = background.bgcolor if background is not None else None
    drawn = Style(bgcolor=bgcolor) + style if bgcolor is not None else style
    return Strip([*strip.crop(0, start), Segment(text, drawn), *strip.crop(end, max(end, strip.cell_length))])
