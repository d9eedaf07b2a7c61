"""Text of one cell: data shown as data, in terminal cells, never as markup and never as control sequences."""

from __future__ import annotations

import unicodedata
from typing import Any

from rich.cells import cell_len, set_cell_size

__all__ = ["ABSENT", "NULL", "fit", "printable", "show"]

NULL = "null"
ABSENT = "·"
_LONGEST = 400  # characters of a value that are looked at; nobody sees more in a cell

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN = frozenset("\u00ad\u034f\u180e\u200b\u2028\u2029\u2060\ufeff")


def printable(text: str) -> str:
    r"""``text`` with everything that would move the cursor, reorder the line or hide itself made visible.

    Control characters become control pictures, direction and zero-width marks their code in angle brackets, and a
    combining mark with nothing to combine with gets a dotted circle. Right-to-left letters and emoji stay.

    >>> printable("a\\x1b[31mb")
    'a␛[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    made: list[str] = []
    for index, character in enumerate(text[:_LONGEST]):
        code = ord(character)
        if code < 0x20:
            made.append(chr(0x2400 + code))
        elif code == 0x7F:
            made.append("␡")
        elif 0x80 <= code < 0xA0 or character in _BIDI or character in _HIDDEN or 0xD800 <= code < 0xE000:
            made.append(f"‹{code:04X}›")
        elif index == 0 and unicodedata.combining(character):
            made.append("◌" + character)
        else:
            made.append(character)
    return "".join(made)


def show(value: Any) -> str:
    """One value as the text of a cell: text as it is, numbers in their shortest form, nested values as JSON."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (dict, list)):
        import json

        return printable(json.dumps(value, ensure_ascii=False, default=str))
    return printable(str(value))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` cut or padded to exactly ``width`` terminal cells; what is cut ends in an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        cut = set_cell_size(text, width - 1)
        return cut + "…"
    padding = " " * (width - length)
    return padding + text if right else text + padding
