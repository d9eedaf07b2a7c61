"""What a tolerant reader makes of a document: twigs, and the place of the cursor among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Cursor", "Place", "Step", "Twig", "unquoted"]

Step = str | int
"""One step of a document path: a key, or the number of an item."""


class Place(Enum):
    """What the cursor is about to write: a key, the value of a key, or an item of a list (perhaps its first key)."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"


@dataclass(slots=True)
class Twig:
    """A value: a mapping with ``entries``, a list with ``items``, or ``text`` (empty where nothing is written yet)."""

    entries: dict[str, Twig] | None = None
    items: list[Twig] | None = None
    text: str = ""
    flow: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is written yet."""
        return self.entries is None and self.items is None and not self.text

    def at(self, path: tuple[Step, ...]) -> Twig | None:
        """What stands below at a path."""
        node: Twig | None = self
        for step in path:
            if node is None:
                return None
            if isinstance(step, int):
                node = node.items[step] if node.items is not None and step < len(node.items) else None
            else:
                node = (node.entries or {}).get(step)
        return node


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor stands.

    ``path`` leads to the mapping of a key, to the value, or to the item. ``word`` is what was typed of it before the
    cursor, ``start`` and ``end`` the offsets of the whole word. ``column`` is the indentation of the line, ``key`` the
    key that is being changed (empty where a new one is typed).
    """

    place: Place
    path: tuple[Step, ...]
    word: str
    start: int
    end: int
    column: int
    flow: bool = False
    key: str = ""


def unquoted(word: str) -> str:
    """A word without its quotes."""
    word = word.strip()
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word
