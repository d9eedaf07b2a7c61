"""The editor: the scenario's text, with the problems that the language found in it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb.generators import registry
from synthwb.scenario.diagnostics import Diagnostic, Edit
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Editor", "words"]


class Editor(Part):
    """A scenario to be edited in a cell: ``Editor("web-shop")``.

    Problems appear in the gutter, under the text, on hover and in the status line; ``document`` is the text.
    """

    _esm = STATIC / "editor.js"
    pulse = False

    def __init__(self, source: object, *, name: str | None = None) -> None:
        super().__init__(source, kind="editor", name=name)

    @property
    def document(self) -> str:
        """The YAML as it stands now."""
        return self.feed.live.text

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All problems of the document as it stands now."""
        return self.feed.live.diagnostics

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """A new frame for every document read."""
        return snapshot.revision

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """The text, its problems, and the words to complete."""
        reading = snapshot.reading
        return {
            "live": False,
            "text": reading.text,
            "client": reading.client,
            "version": reading.version,
            "summary": reading.summary,
            "diagnostics": [_item(reading.text, found) for found in reading.diagnostics[:200]],
            "words": words(),
        }

    def picture(self) -> Picture:
        """The text's problems; the text itself stands in the notebook already, or in a file."""
        reading = self.feed.live.settle()
        return Picture(f"Scenario editor: {reading.summary}", problems=tuple(d.render() for d in reading.diagnostics))


def words() -> list[dict[str, str]]:
    """What the editor offers while one types: every generator, with its family and what it is for."""
    found = []
    for name in registry.names():
        entry = registry.generator(name)
        if entry is not None:
            purpose = (type(entry).__doc__ or "").strip().partition("\n")[0]
            found.append({"label": name, "detail": entry.family, "info": purpose, "type": "function"})
    return found


def _item(text: str, found: Diagnostic) -> dict[str, Any]:
    span = found.span
    item: dict[str, Any] = {
        "severity": found.severity.value,
        "line": span.line,
        "col": span.column,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": found.message,
        "hint": found.hint,
        "path": found.path,
    }
    if found.edit is not None:
        item["edit"] = _mend(text, found.edit)
    return item


def _mend(text: str, edit: Edit) -> dict[str, Any]:
    line, column = _place(text, edit.start)
    end_line, end_column = _place(text, edit.end)
    return {
        "title": edit.title,
        "new": edit.new,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
