"""A flow as a graph: its states in layers, the ways between them, and what was counted on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthwb.scenario.flows.model import EXIT, Branch, Flow
from synthwb.scenario.model import Expression

if TYPE_CHECKING:
    from synthwb.engine import Steps
    from synthwb.scenario.model import Scenario

__all__ = ["BEGIN", "Edge", "FlowChart", "Node", "flow_chart", "flow_charts", "order_of"]

BEGIN = ""
"""The name of the place where sessions come from; where they go to is `EXIT`."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from a state (or `BEGIN`) to a state (or `EXIT`).

    ``declared``: its share of the weights, None where a weight is computed. ``guarded``: open only sometimes.
    ``count``: how often it was taken. ``share``: of all that left its source, None while nobody did. ``back``: it
    leads against the order of the layers, so that a session can come round again.
    """

    source: str
    target: str
    declared: float | None
    guarded: bool
    count: int
    share: float | None
    back: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A state: ``layer`` is the longest way to it from a start, ``-1`` if there is none.

    ``entered``: how often it was entered. ``reached``: how many sessions were in it at least once. ``share``: of all
    sessions, None while there is none.
    """

    name: str
    layer: int
    emit: tuple[str, ...]
    entered: int
    reached: int
    share: float | None


@dataclass(frozen=True, slots=True)
class FlowChart:
    """A flow with its counts. ``nodes``: by layer, then as in the document. ``edges``: by source in the same order.

    ``sessions``: how many began. ``ended``: how many are known to end.
    """

    flow: str
    sessions: int
    ended: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def edges_of(self, source: str) -> tuple[Edge, ...]:
        """The ways that leave a state, or `BEGIN`."""
        return tuple(edge for edge in self.edges if edge.source == source)

    @property
    def funnel(self) -> tuple[Node, ...]:
        """The states in the order in which sessions come to them, those of one layer by how many came."""
        return tuple(sorted(self.nodes, key=lambda node: (node.layer < 0, node.layer, -node.reached)))


def order_of(starts: Sequence[str], ways: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The layer of every state, and the ways back.

    A way is a way back if it leads to a state that is still being looked at by a depth-first search from the starts,
    in the order of the document; without those there are no circles, and a state's layer is the longest way to it.
    States that no start leads to are in layer -1.

    >>> order_of(["a"], {"a": ["b", "c"], "b": ["c", "a"], "c": []})
    ({'a': 0, 'b': 1, 'c': 2}, {('b', 'a')})
    """
    back: set[tuple[str, str]] = set()
    done: list[str] = []  # every state after all that come after it
    open_now: set[str] = set()
    seen: set[str] = set()
    for start in starts:
        walk = [(start, iter(ways[start]))] if start not in seen else []
        seen.add(start)
        open_now = {start}
        while walk:
            state, following = walk[-1]
            for target in following:
                if target in open_now:
                    back.add((state, target))
                elif target not in seen:
                    seen.add(target)
                    open_now.add(target)
                    walk.append((target, iter(ways[target])))
                    break
            else:
                walk.pop()
                open_now.discard(state)
                done.append(state)
    layer = {state: 0 if state in seen else -1 for state in ways}
    for state in reversed(done):
        for target in ways[state]:
            if (state, target) not in back:
                layer[target] = max(layer[target], layer[state] + 1)
    return layer, back


def flow_charts(scenario: Scenario, steps: Steps | None) -> tuple[FlowChart, ...]:
    """The charts of all flows of a scenario; None: nothing was counted yet."""
    made: list[FlowChart] = []
    first = 0
    for flow in scenario.flows.values():
        made.append(flow_chart(flow, steps, first))
        first += len(flow.states)
    return tuple(made)


def flow_chart(flow: Flow, steps: Steps | None, first: int) -> FlowChart:
    """The chart of a flow whose first state has the number ``first`` in the counts; None: nothing was counted yet."""
    names = list(flow.states)
    number = {name: first + place for place, name in enumerate(names)}
    ways = {name: _targets(state.branches) for name, state in flow.states.items()}
    starts = _targets(flow.start)
    layers, back = order_of(starts, ways)
    moves = None if steps is None else steps.moves
    row = {BEGIN: -1, EXIT: -1} | number

    def counted(source: str, target: str) -> int:
        return 0 if moves is None else int(moves[row[source], row[target]])

    begun = sum(counted(BEGIN, name) for name in names)
    sessions = begun // len(flow.start) if flow.parallel and flow.start else begun
    nodes = []
    for name in sorted(names, key=lambda name: (layers[name] < 0, layers[name], number[name])):
        entered = 0 if steps is None else int(steps.entered[number[name]])
        reached = 0 if steps is None else int(steps.reached[number[name]])
        share = min(1.0, reached / sessions) if sessions else None
        nodes.append(Node(name, layers[name], flow.states[name].emit, entered, reached, share))
    edges = list(_edges(BEGIN, flow.start, begun, counted, back, parallel=flow.parallel))
    for node in nodes:
        branches = flow.states[node.name].branches
        left = sum(counted(node.name, target) for target in (*names, EXIT))
        edges += _edges(node.name, branches, left, counted, back, parallel=False)
    ended = sum(counted(name, EXIT) for name in names)
    return FlowChart(flow.name, sessions, ended, tuple(nodes), tuple(edges))


def _targets(branches: Sequence[Branch]) -> list[str]:
    return [branch.to for branch in branches if branch.to != EXIT]


def _edges(
    source: str,
    branches: Sequence[Branch],
    left: int,
    counted: Callable[[str, str], int],
    back: set[tuple[str, str]],
    *,
    parallel: bool,
) -> Iterator[Edge]:
    """The ways of a state, and its way out where it has none of its own but is left by it (a limit, a closed guard)."""
    weights = [branch.weight for branch in branches if not isinstance(branch.weight, Expression)]
    total = sum(weights) if len(weights) == len(branches) else 0.0
    for branch in branches:
        declared = None
        if not isinstance(branch.weight, Expression) and total > 0:
            declared = 1.0 if parallel else branch.weight / total
        count = counted(source, branch.to)
        share = count / left * (len(branches) if parallel else 1) if left else None
        guarded = branch.when is not None
        yield Edge(source, branch.to, declared, guarded, count, share, (source, branch.to) in back)
    out = counted(source, EXIT) if source != BEGIN else 0
    if not branches or (out and all(branch.to != EXIT for branch in branches)):
        yield Edge(source, EXIT, None if branches else 1.0, False, out, out / left if left else None, False)
