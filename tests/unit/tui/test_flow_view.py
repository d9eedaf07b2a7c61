"""A flow as lines of text: the graph to the letter, and what is shown where it does not fit."""

from __future__ import annotations

import pytest

from synthwb.scenario.flows.model import EXIT
from synthwb.tui.views.canvas import plain
from synthwb.tui.views.flow import draw_flow
from synthwb.views import BEGIN, Edge, FlowChart, Node

NODES = (
    Node("landing", 0, ("page_viewed",), 1200, 1200, 1.0),
    Node("browse", 1, ("page_viewed",), 1900, 750, 0.625),
    Node("cart", 2, ("page_viewed", "added"), 310, 280, 280 / 1200),
    Node("paid", 3, (), 130, 130, 130 / 1200),
)
EDGES = (
    Edge(BEGIN, "landing", 1.0, False, 1200, 1.0, False),
    Edge("landing", "browse", 0.62, False, 750, 0.625, False),
    Edge("landing", EXIT, 0.38, False, 450, 0.375, False),
    Edge("browse", "browse", 0.55, False, 1100, 0.58, True),
    Edge("browse", "cart", 0.15, False, 290, 0.153, False),
    Edge("browse", EXIT, 0.3, False, 510, 0.268, False),
    Edge("cart", "paid", 0.45, True, 130, 0.42, False),
    Edge("cart", "browse", None, False, 90, 0.29, True),
    Edge("paid", EXIT, 1.0, False, 130, 1.0, False),
)
CHART = FlowChart("visit", 1200, 1090, NODES, EDGES)


def shown(width: int, height: int, **options: object) -> list[str]:
    return [plain(line).rstrip() for line in draw_flow(CHART, width, height, **options)]  # type: ignore[arg-type]


def test_the_graph_with_its_funnel() -> None:
    assert shown(76, 20) == [
        " ● 1,200 sessions ───────────────────────╮    Funnel of 1,200 sessions",
        "╭─ landing ──────╮◀──────────────────────╯    landing ██████████ 1,200  100%",
        "│ 1,200     100% ├─  62%  (62)  browse ────╮  browse  ██████▎      750   62%",
        "│ page_viewed    ├─  38%  (38)  exit       │  cart    ██▍          280   23%",
        "╰────────────────╯                         │  paid    █▏           130   11%",
        "╭─ browse ───────╮◀────────────────────────┤",
        "│ 1,900      62% ├─  58%  (55)↑ browse ────┤",
        "│ page_viewed    ├─  15%  (15)  cart ────╮ │",
        "│                ├─  27%  (30)  exit     │ │",
        "╰────────────────╯                       │ │",
        "╭─ cart ─────────╮◀──────────────────────╯ │",
        "│ 310        23% ├─  42% (45?)  paid ────╮ │",
        "│ page_viewed, … ├─  29%   (?)↑ browse ──┼─╯",
        "╰────────────────╯                       │",
        "╭─ paid ─────────╮◀──────────────────────╯",
        "│ 130        11% ├─ 100% (100)  exit",
        "╰────────────────╯",
        "62% (60): share that went this way (share of the declared weights)",
    ]


def test_in_ascii() -> None:
    drawn = shown(76, 20, ascii_only=True)
    assert all(line.isascii() for line in drawn)
    assert drawn[6] == "| 1,900      62% +-  58%  (55)^ browse ----+"


def test_boxes_move_together_then_lose_names_and_ways_out() -> None:
    close = shown(76, 16)
    assert close[4].startswith("├─ browse ───────┤◀")
    assert any("Funnel" in line for line in close)
    tight = shown(60, 12)
    assert tight[1].startswith("╭─ landing ─ exit 38% (38) ╮◀")


def test_the_funnel_goes_below_where_there_is_no_room_beside() -> None:
    drawn = shown(46, 26)
    place = next(number for number, line in enumerate(drawn) if line.startswith("Funnel"))
    assert drawn[place - 1] == ""
    assert [line.split()[0] for line in drawn[place + 1 : place + 5]] == ["landing", "browse", "cart", "paid"]


def test_a_list_with_bars_where_no_graph_fits() -> None:
    drawn = shown(46, 9)
    assert drawn[:3] == [
        "Funnel of 1,200 sessions",
        "landing ██████████████████████████ 1,200  100%",
        "  62% (62) browse, 38% (38) exit",
    ]
    assert shown(46, 6)[1:3] == [drawn[1], drawn[3]]
    assert shown(46, 4)[-1] == "2 more states; Ctrl+T gives the pane the screen"[:45] + "…"


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 3), (20, 1), (20, 5), (300, 100)])
def test_no_size_breaks_it(size: tuple[int, int]) -> None:
    width, height = size
    drawn = draw_flow(CHART, width, height, selected="cart")
    assert len(drawn) <= height


def test_the_state_under_the_cursor_stands_out() -> None:
    lines = draw_flow(CHART, 76, 20, selected="cart")
    names = [text for line in lines for text, style in line if style == "selected"]
    assert names == ["cart".ljust(7), "cart"]
    near = {text.strip() for line in lines for text, style in line if style == "share"}
    assert {"15%  (15)  cart", "42% (45?)  paid", "29%   (?)↑ browse"} <= near


def test_a_flow_that_nobody_has_entered() -> None:
    empty = FlowChart("visit", 0, 0, tuple(Node(n.name, n.layer, n.emit, 0, 0, None) for n in NODES), EDGES[:2])
    drawn = "\n".join(plain(line) for line in draw_flow(empty, 76, 20))
    assert "0 sessions" in drawn
    assert "Funnel of 0 sessions" in drawn
