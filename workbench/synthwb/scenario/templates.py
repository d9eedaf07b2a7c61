"""Templates: text with ``{path}`` holes. They only substitute; they compute nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Hole", "TemplateError", "compose_template", "split"]

_TOKEN = re.compile(r"\{\{|\}\}|\{|\}")


@dataclass(frozen=True, slots=True)
class Hole:
    """A path in braces, and where it stands in the text."""

    path: str
    start: int
    end: int


class TemplateError(ValueError):
    """A template whose braces do not match; ``start`` and ``end`` say where."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


def split(text: str) -> tuple[list[str], list[Hole]]:
    """The literals around the holes (one more than there are holes), and the holes.

    Raises TemplateError for braces that do not match and for empty holes.

    >>> split("{a}-{{b}}")[0]
    ['', '-{b}']
    """
    literals: list[str] = []
    holes: list[Hole] = []
    literal, at = "", 0
    while True:
        found = _TOKEN.search(text, at)
        if found is None:
            literals.append(literal + text[at:])
            return literals, holes
        literal += text[at : found.start()]
        at = found.end()
        if found[0] in ("{{", "}}"):
            literal += found[0][0]
        elif found[0] == "}":
            raise TemplateError("'}' without '{'; a brace as text is written }}", found.start(), at)
        else:
            close = text.find("}", at)
            if close < 0:
                raise TemplateError("'{' is never closed; a brace as text is written {{", found.start(), len(text))
            path = text[at:close].strip()
            if not path or "{" in path:
                raise TemplateError("braces hold the path of a field, such as {first_name}", found.start(), close + 1)
            literals.append(literal)
            start = text.index(path, at)
            holes.append(Hole(path, start, start + len(path)))
            literal, at = "", close + 1


def compose_template(literals: list[str], paths: list[str]) -> tuple[str, ...]:
    """Literals and paths as `Template.parts` wants them: in turn, a literal first and last."""
    parts = [literals[0]]
    for path, literal in zip(paths, literals[1:], strict=True):
        parts += (path, literal)
    return tuple(parts)
