"""What may be written where the cursor stands, with what it means: for the workbench's editor and the notebook's.

Works on a document that is broken, as it is while somebody types. Nothing here knows a screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthwb.guide.candidate import BEGINS, Candidate, Kind, fit
from synthwb.guide.candidates import item_candidates, key_candidates, value_candidates
from synthwb.guide.grammar import Shape, of_parameter
from synthwb.guide.readable import readable
from synthwb.guide.sketch import sketch
from synthwb.guide.spots import Spot, spot_at
from synthwb.guide.twigs import Cursor, Place, Twig
from synthwb.scenario.diagnostics import Diagnostic
from synthwb.scenario.functions import FUNCTIONS

__all__ = ["Completion", "complete"]

_NAME_BEFORE = re.compile(r"[A-Za-z_][\w.]*$")
_NAME_AFTER = re.compile(r"[\w.]*")
_HOLE = re.compile(r"(?<!\{)(?:\{\{)*\{([^{}]*)$")


@dataclass(frozen=True, slots=True)
class Completion:
    """Candidates, best first, for the word between the offsets ``start`` and ``end``.

    ``automatic``: they may be offered while somebody types; otherwise only when asked for (names of one's own are
    expected there, or the word is complete).
    """

    start: int
    end: int
    word: str
    candidates: tuple[Candidate, ...]
    automatic: bool = False


def complete(text: str, offset: int, problems: Sequence[Diagnostic] = ()) -> Completion:
    """The candidates at an offset (a number of characters). The mends of ``problems`` at the cursor come first."""
    offset = min(max(offset, 0), len(text))
    fixes = tuple(_fixes(text, offset, problems))
    drawn = sketch(text, offset)
    cursor = drawn.cursor
    if cursor is None:
        return Completion(offset, offset, "", fixes)
    spot = spot_at(drawn.root, cursor.path)
    if spot is not None and spot.call is not None and cursor.place is not Place.KEY:
        spot = _written_in_short(spot)
    if spot is None:
        return Completion(offset, offset, "", fixes)
    start, end, word = _word(text, offset, cursor, spot)
    known = tuple(_ranked(word, _offered(drawn.root, cursor, spot, word if start < end else "", text[:offset])))
    exact = any(candidate.label == word for candidate in known)
    own_names = cursor.place is Place.KEY and spot.form.shape in (Shape.FIELDS, Shape.NAMED) and spot.call is None
    automatic = bool(known) and bool(word) and not exact and not own_names and end == offset
    return Completion(start, end, word, (*fixes, *known), automatic)


def _written_in_short(spot: Spot) -> Spot:
    """The expression or the template that is a generator's only value, as in ``expr: "price * 2"``."""
    short = next((p for p in spot.call.parameters if p.name == spot.call.shorthand), None) if spot.call else None
    form = None if short is None else of_parameter(short)
    return Spot(form) if form is not None and form.shape in (Shape.EXPRESSION, Shape.TEMPLATE) else spot


def _fixes(text: str, offset: int, problems: Iterable[Diagnostic]) -> Iterable[Candidate]:
    """The mends of the problems on the cursor's line."""
    first, last = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    last = len(text) if last < 0 else last
    for problem in problems:
        edit = problem.edit
        if edit is not None and edit.end <= len(text) and first <= problem.span.start <= last:
            yield Candidate(edit.title, Kind.FIX, edit.new, problem.message, span=(edit.start, edit.end))


def _word(text: str, offset: int, cursor: Cursor, spot: Spot) -> tuple[int, int, str]:
    """The word that is completed: a name inside of an expression or a template, else all that was typed."""
    if cursor.place is not Place.KEY and spot.form.shape in (Shape.EXPRESSION, Shape.TEMPLATE):
        before = _NAME_BEFORE.search(cursor.word)
        word = before[0] if before else ""
        after = _NAME_AFTER.match(text, offset)
        return offset - len(word), after.end() if after else offset, word
    start, end, word = cursor.start, cursor.end, cursor.word
    if word[:1] in ("'", '"'):
        quote = word[0]
        start, word = start + 1, word[1:]
        end -= text[end - 1 : end] == quote and end > offset
    return start, max(end, offset), word


def _offered(root: Twig, cursor: Cursor, spot: Spot, word: str, before: str) -> Iterable[Candidate]:
    """Everything that may stand there."""
    node = root.at(cursor.path)
    if cursor.place is Place.KEY:
        return key_candidates(root, cursor, spot, node)
    if cursor.place is Place.ITEM:
        return item_candidates(root, cursor, spot, node)
    if spot.form.shape is Shape.EXPRESSION:
        return [] if cursor.word.count("'") % 2 else [*_names(root, cursor), *_functions()]
    if spot.form.shape is Shape.TEMPLATE:
        return _names(root, cursor) if _HOLE.search(cursor.word) else []
    return value_candidates(root, cursor, spot)


def _names(root: Twig, cursor: Cursor) -> list[Candidate]:
    return [Candidate(name, Kind.PATH, name, doc) for name, doc in readable(root, cursor.path).items()]


def _functions() -> list[Candidate]:
    return [
        Candidate(name, Kind.FUNCTION, f"{name}()", f"{each.signature}: {each.doc}.", each.example, caret=len(name) + 1)
        for name, each in FUNCTIONS.items()
    ]


def _ranked(word: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that fit the word, best first: of those that begin with it, ours before Faker's many methods."""
    if not word:
        return list(candidates)
    wanted = word.lower()
    scored = [(score, each) for each in candidates if (score := fit(wanted, each.label)) is not None]
    return [each for _, each in sorted(scored, key=lambda pair: _rank(*pair))]


def _rank(score: int, candidate: Candidate) -> tuple[bool, bool, int]:
    return score > BEGINS, candidate.kind is Kind.FAKER, score
