"""One candidate of completion, and how well a label fits what was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["BEGINS", "Candidate", "Kind", "fit"]

BEGINS = 1
"""The worst score of a label of which a part begins with the word."""


class Kind(StrEnum):
    """What a candidate is."""

    FIX = "fix"
    KEY = "key"
    GENERATOR = "generator"
    FAKER = "faker"
    PARAMETER = "parameter"
    MODIFIER = "modifier"
    VALUE = "value"
    PATH = "path"
    FUNCTION = "function"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing to insert.

    ``insert`` takes the place of the word, or of ``span`` where that is given; the cursor is left ``caret`` characters
    behind its start (None: at its end). ``doc`` is Markdown, ``example`` YAML.
    """

    label: str
    kind: Kind
    insert: str
    doc: str = ""
    example: str = ""
    caret: int | None = None
    span: tuple[int, int] | None = None


def fit(word: str, label: str) -> int | None:
    """How well a label fits a word in small letters: 0 for the best; None if it does not.

    It begins with it, a part of it does, it contains it, or it has its letters in their order.
    """
    label = label.lower()
    if label.startswith(word):
        return 0
    if any(part.startswith(word) for part in re.split(r"[._ ]", label)):
        return 1
    if word in label:
        return 2
    rest = iter(label)
    return 3 if len(word) > 2 and all(letter in rest for letter in word) else None
