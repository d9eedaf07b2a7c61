"""Scalar SQL expressions: parsed by sqlglot, checked against a whitelist, typed.

This is the only module of the language that imports sqlglot; it is itself imported only for documents that have
expressions. Every function call arrives as `sqlglot.exp.Anonymous` with its name as written: the dialect knows no
functions of its own, so the table in `functions` is the whole truth, here and in the engine.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlglot import Dialect, exp, parser, tokens
from sqlglot.errors import ParseError, TokenError

from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.functions import CASTS, FUNCTIONS, INSTEAD, REFUSED

__all__ = [
    "Checked",
    "ExpressionError",
    "Flaw",
    "Name",
    "call_name",
    "cast_name",
    "column_path",
    "examine",
    "parse_expression",
    "place_of",
    "rewrite",
]

_LONGEST = 4000  # characters
_DEEPEST = 100  # nested operators and calls: everything that walks a tree may recurse


class Scalar(Dialect):
    """SQL without functions, statements or operators named by words: all calls are `exp.Anonymous`."""

    class Tokenizer(tokens.Tokenizer):
        """``div`` is a function here, not an operator."""

        KEYWORDS = {k: v for k, v in tokens.Tokenizer.KEYWORDS.items() if k != "DIV"}  # noqa: RUF012

    class Parser(parser.Parser):
        """Only ``cast`` and ``case`` keep their own syntax."""

        FUNCTIONS = {}  # noqa: RUF012
        FUNCTION_PARSERS = {"CAST": parser.Parser.FUNCTION_PARSERS["CAST"]}  # noqa: RUF012
        NO_PAREN_FUNCTION_PARSERS = {  # noqa: RUF012
            "CASE": parser.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with an expression, and where in its text."""

    code: str
    message: str
    hint: str
    start: int
    end: int
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A path that the expression reads, and where in its text."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression after parsing and checking. ``tree`` is None when there are flaws. The tree is shared: read it."""

    tree: exp.Expression | None
    names: tuple[Name, ...]
    flaws: tuple[Flaw, ...]


class ExpressionError(ValueError):
    """An expression that cannot be used; the first flaw is the message."""


_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_OPERATORS = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.DPipe,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.And,
    exp.Or,
    exp.Not,
    exp.Neg,
    exp.Paren,
    exp.Between,
    exp.Case,
    exp.If,
)
_LEAVES = (exp.Literal, exp.Boolean, exp.Null, exp.DataType)

_SUBQUERY = "a subquery reads other rows; an expression sees one event", "read actor.x or a ref instead"
_LIKE = "regular expressions are not available", "use like, starts_with, ends_with or contains"
_REASONS: dict[type[Any], tuple[str, str]] = {
    exp.Query: _SUBQUERY,
    exp.Exists: _SUBQUERY,
    exp.Window: ("a window function looks at many rows; an expression sees one event", ""),
    exp.Filter: ("an aggregate looks at many rows; an expression sees one event", ""),
    exp.Distinct: ("an aggregate looks at many rows; an expression sees one event", ""),
    exp.Star: ("* has no meaning here", "name the fields to read"),
    exp.SimilarTo: _LIKE,
    exp.RegexpLike: _LIKE,
    exp.BitwiseXor: ("^ is not available", "use power(x, exponent)"),
    exp.Interval: ("intervals are not available", "use epoch(time) and seconds"),
    exp.Bracket: ("elements of a list cannot be read here", "read whole fields"),
    exp.AtTimeZone: ("time zones are not available in expressions", "times are UTC"),
    exp.Tuple: ("a list of values can stand only after IN", "write x in (1, 2)"),
}
_CLOCK = (exp.CurrentDate, exp.CurrentDatetime, exp.CurrentTime, exp.CurrentTimestamp)


def call_name(node: exp.Anonymous) -> str:
    """The function's name in small letters."""
    return str(node.this).lower()


def cast_name(node: exp.Cast) -> str:
    """The name of a cast's type in small letters, as `CASTS` has it."""
    return str(node.to.this.value).lower()


