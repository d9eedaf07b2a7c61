"""What the command line says to people: on stderr, with colour only on a terminal that wants it."""

from __future__ import annotations

import os
import sys
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from synthwb.errors import PluginWarning, SynthwbError

if TYPE_CHECKING:
    from synthwb.scenario.diagnostics import Diagnostic

__all__ = ["CHECKS_FAILED", "INTERRUPTED", "coloured", "manners", "printable", "say", "say_error", "show_problems"]

CHECKS_FAILED = 3
INTERRUPTED = 130
_SHOWN = 50  # problems shown before a run that cannot start; `check` shows all
_STYLES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "good": "32"}


def coloured(stream: TextIO) -> bool:
    """Whether this stream is a terminal that shows colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str, stream: TextIO) -> str:
    """The text in a style (error, warning, bold, dim, good) if the stream shows colours."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if coloured(stream) else text


def printable(text: str) -> str:
    r"""Text from outside made harmless for a terminal: control characters as the replacement character.

    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) not in ("Cc", "Cs") else "�" for c in text)


def say(text: str) -> None:
    """A remark for a person who is watching: nothing unless stderr is a terminal."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def say_error(message: str) -> None:
    """An error, whoever reads it."""
    print(f"{styled('error:', 'error', sys.stderr)} {message}", file=sys.stderr, flush=True)


def show_problems(
    problems: Sequence[Diagnostic], source: str, text: str, stream: TextIO, *, limit: int | None = _SHOWN
) -> None:
    """One line per problem; on a terminal also the line of the document and a caret under the place."""
    lines = text.splitlines()
    for problem in problems[:limit]:
        severity = problem.severity.value
        where = f"{source}:{problem.line}:{problem.column}: "
        rest = problem.render(source).removeprefix(where).removeprefix(f"{severity}: ")
        if coloured(stream):
            where = styled(where, "bold", stream)
        print(f"{where}{styled(f'{severity}:', severity, stream)} {printable(rest)}", file=stream)
        if stream.isatty() and 0 < problem.line <= len(lines):
            for line in _pointed(problem, lines[problem.line - 1]):
                print(line, file=stream)
    if limit is not None and len(problems) > limit:
        print(f"… and {len(problems) - limit} more; synthwb check {source} shows all", file=stream)


def _pointed(problem: Diagnostic, line: str) -> tuple[str, str]:
    """The line, and under it carets below the problem. A long line is cut around the place."""
    start = problem.column - 1
    length = problem.span.end_column - problem.column if problem.span.end_line == problem.line else len(line) - start
    first = max(0, start - 60)
    shown = printable(line.replace("\t", " "))[first : first + 110]
    before, marked = shown[: start - first], shown[start - first : start - first + max(length, 1)]
    gutter = f"{problem.line:>5} | "
    return gutter + shown, " " * (len(gutter) + _width(before)) + "^" * max(_width(marked), 1)


def _width(text: str) -> int:
    """Columns that the text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


@contextmanager
def manners() -> Iterator[None]:
    """Around a verb: errors become a message and an exit code, a closed pipe a silent end, Ctrl-C an exit code."""
    try:
        with _plugin_warnings():
            yield
        sys.stdout.flush()
    except SynthwbError as error:
        say_error(str(error))
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        close_stdout()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def _plugin_warnings() -> Iterator[None]:
    """Show a plug-in that was left out as a remark of ours, not as a line of Python's."""
    with warnings.catch_warnings():
        others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, PluginWarning):
                print(f"{styled('warning:', 'warning', sys.stderr)} {message}", file=sys.stderr, flush=True)
            else:
                others(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


def close_stdout() -> None:
    """Let what is still to be printed go nowhere, so that Python has nothing to complain of at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
