"""What the views of a scenario show, for every surface: pure functions from flows, steps and batches to frozen values.

`flowchart` is a flow as a graph with what was counted on it, `routing` where its boxes and lines go, `times` event time
against arrival time, `cohorts` who comes back, counted as the stream goes on, `wording` their numbers in words. How
they are drawn is the business of each surface; nothing here knows a screen.
"""

from synthwb.views.cohorts import MOST, PERIODS, Cohort, CohortCount, CohortView, CohortWatch, returning, why_nobody
from synthwb.views.flowchart import BEGIN, Edge, FlowChart, Node, flow_chart, flow_charts, order_of
from synthwb.views.routing import Block, Lane, Layout, lanes, lay_out
from synthwb.views.times import BOUNDS, Lateness, Rate, TimeView, expected_rates, time_view
from synthwb.views.wording import declared_text, retention_text, share_text, span_text

__all__ = [
    "BEGIN",
    "BOUNDS",
    "MOST",
    "PERIODS",
    "Block",
    "Cohort",
    "CohortCount",
    "CohortView",
    "CohortWatch",
    "Edge",
    "FlowChart",
    "Lane",
    "Lateness",
    "Layout",
    "Node",
    "Rate",
    "TimeView",
    "declared_text",
    "expected_rates",
    "flow_chart",
    "flow_charts",
    "lanes",
    "lay_out",
    "order_of",
    "retention_text",
    "returning",
    "share_text",
    "span_text",
    "time_view",
    "why_nobody",
]