def column_path(node: exp.Expression) -> str | None:
    """The dotted path of a `Column` (or of a longer `Dot` chain), or None if the node is not a plain path."""
    last: list[Any] = []
    while isinstance(node, exp.Dot):
        last.insert(0, node.expression)
        node = node.this
    if not isinstance(node, exp.Column):
        return None
    parts = [*node.parts, *last]
    if not all(isinstance(part, exp.Identifier | exp.Literal) for part in parts):
        return None
    return ".".join(part.name for part in parts)


def place_of(node: exp.Expression) -> tuple[int, int] | None:
    """Where the identifiers of a node stand in the text."""
    spots = [(i.meta["start"], i.meta["end"] + 1) for i in node.find_all(exp.Identifier) if "start" in i.meta]
    return (min(s for s, _ in spots), max(e for _, e in spots)) if spots else None


@lru_cache(maxsize=4096)
def examine(text: str) -> Checked:
    """Parse and check an expression; never raises. The result is kept, for typing in an editor."""
    try:
        tree, flaw = _parse(text)
    except RecursionError:
        tree, flaw = None, _deep(text)
    if tree is None:
        return Checked(None, (), (flaw,) if flaw else ())
    names: list[Name] = []
    flaws: list[Flaw] = []
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _DEEPEST:
            flaws.append(_deep(text))
            break
        path = column_path(node)
        if path is not None:
            names.append(Name(path, *(place_of(node) or (0, len(text)))))
            continue
        found = _refuse(node, text)
        flaws.extend(found)
        if not found and not isinstance(node, exp.DataType):
            stack.extend((child, depth + 1) for child in node.iter_expressions(reverse=True))
    return Checked(None if flaws else tree, tuple(names), tuple(flaws))


def parse_expression(text: str) -> exp.Expression:
    """The checked tree of an expression. It is shared between callers: do not change it.

    Raises ExpressionError for text that `examine` finds a flaw in.
    """
    checked = examine(text)
    if checked.tree is None:
        raise ExpressionError(checked.flaws[0].message)
    return checked.tree


def rewrite(text: str, names: dict[str, str]) -> str:
    """The text with paths replaced, each part of a new path quoted.

    >>> rewrite("order_placed.qty * 2", {"order_placed.qty": "qty"})
    '"qty" * 2'
    """
    for name in sorted(examine(text).names, key=lambda n: -n.start):
        if names.get(name.path, name.path) != name.path:
            new = ".".join(f'"{part}"' for part in names[name.path].split("."))
            text = text[: name.start] + new + text[name.end :]
    return text


def _deep(text: str) -> Flaw:
    return Flaw("expression", f"nested deeper than {_DEEPEST} levels", "split it into several fields", 0, len(text))


def _parse(text: str) -> tuple[exp.Expression | None, Flaw | None]:
    """The tree, or the flaw that says why there is none."""
    end = len(text)
    if end > _LONGEST:
        hint = "split it into several fields"
        return None, Flaw("expression", f"longer than {_LONGEST:,} characters ({end:,})", hint, 0, end)
    if not text.strip():
        return None, Flaw("expression", "empty expression", 'write SQL, such as "price * qty"', 0, end)
    try:
        trees = Scalar().parse_into(exp.Condition, text)
    except ParseError as error:
        return None, _syntax(error, text)
    except (AttributeError, LookupError, TypeError, ValueError):  # sqlglot stumbles over some texts that are no SQL
        return None, Flaw("expression", "not an SQL expression", "names stand alone, text in single quotes", 0, end)
    except TokenError:
        return None, Flaw("expression", "not finished: a quote or a comment is not closed", "", 0, end)
    if len(trees) > 1:
        at = text.index(";") if ";" in text else 0
        return None, Flaw("expression", "one expression only", "remove what stands after ;", at, end)
    if not trees or trees[0] is None:
        return None, Flaw("expression", "empty expression", 'write SQL, such as "price * qty"', 0, end)
    return cast(exp.Expression, trees[0]), None


def _syntax(error: ParseError, text: str) -> Flaw:
    """The complaint of sqlglot in our words."""
    found = error.errors[0] if error.errors else {}
    word = str(found.get("highlight") or "")
    before = str(found.get("start_context") or "")
    start = text.find(word, max(0, len(before) - 1)) if word else -1
    start = max(start, 0)
    end = start + len(word) if word else len(text)
    if re.match(r"\s*(select|with)\b", text, re.IGNORECASE):
        return Flaw("expression", *_SUBQUERY, 0, len(text))
    if "Required keyword" in str(found.get("description")) or not word:
        what = f"something is missing after {word!r}" if word else "this is not finished"
        return Flaw("expression", f"not an SQL expression: {what}", "", start, end)
    hints = {"&&": "use and", "==": "use =", "?": "use if(condition, then, else)"}
    hint = hints.get(word, "names with blanks or signs go in double quotes, text in single quotes")
    return Flaw("expression", f"not an SQL expression: {word!r} was not expected here", hint, start, end)


