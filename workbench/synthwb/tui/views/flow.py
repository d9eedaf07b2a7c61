"""A flow as lines of text: the graph where there is room for it, and the funnel."""

from __future__ import annotations

from synthwb.tui.chart.blocks import row_bar
from synthwb.tui.preview.cells import fit
from synthwb.tui.run.rates import count_text
from synthwb.tui.views.canvas import Line, beside, in_ascii, plain, words
from synthwb.tui.views.graph import STYLES, draw_graph
from synthwb.views import FlowChart, Node, declared_text, share_text

__all__ = ["NO_FLOWS", "draw_flow", "draw_funnel", "draw_list"]

_FUNNEL = (26, 72)  # cells of a funnel, at least and at most
_GAP = 2
_LEGEND = "62% (60): share that went this way (share of the declared weights)"
NO_FLOWS = """\
This scenario has no flows. A flow is a state machine that actors walk through:

flows:
  visit:
    states:
      landing: {emit: page_viewed, dwell: 12s, next: {paid: 30, exit: 70}}
      paid: {emit: order_placed}
arrivals: {visit: 20/min}"""
"""What the view says where there is nothing to draw."""


def draw_flow(chart: FlowChart, width: int, height: int, *, selected: str = "", ascii_only: bool = False) -> list[Line]:
    """The graph with the funnel beside it or below, the graph alone, or a list of the states: what fits first."""
    if width < 1 or height < 1:
        return []
    lines = _fitting(chart, width, height, selected, ascii_only=ascii_only)
    return in_ascii(lines) if ascii_only else lines


def _fitting(chart: FlowChart, width: int, height: int, selected: str, *, ascii_only: bool) -> list[Line]:
    made = (draw_graph(chart, style, selected=selected, ascii_only=ascii_only) for style in STYLES)
    graphs = [graph for graph in made if len(graph) <= height and _wide(graph) <= width]
    for graph in graphs:
        wide = _wide(graph) + _GAP
        if width - wide >= _FUNNEL[0]:
            room = min(width - wide, _FUNNEL[1])
            side = draw_funnel(chart, room, height, selected=selected, ascii_only=ascii_only)
            return _with_legend(beside(graph, side, wide), width, height)
        if height - len(graph) > len(chart.nodes) + 1:
            room = min(width, _FUNNEL[1])
            below = draw_funnel(chart, room, height - len(graph) - 1, selected=selected, ascii_only=ascii_only)
            return _with_legend([*graph, (), *below], width, height)
    if graphs:
        return _with_legend(graphs[0], width, height)
    return draw_list(chart, width, height, selected=selected, ascii_only=ascii_only)


def _wide(lines: list[Line]) -> int:
    return max(len(plain(line)) for line in lines)


def _with_legend(lines: list[Line], width: int, height: int) -> list[Line]:
    return [*lines, words(_LEGEND, width)] if len(lines) < height and len(_LEGEND) <= width else lines


def draw_funnel(
    chart: FlowChart, width: int, height: int, *, selected: str = "", ascii_only: bool = False
) -> list[Line]:
    """How many sessions reached each state, in order: a bar, the number, the share of all."""
    if height < 2:
        return []
    lines = [words(f"Funnel of {count_text(chart.sessions)} sessions", width)]
    kept = chart.funnel[: height - 1]
    lines += [_funnel_line(node, chart, width, selected=selected, ascii_only=ascii_only) for node in kept]
    left = len(chart.nodes) - (height - 1)
    if left > 0:
        lines[-1] = words(f"{left + 1} more states; Ctrl+T gives the pane the screen", width)
    return lines


def draw_list(chart: FlowChart, width: int, height: int, *, selected: str = "", ascii_only: bool = False) -> list[Line]:
    """The states with their bars, where there is no room for the graph; and with their ways if there is for those."""
    lines = draw_funnel(chart, width, height, selected=selected, ascii_only=ascii_only)
    if len(lines) + len(chart.nodes) > height:
        return lines
    made = [lines[0]]
    for node, line in zip(chart.funnel, lines[1:], strict=True):
        ways = [f"{share_text(edge.share)} {declared_text(edge)} {edge.target}" for edge in chart.edges_of(node.name)]
        text = "  " + ", ".join(ways)
        made += [line, words(text, width)]
    return made


def _funnel_line(node: Node, chart: FlowChart, width: int, *, selected: str, ascii_only: bool) -> Line:
    name = min(16, max(len(each.name) for each in chart.nodes), max(4, width // 3))
    count = max(len(count_text(each.reached)) for each in chart.nodes)
    bar = max(1, width - name - count - 8)
    share = share_text(node.share)
    return (
        (fit(node.name, name), "selected" if node.name == selected else "name"),
        (" ", ""),
        (row_bar(node.share or 0.0, bar, ascii_only=ascii_only), "bar"),
        (f" {count_text(node.reached):>{count}}", "count"),
        (f" {share:>5}", "quiet"),
    )
