"""Journeys of the views: flow and time follow the text, the cursor and the run."""

from __future__ import annotations

import pytest
from workbench_driver import WorkbenchDriver, opened

from synthwb.tui.paper import Paper

VISITS = """\
# Visitors walk through a shop: one state emits nothing, one way depends on the balance
synthwb: 1
name: visits
clock: {start: 2026-03-02T00:00}
entities:
  user:
    count: 200
    fields: {user_id: uuid, balance: {uniform: {min: 20, max: 500}}}
events:
  page_viewed: {actor: user, fields: {user_id: actor.user_id, page: state.name}}
  order_placed: {actor: user, fields: {user_id: actor.user_id}}
flows:
  visit:
    actor: user
    states:
      landing: {emit: page_viewed, dwell: 12s, next: {browse: 62, exit: 38}}
      browse: {emit: page_viewed, dwell: 25s, next: {browse: 50, cart: 25, exit: 25}}
      cart: {dwell: 40s, next: {paid: {weight: 60, when: actor.balance > 60}, browse: 25, exit: 15}}
      paid: {emit: order_placed, next: exit}
  support:
    actor: user
    steps: [page_viewed, {event: order_placed, dwell: 2m}]
arrivals: {visit: 60/min, support: 5/min}
pacing: 40/s
"""
PAPER = Paper("visits.yaml", VISITS)
LATE = Paper(
    "late.yaml", f"{VISITS}imperfections:\n  - late: {{rate: 8%, delay: {{exponential: {{mean: 20s}}, max: 3m}}}}\n"
)
EMPTY = Paper("empty.yaml", "events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 4/s}\npacing: 20/s\n")
SIZES = [(160, 50), (100, 30), (80, 24)]


