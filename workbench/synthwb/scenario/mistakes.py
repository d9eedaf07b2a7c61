"""What the YAML parser says, in the words of somebody who is typing a scenario."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity

if TYPE_CHECKING:
    import yaml

    from synthwb.scenario.tree import Lines

__all__ = ["explain"]

# a value that begins like a flow mapping and goes on like text: {first}.{last}@example.com
_TEMPLATE = re.compile(r"(?<=[:\[,-])[ \t]+(\{[\w.]+\}(?:[^\s,\"'{}\[\]]|\{[\w.]+\})+)")
_STAR = re.compile(r"\*[^\s,\]}]*")

_QUOTES = {
    "mapping values are not allowed": (
        "a ': ' where none can stand",
        "put text that holds ': ' in quotes, or check the indentation",
    ),
    "found character that cannot start any token": ("{char!r} cannot start a value", "put the value in quotes"),
    "block sequence entries are not allowed": (
        "a list item cannot start here",
        "put each '- ' on a line of its own below the key",
    ),
    "found unknown escape character": (
        "an unknown escape in double quotes",
        "double the backslash, or use single quotes",
    ),
    "could not find expected ':'": ("a key without ':'", "write key: value, and indent what belongs to a block"),
    "did not find expected key": (
        "this does not continue the mapping it stands in",
        "check the indentation, and quote text that begins with a quote, a bracket or a sign",
    ),
    "did not find expected '-' indicator": ("this does not continue the list it stands in", "check the indentation"),
    "did not find expected <document start>": (
        "this does not continue the scenario",
        "check the indentation and what stands before",
    ),
    "found undefined tag handle": ("a tag with an unknown handle", "remove the tag; a scenario is data"),
}


def explain(error: yaml.MarkedYAMLError, text: str, lines: Lines, base: int) -> Diagnostic:
    """One syntax error, where the mistake was made rather than where the parser gave up."""
    at = min((error.problem_mark.index if error.problem_mark else 0) + base, len(text))
    opened = error.context_mark.index + base if error.context_mark else None
    problem, context = str(error.problem or ""), str(error.context or "")
    return (
        _alias(context, text, lines, at, opened)
        or _template(text, lines, at, opened)
        or _unclosed(problem, context, text, lines, at, opened)
        or _tab(text, lines, at)
        or _other(problem, context, text, lines, at)
    )


def _diagnostic(lines: Lines, start: int, end: int, message: str, hint: str, edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(Severity.ERROR, "syntax", message, lines.span(start, end), hint=hint, edit=edit)


def _line(text: str, at: int) -> tuple[int, int]:
    """Where the line of an offset starts and ends."""
    end = text.find("\n", at)
    return text.rfind("\n", 0, at) + 1, len(text) if end < 0 else end


def _quote(start: int, end: int, old: str) -> Edit | None:
    """Put a stretch in quotes, if it has none."""
    if '"' in old or "\\" in old:
        return None
    return Edit(start, end, f'"{old}"', "quote it")


def _alias(context: str, text: str, lines: Lines, at: int, opened: int | None) -> Diagnostic | None:
    """A value that begins with a star: ``**-##``."""
    if "alias" not in context and "anchor" not in context:
        return None
    start = at if opened is None else opened
    if text[start : start + 1] not in ("*", "&"):
        return None
    found = _STAR.match(text, start) if text[start] == "*" else re.compile(r"&[^\s,\]}]*").match(text, start)
    end = found.end() if found else start + 1
    what = "an alias" if text[start] == "*" else "an anchor"
    message = f"a value that begins with {text[start]} is {what} in YAML, and {text[start:end]!r} is none"
    hint = f'if it is text or a pattern, quote it: "{text[start:end]}"'
    return _diagnostic(lines, start, end, message, hint, _quote(start, end, text[start:end]))


def _template(text: str, lines: Lines, at: int, opened: int | None) -> Diagnostic | None:
    """A template without quotes, on the line of the problem or of what it belongs to."""
    for offset in {at, max(at - 1, 0), opened if opened is not None else at}:
        start, end = _line(text, offset)
        found = _TEMPLATE.search(text, start, end)
        if found:
            old = found[1]
            message = f"{old!r} begins like a mapping, because of its brace"
            edit = _quote(found.start(1), found.end(1), old)
            return _diagnostic(lines, *found.span(1), message, f'if it is a template, quote it: "{old}"', edit)
    return None


def _unclosed(problem: str, context: str, text: str, lines: Lines, at: int, opened: int | None) -> Diagnostic | None:
    """A bracket or a quote that is never closed: shown where it was opened."""
    if opened is None or opened >= len(text):
        return None
    mark = text[opened]
    where = lines.place(at)[0]
    if "quoted scalar" in context and "end of stream" in problem and mark in "\"'":
        end = _line(text, opened)[1]
        return _diagnostic(lines, opened, end, f"this {mark} is never closed", f"close the text with {mark}")
    if "flow" not in context or mark not in "[{":
        return None
    close = "]" if mark == "[" else "}"
    if where == lines.place(opened)[0] and at < len(text):
        message = f"expected ',' or '{close}' here, inside the '{mark}' of column {lines.place(opened)[1]}"
        return _diagnostic(lines, at, at + 1, message, "quote text that holds brackets, commas or ': '")
    message = f"this '{mark}' is not closed before line {where}, where something else begins"
    if at >= len(text.rstrip()):
        message = f"this '{mark}' is never closed"
    return _diagnostic(lines, opened, opened + 1, message, f"add '{close}'")


def _tab(text: str, lines: Lines, at: int) -> Diagnostic | None:
    """A tab in the indentation."""
    start, _ = _line(text, min(at, len(text)))
    found = re.compile(r" *\t+[ \t]*").match(text, start)
    if not found:
        return None
    edit = Edit(*found.span(), found[0].replace("\t", "  "), "replace tabs by blanks")
    return _diagnostic(lines, *found.span(), "a tab cannot indent", "indent with blanks", edit)


def _other(problem: str, context: str, text: str, lines: Lines, at: int) -> Diagnostic:
    """Everything else, in the parser's words where there are no better ones."""
    char = text[at : at + 1]
    for start, (message, hint) in _QUOTES.items():
        if problem.startswith(start):
            return _diagnostic(lines, at, at + 1, message.format(char=char), hint)
    message = f"{problem} {context}".strip() or "not YAML"
    return _diagnostic(lines, at, at + 1, f"not YAML: {message}", "check quotes, brackets and indentation")
