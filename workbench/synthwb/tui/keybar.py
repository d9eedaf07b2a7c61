"""The key bar: the keys that work now, most useful first, as many as fit; each can be clicked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from synthwb.tui.actions import Action

__all__ = ["KeyBar", "fitting"]

_GAP = 2


def fitting(actions: Iterable[Action], labels: Mapping[str, str], width: int) -> list[tuple[Action, str]]:
    """The actions that fit into ``width`` cells with the label to show, best first."""
    made: list[tuple[Action, str]] = []
    room = width - 1
    for action in sorted((a for a in actions if a.shown), key=lambda a: a.shown):
        label = labels.get(action.id, action.label)
        need = cell_len(action.show_key) + 1 + cell_len(label) + _GAP
        if label and need <= room:
            made.append((action, label))
            room -= need
    return made


class KeyBar(Widget):
    """Draws what `fitting` chose; ``keys`` are the actions that work now, ``labels`` other words for some of them."""

    COMPONENT_CLASSES = {"keybar--key", "keybar--label"}  # noqa: RUF012 - Textual reads it as a class variable

    keys: reactive[tuple[Action, ...]] = reactive(())
    labels: reactive[tuple[tuple[str, str], ...]] = reactive(())

    def render(self) -> Text:
        """Key and label of each action; a click does what the key does."""
        key_style = self.get_component_rich_style("keybar--key", partial=True)
        label_style = self.get_component_rich_style("keybar--label", partial=True)
        text = Text(" ", no_wrap=True, overflow="crop")
        for action, label in fitting(self.keys, dict(self.labels), self.size.width):
            click = Style(meta={"@click": f"screen.perform('{action.id}')"})
            text.append(action.show_key, key_style + click)
            text.append(f" {label}", label_style + click)
            text.append(" " * _GAP)
        return text
