"""Where a graph's boxes and lines go: nothing touches what it should not."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from synthwb.scenario.flows.model import EXIT
from synthwb.tui.views.canvas import plain
from synthwb.tui.views.graph import STYLES, draw_graph
from synthwb.views import BEGIN, Edge, FlowChart, Node, lanes, lay_out, order_of

NAMES = ("a", "bb", "cart", "checkout_of_many", "e")


@st.composite
def charts(draw: st.DrawFn) -> FlowChart:
    """Any flow of up to five states, all reached from the first."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    ways = {name: draw(st.lists(st.sampled_from([*names, EXIT]), unique=True, max_size=4)) for name in names}
    layers, back = order_of([names[0]], {name: [to for to in each if to != EXIT] for name, each in ways.items()})
    count = st.integers(0, 10**9)
    nodes = [
        Node(name, layers[name], ("seen",), draw(count), draw(count), draw(st.none() | st.floats(0, 1)))
        for name in names
    ]
    edges = [Edge(BEGIN, names[0], 1.0, False, draw(count), None, False)]
    edges += [Edge(a, b, 0.5, draw(st.booleans()), 3, 0.123, (a, b) in back) for a in names for b in ways[a]]
    order = sorted(nodes, key=lambda node: (node.layer < 0, node.layer))
    place = {node.name: number for number, node in enumerate(order)}
    edges.sort(key=lambda edge: place.get(edge.source, -1))
    return FlowChart("visit", draw(count), 0, tuple(order), tuple(edges))


@given(charts(), st.booleans(), st.booleans())
def test_every_way_has_a_row_inside_its_box_and_boxes_do_not_overlap(
    chart: FlowChart, roomy: bool, exits: bool
) -> None:
    layout = lay_out(chart, roomy=roomy, exits=exits)
    rows = [row for _, row in layout.leaving]
    assert len(rows) == len(set(rows))
    for edge, row in layout.leaving:
        if edge.source != BEGIN:
            assert row in layout.blocks[edge.source].rows
    for one, two in itertools.pairwise(layout.blocks.values()):
        assert one.foot < two.top if roomy else one.foot == two.top
    assert max(block.foot for block in layout.blocks.values()) == layout.height - 1
    drawn = {edge for edge, _ in layout.leaving}
    assert drawn == {edge for edge in chart.edges if exits or edge.target != EXIT}


@given(charts())
def test_lanes_reach_all_that_meet_in_them_and_never_touch(chart: FlowChart) -> None:
    layout = lay_out(chart)
    for name, lane in layout.lanes.items():
        assert lane.first <= layout.blocks[name].top <= lane.last
    for edge, row in layout.leaving:
        if edge.target != EXIT:
            assert layout.lanes[edge.target].first <= row <= layout.lanes[edge.target].last
    for one, two in itertools.combinations(layout.lanes.values(), 2):
        assert one.column != two.column or one.last < two.first or two.last < one.first


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3), st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(tuple)
    )
)
def test_there_are_no_more_lanes_than_spans_over_one_row(spans: dict[str, tuple[int, int]]) -> None:
    found = lanes(spans)
    assert found.keys() == spans.keys()
    assert all(lane.column < max(1, len(spans)) for lane in found.values())


@given(charts(), st.sampled_from(STYLES), st.booleans())
def test_a_graph_can_be_drawn_of_every_flow(chart: FlowChart, style: object, ascii_only: bool) -> None:
    drawn = [plain(line) for line in draw_graph(chart, style, selected="bb", ascii_only=ascii_only)]  # type: ignore[arg-type]
    text = "\n".join(drawn)
    assert all(node.name in text for node in chart.nodes)
    if ascii_only:
        assert text.isascii()
