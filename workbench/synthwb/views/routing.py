"""Where everything of a flow's graph goes: rows of boxes, lines that leave them, and the lanes the lines run in.

The states stand one under the other, by layer. Every way out has a line of its own that leaves its box to the right;
all lines to one state meet in its lane, and the lane leads to the top of its box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthwb.scenario.flows.model import EXIT
from synthwb.views.flowchart import BEGIN, Edge, FlowChart

__all__ = ["Block", "Lane", "Layout", "lanes", "lay_out"]


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a state's box: its top, where ways come in, the rows inside, and its foot."""

    top: int
    rows: range
    foot: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A vertical line, in rows ``first`` to ``last``; ``column`` 0 is the one next to the boxes."""

    column: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Layout:
    """``blocks`` and ``lanes`` by state, ``leaving``: every way out with its row, ``height`` rows in all."""

    blocks: Mapping[str, Block]
    leaving: tuple[tuple[Edge, int], ...]
    lanes: Mapping[str, Lane]
    height: int

    @property
    def columns(self) -> int:
        """How many lanes lie side by side."""
        return max((lane.column + 1 for lane in self.lanes.values()), default=0)


def lay_out(chart: FlowChart, *, roomy: bool = True, exits: bool = True) -> Layout:
    """Places for a chart.

    ``roomy``: every box has a foot of its own, else it is the top of the next. ``exits``: a way to the exit has a line
    of its own like all others, else none.
    """
    leaving: list[tuple[Edge, int]] = []
    blocks: dict[str, Block] = {}
    row = 0
    for edge in chart.edges_of(BEGIN):
        leaving.append((edge, row))
        row += 1
    for node in chart.nodes:
        ways = [edge for edge in chart.edges_of(node.name) if exits or edge.target != EXIT]
        inside = range(row + 1, row + 1 + max(1, len(ways)))
        leaving += zip(ways, inside, strict=False)
        blocks[node.name] = Block(row, inside, inside.stop)
        row = inside.stop + (1 if roomy else 0)
    spans = {}
    for name, block in blocks.items():
        rows = [place for edge, place in leaving if edge.target == name]
        if rows:
            spans[name] = (min(block.top, *rows), max(block.top, *rows))
    return Layout(blocks, tuple(leaving), lanes(spans), row + (0 if roomy else 1))


def lanes(spans: Mapping[str, tuple[int, int]]) -> dict[str, Lane]:
    """Give every span of rows a column in which it touches no other; the short ones come next to the boxes.

    >>> lanes({"a": (0, 2), "b": (3, 5), "c": (1, 9)})
    {'a': Lane(column=0, first=0, last=2), 'b': Lane(column=0, first=3, last=5), 'c': Lane(column=1, first=1, last=9)}
    """
    taken: list[list[tuple[int, int]]] = []
    found: dict[str, Lane] = {}
    for name, span in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], item[1])):
        column = next((place for place, there in enumerate(taken) if _free(span, there)), len(taken))
        if column == len(taken):
            taken.append([])
        taken[column].append(span)
        found[name] = Lane(column, *span)
    return found


def _free(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return all(span[1] < first or last < span[0] for first, last in taken)
