"""``synthwb check``: all problems of documents, for people, editors and CI."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthwb._version import __version__
from synthwb.commands.documents import Source, read_source
from synthwb.commands.talk import say, show_problems

if TYPE_CHECKING:
    from synthwb.scenario.diagnostics import Diagnostic

__all__ = ["FORMATS", "Checked", "check"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """A document and its problems."""

    source: Source
    problems: tuple[Diagnostic, ...]


def check(words: Sequence[str], shape: str) -> int:
    """Report all problems of all documents; exit code 2 if one of them is an error.

    Raises UsageError for a document that cannot be read.
    """
    from synthwb.api import check as problems_of

    found = [Checked(each, problems_of(each.data, folder=each.folder)) for each in map(read_source, words)]
    FORMATS[shape](found)
    problems = [problem for item in found for problem in item.problems]
    errors = sum(problem.severity.value == "error" for problem in problems)
    if shape == "text":
        documents = f"{len(found)} document{'s' if len(found) != 1 else ''}"
        say(f"{documents}: {errors} errors, {len(problems) - errors} warnings" if problems else f"{documents}: ok")
    return 2 if errors else 0


def _text(found: Sequence[Checked]) -> None:
    for item in found:
        show_problems(item.problems, item.source.name, item.source.text, sys.stdout, limit=None)


def _json(found: Sequence[Checked]) -> None:
    print(json.dumps([_record(item.source, p) for item in found for p in item.problems], indent=2, ensure_ascii=False))


def _record(source: Source, problem: Diagnostic) -> dict[str, Any]:
    span, edit = problem.span, problem.edit
    record: dict[str, Any] = {
        "file": source.name,
        "severity": problem.severity.value,
        "code": problem.code,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
    if edit is not None:
        record["edit"] = {"title": edit.title, "start": edit.start, "end": edit.end, "new": edit.new}
    return record


def _github(found: Sequence[Checked]) -> None:
    """Workflow commands of GitHub Actions: they become annotations on the lines of a pull request."""
    for item in found:
        for problem in item.problems:
            span = problem.span
            place = {
                "file": item.source.name,
                "line": span.line,
                "endLine": span.end_line,
                "col": span.column,
                "endColumn": span.end_column,
                "title": problem.code,
            }
            where = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
            print(f"::{problem.severity.value} {where}::{_message(_sentence(problem))}")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(found: Sequence[Checked]) -> None:
    """SARIF 2.1.0, for code scanning."""
    problems = [(item.source, problem) for item in found for problem in item.problems]
    rules = sorted({problem.code for _, problem in problems})
    driver = {"name": "synthwb", "version": __version__, "rules": [{"id": code} for code in rules]}
    results = [_result(source, problem) for source, problem in problems]
    runs = [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]
    print(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=2, ensure_ascii=False))


def _result(source: Source, problem: Diagnostic) -> dict[str, Any]:
    span = problem.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    location = {"artifactLocation": {"uri": source.name}, "region": region}
    return {
        "ruleId": problem.code,
        "level": problem.severity.value,
        "message": {"text": _sentence(problem)},
        "locations": [{"physicalLocation": location}],
    }


def _sentence(problem: Diagnostic) -> str:
    hint = f"; {problem.hint}" if problem.hint else ""
    path = f" [{problem.path}]" if problem.path else ""
    return f"{problem.message}{hint}{path}"


FORMATS: Mapping[str, Callable[[Sequence[Checked]], None]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
"""How problems can be reported: each writes to stdout."""
