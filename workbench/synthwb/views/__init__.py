"""What the views of a scenario show, for every surface: pure functions from flows, steps and batches to frozen values.

`flowchart` is a flow as a graph with what was counted on it, `times` event time against arrival time. How they are
drawn is the business of each surface; nothing here knows a screen.
"""

from synthwb.views.flowchart import BEGIN, Edge, FlowChart, Node, flow_chart, flow_charts, order_of
from synthwb.views.times import BOUNDS, Lateness, Rate, TimeView, expected_rates, time_view

__all__ = [
    "BEGIN",
    "BOUNDS",
    "Edge",
    "FlowChart",
    "Lateness",
    "Node",
    "Rate",
    "TimeView",
    "expected_rates",
    "flow_chart",
    "flow_charts",
    "order_of",
    "time_view",
]
