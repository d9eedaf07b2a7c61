"""The preview: the last events as a table."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb_widgets import protocol, tables
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Preview"]


class Preview(Part):
    """A table of the newest events: ``Preview("web-shop")`` or ``Preview(workbench)``.

    ``event``: the event type shown (default: the first of the document).
    """

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, event: str = "", name: str | None = None) -> None:
        self._event = event
        super().__init__(source, kind="preview", name=name)

    def select(self, chosen: protocol.Select) -> None:
        """Show another event type."""
        if chosen.event is not None:
            self._event = chosen.event

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """The document, the events so far, and what is looked at."""
        return snapshot.revision, snapshot.stats.state, snapshot.stats.events, len(snapshot.window), self._event

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """Columns and rows of one event type."""
        good = snapshot.good
        if good is None or good.plan is None:
            empty = f"The document has an error. {snapshot.reading.summary}"
            return {"events": (), "event": "", "columns": (), "rows": (), "caption": "", "empty": empty, "stale": True}
        event = self._event if self._event in good.events else good.events[0]
        schema = good.plan.schemas[event]
        rows = tables.rows(schema, snapshot.window, newest=snapshot.made)
        return {
            "events": good.events,
            "event": event,
            "columns": tables.columns(schema, snapshot.window),
            "rows": rows,
            "caption": _caption(snapshot, len(rows), event),
            "empty": f"No {event} among the last {len(snapshot.window):,} events yet.",
            "stale": snapshot.stale,
            "made": snapshot.made,
        }

    def picture(self) -> Picture:
        """The table, still."""
        body = self.body(self.feed.live.snapshot())
        return Picture(body["caption"] or body["empty"], body["columns"], body["rows"])


def _caption(snapshot: Snapshot, shown: int, event: str) -> str:
    if not snapshot.made:
        return f"{event}: the first {shown} of a sample of {len(snapshot.window):,} events. Press Start to run."
    return f"{event}: the last {shown} of {snapshot.stats.events:,} events"
