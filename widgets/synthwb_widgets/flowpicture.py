"""A flow as shapes: its graph, and its funnel."""

from __future__ import annotations

from synthwb.scenario.flows.model import EXIT
from synthwb.views import BEGIN, Edge, FlowChart, Layout, Node, declared_text, lay_out, share_text
from synthwb_widgets.drawing import Drawing, Shape

__all__ = ["describe", "funnel", "graph"]

_ROW = 22  # pixels of a row
_BOX = 150  # of a box
_SHARE, _WEIGHT, _SIGN, _TO = _BOX + 52, _BOX + 98, _BOX + 104, _BOX + 118  # where the words on a way stand
_LETTER = 7.0  # pixels of a letter, at most
_LANE = 14  # between lanes
_ROUND = 5  # of corners
_LONGEST = 20  # letters of a name
_FUNNEL = 330


def describe(chart: FlowChart) -> str:
    """The funnel in a sentence."""
    if not chart.sessions:
        return f"{chart.flow}: no session yet"
    reached = ", ".join(f"{node.name} {share_text(node.share)}" for node in chart.funnel)
    return f"{chart.flow}: {chart.sessions:,} sessions; of these reached {reached}"


def graph(chart: FlowChart) -> Drawing:
    """States as boxes with how often they were entered, ways with the share that took them and the declared one."""
    layout = lay_out(chart)
    names = max((len(_short(edge.target)) for edge in chart.edges), default=0)
    lane = _TO + names * _LETTER + 16
    shapes: list[Shape] = []
    for edge, row in layout.leaving:
        shapes += _way(edge, row, layout, lane)
    for node in chart.nodes:
        shapes += _box(node, layout)
    plural = "" if chart.sessions == 1 else "s"
    shapes.append(("text", "count", 10, _middle(0) + 4, "start", f"{chart.sessions:,} session{plural}"))
    wide = int(lane + _LANE * max(1, layout.columns))
    return Drawing(wide, layout.height * _ROW + 2, tuple(shapes), describe(chart), name="graph")


def funnel(chart: FlowChart) -> Drawing:
    """How many sessions reached each state, in order: a bar, the number and the share of all."""
    name = min(_LONGEST, max(len(node.name) for node in chart.nodes)) * _LETTER + 8
    most = max(len(f"{node.reached:,}") for node in chart.nodes) * _LETTER + 56
    shapes: list[Shape] = []
    for row, node in enumerate(chart.funnel):
        middle = _middle(row)
        shapes.append(("text", "name", 0, middle + 4, "start", _short(node.name)))
        shapes.append(("rect", "bar", name, middle - 7, max(0.0, (_FUNNEL - name - most) * (node.share or 0.0)), 14))
        shapes.append(("text", "count", _FUNNEL - 50, middle + 4, "end", f"{node.reached:,}"))
        shapes.append(("text", "quiet", _FUNNEL, middle + 4, "end", share_text(node.share)))
    label = f"Funnel. {describe(chart)}"
    return Drawing(_FUNNEL, len(chart.nodes) * _ROW + 2, tuple(shapes), label, name="funnel")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _middle(row: int) -> float:
    return row * _ROW + _ROW / 2


def _box(node: Node, layout: Layout) -> list[Shape]:
    block = layout.blocks[node.name]
    top = block.top * _ROW + 1
    first = _middle(block.rows[0])
    shapes: list[Shape] = [
        ("rect", "box", 0.5, top, _BOX - 1, block.foot * _ROW + 2 - top),
        ("text", "name", 10, _middle(block.top) + 4, "start", _short(node.name)),
        ("text", "count", 10, first + 4, "start", f"{node.entered:,}"),
        ("text", "quiet", _BOX - 10, first + 4, "end", share_text(node.share)),
        ("rect", "bar", 10, first + 8, (_BOX - 20) * (node.share or 0.0), 2),
    ]
    if len(block.rows) > 1:
        emitted = ", ".join(node.emit) if node.emit else "no event"
        shapes.append(("text", "quiet", 10, _middle(block.rows[1]) + 4, "start", _short(emitted)))
    return shapes


def _way(edge: Edge, row: int, layout: Layout, lane: float) -> list[Shape]:
    """The words on a way, and a line from them to the lane, along it, and to the top of the box it leads to."""
    middle = _middle(row)
    shapes: list[Shape] = []
    start = _BOX + 4.0
    if edge.source != BEGIN or sum(other.source == BEGIN for other, _ in layout.leaving) > 1:
        shapes.append(("text", "count", _SHARE, middle + 4, "end", share_text(edge.share)))
        shapes.append(("text", "quiet", _WEIGHT, middle + 4, "end", declared_text(edge)))
        shapes.append(("text", "quiet", _SIGN, middle + 4, "start", "↑" if edge.back else ""))
        shapes.append(("text", "quiet", _TO, middle + 4, "start", _short(edge.target)))
        if edge.source != BEGIN:
            shapes.append(("path", "way", f"M{_BOX} {middle}H{_BOX + 8}"))
        start = _TO + len(_short(edge.target)) * _LETTER + 4
    if edge.target == EXIT:
        return shapes
    right = lane + _LANE * layout.lanes[edge.target].column
    end = _middle(layout.blocks[edge.target].top)
    turn = _ROUND if end > middle else -_ROUND
    line = (
        f"M{start:.0f} {middle}H{right - _ROUND:.0f}q{_ROUND} 0 {_ROUND} {turn}V{end - turn}"
        f"q0 {turn} {-_ROUND} {turn}H{_BOX + 8}"
    )
    shapes.append(("path", "back" if edge.back else "way", line))
    shapes.append(("path", "head", f"M{_BOX + 1} {end}l8 -4v8z"))
    return shapes