def _refuse(node: exp.Expression, text: str) -> list[Flaw]:
    """Why a node may not be in an expression; nothing when it may."""
    if isinstance(node, exp.Anonymous):
        return _call(node, text)
    if isinstance(node, exp.Cast):
        return _cast(node, text)
    if isinstance(node, exp.Is):
        if isinstance(node.expression, exp.Null):
            return []
        return [_flaw(node, text, "IS compares with NULL only", "write x is null, or x = true")]
    if isinstance(node, exp.In):
        if node.args.get("query") is None and node.expressions:
            return []
        return [_flaw(node, text, *(_SUBQUERY if node.args.get("query") else ("IN needs a list", "x in (1, 2)")))]
    if isinstance(node, exp.Like | exp.ILike):
        if isinstance(node.expression, exp.Literal) and node.expression.is_string:
            return []
        return [_flaw(node, text, "the pattern of LIKE must be written out", "such as name like 'A%'")]
    if isinstance(node, exp.Literal):
        return _literal(node, text)
    if type(node) in _OPERATORS or isinstance(node, _LEAVES):
        return []
    if isinstance(node, _CLOCK):
        name = node.sql_names()[0].lower() if isinstance(node, exp.Func) else "this"
        return [_flaw(node, text, REFUSED["now"].format(name=name), INSTEAD["now"], word=name)]
    for kind, (message, hint) in _REASONS.items():
        if isinstance(node, kind):
            return [_flaw(node, text, message, hint)]
    word = getattr(node, "key", type(node).__name__).replace("_", " ")
    return [_flaw(node, text, f"not a scalar expression: {word} is not available", "")]


def _flaw(node: exp.Expression, text: str, message: str, hint: str, *, word: str = "", new: str = "") -> Flaw:
    """A flaw at the word if it is found in the text, else at the names inside the node, else at the whole text."""
    spot = place_of(node) or (0, len(text))
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) if word else None
    start, end = found.span() if found else spot
    return Flaw("expression", message, hint, start, end, new if found else "")


def _call(node: exp.Anonymous, text: str) -> list[Flaw]:
    """Whether a function exists and has the right number of arguments."""
    name = call_name(node)
    instead = INSTEAD.get(name, "")
    if name in REFUSED:
        return [_flaw(node, text, REFUSED[name].format(name=name), instead, word=name)]
    function = FUNCTIONS.get(name)
    if function is None:
        near = nearest(name, FUNCTIONS)
        hint = instead or (f"did you mean {near!r}?" if near else "the reference lists all functions")
        return [_flaw(node, text, f"unknown function {name!r}", hint, word=name, new=near or "")]
    count = len(node.expressions)
    if count < function.least or (function.most is not None and count > function.most):
        s = "" if count == 1 else "s"
        message = f"{name} was given {count} argument{s}; it is {function.signature}"
        return [_flaw(node, text, message, function.doc, word=name)]
    return []


def _literal(node: exp.Literal, text: str) -> list[Flaw]:
    """Whether a number fits 64 bits."""
    if node.is_string:
        return []
    if not _NUMBER.fullmatch(node.name):
        return [_flaw(node, text, f"{node.name[:24]} is not a number", "", word=node.name)]
    if math.isfinite(float(node.name)) and not (node.name.isdecimal() and int(node.name) >= 2**63):
        return []
    return [_flaw(node, text, f"the number {node.name[:24]} does not fit 64 bits", "", word=node.name)]


def _cast(node: exp.Cast, text: str) -> list[Flaw]:
    """Whether a cast's type exists."""
    if cast_name(node) in CASTS:
        return []
    known = ", ".join(dict.fromkeys(dtype.value for dtype in CASTS.values()))
    word = cast_name(node)
    return [_flaw(node, text, f"cannot cast to {word}; the types are {known}", "", word=word)]