async def viewed(wb: WorkbenchDriver, view: str) -> WorkbenchDriver:
    """Bring a view to the front with the key that works everywhere."""
    while wb.app.workbench.preview.view != view:
        await wb.press("ctrl+backslash")
    return wb


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_flow_under_the_cursor(golden: object, size: tuple[int, int]) -> None:
    async with opened(PAPER, size=size, frozen=True) as wb:
        await wb.editor.at("cart: {dwell")
        await viewed(wb, "flow")
        if size[0] == 80:
            await wb.press("f3")
        golden(wb, f"flow-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_time_view_of_a_stream_in_order(golden: object, size: tuple[int, int]) -> None:
    async with opened(PAPER, size=size, frozen=True) as wb:
        await viewed(wb, "time")
        if size[0] == 80:
            await wb.press("f3")
        golden(wb, f"time-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_time_view_of_late_events(golden: object, size: tuple[int, int]) -> None:
    async with opened(LATE, size=size, frozen=True) as wb:
        await viewed(wb, "time")
        if size[0] == 80:
            await wb.press("f3")
        golden(wb, f"late-{size[0]}x{size[1]}")


async def test_late_events_of_a_run_are_counted() -> None:
    async with opened(LATE) as wb:
        view = wb.app.workbench.preview.time
        await viewed(wb, "time")
        await wb.until(lambda: len(view.times) == 500 and sum(view.times.late) > 10)
        assert sum(view.times.late) < 100
        assert all(arrival >= time for time, arrival in zip(view.times.time, view.times.arrival, strict=True))
        assert list(view.times.arrival) == sorted(view.times.arrival)


async def test_the_strip_under_the_editor_and_ascii(golden: object) -> None:
    async with opened(PAPER, size=(80, 24), frozen=True, ascii_only=True) as wb:
        await wb.editor.at("browse: {emit")
        await viewed(wb, "flow")
        golden(wb, "flow-strip-80x24")
        await wb.press("f3")
        golden(wb, "flow-ascii-80x24")


async def test_without_flows_the_view_says_what_to_write(golden: object) -> None:
    async with opened(EMPTY, size=(80, 24), frozen=True) as wb:
        await viewed(wb, "flow")
        await wb.press("f3")
        golden(wb, "flow-none-80x24")


async def test_the_cursor_chooses_flow_and_state() -> None:
    async with opened(PAPER, frozen=True) as wb:
        view = wb.app.workbench.preview.flow
        await viewed(wb, "flow")
        assert (view.chart.flow, view.selected) == ("visit", "")
        await wb.editor.at("cart: 25")
        assert (view.chart.flow, view.selected) == ("visit", "browse")
        await wb.editor.at("weight: 60")
        assert (view.chart.flow, view.selected) == ("visit", "cart")
        await wb.editor.at("dwell: 2m")
        assert (view.chart.flow, view.selected) == ("support", "order_placed")
        await wb.editor.at("visit: 60/min")
        assert (view.chart.flow, view.selected) == ("visit", "")


async def test_f_shows_the_next_flow_until_the_cursor_goes_to_another() -> None:
    async with opened(PAPER, frozen=True) as wb:
        view = wb.app.workbench.preview.flow
        await wb.editor.at("cart: {dwell")
        await wb.press("f3", "v", "v")
        assert "visit 1 of 2" in wb.text
        await wb.press("f")
        assert (view.chart.flow, view.selected) == ("support", "")
        await wb.press("f")
        assert (view.chart.flow, view.selected) == ("visit", "cart")
        await wb.press("f")
        await wb.editor.at("browse: 50")
        assert view.chart.flow == "support"
        await wb.editor.at("dwell: 2m")
        await wb.editor.at("browse: 50")
        assert view.chart.flow == "visit"


async def test_counts_are_those_of_the_sample_and_follow_the_text() -> None:
    async with opened(PAPER, frozen=True) as wb:
        view = wb.app.workbench.preview.flow
        await viewed(wb, "flow")
        before = view.chart
        assert before.sessions > 30
        (out,) = [edge for edge in before.edges_of("landing") if edge.target == "exit"]
        assert 0.2 < out.share < 0.6
        await wb.editor.change("browse: 62, exit: 38", "browse: 1, exit: 99")
        (out,) = [edge for edge in view.chart.edges_of("landing") if edge.target == "exit"]
        assert out.share > 0.9
        assert out.declared == 0.99
        await wb.editor.change("exit: 99", "exti: 99")
        assert view.stale
        assert view.chart.sessions > 30


async def test_counts_grow_while_the_run_goes_on() -> None:
    async with opened(PAPER) as wb:
        view = wb.app.workbench.preview.flow
        await viewed(wb, "flow")
        first = view.chart.sessions
        await wb.until(lambda: view.chart.sessions > first + 5)
        cart = next(node for node in view.chart.nodes if node.name == "cart")
        await wb.until(lambda: next(n for n in view.chart.nodes if n.name == "cart").entered > cart.entered)


async def test_the_time_view_goes_on_with_the_run() -> None:
    async with opened(PAPER) as wb:
        view = wb.app.workbench.preview.time
        await viewed(wb, "time")
        last = view.times.time[-1]
        await wb.until(lambda: view.times.time[-1] > last)
        assert view.times.in_order
        assert len(view.times) <= 500
        assert "None of" in wb.text
        assert {rate.event for rate in view.times.rates} == {"page_viewed", "order_placed"}


async def test_w_moves_the_watermark() -> None:
    async with opened(PAPER, frozen=True) as wb:
        view = wb.app.workbench.preview.time
        await wb.press("f3", "v")
        seen = [view.times.bound]
        for _ in range(6):
            await wb.press("w")
            seen.append(view.times.bound)
        assert seen[0] == seen[-1] == 10_000_000
        assert len(set(seen)) == 6


async def test_views_take_the_keys_of_the_preview_and_give_them_back() -> None:
    async with opened(PAPER, size=(100, 30), frozen=True) as wb:
        screen = wb.app.workbench
        await wb.press("f3", "v")
        assert screen.focused is screen.preview.time
        await wb.press("ctrl+t")
        assert "Scenario F2" not in wb.text
        await wb.press("v", "ctrl+t", "v", "v")
        assert screen.focused is screen.preview.grid
        await wb.press("tab", "ctrl+backslash")
        assert screen.focused is screen.strip
        assert screen.preview.view == "time"


@pytest.mark.parametrize("text", ["", "events: {}", "flows: {visit: {}}", "events: {ping: {fields: {n: uuid}}}"])
async def test_no_document_breaks_a_view(text: str) -> None:
    async with opened(Paper("some.yaml", text), size=(80, 24), frozen=True) as wb:
        for _ in range(3):
            await wb.press("ctrl+backslash")
            assert wb.text
        await wb.editor.put(VISITS)
        await viewed(wb, "flow")
        assert wb.app.workbench.preview.flow.chart.flow == "visit"
        await wb.editor.put("events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 4/s}\n")
        assert wb.app.workbench.preview.flow.chart is None
        assert "no flows" in wb.text
