"""The flow diagram: a state machine with what its sessions do."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from synthwb.views import FlowChart, flow_charts
from synthwb_widgets import flowpicture, protocol
from synthwb_widgets.drawing import Drawing
from synthwb_widgets.fallback import Picture
from synthwb_widgets.live import Snapshot
from synthwb_widgets.part import STATIC, Part

__all__ = ["FlowDiagram"]

_NONE = "This scenario has no flows. A flow is a state machine that actors walk through; write one under flows:"
_HINT = "62% (60): the share that went this way, in brackets that of the declared weights; ↑ leads back"


class FlowDiagram(Part):
    """A flow as a graph with counts, shares and its funnel: ``FlowDiagram("web-shop")``, of a run, or of a workbench.

    ``flow``: which one (default: the first). ``optional``: nothing is shown where a scenario has no flows.
    """

    _esm = STATIC / "panels.js"

    def __init__(self, source: object, *, flow: str = "", optional: bool = False, name: str | None = None) -> None:
        self._flow = flow
        self._optional = optional
        super().__init__(source, kind="diagram", name=name)

    def select(self, chosen: protocol.Select) -> None:
        """Show another flow."""
        if chosen.choice is not None:
            self._flow = chosen.choice

    def stamp(self, snapshot: Snapshot) -> Hashable:
        """The document, the steps so far, and what is looked at."""
        return snapshot.revision, snapshot.stats.state, snapshot.stats.events, id(snapshot.steps), self._flow

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        """The graph and the funnel of one flow."""
        chart, names = self._chart(snapshot)
        drawings = () if chart is None else _drawings(chart)
        return {
            "title": "Flow",
            "choices": tuple((name, name) for name in names),
            "choice": "" if chart is None else chart.flow,
            "drawings": tuple(drawing.frame() for drawing in drawings),
            "summary": _NONE if chart is None else flowpicture.describe(chart),
            "hint": "" if chart is None else _HINT,
            "stale": snapshot.stale,
            "shown": chart is not None or not self._optional,
        }

    def picture(self) -> Picture:
        """The graph and the funnel, still."""
        chart, _ = self._chart(self.feed.live.snapshot())
        if chart is None:
            return Picture("Flow", summary=_NONE)
        return Picture(f"Flow {chart.flow}", summary=flowpicture.describe(chart), drawings=_drawings(chart))

    def _chart(self, snapshot: Snapshot) -> tuple[FlowChart | None, list[str]]:
        plan = snapshot.plan
        charts = () if plan is None else flow_charts(plan.scenario, snapshot.steps)
        names = [chart.flow for chart in charts]
        chosen = next((chart for chart in charts if chart.flow == self._flow), charts[0] if charts else None)
        return chosen, names


def _drawings(chart: FlowChart) -> tuple[Drawing, ...]:
    return flowpicture.graph(chart), flowpicture.funnel(chart)
