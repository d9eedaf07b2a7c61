"""The line of pane names on a narrow screen, where one pane is shown at a time."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

__all__ = ["PaneTabs"]

_TABS = (("scenario", "F2 Scenario"), ("preview", "F3 Preview"), ("run", "Run"), ("problems", "Problems"))


class PaneTabs(Widget):
    """Names of the panes, the shown one in brackets; ``tally`` counts the problems."""

    COMPONENT_CLASSES = {"tabs--shown", "tabs--other"}  # noqa: RUF012 - Textual reads it as a class variable

    pane: reactive[str] = reactive("scenario")
    tally: reactive[str] = reactive("none")

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def render(self) -> Text:
        """All names on one line."""
        text = Text(" ", no_wrap=True, overflow="crop")
        for name, label in _TABS:
            shown = name == self.pane
            words = f"{label} ({self.tally})" if name == "problems" and self.tally != "none" else label
            style = self.get_component_rich_style("tabs--shown" if shown else "tabs--other", partial=True)
            text.append(f"[{words}]" if shown else f" {words} ", style + Style(meta={"@click": f"choose('{name}')"}))
            text.append(" ")
        return text

    def action_choose(self, pane: str) -> None:
        """A click on a name."""
        self.post_message(self.Chosen(pane))
