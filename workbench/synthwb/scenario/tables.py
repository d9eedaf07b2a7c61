"""Tables that a scenario reads: written into the document, or in a file beside it.

Files are looked for here and read by the engine: what is checked is that they are there, may be read and are of a size
that fits; their columns are known when the plan is compiled.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthwb.scenario.diagnostics import Span, nearest
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.values import Values

__all__ = [
    "LARGEST_FILE",
    "SUFFIXES",
    "Rows",
    "TableFile",
    "Word",
    "missing_column",
    "read_file",
    "read_rows",
    "read_words",
]

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet")
LARGEST_FILE = 256 * 1024 * 1024  # bytes
_LISTED = 10_000  # names of a folder that are compared with one that is not there
_SHOWN = 12  # columns named in a message


@dataclass(frozen=True, slots=True)
class Word:
    """A name in the document, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file with a table: ``path`` as it is written, ``real`` where it is (no part of the scenario's meaning)."""

    path: str
    real: str = field(metadata={"meaning": False})
    span: Span

    @property
    def suffix(self) -> str:
        """What kind of file it is, by its name: ``.csv``."""
        return os.path.splitext(self.path)[1].lower()


@dataclass(frozen=True, slots=True)
class Rows:
    """A table written into the document: scalars, row by row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    span: Span


def missing_column(name: str, columns: Sequence[str]) -> tuple[str, str]:
    """What to say of a column that is not there: the message and the hint."""
    near = nearest(name, columns)
    known = ", ".join(columns[:_SHOWN]) + (", ..." if len(columns) > _SHOWN else "")
    return f"there is no column {name!r}", f"did you mean {near!r}?" if near else f"there are {known}"


def read_file(values: Values, node: Node, path: str) -> TableFile | None:
    """A file that is there and can be read; None after a problem was reported."""
    report = values.report
    text = values.text(node, path, "the path of a file")
    if text is None:
        return None
    found = TableFile(text, os.path.abspath(values.folder / Path(text).expanduser()), report.span(node))
    if found.suffix not in SUFFIXES:
        hint = f"a table is a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
        report.error("file", f"{text!r} has a suffix that says nothing of its format", node, path, hint)
        return None
    try:
        about = os.stat(found.real)
    except OSError as error:
        message = f"{text!r} cannot be read: {os.strerror(error.errno or 0).lower()}"
        report.error("file", message, node, path, *_elsewhere(found, values, node))
        return None
    problem = _unfit(found, about)
    if problem:
        report.error("file", f"{text!r} {problem}", node, path)
        return None
    return found


def _unfit(file: TableFile, about: os.stat_result) -> str:
    """Why something cannot be read as a table, or an empty text."""
    if stat.S_ISDIR(about.st_mode):
        return "is a folder; name a file in it"
    if not stat.S_ISREG(about.st_mode):
        return "is no file"
    if not about.st_size:
        return "is empty"
    if about.st_size > LARGEST_FILE:
        return f"has {about.st_size / 2**20:,.0f} MB; at most {LARGEST_FILE >> 20} MB are read into memory"
    return "" if os.access(file.real, os.R_OK) else "cannot be read: permission denied"


def _elsewhere(file: TableFile, values: Values, node: Node) -> tuple[str, Any]:
    """A file of nearly this name in the same folder, or where was looked."""
    folder, name = os.path.split(file.real)
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for _, entry in zip(range(_LISTED), entries, strict=False)]
    except OSError:
        return f"there is no folder {os.path.dirname(file.path)!r}; paths begin at the folder of the scenario", None
    near = nearest(name, [each for each in names if os.path.splitext(each)[1].lower() in SUFFIXES])
    if near is None:
        return "paths begin at the folder of the scenario", None
    there = os.path.join(os.path.dirname(file.path), near)
    return f"did you mean {there!r}?", values.report.replace(node, node.text, there)


def read_rows(values: Values, node: Node, path: str) -> Rows | None:
    """``{FR: France}``, ``{FR: {name: France, vat: 20}}``, or a list of rows; None after a problem was reported."""
    report = values.report
    if node.kind is NodeKind.SCALAR or not (node.entries or node.items):
        hint = "such as {FR: France, DE: Germany} or [{code: FR, name: France}]"
        report.expected(node, "a table: values by key, or a list of rows", path, hint)
        return None
    if node.kind is NodeKind.SEQUENCE:
        rows = [{} if item.kind is not NodeKind.MAPPING else _cells(item) for item in node.items]
        wrong = next((item for item in node.items if item.kind is not NodeKind.MAPPING), None)
        if wrong is not None:
            report.expected(wrong, "a row, such as {code: FR, name: France}", path)
            return None
    elif all(entry.value.kind is NodeKind.MAPPING for entry in node.entries):
        rows = [{"key": entry.key, **_cells(entry.value)} for entry in node.entries]
    else:
        rows = [{"key": entry.key, "value": entry.value} for entry in node.entries]
    return _table(values, rows, node, path)


def _cells(node: Node) -> dict[str, Node]:
    return {entry.name: entry.value for entry in node.entries}


def _table(values: Values, rows: Sequence[dict[str, Node]], node: Node, path: str) -> Rows | None:
    """Rows of nodes as rows of scalars; what a row does not have is null."""
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    for row in rows:
        for name, cell in row.items():
            if cell.kind is not NodeKind.SCALAR:
                values.report.expected(cell, "a single value", join(path, name), "a cell of a table is one value")
                return None
    scalars = tuple(tuple(row[name].value if name in row else None for name in columns) for row in rows)
    return Rows(columns, scalars, values.report.span(node))


def read_words(values: Values, node: Node, path: str, *, several: bool) -> tuple[Word, ...] | None:
    """The name of a column, or a list of names; None after a problem was reported."""
    if node.kind is not NodeKind.SEQUENCE or not several:
        name = values.text(node, path, "the name of a column")
        return None if name is None else (Word(name, values.report.span(node)),)
    names = [values.text(item, path, "the name of a column") for item in node.items]
    if not names:
        values.report.expected(node, "the names of columns", path, "such as [city, zip]")
    found = tuple(
        Word(name, values.report.span(item)) for name, item in zip(names, node.items, strict=True) if name is not None
    )
    return found if found and len(found) == len(names) else None
