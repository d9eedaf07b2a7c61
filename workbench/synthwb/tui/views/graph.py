"""The graph of a flow as lines of text: its states as boxes, the ways between them as lines with their shares."""

from __future__ import annotations

from dataclasses import dataclass

from synthwb.scenario.flows.model import EXIT
from synthwb.tui.preview.cells import fit
from synthwb.tui.run.rates import count_text
from synthwb.tui.views.canvas import ASCII, BOXES, Canvas, Line, Signs, in_ascii
from synthwb.views import BEGIN, Edge, FlowChart, Layout, Node, declared_text, lay_out, share_text

__all__ = ["STYLES", "Style", "draw_graph"]

_BOX = (16, 30)  # cells of a box, at least and at most
_NAME = 16  # cells of the name on a way, at most


@dataclass(frozen=True, slots=True)
class Style:
    """``roomy``: boxes do not touch. ``named``: every way says where it leads. ``exits``: ways to the exit have lines
    of their own, else they are told in the head of the box.
    """

    roomy: bool
    named: bool
    exits: bool


STYLES = (
    Style(True, True, True),
    Style(False, True, True),
    Style(False, False, True),
    Style(False, True, False),
    Style(False, False, False),
)
"""From the one that takes most room to the one that takes least."""


def draw_graph(chart: FlowChart, style: Style, *, selected: str = "", ascii_only: bool = False) -> list[Line]:
    """The graph, as large as it is; ``selected`` is the state that stands out."""
    painter = _Painter(chart, style, selected, ascii_only=ascii_only)
    for node in chart.nodes:
        painter.box(node)
    painter.lanes()
    for edge, row in painter.layout.leaving:
        painter.way(edge, row)
    for name in painter.layout.lanes:
        painter.arrival(name)
    painter.put(0, 1, f"{painter.signs.start} {_begun(chart)}", "count")
    return in_ascii(painter.canvas.lines()) if ascii_only else painter.canvas.lines()


def _begun(chart: FlowChart) -> str:
    return f"{count_text(chart.sessions)} session{'' if chart.sessions == 1 else 's'}"


class _Painter:
    """Puts a graph on a canvas. ``wide``: cells of a box. ``lane``: the cell of the first lane."""

    def __init__(self, chart: FlowChart, style: Style, selected: str, *, ascii_only: bool) -> None:
        self.chart, self.style, self.selected = chart, style, selected
        self.signs: Signs = ASCII if ascii_only else BOXES
        self.layout: Layout = lay_out(chart, roomy=style.roomy, exits=style.exits)
        self._weights = max((len(declared_text(edge)) for edge in chart.edges), default=0)
        self._heads = {node.name: self._head(node) for node in chart.nodes}
        texts = [_begun(chart), *(f"{count_text(node.entered)}  {share_text(node.share)}" for node in chart.nodes)]
        wide = max([len(head) + 3 for head in self._heads.values()] + [len(text) + 4 for text in texts])
        self.wide = min(_BOX[1], max(_BOX[0], wide))
        self._labels = {edge: self._label(edge) for edge, _ in self.layout.leaving}
        self.lane = self.wide + 2 + max((len(label) for label in self._labels.values()), default=0) + 1
        self.canvas = Canvas(self.lane + 2 * self.layout.columns, self.layout.height)
        self.put = self.canvas.put

    def _head(self, node: Node) -> str:
        """What stands in the upper border of a box."""
        name = f" {fit(node.name, _BOX[1] - 6).rstrip()} "
        ways = [edge for edge in self.chart.edges_of(node.name) if edge.target == EXIT]
        if self.style.exits or not ways:
            return name
        return f"{name}{self.signs.across} exit {share_text(ways[0].share)} {declared_text(ways[0])} "

    def _label(self, edge: Edge) -> str:
        """What is written on a way: its numbers stand in the same cells on all of them."""
        if edge.source == BEGIN and len(self.chart.edges_of(BEGIN)) == 1:
            return ""
        sign = self.signs.back if edge.back else " "
        name = f" {fit(edge.target, _NAME).rstrip()} " if self.style.named or edge.target == EXIT else ""
        return f" {share_text(edge.share):>4} {declared_text(edge):>{self._weights}}{sign}{name}"

    def box(self, node: Node) -> None:
        """The border with the name, the counts, and what the state emits if there is a second line."""
        block, wide, signs = self.layout.blocks[node.name], self.wide, self.signs
        style = "marked" if node.name == self.selected else "box"
        nodes, joined = self.chart.nodes, not self.style.roomy
        left, right = (signs.left_tee, signs.right_tee) if joined and node is not nodes[0] else signs.top
        head = self._heads[node.name]
        self.put(block.top, 0, (left + signs.across + head).ljust(wide - 1, signs.across) + right, style)
        self.put(block.top, 3, fit(node.name, _BOX[1] - 6).rstrip(), "selected" if style == "marked" else "name")
        for row in block.rows:
            self.put(row, 0, signs.down, style)
            self.put(row, wide - 1, signs.down, style)
        share = share_text(node.share)
        self.put(block.rows[0], 2, count_text(node.entered).ljust(wide - 4 - len(share)) + share, "count")
        if len(block.rows) > 1:
            emitted = ", ".join(node.emit) if node.emit else "no event"
            self.put(block.rows[1], 2, fit(emitted, wide - 4).rstrip(), "quiet")
        if not joined or node is nodes[-1]:
            self.put(block.foot, 0, signs.foot[0] + signs.across * (wide - 2) + signs.foot[1], style)

    def lanes(self) -> None:
        """The vertical lines."""
        for name, there in self.layout.lanes.items():
            for row in range(there.first, there.last + 1):
                self.put(row, self._column(name), self.signs.down, self._line(name))

    def way(self, edge: Edge, row: int) -> None:
        """A way out: its label, and a line to the lane of where it leads."""
        near = self.selected in (edge.source, edge.target)
        style, label = "near" if near else "edge", self._labels[edge]
        start = self.wide
        if edge.source == BEGIN:
            start = min(start, len(_begun(self.chart)) + 4)
        else:
            self.put(row, self.wide - 1, self.signs.left_tee, "marked" if edge.source == self.selected else "box")
        if label:
            self.put(row, start, self.signs.across * (self.wide - start + 1), style)
            self.put(row, self.wide + 1, label, "share" if near else "label")
            start = self.wide + 1 + len(label)
        if edge.target != EXIT:
            self._across(row, start, edge.target, style)

    def arrival(self, name: str) -> None:
        """The line from a lane to the top of its box."""
        row = self.layout.blocks[name].top
        self._across(row, self.wide + 1, name, self._line(name))
        self.put(row, self.wide, self.signs.into, self._line(name))

    def _line(self, name: str) -> str:
        return "near" if name == self.selected else "edge"

    def _column(self, name: str) -> int:
        return self.lane + 2 * self.layout.lanes[name].column

    def _across(self, row: int, start: int, name: str, style: str) -> None:
        """A horizontal line to a lane; it crosses the lanes before it, and meets its own."""
        end, there, signs = self._column(name), self.layout.lanes[name], self.signs
        for place in range(start, end):
            self.put(row, place, signs.cross if self.canvas.at(row, place) == signs.down else signs.across, style)
        self.put(row, end, signs.meet[row > there.first, row < there.last], style)
