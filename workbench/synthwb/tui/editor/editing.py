"""Editing YAML: what the new line's indentation is, comments in and out, indentation of several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["INDENT", "comment", "dedent", "indent", "next_indent", "strip_comment"]

INDENT = 2

_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s'"{\[-][^:]*):(\s|$)""")


def strip_comment(line: str) -> str:
    """The line without a trailing comment and spaces; a ``#`` inside quotes is no comment.

    >>> strip_comment("a: '#1'  # first")
    "a: '#1'"
    """
    quote = ""
    for index, character in enumerate(line):
        if quote:
            if character == quote:
                quote = ""
        elif character in "'\"" and (index == 0 or line[index - 1] in " \t[{,:-"):
            quote = character
        elif character == "#" and (index == 0 or line[index - 1] in " \t"):
            return line[:index].rstrip()
    return line.rstrip()


def next_indent(before: str) -> int:
    """Columns to indent the line after ``before`` (the line up to the cursor).

    A key without a value and an open bracket go one level deeper; after ``- key: value`` the next key stands under
    the first.

    >>> [next_indent(t) for t in ("a: 1", "a:", "  - b: 1", "  - b:", "x: {")]
    [0, 2, 4, 6, 2]
    """
    content = strip_comment(before)
    bare = content.lstrip(" ")
    if not bare:
        return len(before) - len(before.lstrip(" "))
    depth = len(content) - len(bare)
    while bare.startswith("- "):
        rest = bare[2:].lstrip(" ")
        if not _KEY.match(rest) and not rest.startswith("- "):
            break
        depth += len(bare) - len(rest)
        bare = rest
    opens = bare.endswith((":", "{", "[", "|", ">", "|-", ">-")) and bare not in ("-",)
    return depth + INDENT if opens else depth


def indent(lines: Sequence[str]) -> list[str]:
    """The lines one level deeper; empty lines stay empty."""
    return [" " * INDENT + line if line.strip() else line for line in lines]


def dedent(lines: Sequence[str]) -> list[str]:
    """The lines up to one level less deep."""
    return [line[min(INDENT, len(line) - len(line.lstrip(" "))) :] for line in lines]


def comment(lines: Sequence[str]) -> list[str]:
    """Comment the lines out at their common indentation; if all of them are comments already, take them in again.

    >>> comment(["a:", "  b: 1"]), comment(["# a:", "#   b: 1"])
    (['# a:', '#   b: 1'], ['a:', '  b: 1'])
    """
    filled = [line for line in lines if line.strip()]
    if not filled:
        return list(lines)
    if all(line.lstrip().startswith("#") for line in filled):
        return [_uncomment(line) for line in lines]
    depth = min(len(line) - len(line.lstrip(" ")) for line in filled)
    return [f"{line[:depth]}# {line[depth:]}" if line.strip() else line for line in lines]


def _uncomment(line: str) -> str:
    bare = line.lstrip(" ")
    if not bare.startswith("#"):
        return line
    depth = len(line) - len(bare)
    return line[:depth] + (bare[2:] if bare.startswith("# ") else bare[1:])
