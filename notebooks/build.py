"""Build the course: from one source each, a learner's notebook and a solved one.

A source is Markdown in which every fenced block that opens with ```` ```python ```` is a code cell. Words after
``python`` say what kind it is:

``hidden``
    holds the prose to its numbers; folded away
``exercise``
    the learner's starting point
``solution``
    takes the exercise's place in the solved form

A line ``+++`` begins a new prose cell. Run ``python notebooks/build.py``; the tests compare what is committed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
LANGUAGE = {"language_info": {"name": "python"}}
FENCE = re.compile(r"^```python ?([\w ]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """One cell: ``kind`` is markdown or code, ``marks`` the words after ``python``."""

    kind: str
    text: str
    marks: frozenset[str] = frozenset()


def cells(source: str) -> Iterator[Cell]:
    """The cells of a source, in order."""
    end = 0
    for fence in FENCE.finditer(source):
        yield from _prose(source[end : fence.start()])
        yield Cell("code", fence[2].strip("\n"), frozenset(fence[1].split()))
        end = fence.end()
    yield from _prose(source[end:])


def notebook(source: str, stem: str, *, solved: bool) -> dict[str, object]:
    """The notebook of a source: with the exercises open, or solved."""
    left_out = "exercise" if solved else "solution"
    kept = [cell for cell in cells(source) if left_out not in cell.marks]
    made = [_cell(cell, f"{stem}-{number:02}") for number, cell in enumerate(kept, start=1)]
    return {"cells": made, "metadata": {**KERNEL, **LANGUAGE}, "nbformat": 4, "nbformat_minor": 5}


def text(source: str, stem: str, *, solved: bool) -> str:
    """The notebook as the file holds it."""
    return json.dumps(notebook(source, stem, solved=solved), indent=1, ensure_ascii=False) + "\n"


def targets() -> dict[Path, str]:
    """Every notebook of the course with its content."""
    found = {}
    for path in sorted((HERE / "source").glob("*.md")):
        source = path.read_text(encoding="utf-8")
        found[HERE / f"{path.stem}.ipynb"] = text(source, path.stem, solved=False)
        found[HERE / "solved" / f"{path.stem}.ipynb"] = text(source, path.stem, solved=True)
    return found


def _prose(text: str) -> Iterator[Cell]:
    for piece in re.split(r"^\+\+\+\n", text, flags=re.MULTILINE):
        if piece.strip():
            yield Cell("markdown", piece.strip("\n"))


def _cell(cell: Cell, name: str) -> dict[str, object]:
    metadata: dict[str, object] = {}
    if cell.marks:
        metadata["tags"] = sorted(cell.marks)
    if "hidden" in cell.marks:
        metadata["jupyter"] = {"source_hidden": True}
    found: dict[str, object] = {"cell_type": cell.kind, "id": name, "metadata": metadata}
    if cell.kind == "code":
        found.update(execution_count=None, outputs=[])
    found["source"] = cell.text.splitlines(keepends=True)
    return found


def main() -> None:
    """Write all notebooks."""
    for path, content in targets().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        print(path.relative_to(HERE))


if __name__ == "__main__":
    main()
