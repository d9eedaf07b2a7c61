"""Tables and code of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["code", "header", "line"]


def code(text: str) -> str:
    """Text as code, also inside a table."""
    written = f"`` {text} ``" if "`" in text else f"`{text}`"
    return written.replace("|", "\\|")


def header(*head: str) -> Iterator[str]:
    """The first two lines of a table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"


def line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cell.replace(chr(10), ' ') for cell in cells)} |"
