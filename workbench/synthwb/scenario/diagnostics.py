"""Problems found in a document, as plain values.

A diagnostic is made once, where the problem is found, and shown by every surface: the editor underlines it, the
command line prints it, the notebook marks it in the gutter.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Diagnostic", "Edit", "Severity", "Span", "nearest"]

_LONGEST = 60  # characters of a word that is compared: nobody misspells more
_CLEARLY = 0.15  # by so much more alike, on difflib's scale of 0 to 1


class Severity(StrEnum):
    """How bad it is: an ``error`` stops the run, a ``warning`` does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text: character offsets (from 0), lines and columns (from 1), end exclusive."""

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A machine-made mend: replace ``text[start:end]`` by ``new``; ``title`` names it for a menu."""

    start: int
    end: int
    new: str
    title: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    ``code`` is a stable short name (``unknown-key``), ``path`` the dotted path in the words of the language
    (``order_placed.total``), ``message`` says what is wrong and what was expected, ``hint`` how to mend it.
    """

    severity: Severity
    code: str
    message: str
    span: Span
    path: str = ""
    hint: str = ""
    edit: Edit | None = None

    @property
    def line(self) -> int:
        """Line of the start, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """Column of the start, from 1."""
        return self.span.column

    def render(self, source: str = "scenario") -> str:
        """One line of text in the form compilers use: ``file:line:column: severity: message``."""
        where = f"{source}:{self.span.line}:{self.span.column}: {self.severity.value}: "
        path = f" [{self.path}]" if self.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}{path}"


def nearest(word: str, names: Iterable[str], others: Iterable[str] = ()) -> str | None:
    """The name most like ``word``, or None if none is near enough to suggest.

    One of the ``others`` is suggested only where it is clearly nearer than every one of ``names``.

    >>> nearest("uiud", ["uuid"], ["uuid4"]), nearest("colour_name", ["last_name"], ["color_name"])
    ('uuid', 'color_name')
    """
    if len(word) > _LONGEST:
        return None
    found = _most_alike(word, names)
    other = _most_alike(word, others)
    if found is None or (other is not None and _likeness(word, other) > _likeness(word, found) + _CLEARLY):
        return other
    return found


def _most_alike(word: str, names: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def _likeness(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, name, word.lower()).ratio()
