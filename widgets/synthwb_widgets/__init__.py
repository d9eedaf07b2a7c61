"""The notebook workbench: a scenario to edit, run and look at in a cell.

>>> from synthwb_widgets import Workbench
>>> with Workbench("web-shop") as wb:
...     frames = wb.run(100)
>>> sum(frame.height for frame in frames.values())
100

A thin client of the same engine as every other surface. `Workbench` is the whole; `Editor`, `Controls`, `Preview`,
`Chart`, `FlowDiagram` and `EventTimeChart` are its parts and work alone, of a scenario or of a run, and so does
`CohortChart`; `ExportPanel` sends events on; `check` judges the exercises of the course.
"""

from __future__ import annotations

try:
    import anywidget  # noqa: F401
except ModuleNotFoundError as error:
    from synthwb.errors import MissingExtra

    raise MissingExtra("the notebook workbench", "notebook") from error

from synthwb_widgets.chart import Chart
from synthwb_widgets.cohortchart import CohortChart
from synthwb_widgets.controls import Controls
from synthwb_widgets.editor import Editor
from synthwb_widgets.eventtime import EventTimeChart
from synthwb_widgets.export import ExportPanel
from synthwb_widgets.flowdiagram import FlowDiagram
from synthwb_widgets.lesson import check
from synthwb_widgets.preview import Preview
from synthwb_widgets.workbench import Workbench

__all__ = [
    "Chart",
    "CohortChart",
    "Controls",
    "Editor",
    "EventTimeChart",
    "ExportPanel",
    "FlowDiagram",
    "Preview",
    "Workbench",
    "check",
]
