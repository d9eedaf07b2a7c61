"""The chart: how a field is distributed, and how many events a second arrive."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb_widgets import distribution, protocol
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["Chart"]

_FEW = 12  # so many different values make a picture


class Chart(Part):
    """A histogram of one field and the throughput: ``Chart("web-shop", field="order_placed.total")``.

    ``field``: ``event.field`` (default: the first amount of the document, else a field with few values).
    """

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, field: str = "", name: str | None = None) -> None:
        self._field = field
        super().__init__(source, kind="chart", name=name)

    def select(self, chosen: protocol.Select) -> None:
        """Show another field."""
        if chosen.field is not None:
            self._field = chosen.field

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """The document, the events so far, the throughput, and what is looked at."""
        stats = snapshot.stats
        return snapshot.revision, stats.state, stats.events, len(stats.history), stats.target, self._field

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """The chosen field's distribution and the rates of the last half minute."""
        found: dict[str, Any] = {
            "fields": (),
            "field": "",
            "chart": None,
            "summary": "Nothing to draw: the document has an error.",
            "history": [round(rate, 2) for rate in snapshot.stats.history],
            "target": snapshot.stats.target,
            "stale": snapshot.stale,
        }
        if snapshot.good is None or snapshot.good.plan is None:
            return found
        schemas = snapshot.good.plan.schemas
        fields = distribution.chartable(schemas)
        if not fields:
            return {**found, "summary": "No field of this document can be drawn."}
        chosen = self._field if self._field in fields else _telling(snapshot, fields)
        event, _, field = chosen.partition(".")
        chart, summary = distribution.describe(chosen, snapshot.window.series(event, field))
        return {**found, "fields": fields, "field": chosen, "chart": chart, "summary": summary}

    def picture(self) -> Picture:
        """The histogram, still."""
        body = self.body(self.feed.live.snapshot())
        return Picture(body["field"], chart=body["chart"], summary=body["summary"])


def _telling(snapshot: Snapshot, fields: tuple[str, ...]) -> str:
    """The first amount, else the first field with few values, else the first field."""
    few = ""
    for path in fields:
        event, _, field = path.partition(".")
        values = snapshot.window.series(event, field)
        if values.dtype.is_float():
            return path
        if not few and not values.is_empty() and values.n_unique() <= _FEW:
            few = path
    return few or fields[0]
