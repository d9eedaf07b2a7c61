"""The editor: the scenario's text, with the problems that the language found in it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb.guide import complete
from synthwb.runtime import Run
from synthwb.scenario.diagnostics import Diagnostic, Edit
from synthwb.scenario.model import Scenario
from synthwb_widgets import protocol
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Editor"]

_MOST = 100  # candidates that are sent; a word narrows them down


class Editor(Part):
    """A scenario to be edited in a cell: ``Editor("web-shop")``.

    Problems appear in the gutter, under the text, on hover and in the status line; ``document`` is the text.
    """

    _esm = STATIC / "editor.js"
    pulse = False

    def __init__(self, source: object, *, name: str | None = None) -> None:
        if isinstance(source, Run | Scenario):
            raise TypeError("a run has no text to edit: give the editor a preset's name, a path or YAML text")
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
        """The text and its problems."""
        reading = snapshot.reading
        return {
            "live": False,
            "text": reading.text,
            "client": reading.client,
            "version": reading.version,
            "summary": reading.summary,
            "diagnostics": [_item(reading.text, found) for found in reading.diagnostics[:200]],
        }

    def complete(self, asked: protocol.Complete) -> None:
        """Say what may be written at a place of the text as the page has it; the mends of problems come first."""
        live = self.feed.live
        found = complete(asked.text, asked.offset, live.diagnostics if live.text == asked.text else ())
        options = [
            {
                "label": each.label,
                "kind": each.kind.value,
                "info": "\n".join(filter(None, (each.doc.replace("`", ""), each.example))),
                "insert": each.insert,
                "caret": len(each.insert) if each.caret is None else each.caret,
                "span": list(each.span or (found.start, found.end)),
            }
            for each in found.candidates[:_MOST]
        ]
        body = {"start": found.start, "end": found.end, "automatic": found.automatic, "options": options}
        self.send(protocol.completion(asked.number, body))

    def picture(self) -> Picture:
        """The text's problems; the text itself stands in the notebook already, or in a file."""
        reading = self.feed.live.settle()
        return Picture(f"Scenario editor: {reading.summary}", problems=tuple(d.render() for d in reading.diagnostics))


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
