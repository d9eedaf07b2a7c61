"""A flow as a graph: layers, ways back, shares and the funnel, against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine import Steps
from synthwb.scenario import loads
from synthwb.scenario.flows.model import EXIT
from synthwb.views import BEGIN, FlowChart, flow_chart, flow_charts, order_of

SHOP = """
events: {seen: {fields: {n: uuid}}, sold: {fields: {n: uuid}}}
flows:
  visit:
    states:
      cart: {emit: seen, dwell: 5s, next: {paid: {weight: 60, when: "event.time is not null"}, browse: 20, exit: 20}}
      landing: {emit: seen, next: {browse: 62, exit: 38}}
      browse: {emit: seen, dwell: 5s, next: {browse: 55, cart: 15, exit: 30}}
      paid: {emit: [seen, sold]}
    start: landing
  other: {start: {a: 3, b: 1}, states: {a: {emit: seen, next: b}, b: {emit: seen, next: exit}}}
  both: {start: [left, right], states: {left: {emit: seen, next: exit}, right: {emit: seen, next: exit}}}
arrivals: {visit: 1/s, other: 1/s, both: 1/s}
"""


def counted() -> Steps:
    """100 sessions: cart 0, landing 1, browse 2, paid 3; then a 4, b 5; left 6, right 7."""
    steps = Steps.none(8)
    moves, reached = steps.moves, steps.reached
    moves[-1, 1], moves[1, 2], moves[1, -1] = 100, 70, 30
    moves[2, 2], moves[2, 0], moves[2, -1] = 60, 20, 50
    moves[0, 3], moves[0, 2], moves[0, -1] = 12, 4, 4
    moves[3, -1] = 12
    reached[:4] = 19, 100, 70, 12
    moves[-1, 4], moves[-1, 5], moves[4, 5] = 6, 2, 6
    moves[-1, 6], moves[-1, 7] = 10, 10
    reached[6:] = 10, 10
    return steps


def visit(steps: Steps | None = None) -> FlowChart:
    return flow_chart(loads(SHOP).flows["visit"], steps, 0)


def test_states_come_in_layers_and_ways_back_are_marked() -> None:
    chart = visit()
    assert [(node.name, node.layer) for node in chart.nodes] == [
        ("landing", 0),
        ("browse", 1),
        ("cart", 2),
        ("paid", 3),
    ]
    assert {(edge.source, edge.target) for edge in chart.edges if edge.back} == {
        ("browse", "browse"),
        ("cart", "browse"),
    }
    assert [edge.target for edge in chart.edges_of("cart")] == ["paid", "browse", EXIT]
    assert [edge.target for edge in chart.edges_of("paid")] == [EXIT]


@pytest.mark.parametrize(
    ("starts", "ways", "layers", "back"),
    [
        (["a"], {"a": ["b", "d"], "b": ["c"], "c": ["d"], "d": []}, {"a": 0, "b": 1, "c": 2, "d": 3}, set()),
        (["a"], {"a": ["a"]}, {"a": 0}, {("a", "a")}),
        (["b", "a"], {"a": ["c"], "b": ["c"], "c": ["a"]}, {"b": 0, "c": 1, "a": 2}, {("a", "c")}),
        (["a"], {"a": [], "lost": ["a"]}, {"a": 0, "lost": -1}, set()),
        (["a", "b"], {"a": ["b"], "b": []}, {"a": 0, "b": 1}, set()),
        ([], {"a": []}, {"a": -1}, set()),
    ],
)
def test_layers_are_the_longest_way_from_a_start(
    starts: list[str], ways: dict[str, list[str]], layers: dict[str, int], back: set[tuple[str, str]]
) -> None:
    assert order_of(starts, ways) == (layers, back)


def test_a_long_chain_needs_no_recursion() -> None:
    ways = {str(n): [str(n + 1)] for n in range(5000)} | {"5000": []}
    layers, back = order_of(["0"], ways)
    assert layers["5000"] == 5000
    assert not back


def test_shares_stand_beside_declared_weights() -> None:
    chart = visit(counted())
    assert (chart.sessions, chart.ended) == (100, 96)
    (begin,) = chart.edges_of(BEGIN)
    assert (begin.target, begin.count, begin.share, begin.declared) == ("landing", 100, 1.0, 1.0)
    to_browse, out = chart.edges_of("landing")
    assert (to_browse.share, to_browse.declared, to_browse.guarded) == (0.7, 0.62, False)
    assert (out.share, out.declared) == (0.3, 0.38)
    paid = chart.edges_of("cart")[0]
    assert (paid.share, paid.declared, paid.guarded) == (0.6, 0.6, True)


def test_entered_counts_visits_and_reached_counts_sessions() -> None:
    nodes = {node.name: node for node in visit(counted()).nodes}
    assert (nodes["browse"].entered, nodes["browse"].reached, nodes["browse"].share) == (134, 70, 0.7)
    assert [(node.name, node.share) for node in visit(counted()).funnel] == [
        ("landing", 1.0),
        ("browse", 0.7),
        ("cart", 0.19),
        ("paid", 0.12),
    ]


def test_without_counts_everything_is_there_but_the_shares() -> None:
    chart = visit()
    assert chart.sessions == 0
    assert {edge.share for edge in chart.edges} == {None}
    assert {node.share for node in chart.nodes} == {None}


def test_a_way_out_that_nobody_declared_is_shown_where_it_was_taken() -> None:
    steps = counted()
    steps.moves[4, -1] = 2  # a session ended there by its longest time
    other = flow_charts(loads(SHOP), steps)[1]
    to_b, out = other.edges_of("a")
    assert (to_b.share, out.target, out.share, out.declared) == (0.75, EXIT, 0.25, None)
    assert [edge.target for edge in flow_charts(loads(SHOP), counted())[1].edges_of("a")] == ["b"]


def test_every_flow_reads_its_own_numbers() -> None:
    visit_chart, other, both = flow_charts(loads(SHOP), counted())
    assert (visit_chart.sessions, other.sessions) == (100, 8)
    assert [(edge.target, edge.share, edge.declared) for edge in other.edges_of(BEGIN)] == [
        ("a", 0.75, 0.75),
        ("b", 0.25, 0.25),
    ]
    assert both.sessions == 10  # walks side by side are one session
    assert [(edge.share, edge.declared) for edge in both.edges_of(BEGIN)] == [(1.0, 1.0), (1.0, 1.0)]
    assert [node.share for node in both.nodes] == [1.0, 1.0]


def test_steps_add_up() -> None:
    twice = counted() + counted()
    np.testing.assert_array_equal(twice.moves, 2 * counted().moves)
    np.testing.assert_array_equal(twice.entered[:4], [40, 200, 268, 24])
