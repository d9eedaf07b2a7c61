"""The status line: file, unsaved mark, seed, state and rates. It is always the first line of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from synthwb.tui.preview.cells import printable

__all__ = ["Status", "StatusLine", "status_text"]


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says. ``seed`` is text, so that it can say that it was rerolled."""

    name: str = ""
    unsaved: bool = False
    seed: str = ""
    state: str = ""
    rate: str = ""
    problems: str = ""
    export: str = ""


def status_text(status: Status, width: int) -> tuple[str, str]:
    """Left and right part of the line; on a narrow screen the seed and then the problems give way."""
    left = f" synthwb  {printable(status.name)}{' *' if status.unsaved else ''}"
    parts = [status.export, status.problems, status.seed, status.state, status.rate]
    for drop in (None, 2, 1, 0):
        if drop is not None:
            parts[drop] = ""
        right = "   ".join(part for part in parts if part) + " "
        if cell_len(left) + cell_len(right) + 2 <= width:
            break
    return left, right


class StatusLine(Widget):
    """One line, kept up to date by the screen."""

    status: reactive[Status] = reactive(Status())

    def render(self) -> Text:
        """The two parts, apart as far as the width allows."""
        width = self.size.width
        left, right = status_text(self.status, width)
        gap = max(2, width - cell_len(left) - cell_len(right))
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(left, "bold")
        text.append(" " * gap)
        text.append(right)
        return text
